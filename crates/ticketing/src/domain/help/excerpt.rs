//! What somebody who looks for words is shown of a text: how well it fits, and a part of it in which the words are marked. It is
//! never markup: a page makes elements of the parts, and text of what is in them.

use std::{cmp::Reverse, collections::HashMap};

use kernel::text::words::{Sought, words};

/// About so many characters are shown.
const SHOWN: usize = 240;
/// So many of them stand before the first word that is marked.
const BEFORE: usize = 40;
/// So much of a text is looked at, in bytes.
const LOOKED_AT: usize = 300_000;
/// So many places of a text count.
const PLACES: usize = 2_000;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it says.
    pub text: String,
    /// Whether it is one of the words that somebody looks for.
    pub is_match: bool,
}

/// The words that somebody looks for, one list a term.
pub struct Marker(Vec<Vec<(String, bool)>>);

/// A word of a text, and the term that it is one of.
struct Place {
    from: usize,
    to: usize,
    term: usize,
}

impl Marker {
    /// Of what is sought.
    pub fn new(sought: &[Sought]) -> Self {
        let terms = sought.iter().flat_map(Sought::terms);
        Self(
            terms.map(|ways| ways.iter().flatten().map(|word| (word.text.clone(), word.beginning)).collect()).collect(),
        )
    }

    fn term(&self, token: &str) -> Option<usize> {
        let found = words([token]);
        let is = |(word, beginning): &(String, bool)| {
            if *beginning { found.iter().any(|own| own.starts_with(word)) } else { found.contains(word) }
        };
        self.0.iter().position(|term| term.iter().any(is))
    }

    fn places(&self, text: &str) -> Vec<Place> {
        let mut known: HashMap<&str, Option<usize>> = HashMap::new();
        let mut found = Vec::new();
        for (from, token) in tokens(text) {
            if let Some(term) = *known.entry(token).or_insert_with(|| self.term(token)) {
                found.push(Place { from, to: from + token.len(), term });
                if found.len() == PLACES {
                    break;
                }
            }
        }
        found
    }

    /// How many of the terms a text has.
    pub fn terms_in(&self, text: &str) -> usize {
        distinct(&self.places(text))
    }

    /// How well a thing fits: its title counts most, then how many of the terms are there at all, then how often.
    pub fn score(&self, title: &str, text: &str) -> f64 {
        let in_title = self.places(title);
        let in_text = self.places(beginning(text));
        let mut often = vec![0_u32; self.0.len()];
        in_text.iter().for_each(|place| often[place.term] += 1);
        let often: f64 = often.into_iter().map(|times| f64::from(times).ln_1p()).sum();
        let here = f64::from(u32::try_from(distinct(&in_text)).unwrap_or_default());
        let titled = f64::from(u32::try_from(distinct(&in_title)).unwrap_or_default());
        10.0 * titled + 3.0 * here + often
    }

    /// All of a text, with the words marked.
    pub fn all(&self, text: &str) -> Vec<Part> {
        parts(text, &self.places(text), 0, text.len())
    }

    /// The part of a text that has most of the words close together, its beginning where it has none.
    pub fn excerpt(&self, text: &str) -> Vec<Part> {
        let text = &beginning(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let places = self.places(text);
        let fit = |first: &usize| {
            let till = places[*first].from + SHOWN;
            let near: Vec<_> =
                places[*first..].iter().take_while(|place| place.to <= till).map(|place| place.term).collect();
            let mut terms = near.clone();
            terms.sort_unstable();
            terms.dedup();
            (terms.len(), near.len().min(8), Reverse(*first))
        };
        let best = (0..places.len().min(400)).max_by_key(fit).map_or(0, |first| places[first].from);
        let from = start(text, best);
        let to = end(text, from);
        let mut found = parts(text, &places, from, to);
        if from > 0 {
            found.insert(0, Part { text: "… ".into(), is_match: false });
        }
        if to < text.len() {
            found.push(Part { text: " …".into(), is_match: false });
        }
        joined(found)
    }
}

/// Runs of letters and digits, where they begin.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let belongs = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '_');
    text.split(move |c: char| !belongs(c)).filter(|token| !token.is_empty()).map(move |token| {
        // A part of `text`, so it lies behind its beginning.
        (token.as_ptr() as usize - text.as_ptr() as usize, token)
    })
}

fn distinct(places: &[Place]) -> usize {
    let mut terms: Vec<_> = places.iter().map(|place| place.term).collect();
    terms.sort_unstable();
    terms.dedup();
    terms.len()
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A little before a place, where a word begins.
fn start(text: &str, place: usize) -> usize {
    let before = text[..place].char_indices().rev().take(BEFORE).last().map_or(place, |(at, _)| at);
    if before == 0 {
        return 0;
    }
    text[before..place].find(' ').map_or(place, |blank| before + blank + 1)
}

/// As far as is shown, where a word ends.
fn end(text: &str, from: usize) -> usize {
    let Some((cut, _)) = text[from..].char_indices().nth(SHOWN) else { return text.len() };
    let shown = &text[from..from + cut];
    from + shown.rfind(' ').filter(|blank| *blank > cut / 2).unwrap_or(cut)
}

fn parts(text: &str, places: &[Place], from: usize, to: usize) -> Vec<Part> {
    let mut found = Vec::new();
    let mut at = from;
    for place in places.iter().filter(|place| place.from >= from && place.to <= to) {
        found.push(Part { text: text[at..place.from].into(), is_match: false });
        found.push(Part { text: text[place.from..place.to].into(), is_match: true });
        at = place.to;
    }
    found.push(Part { text: text[at..to].into(), is_match: false });
    joined(found)
}

/// Without those that are empty, neighbours of a kind as one.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    for part in parts.into_iter().filter(|part| !part.text.is_empty()) {
        match found.last_mut().filter(|last| !last.is_match && !part.is_match) {
            Some(last) => last.text.push_str(&part.text),
            None => found.push(part),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(text: &str) -> Marker {
        Marker::new(&[Sought::new(text).unwrap()])
    }

    fn shown(parts: &[Part]) -> String {
        parts.iter().map(|part| if part.is_match { format!("[{}]", part.text) } else { part.text.clone() }).collect()
    }

    #[test]
    fn words_are_marked_in_any_spelling() {
        let marker = marker("grüsse KETT");
        assert_eq!(shown(&marker.all("Grüße vom Kettle, <b>kettle</b>")), "[Grüße] vom [Kettle], <b>[kettle]</b>");
        assert_eq!(shown(&marker.all("")), "");
        assert_eq!(marker.terms_in("kettles"), 1);
    }

    #[test]
    fn the_place_with_most_of_the_words_is_shown() {
        let text = format!(
            "A pump here. {}Then the pump leaks at its seal. {}",
            "Nothing to see. ".repeat(60),
            "More. ".repeat(200)
        );
        let seen = shown(&marker("pump seal").excerpt(&text));
        assert!(seen.starts_with("… ") && seen.ends_with(" …"), "{seen}");
        assert!(seen.contains("the [pump] leaks at its [seal]."), "{seen}");
        assert!(seen.chars().count() < 300, "{seen}");
        // Nothing in it: its beginning.
        assert!(shown(&marker("boat").excerpt(&text)).starts_with("A pump here."));
        assert_eq!(shown(&marker("x").excerpt("")), "");
    }

    #[test]
    fn a_title_counts_more_than_a_text_and_often_more_than_once() {
        let marker = marker("seal");
        let (titled, often, once) =
            (marker.score("Seals and seal", "x"), marker.score("x", "seal seal seal"), marker.score("x", "A seal"));
        assert!(titled > often && often > once && once > 0.0);
    }
}
