//! Text from outside, made fit to store.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Problem, ProblemCode, Result};

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

    /// A required text of one line, trimmed: 1 to `max` characters, no control characters.
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
        self.text(field, text, max, |c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
    }

    /// A required text of many lines: 1 to `max` characters; of the control characters only tab and line ends.
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
        self.text(field, text, max, |c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    }

    fn text(&mut self, field: &str, text: Option<&str>, max: usize, refused: impl Fn(char) -> bool) -> Option<String> {
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
        let text: String = text.trim().nfc().collect();
        (!text.is_empty()).then_some(text)
    }

    /// A required e-mail address, in its stored form (see [`email`]).
    pub fn email(&mut self, field: &str, text: &str) -> String {
        email(text).unwrap_or_else(|| {
            let code = if text.trim().is_empty() { ProblemCode::Blank } else { ProblemCode::InvalidFormat };
            self.problem(field, code, "must be an e-mail address such as ada@example.com");
            String::new()
        })
    }

    /// Fails with all problems found.
    pub fn done(self) -> Result<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::Invalid(self.problems)) }
    }
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
