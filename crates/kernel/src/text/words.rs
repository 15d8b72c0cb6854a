//! The words of a text: those by which it is found, and those that somebody looks for.
//!
//! Both are made here, of the [folded](super::fold) text, so every database and every search answers alike. A database
//! keeps words and compares them letter by letter; it takes nothing apart itself.
//!
//! - A run of letters and digits is a word.
//! - Signs inside it and signs that make it another word make one more: `c++`, `c#`, `.net`, `#4711`, `+44`, `2.14`,
//!   `at&t`, a host name (and each domain that it is in), an address whole.
//! - Apostrophes and hyphens may be there or not: `o'brien` is `o`, `brien` and `obrien`.
//! - Emoji, currencies and the like are words each. Other signs are one where they stand alone (`&`, `:-)`).
//! - Where a script has no blanks, and in Korean, every two letters that stand together are a word.
//! - What has umlauts is found as it is written where there are no keys for them: `Müller` is `muller` and `mueller`.
//! - Digits that may be a telephone number are one, and so is each end of it with six digits or more.
//!
//! Whoever looks for something types words, of which all must be there. The one that is still being typed may go on; those
//! that a blank follows, or that are quoted, are whole.

mod letters;
mod sought;
mod telephone;

use std::collections::BTreeSet;

use super::{fold, with_stored_addresses, written_out};
use letters::{Kind, kind};
pub use sought::{Sought, Term, Word};
use telephone::numbers;

/// The longest word, in characters; of longer ones the beginning counts.
const LONGEST: usize = 64;

/// The words by which somebody finds these texts, each once and in order; no blank is in any of them.
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in texts {
        let text = with_stored_addresses(text);
        let umlauts = text.split_whitespace().filter_map(written_out).map(|out| fold(&out)).collect::<Vec<_>>();
        let text = fold(&text);
        for chunk in umlauts.iter().map(String::as_str).chain([text.as_str()]).flat_map(chunks) {
            for piece in pieces(chunk.text) {
                piece.words(&mut |word| {
                    found.insert(cut(word));
                });
            }
        }
        found.extend(numbers(&text).flat_map(|number| number.ends()));
    }
    found
}

/// The digits of a telephone number, if somebody typed one and nothing else, in all forms that it may be kept in.
pub(crate) fn telephone(text: &str) -> Vec<String> {
    let text = fold(text);
    let alone = text.trim_matches([' ', '(', ')', '-', '.', '/']);
    numbers(&text).filter(|number| number.text == alone).flat_map(|number| number.anywhere()).collect()
}

fn cut(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// What stands between blanks.
struct Chunk<'a> {
    text: &'a str,
    /// Whether a blank or a quotation mark says that it ends there.
    ends: bool,
}

fn chunks(text: &str) -> impl Iterator<Item = Chunk<'_>> {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    text.split_inclusive(blank).filter_map(move |part| {
        let text = part.trim_end_matches(blank);
        let ends = text.len() < part.len() || text.ends_with(['"', '”', '“', '»', '«']);
        (!text.is_empty()).then_some(Chunk { text, ends })
    })
}

/// A part of a chunk that is looked at alone.
#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Symbol(&'a str),
    /// Letters of a script without blanks.
    Dense(&'a str),
    /// Signs that stand alone.
    Signs(&'a str),
    /// Letters with the signs that belong to them.
    Word {
        /// A sign before it.
        lead: &'a str,
        /// Begins and ends with a letter.
        core: &'a str,
        /// Signs behind it.
        tail: &'a str,
    },
}

/// Signs that a word may have inside.
fn binds(c: char) -> bool {
    matches!(c, '.' | '@' | '+' | '#' | '&') || may_be_left_out(c)
}

/// Signs that a word may have inside or not.
fn may_be_left_out(c: char) -> bool {
    matches!(c, '\'' | '-' | '_' | '·')
}

fn pieces(chunk: &str) -> Vec<Piece<'_>> {
    if chunk.chars().all(|c| kind(c) == Kind::Sign) {
        return vec![Piece::Signs(chunk)];
    }
    let mut found = Vec::new();
    let mut rest = chunk;
    while let Some(first) = rest.chars().next() {
        let run = |belongs: &dyn Fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let end = match kind(first) {
            Kind::Symbol => {
                found.push(Piece::Symbol(&rest[..first.len_utf8()]));
                first.len_utf8()
            }
            Kind::Dense => {
                let end = run(&|c| kind(c) == Kind::Dense);
                found.push(Piece::Dense(&rest[..end]));
                end
            }
            Kind::Sign if !binds(first) => first.len_utf8(),
            _ => {
                let end = run(&|c| match kind(c) {
                    Kind::Letter => true,
                    Kind::Sign => binds(c),
                    _ => false,
                });
                found.extend(word(&rest[..end]));
                end
            }
        };
        rest = &rest[end..];
    }
    found
}

/// Takes a run of letters and binding signs apart; `None` where there is no letter in it.
fn word(run: &str) -> Option<Piece<'_>> {
    let is_letter = |c: char| kind(c) == Kind::Letter;
    let from = run.find(is_letter)?;
    let (before, rest) = run.split_at(from);
    let to = rest.rfind(is_letter).and_then(|at| Some(at + rest[at..].chars().next()?.len_utf8()))?;
    let (core, after) = rest.split_at(to);
    let digit = core.starts_with(|c: char| c.is_ascii_digit());
    let lead = match before {
        "#" => before,
        "+" if digit => before,
        "." if !digit => before,
        _ => "",
    };
    let tail = after.find(|c| !matches!(c, '+' | '#')).map_or(after, |end| &after[..end]);
    Some(Piece::Word { lead, core, tail })
}

/// The word without the signs that may be left out.
fn joined(core: &str) -> String {
    core.chars().filter(|c| !may_be_left_out(*c)).collect()
}

fn parts(core: &str) -> impl Iterator<Item = &str> {
    core.split(|c| kind(c) != Kind::Letter).filter(|part| !part.is_empty())
}

fn pairs(run: &str) -> impl Iterator<Item = &str> {
    let next = |at: usize| run[at..].chars().next().map_or(run.len(), |c| at + c.len_utf8());
    run.char_indices().map(move |(at, _)| &run[at..next(next(at).min(run.len()))])
}

impl Piece<'_> {
    /// Says every word by which it is found.
    fn words(&self, say: &mut dyn FnMut(&str)) {
        match *self {
            Self::Symbol(text) | Self::Signs(text) => say(text),
            // The last of them is a letter alone, by which it is found alone.
            Self::Dense(run) => pairs(run).for_each(say),
            Self::Word { lead, core, tail } => {
                let parts: Vec<_> = parts(core).collect();
                parts.iter().copied().for_each(&mut *say);
                let last = parts.last().copied().unwrap_or(core);
                let whole = joined(core);
                say(&whole);
                // Some of the names that make up one are looked for too.
                if only_left_out(core) && parts.len() <= 4 {
                    let from_to = |from: usize| (from + 2..=parts.len()).map(move |to| (from, to));
                    let some = (0..parts.len()).flat_map(from_to).map(|(from, to)| parts[from..to].concat());
                    some.for_each(|name| say(&name));
                }
                let domain = whole.rsplit_once('@').map(|(_, domain)| domain);
                domain.into_iter().for_each(&mut *say);
                let mut rest = domain.unwrap_or(&whole);
                while let Some((_, above)) = rest.split_once('.') {
                    say(above);
                    rest = above;
                }
                if !lead.is_empty() {
                    say(&format!("{lead}{whole}"));
                }
                if !tail.is_empty() {
                    say(&format!("{whole}{tail}"));
                    say(&format!("{last}{tail}"));
                }
            }
        }
    }

    /// What is to be there for it; its last word may go on, or not.
    fn sought(&self, goes_on: bool) -> Term {
        let one = |word| vec![vec![word]];
        match *self {
            Self::Symbol(text) | Self::Signs(text) => one(Word::whole(text)),
            Self::Dense(run) if run.chars().nth(1).is_none() => one(Word::beginning(run)),
            Self::Dense(run) => {
                let mut all: Vec<_> = pairs(run).map(Word::whole).collect();
                all.pop();
                vec![all]
            }
            Self::Word { lead, core, tail } => {
                let whole = joined(core);
                let mut term = one(Word { beginning: goes_on, ..Word::whole(&format!("{lead}{whole}{tail}")) });
                if lead.is_empty() && tail.is_empty() && only_left_out(core) && whole != core {
                    let mut all: Vec<_> = parts(core).map(Word::whole).collect();
                    all.last_mut().into_iter().for_each(|last| last.beginning = goes_on);
                    term.push(all);
                }
                term
            }
        }
    }
}

/// Whether all signs in it are such as may be left out.
fn only_left_out(core: &str) -> bool {
    core.chars().all(|c| kind(c) == Kind::Letter || may_be_left_out(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether somebody who types this finds this text: what both databases do with the words.
    fn finds(text: &str, typed: &str) -> bool {
        let words = words([text]);
        let has = |word: &Word| match word.beginning {
            true => words.range(word.text.clone()..).next().is_some_and(|found| found.starts_with(&word.text)),
            false => words.contains(&word.text),
        };
        let Some(sought) = Sought::new(typed) else { return true };
        sought.terms().iter().all(|term| term.iter().any(|way| way.iter().all(has)))
    }

    #[test]
    fn a_word_has_other_forms() {
        let forms = |typed| {
            let sought = Sought::new(typed).unwrap().in_other_forms(4, 3);
            let shown = |word: &Word| format!("{}{}", word.text, if word.beginning { "*" } else { "" });
            let ways = sought.terms().iter().flatten().map(|way| way.iter().map(shown).collect::<Vec<_>>().join("+"));
            ways.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(forms("Refunds "), "refunds* refund refun refu");
        assert_eq!(forms("Grüße "), "grusse* gruesse* gruss grus gruess grues grue");
        assert_eq!((forms("card ").as_str(), forms("pay ").as_str()), ("card*", "pay"));
        assert_eq!((forms(".NET "), forms("C++ ")), (".net".to_owned(), "c++".to_owned()));
        assert_eq!(forms("東京都 "), "東京+京都");
    }

    fn all_of(text: &str) -> String {
        words([text]).into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_text_has_these_words() {
        assert_eq!(all_of("The kitchen, (again)!"), "again kitchen the");
        assert_eq!(
            all_of("Ada.L@mail.example.org"),
            "ada ada.l@mail.example.org example example.org l mail mail.example.org org"
        );
        assert_eq!(all_of("O'Brien Jean-Luc"), "brien jean jeanluc luc o obrien");
        assert_eq!(all_of("O'Neil-Byrne"), "byrne neil neilbyrne o oneil oneilbyrne");
        assert_eq!(
            all_of("C++ C# .NET #4711 +44 2.14 AT&T"),
            "#4711 +44 .net 14 2 2.14 44 4711 at at&t c c# c++ net t"
        );
        assert_eq!(all_of("東京都に JWT令牌 茶"), "jwt に 京都 令牌 東京 牌 茶 都に");
        assert_eq!(all_of("Tea & cake :-) 👍👍 €100"), "& 100 :-) cake tea € 👍");
        assert_eq!(all_of("020 7946 0958"), "020 0958 2079460958 460958 7946 79460958 9460958");
    }

    #[test]
    fn what_is_typed_is_found() {
        const QUESTION: &str = "First C++ question, ask Ada.Lovelace+x@mail.example.com or call +44 (0)20 7946 0958.";
        for (text, found, not_found) in [
            (
                QUESTION,
                "C++|c|first c++ question|+44|020 7946 0958|02079460958|2079460958|+44 20 7946 0958",
                "C#|C+++|++",
            ),
            (
                QUESTION,
                "00442079460958|(020) 7946-0958|7946 0958|0207946|+442079460958|ask 020 7946 0958",
                "020 7946 0959",
            ),
            (
                QUESTION,
                "ada.lovelace+x@mail.example.com|Ada.Love|mail.example|example.com|@mail.example.com",
                "ada@mail",
            ),
            ("0207 946 0958 is mine", "+44 20 7946 0958|020 7946 0958|0044 (0)20 79460958", "+44 20 7946 0957"),
            ("A name of C#, .NET and #4711", "C#|c#, .net|#4711|4711|.NET|net", "C++|#471 2|.ne x|#net"),
            ("Café naïve Straße ｆｕｌｌ", "cafe|NAIVE|strasse|STRASSE|straß|full|CAFÉ", "caffe"),
            ("cafe strasse", "Café|Straße|ＣＡＦＥ", "cafés"),
            ("Büchelberg, Öl-Tank", "buchelberg|BUECHEL|bu\u{308}chelberg|Büchelberg oeltank|oel", "bauchelberg"),
            ("Buechelberg", "büchelberg|Buechel|BÜCHELBERG", "buchelberg"),
            ("püttlacher poet", "puttlacher|puettlacher|PÜTTLACHER", "pot|puttlaecher"),
            (
                "Sinéad O’Connor-Byrne",
                "o'connor|oconnor|O’Connor|connor|connorbyrne|sinead oconnorbyrne|o connor|oconnor byrne",
                "oc x|conn byrne",
            ),
            ("OConnor Byrne JeanLuc", "O'Connor|jean-luc|Byrne", "o connor|jean luc"),
            ("Jean Luc Picard", "jean-luc|jean luc", "jeanluc"),
            ("认证系统使用JWT令牌", "令牌|jwt|认证系统|系|统使", "牌令|认系"),
            ("東京都に住んでいます", "住んで|京都|都|す", "東都"),
            ("인증아키텍처", "아키텍처|인증|키", "증키"),
            ("สวัสดีครับ", "ดีค|ครับ", "กก"),
            ("ガラス", "ｶﾞﾗｽ|ガ", "カ"),
            ("Thanks 👍🏽 ❤️", "👍|❤|👍 thanks|👍🏿", "👎"),
            ("100% sure, 20 € off", "100%|100|%|20€|€", "99%|$"),
            (
                "see /docs/2.14/plan.pdf at -5 degrees",
                "docs plan|2.14|14|-5|plan.pdf|/docs/2.14/plan.pdf",
                "2.15|.14 x",
            ),
            (
                "https://www.frontdesk.example/services/boiler-check?x=1",
                "frontdesk.example|www.frontdesk|boilercheck|boiler-check",
                "desk.example",
            ),
            ("R&D of_the (a+)+$", "r&d|of_the|ofthe|(a+)+$|a+", "a++|r & x"),
            (
                "kitchen and bath",
                "kitchen & bath|kitchen! bat?|\u{202e}kitchen|( kitchen )|\"kitchen\"|kit|bath ",
                "itchen|kitchen or bath|kit bath|kit |\"kit\"",
            ),
            ("Bild\u{ad}schirm İstanbul ﬁnance", "bildschirm|istanbul|finance|İSTANBUL", "schirm"),
            ("anything at all", " |\u{0}|\u{200b}|", "&|🦀|_"),
        ] {
            for typed in found.split('|') {
                assert!(
                    finds(text, typed),
                    "{typed:?} finds {text:?}: {:?} in {:?}",
                    Sought::new(typed),
                    words([text])
                );
            }
            for typed in not_found.split('|') {
                assert!(!finds(text, typed), "{typed:?} does not find {text:?}: {:?}", Sought::new(typed));
            }
        }
    }

    #[test]
    fn sixteen_words_count() {
        let typed: String = (0..40).map(|n| format!("w{n} ")).collect();
        assert_eq!(Sought::new(&typed).unwrap().terms().len(), sought::MOST);
        assert!(words(["x".repeat(500).as_str()]).iter().all(|word| word.chars().count() <= LONGEST));
        assert!(finds(&"x".repeat(500), &"x".repeat(100)));
    }

    #[test]
    fn no_word_has_a_blank_or_is_empty() {
        for text in [
            "\u{b4} \u{a8}x",
            "a\u{3000}b\u{85}c",
            "½ … ⑴ ㈱ ﷺ",
            "+ ++ +a+ -- - ' '' .. ..a",
            "((0)) 123456 +1",
            "\u{1f1e9}\u{1f1ea}",
            "0 0 0 0 0 0 0 0",
        ] {
            for word in words([text]) {
                assert!(
                    !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c.is_control()),
                    "{word:?} in {text:?}"
                );
            }
            let sought = Sought::new(text);
            let all = sought.iter().flat_map(|sought| sought.terms().iter().flatten().flatten());
            assert!(all.clone().all(|word| !word.text.is_empty()), "{sought:?}");
            let terms = sought.iter().flat_map(|sought| sought.terms());
            assert!(terms.clone().all(|ways| !ways.is_empty() && ways.iter().all(|way| !way.is_empty())), "{sought:?}");
        }
    }
}
