//! What somebody looks for: terms, each in all the ways it may be written.

use super::super::{fold, with_stored_addresses, written_out};
use super::telephone::numbers;
use super::{Piece, chunks, cut, pieces};

/// So many words of a search count.
pub(super) const MOST: usize = 16;

/// What somebody looks for: all of these terms must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought(Vec<Term>);

/// One of several ways to write a thing, each with all its words.
pub type Term = Vec<Vec<Word>>;

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word; no blank is in it.
    pub text: String,
    /// Whether a longer word that begins with it will do.
    pub beginning: bool,
}

impl Word {
    pub(super) fn whole(text: &str) -> Self {
        Self { text: cut(text), beginning: false }
    }

    pub(super) fn beginning(text: &str) -> Self {
        Self { text: cut(text), beginning: true }
    }
}

impl Sought {
    /// What a person typed, of which the first 16 words count. `None` where there is no word in it, which leaves nothing
    /// out.
    pub fn new(text: &str) -> Option<Self> {
        let text = with_stored_addresses(text);
        let mut terms = Self::terms_of(&fold(&text));
        // Only letters differ there, so it has the same terms.
        let out = written_out(&text).map(|out| Self::terms_of(&fold(&out)));
        for (term, ways) in terms.iter_mut().zip(out.into_iter().flatten()) {
            for way in ways {
                if !term.contains(&way) {
                    term.push(way);
                }
            }
        }
        (!terms.is_empty()).then_some(Self(terms))
    }

    /// The terms of a folded text.
    fn terms_of(text: &str) -> Vec<Term> {
        let numbers: Vec<_> = numbers(text).collect();
        let (mut terms, mut signs) = (Vec::new(), Vec::new());
        let mut seen = 0;
        for number in &numbers {
            Self::add(&text[seen..number.from], &mut terms, &mut signs);
            seen = number.to;
            let (mut parts, mut none) = (Vec::new(), Vec::new());
            Self::add(&text[number.from..number.to], &mut parts, &mut none);
            terms.extend(number.sought(parts));
        }
        Self::add(&text[seen..], &mut terms, &mut signs);
        // Beside words, signs are how a sentence is written.
        if terms.is_empty() {
            terms = signs;
        }
        terms.truncate(MOST);
        terms
    }

    fn add(text: &str, terms: &mut Vec<Term>, signs: &mut Vec<Term>) {
        for chunk in chunks(text) {
            let all = pieces(chunk.text);
            for (at, piece) in all.iter().enumerate() {
                let goes_on = at + 1 == all.len() && !chunk.ends;
                let into = if matches!(piece, Piece::Signs(_)) { &mut *signs } else { &mut *terms };
                into.push(piece.sought(goes_on));
            }
        }
    }

    /// This and that.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The same in other forms too, as of a plural: longer words that begin with one of letters, and shorter ones that it begins
    /// with, which lack at most `ending` letters. A word of fewer letters than `stem` has no other form.
    #[must_use]
    pub fn in_other_forms(mut self, stem: usize, ending: usize) -> Self {
        for term in &mut self.0 {
            let mut shorter = Vec::new();
            // What signs take apart has no other forms; with umlauts there are two ways to write a word.
            if term.iter().any(|way| way.len() != 1) {
                continue;
            }
            for word in term.iter_mut().flatten() {
                let letters: Vec<char> = word.text.chars().collect();
                if letters.len() < stem || !letters.iter().all(|c| c.is_alphabetic()) {
                    continue;
                }
                word.beginning = true;
                let ends = stem.max(letters.len().saturating_sub(ending))..letters.len();
                shorter.extend(ends.rev().map(|end| vec![Word::whole(&letters[..end].iter().collect::<String>())]));
            }
            term.append(&mut shorter);
        }
        self
    }

    /// The terms.
    pub fn terms(&self) -> &[Term] {
        &self.0
    }
}
