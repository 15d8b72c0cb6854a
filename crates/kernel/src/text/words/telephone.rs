//! Telephone numbers in a text.

use super::{
    Term, Word,
    letters::{Kind, kind},
};

/// So many digits are a telephone number or the end of one.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=17;

/// Digits that may be a telephone number, with what is written between them.
#[derive(Debug)]
pub(super) struct Number<'a> {
    /// As it is written.
    pub(super) text: &'a str,
    /// Where it begins.
    pub(super) from: usize,
    /// Where it ends.
    pub(super) to: usize,
}

/// The numbers in a text: digits, between them at most two of blank, hyphen, point, stroke and brackets, and no letter at
/// either end.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = Number<'_>> {
    let bytes = text.as_bytes();
    let between = |b: u8| matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')');
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            let mut end = start;
            let mut gap = 0;
            if !bytes[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            while let Some(&byte) = bytes.get(at) {
                if byte.is_ascii_digit() {
                    (gap, end) = (0, at + 1);
                } else if between(byte) && gap < 2 {
                    gap += 1;
                } else {
                    break;
                }
                at += 1;
            }
            let before = text[..start].chars().next_back();
            let after = text[end..].chars().next();
            let alone = [before, after].into_iter().flatten().all(|c| kind(c) != Kind::Letter);
            let digits = text[start..end].bytes().filter(u8::is_ascii_digit).count();
            at = end;
            if alone && DIGITS.contains(&digits) {
                let from = if before == Some('+') { start - 1 } else { start };
                return Some(Number { text: &text[from..end], from, to: end });
            }
        }
        None
    })
}

impl Number<'_> {
    fn digits(text: &str) -> String {
        text.chars().filter(char::is_ascii_digit).collect()
    }

    /// Its digits without zeros before them; without the zero in brackets that is left out from abroad, too.
    fn forms(&self) -> Vec<String> {
        let mut forms = vec![Self::digits(self.text)];
        if self.text.contains("(0)") {
            forms.push(Self::digits(&self.text.replace("(0)", "")));
        }
        let bare = |digits: &String| digits.trim_start_matches('0').to_owned();
        forms.iter().map(bare).filter(|digits| digits.len() >= *DIGITS.start()).collect()
    }

    /// Its forms, and those of somebody who wrote it at home and left out the country, which has one digit to three.
    pub(super) fn anywhere(&self) -> Vec<String> {
        let mut forms = self.forms();
        if self.text.starts_with('+') || self.text.starts_with("00") {
            let at_home = |digits: &String| [1, 2, 3].map(|n| digits[n..].trim_start_matches('0').to_owned());
            let at_home: Vec<_> = forms.iter().flat_map(at_home).filter(|d| d.len() > *DIGITS.start()).collect();
            forms.extend(at_home);
        }
        forms.sort();
        forms.dedup();
        forms
    }

    /// Its ends, by which it is found.
    pub(super) fn ends(&self) -> Vec<String> {
        let ends = |digits: &String| {
            let ends = (0..=digits.len() - DIGITS.start()).map(|from| digits[from..].to_owned());
            ends.filter(|end| !end.starts_with('0')).collect::<Vec<_>>()
        };
        self.forms().iter().flat_map(ends).collect()
    }

    /// What is to be there for it, where `parts` is for what it is made of.
    pub(super) fn sought(&self, parts: Vec<Term>) -> Vec<Term> {
        let forms = self.anywhere();
        let mut term: Term = forms.iter().map(|digits| vec![Word::beginning(digits)]).collect();
        // They may be numbers that stand apart, or one that begins with zeros.
        let plain = parts.iter().filter_map(|term| term.first()).flatten().cloned().collect::<Vec<_>>();
        if term.is_empty() || plain.len() <= *DIGITS.start() && !term.contains(&plain) {
            term.push(plain);
        }
        vec![term]
    }
}
