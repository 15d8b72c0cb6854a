//! Text from outside, made fit to store.

pub mod fill;
mod fold;
mod invisible;
pub mod words;

use std::borrow::Cow;

use chrono_tz::TZ_VARIANTS;
use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::error::{Error, Problem, ProblemCode, Result};
pub(crate) use fold::{Spelling, spellings, written_out};
pub use fold::{fold, rename, same_name};
use invisible::{is_override, shows, without_invisible};

/// Collects the problems of one input, so that a person sees all of them at once.
#[derive(Default)]
pub struct Check {
    problems: Vec<Problem>,
}

impl Check {
    /// Notes a problem at a field.
    pub fn problem(&mut self, field: &str, code: ProblemCode, message: impl Into<String>) {
        if let Error::Invalid(problems) = Error::invalid(field, code, message) {
            self.problems.extend(problems);
        }
    }

    /// A required text of one line, trimmed: 1 to `max` characters, no control characters and nothing that turns the
    /// direction of others. What nobody sees is left out, but for joiners inside emoji and scripts that need them; a text
    /// that shows nothing is empty.
    pub fn line(&mut self, field: &str, text: &str, max: usize) -> String {
        let text = self.optional_line(field, Some(text), max);
        text.unwrap_or_else(|| {
            if self.problems.last().is_none_or(|p| p.path != [field]) {
                self.problem(field, ProblemCode::Blank, "must not be empty");
            }
            String::new()
        })
    }

    /// An optional text of one line; blank counts as absent.
    pub fn optional_line(&mut self, field: &str, text: Option<&str>, max: usize) -> Option<String> {
        let refused = |c: char| c.is_control() || is_override(c) || matches!(c, '\u{2028}' | '\u{2029}');
        let text = self.text(field, text, max, refused)?;
        fit(&without_invisible(text))
    }

    /// An optional address that a person can click: see [`is_link`]. At most `max` characters.
    pub fn optional_link(&mut self, field: &str, text: Option<&str>, max: usize) -> Option<String> {
        let text = self.optional_line(field, text, max)?;
        if !is_link(&text) {
            let how = "must begin with https:// or http://, or be a path that begins with /";
            self.problem(field, ProblemCode::InvalidFormat, how);
        }
        Some(text)
    }

    /// A required text of many lines: 1 to `max` characters, of the control characters only tab and line ends, which all
    /// become `\n`.
    pub fn body(&mut self, field: &str, text: &str, max: usize) -> String {
        let before = self.problems.len();
        let text = self.optional_body(field, Some(text), max);
        text.unwrap_or_else(|| {
            if self.problems.len() == before {
                self.problem(field, ProblemCode::Blank, "must not be empty");
            }
            String::new()
        })
    }

    /// An optional text of many lines; blank counts as absent.
    pub fn optional_body(&mut self, field: &str, text: Option<&str>, max: usize) -> Option<String> {
        let refused = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}');
        let text = self.text(field, text, max, refused)?;
        fit(&one_kind_of_break(text))
    }

    /// The text where it is neither too long nor has what is refused.
    fn text<'a>(
        &mut self,
        field: &str,
        text: Option<&'a str>,
        max: usize,
        refused: impl Fn(char) -> bool,
    ) -> Option<&'a str> {
        let text = text?;
        // A cheap bound first: no character is longer than four bytes.
        if text.len() > max * 4 || text.chars().count() > max {
            self.problem(field, ProblemCode::TooLong, format!("must have at most {max} characters"));
            return None;
        }
        if text.contains(refused) {
            self.problem(field, ProblemCode::InvalidFormat, "must not contain control characters");
            return None;
        }
        Some(text)
    }

    /// A required e-mail address, in its stored form (see [`email`]).
    pub fn email(&mut self, field: &str, text: &str) -> String {
        email(text).unwrap_or_else(|| {
            let code = if text.trim().is_empty() { ProblemCode::Blank } else { ProblemCode::InvalidFormat };
            self.problem(field, code, "must be an e-mail address such as ada@example.com");
            String::new()
        })
    }

    /// Whether there is any problem.
    pub fn found(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Fails with all problems found.
    pub fn done(self) -> Result<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::Invalid(self.problems)) }
    }
}

/// A text that another service hands over, as it is stored: whatever it holds, nothing of it is refused. Control characters
/// are left out, and what is longer than `max` characters is cut; says whether it was.
pub fn handed_over(text: &str, max: usize) -> (String, bool) {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = one_kind_of_break(text).chars().filter(kept).collect();
    let text = fit(&text).unwrap_or_default();
    match text.char_indices().nth(max) {
        Some((end, _)) => (text[..end].to_owned(), true),
        None => (text, false),
    }
}

/// A text as it is stored: trimmed and in one Unicode form (NFC); `None` where it shows nothing.
fn fit(text: &str) -> Option<String> {
    shows(text).then(|| text.trim().nfc().collect())
}

/// The same text with `\n` for every kind of line break: CR LF, CR, NEL, U+2028 and U+2029.
pub fn one_kind_of_break(text: &str) -> Cow<'_, str> {
    if !text.contains(['\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        return text.into();
    }
    text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n").into()
}

/// A text of whatever kind as one line: what would begin another is a blank, blanks are one, and what nobody sees is not
/// there.
pub fn one_line(text: &str) -> String {
    let blank = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    let text: String = text.chars().map(blank).collect();
    without_invisible(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a person may click it: an `http://` or `https://` address with a host and without a user, or a path below the
/// site that shows it. What else a browser would make of it (a script, data, a path to another host) is none.
pub fn is_link(text: &str) -> bool {
    let Ok(site) = Url::parse("https://site.invalid") else { return false };
    if text.starts_with('/') {
        return site.join(text).is_ok_and(|link| link.origin() == site.origin());
    }
    let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    let may = |link: Url| link.has_host() && link.username().is_empty() && link.password().is_none();
    (begins("http://") || begins("https://")) && Url::parse(text).is_ok_and(may)
}

/// The name of a time zone as the IANA spells it, however its letters are typed: `Europe/Berlin`. `None` where there is no
/// such zone.
pub fn time_zone(text: &str) -> Option<&'static str> {
    let text = text.trim();
    TZ_VARIANTS.iter().map(|zone| zone.name()).find(|name| name.eq_ignore_ascii_case(text))
}

/// A colour in the form that is stored, `#rrggbb` in small letters. `None` where it is none.
pub fn color(text: &str) -> Option<String> {
    let hex = text.trim().strip_prefix('#')?;
    let is_one = hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| format!("#{}", hex.to_ascii_lowercase()))
}

/// An e-mail address in the form that is stored and compared: trimmed, NFKC, lower case (the two small sigmas are one), an
/// international domain in letters and not in its ASCII form; at most 254 characters (RFC 5321). `None` where it cannot be an
/// address. Delivery is the only full proof; this refuses what no mail system accepts and everything that could smuggle a
/// header or a second address.
///
/// Mail goes to the form that is stored, so what full case folding holds for one, ß and ss, stays two: they are two
/// mailboxes, which may be two people's.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 254 {
        return None;
    }
    let text: String = text.nfkc().collect();
    let (local, domain) = text.rsplit_once('@')?;
    // Letter by letter, since at the end of a word a capital sigma becomes another small one than elsewhere.
    let small = |c: char| if c == 'ς' { 'σ' } else { c };
    let local: String = local.chars().flat_map(char::to_lowercase).map(small).collect();
    let domain = idna::domain_to_ascii(domain).ok()?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let domain_ok = domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    if !local_ok || !domain_ok {
        return None;
    }
    let (domain, known) = idna::domain_to_unicode(&domain);
    known.ok().map(|()| format!("{local}@{domain}"))
}

/// A stored address as mail systems take it: the domain in its ASCII form.
pub fn on_the_wire(email: &str) -> String {
    let ascii = email.rsplit_once('@').and_then(|(local, domain)| Some((local, idna::domain_to_ascii(domain).ok()?)));
    ascii.map_or_else(|| email.to_owned(), |(local, domain)| format!("{local}@{domain}"))
}

/// A search in which every whole address has its stored form, so that it finds what is stored.
pub fn with_stored_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return text.into();
    }
    text.split(' ').map(|word| email(word).unwrap_or_else(|| word.to_owned())).collect::<Vec<_>>().join(" ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_compare_by_one_form() {
        assert_eq!(email(" Ada@Example.COM "), Some("ada@example.com".into()));
        assert_eq!(email("ａda@example.com"), Some("ada@example.com".into()), "full-width forms fold");
        assert_eq!(email("a\u{301}@example.com"), email("\u{e1}@example.com"));
        for same in ["ΣΊΣΥΦΟΣ@example.com", "Σίσυφος@example.com", "σίσυφοσ@example.com"] {
            assert_eq!(email(same), Some("σίσυφοσ@example.com".into()));
        }
        for same in ["ada@BÜCHER.example", "ada@bu\u{308}cher.example", "Ada@XN--bcher-kva.example"] {
            assert_eq!(email(same), Some("ada@bücher.example".into()), "{same}");
        }
        assert_eq!(email("straße@example.com"), Some("straße@example.com".into()), "another mailbox than strasse");
        assert_eq!(
            email("ada@xn--11b5bs3a9aj6g.example").map(|it| email(&it)),
            Some(email("ada@xn--11b5bs3a9aj6g.example"))
        );
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "a b@example.com",
            "ada@example.com\nBcc: x@y.z",
            "ada@-x.com",
            "ada@xn--zzzzzzzzz.example",
            "ada@\u{202e}a.example",
            "a..b@example.com",
            "ada@exa mple.com",
            "a\u{0}@example.com",
            "<ada@example.com>",
            "ada@example.com,bob@example.com",
        ] {
            assert_eq!(email(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn addresses_travel_in_ascii_and_are_looked_for_as_they_are_stored() {
        assert_eq!(on_the_wire("anna@exämple.com"), "anna@xn--exmple-cua.com");
        assert_eq!(on_the_wire("ännä@example.com"), "ännä@example.com", "nobody but its server reads a local part");
        assert_eq!(with_stored_addresses("leak Anna@XN--exmple-cua.com a@"), "leak anna@exämple.com a@");
    }

    fn verdict(make: impl FnOnce(&mut Check) -> Option<String>) -> std::result::Result<Option<String>, ProblemCode> {
        let mut check = Check::default();
        let made = make(&mut check);
        match check.done() {
            Err(Error::Invalid(problems)) => Err(problems[0].code),
            _ => Ok(made),
        }
    }

    #[test]
    fn names_show_what_they_are() {
        let line = |text: &str| verdict(|check| Some(check.line("name", text, 40)));
        for nothing in ["\u{200b}", " \u{ad}\u{feff} ", "\u{2800}", "\u{3164}", "\u{2066}\u{2069}", "\u{fe0f}\u{200d}"]
        {
            assert_eq!(line(nothing), Err(ProblemCode::Blank), "{nothing:?}");
            assert_eq!(verdict(|check| check.optional_line("name", Some(nothing), 40)), Ok(None), "{nothing:?}");
        }
        for turned in ["Ann\u{202e}evil", "Ann\u{202d}", "a\u{2028}b", "a\u{85}b", "a\rb"] {
            assert_eq!(line(turned), Err(ProblemCode::InvalidFormat), "{turned:?}");
        }
        for (typed, stored) in [
            ("A\u{200b}nn \u{2067}x\u{2069}\u{200e}", "Ann x"),
            ("Bild\u{ad}schirm", "Bildschirm"),
            ("e\u{200d}\u{301}", "\u{e9}"),
            ("Ann\u{fe0f}\u{e0041}\u{e0101}", "Ann"),
        ] {
            assert_eq!(line(typed), Ok(Some(stored.into())), "{typed:?}");
        }
        for whole in [
            // A family, a rainbow flag, Scotland, a heart, a key.
            "👩\u{200d}👩\u{200d}👧",
            "🏳\u{fe0f}\u{200d}🌈",
            "👩🏽\u{200d}🚀",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            // Persian, Hindi, Sinhala, Bengali; a Japanese name's own form of a letter.
            "علی\u{200c}رضا",
            "क्\u{200d}ष",
            "ශ්\u{200d}රී",
            "র\u{200d}\u{9cd}য",
            "葛\u{e0100}西",
        ] {
            let whole: String = whole.nfc().collect();
            assert_eq!(line(&whole), Ok(Some(whole.clone())), "{whole:?}");
        }
        for alone in ["\u{200d}Ann", "An\u{200d}n", "An\u{200c}n", "Ann\u{200d}", "Ann\u{200d} 👩"] {
            assert!(line(alone).unwrap().unwrap().starts_with("Ann"), "{alone:?}");
        }
    }

    #[test]
    fn line_breaks_are_of_one_kind_and_what_shows_nothing_is_no_text() {
        let body = |text: &str| verdict(|check| Some(check.body("content", text, 40)));
        assert_eq!(body("a\r\nb\rc\u{85}d\u{2028}e\u{2029}f\n\r\ng"), Ok(Some("a\nb\nc\nd\ne\nf\n\ng".into())));
        assert_eq!(body("\u{200b}\r\u{2067}"), Err(ProblemCode::Blank));
        assert_eq!(body("\u{2067}שלום\u{2069}"), Ok(Some("\u{2067}שלום\u{2069}".into())), "a text may turn");
        assert_eq!(body("a\u{b}b"), Err(ProblemCode::InvalidFormat));
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line(" Re:\r\n\u{202e}a\u{2028}b\u{200b}c\t d\0"), "Re: a bc d");
    }

    #[test]
    fn links_lead_to_pages() {
        for good in
            ["https://example.com/a?b=c#d", "HTTP://example.com", "/contact?x=1", "/", "https://bücher.example/ä"]
        {
            assert!(is_link(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https:evil.example",
            "https://",
            "https://bank.example@evil.example/",
            "example.com",
            "contact",
            "#x",
            "",
        ] {
            assert!(!is_link(bad), "{bad}");
        }
        let link = |text| verdict(|check| check.optional_link("pageUrl", Some(text), 40));
        assert_eq!(link("javascript:alert(1)"), Err(ProblemCode::InvalidFormat));
        assert_eq!((link(" /a "), link("  ")), (Ok(Some("/a".into())), Ok(None)));
    }

    #[test]
    fn time_zones_have_their_own_spelling() {
        for (typed, name) in [
            ("europe/berlin", "Europe/Berlin"),
            (" UTC ", "UTC"),
            ("AMERICA/argentina/UShuaia", "America/Argentina/Ushuaia"),
        ] {
            assert_eq!(time_zone(typed), Some(name));
        }
        for none in ["Mars/Olympus", "GMT+2", "Eastern Standard Time", "", "Europe"] {
            assert_eq!(time_zone(none), None, "{none}");
        }
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let mut check = Check::default();
        check.line("name", "  ", 10);
        check.line("company", "a\u{0}b", 10);
        check.body("content", &"x".repeat(11), 10);
        let Err(Error::Invalid(problems)) = check.done() else { panic!("must fail") };
        assert_eq!(
            problems.iter().map(|p| (p.path[0].as_str(), p.code)).collect::<Vec<_>>(),
            [("name", ProblemCode::Blank), ("company", ProblemCode::InvalidFormat), ("content", ProblemCode::TooLong),]
        );
    }
}
