//! One form of a text for all that a reader takes for the same.

use std::{collections::HashMap, sync::LazyLock};

use icu_casemap::CaseMapper;
use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup, Script},
};
use unicode_normalization::UnicodeNormalization;

use super::invisible::is_invisible;

/// The form in which texts are searched: compatible characters are one (`ｆｕｌｌ`, `ﬁ`, `½`), upper and lower case too
/// (`STRASSE`, `Straße`), letters stand without their marks (`café`, `Ødegård`), and what nobody sees is not there. Kinds of
/// apostrophes and of hyphens are one. What was folded stays as it is.
///
/// Marks without which a script cannot be read stay: the vowels of India and of Thailand, the voicing of Japan.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase().replace('`', "'");
    }
    let bare = |text: &str| -> String { text.nfkd().filter(|c| !is_mark(*c) && !is_invisible(*c)).collect() };
    // A lone accent is an apostrophe to whoever types it; decomposed it would be a blank with a mark.
    let text: String = text.chars().map(|c| if c == '´' { '\'' } else { c }).collect();
    let folded = CaseMapper::new().fold_string(&bare(&text)).into_owned();
    let folded = bare(&folded);
    let mut plain = String::with_capacity(folded.len());
    folded.chars().for_each(|c| match c {
        '`' | '‘' | '’' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | '׳' => plain.push('\''),
        '\u{2010}'..='\u{2015}' | '−' | '־' => plain.push('-'),
        // Letters with a stroke, and two that are written as one, which Unicode does not take apart.
        'æ' => plain.push_str("ae"),
        'œ' => plain.push_str("oe"),
        'þ' => plain.push_str("th"),
        'ø' => plain.push('o'),
        'ł' => plain.push('l'),
        'đ' | 'ð' => plain.push('d'),
        'ħ' => plain.push('h'),
        'ŧ' => plain.push('t'),
        'ı' => plain.push('i'),
        _ => plain.push(c),
    });
    plain.nfc().collect()
}

/// The form in which names are compared: compatible characters are one, upper and lower case too, and what nobody sees is
/// not there (NFKC_Casefold); blanks at the ends do not count, and several are one. Marks stay: `Müller` and `Muller` are two
/// names.
pub fn same_name(name: &str) -> String {
    let caser = CaseMapper::new();
    let seen: String = name.nfd().filter(|c| !is_invisible(*c)).collect();
    let folded: String = caser.fold_string(&seen).nfkd().collect();
    let folded: String = caser.fold_string(&folded).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Gives a thing another name, and its folded form with it. One that is called so already stays as it is: where another had
/// the name before that was refused, it has no form.
pub fn rename(name: &mut String, folded: &mut Option<String>, to: String) {
    if *name != to {
        *folded = Some(same_name(&to));
        *name = to;
    }
}

/// The text with its umlauts as whoever lacks their keys writes them in German (`Mueller` for `Müller`); `None` where it has
/// none. Addresses stay: those are other mailboxes.
pub(crate) fn written_out(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let (mut out, mut any) = (String::with_capacity(text.len() + 8), false);
    let text: String = text.nfc().collect();
    for part in text.split_inclusive(char::is_whitespace) {
        let is_address = part.contains('@');
        for c in part.chars() {
            match UMLAUTS.iter().find(|(_, umlauts)| umlauts.contains(&c)) {
                Some((letters, _)) if !is_address => {
                    any = true;
                    out.push_str(letters);
                }
                _ => out.push(c),
            }
        }
    }
    any.then_some(out)
}

/// What stands for which letters where there are no keys for them.
const UMLAUTS: [(&str, [char; 2]); 3] = [("ae", ['ä', 'Ä']), ("oe", ['ö', 'Ö']), ("ue", ['ü', 'Ü'])];

/// A way to write a text: for each place the characters that may stand there; never none.
pub(crate) type Spelling = Vec<Vec<char>>;

/// The ways to write what somebody looks for so that it [folds](fold) to the same, for a scan over stored texts, whose
/// letters and marks are one character where there is one (NFC). The likeliest first, at most eight: `ss` is `ß` too, and
/// `ue` may be an `ü` that was [written out](written_out). A blank may be a hyphen. None where nothing is looked for.
pub(crate) fn spellings(text: &str) -> Vec<Spelling> {
    let folded: Vec<char> = fold(text).chars().collect();
    let mut ways: Vec<(usize, Spelling)> = vec![(0, Vec::new())];
    let mut done = Vec::new();
    while let Some((at, way)) = ways.pop() {
        if at == folded.len() {
            done.extend((at > 0).then_some(way));
            if done.len() == 8 {
                break;
            }
            continue;
        }
        for len in (1..=3.min(folded.len() - at)).rev() {
            let part = &folded[at..at + len];
            let mut choice = if len == 1 { vec![part[0]] } else { Vec::new() };
            choice.extend(SPELT.get(&part.iter().collect::<String>()).into_iter().flatten());
            if !choice.is_empty() {
                ways.push((at + len, way.iter().cloned().chain([choice]).collect()));
            }
        }
    }
    done
}

/// The characters that fold to something else, by what they fold to.
static SPELT: LazyLock<HashMap<String, Vec<char>>> = LazyLock::new(|| {
    // Letters and signs; no ideographs, Korean syllables and what mathematicians write.
    let all =
        ('A'..='\u{24ff}').chain('\u{2c60}'..='\u{2e7f}').chain('\u{a640}'..='\u{abff}').chain('\u{fb00}'..='\u{ffef}');
    let mut spelt: HashMap<String, Vec<char>> = HashMap::new();
    for c in all {
        let folded = fold(c.encode_utf8(&mut [0; 4]));
        if !folded.is_empty() && !folded.contains(char::is_whitespace) && !folded.chars().eq([c]) {
            spelt.entry(folded).or_default().push(c);
        }
    }
    let hyphens = spelt.get("-").into_iter().flatten().copied().chain(['-']).collect();
    spelt.insert(" ".to_owned(), hyphens);
    for (letters, umlauts) in UMLAUTS {
        spelt.entry(letters.to_owned()).or_default().extend(umlauts);
    }
    spelt
});

/// What stands on, in or under a letter and does not make it another one.
fn is_mark(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    // The tones of skin are letters' marks to an emoji.
    if matches!(c, '\u{1f3fb}'..='\u{1f3ff}') {
        return true;
    }
    // The two that voice a Japanese syllable belong to no script.
    let belongs = !matches!(c, '\u{3099}' | '\u{309a}');
    let scripts = [Script::Inherited, Script::Common, Script::Hebrew, Script::Arabic, Script::Syriac, Script::Cyrillic];
    belongs && category(c) == GeneralCategory::NonspacingMark && scripts.contains(&script(c))
        || category(c) == GeneralCategory::EnclosingMark
}

pub(in crate::text) fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

pub(in crate::text) fn is_any_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(category(c))
}

pub(in crate::text) fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_is_the_same() {
        for (written, folded) in [
            ("Café", "cafe"),
            ("Cafe\u{301}", "cafe"),
            ("NAÏVE", "naive"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("ｆｕｌｌｗｉｄｔｈ", "fullwidth"),
            ("ﬁnance", "finance"),
            ("ΟΔΟΣ", "οδοσ"),
            ("οδός", "οδοσ"),
            ("İstanbul", "istanbul"),
            ("Bild\u{ad}schirm", "bildschirm"),
            ("Łódź", "lodz"),
            ("Ødegård", "odegard"),
            ("Ærø", "aero"),
            ("O’Brien O´Brien O`Brien", "o'brien o'brien o'brien"),
            ("Jean‐Luc Jean‑Luc Jean–Luc", "jean-luc jean-luc jean-luc"),
            ("ガ", "ガ"),
            ("ｶﾞ", "ガ"),
            ("아키텍처", "아키텍처"),
            ("น้ำ", "น้ํา"),
            ("हिन्दी", "हिन्दी"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("👍🏽", "👍"),
            ("❤\u{fe0f}", "❤"),
            ("½ m²", "1⁄2 m2"),
        ] {
            assert_eq!(fold(written), folded, "{written}");
            assert_eq!(fold(&fold(written)), folded, "{written} twice");
        }
    }

    #[test]
    fn folding_changes_nothing_twice() {
        for c in ('\u{80}'..='\u{33ff}').chain('\u{a640}'..='\u{ac10}').chain('\u{f900}'..='\u{1f200}') {
            let text = String::from(c);
            let once = fold(&text);
            assert_eq!(fold(&once), once, "{text:?} U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_text_is_spelt_in_these_ways() {
        let ways = spellings("Straße");
        assert_eq!(ways[0].len(), 7);
        for text in ["STRASSE", "strásse", "straße", "STRAẞE", "ﬆrasse"] {
            let written: Vec<char> = text.chars().collect();
            let is =
                |way: &Spelling| way.len() == written.len() && way.iter().zip(&written).all(|(it, c)| it.contains(c));
            assert!(ways.iter().any(is), "{text} is none of {ways:?}");
        }
        assert_eq!(spellings("ssssssss").len(), 8);
    }

    #[test]
    fn umlauts_are_written_out_where_there_are_no_keys_for_them() {
        for (text, out) in [
            ("Büchelberg", Some("Buechelberg")),
            ("Bu\u{308}chel ÄÖ", Some("Buechel aeoe")),
            ("ännä@exämple.com öl", Some("ännä@exämple.com oel")),
            ("ännä@exämple.com", None),
            ("Buechel", None),
            ("café", None),
        ] {
            assert_eq!(written_out(text).as_deref(), out, "{text}");
        }
        let umlaut = |way: &Spelling| way.iter().any(|it| *it == ['ü', 'Ü']);
        assert!(spellings("Buechel").iter().any(umlaut));
    }

    #[test]
    fn names_are_the_same_by_case_and_by_what_is_seen() {
        for same in ["Sales", "sales", "SALES", " Sales ", "Sa\u{200b}les", "Ｓａｌｅｓ"] {
            assert_eq!(same_name(same), "sales", "{same:?}");
        }
        assert_eq!(same_name("Key  account\u{a0}team"), "key account team");
        assert_eq!(same_name("Groß"), same_name("GROSS"));
        assert_ne!(same_name("Müller"), same_name("Muller"));
    }
}
