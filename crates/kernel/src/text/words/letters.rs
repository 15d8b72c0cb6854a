//! What single characters are to words.

use icu_properties::props::{GeneralCategory, Script};

use crate::text::fold::{category, is_any_mark, script};

/// What a character is to words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A letter, digit or mark of a script with blanks.
    Letter,
    /// One of a script without.
    Dense,
    /// A word of its own.
    Symbol,
    /// Any other sign.
    Sign,
}

pub(super) fn kind(c: char) -> Kind {
    if c.is_ascii_alphanumeric() {
        return Kind::Letter;
    }
    if c == '%' || c == '$' {
        return Kind::Symbol;
    }
    if c.is_ascii() {
        return Kind::Sign;
    }
    if c.is_alphanumeric() || is_any_mark(c) {
        return if is_dense(c) { Kind::Dense } else { Kind::Letter };
    }
    use GeneralCategory as Is;
    match category(c) {
        Is::OtherSymbol | Is::CurrencySymbol | Is::MathSymbol => Kind::Symbol,
        _ if matches!(c, '§' | '‰') => Kind::Symbol,
        _ => Kind::Sign,
    }
}

/// Whether its script is written without blanks. Korean has them, but not between a word and what it is made of.
fn is_dense(c: char) -> bool {
    let dense = [
        Script::Han,
        Script::Hiragana,
        Script::Katakana,
        Script::Bopomofo,
        Script::Hangul,
        Script::Thai,
        Script::Lao,
        Script::Khmer,
        Script::Myanmar,
        Script::Tibetan,
        Script::Javanese,
        Script::Yi,
    ];
    c == 'ー' || dense.contains(&script(c))
}
