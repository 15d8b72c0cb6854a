//! Characters that show nothing, and when they are needed all the same.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, ExtendedPictographic, Ideographic, JoiningType,
        Script,
    },
};

/// Whether it forces the direction of what follows: an override, which no text needs and which makes a name read
/// otherwise than it is.
pub(super) fn is_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Whether it shows nothing: soft hyphens, joiners, controls of direction, selectors of a form, fillers, annotations.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{fff9}'..='\u{fffb}') || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether a reader sees anything of it.
pub(super) fn shows(text: &str) -> bool {
    // The pattern without a dot is a letter of Braille, and blank.
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && c != '\u{2800}' && !is_invisible(c))
}

/// The text without what shows nothing, as far as what it stands between does not need it.
pub(super) fn without_invisible(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if !is_invisible(c) || is_needed(c, &kept, &text[at + c.len_utf8()..]) {
            kept.push(c);
        }
    }
    kept
}

/// Whether an invisible character shapes the visible ones around it.
fn is_needed(c: char, before: &str, after: &str) -> bool {
    let last = before.chars().next_back();
    let next = after.chars().next();
    let is = |c: Option<char>, of: fn(char) -> bool| c.is_some_and(of);
    match c {
        // Emoji made of several; letters of India and its neighbours; letters that join, as in Arabic.
        '\u{200d}' => {
            is(last, is_virama)
                || is(next, is_virama)
                || (is(before.chars().rev().find(|c| !is_style(*c)), is_pictograph) && is(next, is_pictograph))
                || joins(before, after)
        }
        '\u{200c}' => is(last, is_virama) || is(next, is_virama) || joins(before, after),
        // As a picture or as a sign.
        '\u{fe0e}' | '\u{fe0f}' => is(last, |c| CodePointSetData::new::<Emoji>().contains(c)),
        // Forms of one letter, as in Japanese names.
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => {
            is(last, |c| CodePointSetData::new::<Ideographic>().contains(c))
        }
        '\u{180b}'..='\u{180f}' => is(last, |c| CodePointMapData::<Script>::new().get(c) == Script::Mongolian),
        // Flags of parts of countries.
        '\u{e0020}'..='\u{e007f}' => is(last, |c| matches!(c, '\u{1f3f4}' | '\u{e0020}'..='\u{e007e}')),
        _ => false,
    }
}

/// Tone of skin, or the selector of a picture: belongs to the emoji before it.
fn is_style(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_pictograph(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

fn is_virama(c: char) -> bool {
    CodePointMapData::<CanonicalCombiningClass>::new().get(c) == CanonicalCombiningClass::Virama
}

/// Whether letters would join here (RFC 5892, appendix A.1).
fn joins(before: &str, after: &str) -> bool {
    let kind = |c| CodePointMapData::<JoiningType>::new().get(c);
    let letter = |c: &JoiningType| *c != JoiningType::Transparent;
    let last = before.chars().rev().map(kind).find(letter);
    let next = after.chars().map(kind).find(letter);
    matches!(last, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(next, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}
