//! Which passages of documents a question is about: sentences, weighed by the question's words.
//!
//! The weighing is BM25's: a word counts the more the fewer sentences have it, and a long sentence less than a short one. A
//! word of the question is found in one that begins with it and goes on for a few letters, so that `invoice` finds `invoices`.

use std::{
    collections::{BTreeSet, HashSet},
    sync::LazyLock,
};

use kernel::text::words::words;

use super::provider::Document;

/// The longest sentence, in characters; a longer one is several.
const SENTENCE: usize = 600;
/// So much of one document is looked at, in characters.
const READ: usize = 100_000;
/// How many letters a word may go on for.
pub const ENDING: usize = 3;
/// From how many letters on it may.
pub const STEM: usize = 4;
/// BM25's two constants.
const K1: f64 = 1.2;
/// See [`K1`].
const B: f64 = 0.75;
/// What a word in the document's title counts, of what it counts in the sentence.
const IN_TITLE: f64 = 0.4;

/// Words that a question is asked with, whatever it is about, in English, French, German and Spanish, as the search spells them;
/// none that an English question is about.
const ASKED_WITH: &str = "\
    a aber about al algo als am an and any are as at auch auf aus aux avec avez avoir be been bei bin bitte bonjour \
    but by c can cant ce cela ces cest combien comme como con could cual cuales cuando cuanto d da danke dans das \
    dass de del dem den denn der des did die do doch does donde dont du eigentlich ein eine einem einen einer el \
    ella elle ellos en er es est esta estan estce este esto estoy et etre faire favor for from fur get gibt got \
    gracias ha habe haben had hallo has have hay he hello help her hi him his hola how hows i ich id if ihr il ils \
    im in is isnt ist it its ive j jai je just kann kannst konnen l la las le les leur lo los lui m ma mais may me \
    mein meine meinem meinen meiner merci mes mi mich might mir mis mit mochte moi mon muss muy my n nach ne need \
    nicht no noch nos not notre nous nur o oder of on or ou our par para pas pero peut peux plait please por porque \
    possibly pourquoi pouvez pueda puede pueden puedo puis puisje qu quand que quel quelle quelles quels qui quien \
    quiero quoi re s sa schon se sein ses she should si sich sie sil sind so sobre some somebody someone sont soy su \
    suis sus t ta te tell tengo tes than thank thanks that the their them then there they this tiene to toi tu um un \
    una und une uns us ve von vos votre vous wann want warum was we welche welchem welchen welcher welches wenn wer \
    werden were what whats when where wheres whether which who why wie wieso will wir wird with wo wollte wonder \
    wondering would y yes yo you your zu zum zur";

static ASIDE: LazyLock<HashSet<&str>> = LazyLock::new(|| ASKED_WITH.split_whitespace().collect());

/// A part of a document's text, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// The place of the document among those that were given.
    pub document: usize,
    /// Where it begins.
    pub starts_at: usize,
    /// Where it ends.
    pub ends_at: usize,
}

/// A sentence and how much it has to do with the question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// Where it is.
    pub range: Range,
    /// How much, of the most that is possible: from 0 to about 1.
    pub weight: f64,
}

/// The sentences of a text, each as the characters from one place to another. Blank ones are none.
pub fn sentences(text: &str) -> Vec<(usize, usize)> {
    let letters: Vec<char> = text.chars().take(READ).collect();
    let mut found = Vec::new();
    let mut begin = 0;
    let mut push = |from: usize, to: usize| {
        let blank = |at: &usize| letters[*at].is_whitespace();
        let from = (from..to).find(|at| !blank(at)).unwrap_or(to);
        let to = (from..to).rev().find(|at| !blank(at)).map_or(from, |at| at + 1);
        if letters[from..to].iter().any(|letter| letter.is_alphanumeric()) {
            found.push((from, to));
        }
    };
    for at in 0..letters.len() {
        let ends = match letters[at] {
            '\n' => true,
            '.' | '!' | '?' | '…' => letters.get(at + 1).is_none_or(|next| next.is_whitespace()),
            '。' | '！' | '？' => true,
            letter => at - begin >= SENTENCE && letter.is_whitespace() || at - begin >= 2 * SENTENCE,
        };
        if ends {
            push(begin, at + 1);
            begin = at + 1;
        }
    }
    push(begin, letters.len());
    found
}

/// The words that a question is about.
pub fn sought(question: &str) -> Vec<String> {
    let all: Vec<String> =
        words([question]).into_iter().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
    let about: Vec<String> = all.iter().filter(|word| !ASIDE.contains(word.as_str())).cloned().collect();
    if about.is_empty() { all } else { about }
}

/// Whether a word of the question is found in a word of a text.
fn is_met(sought: &str, found: &str) -> bool {
    let (short, long) = if sought.len() <= found.len() { (sought, found) } else { (found, sought) };
    short == long
        || short.chars().count() >= STEM
            && long.strip_prefix(short).is_some_and(|ending| ending.chars().count() <= ENDING)
}

fn meets(sought: &str, found: &BTreeSet<String>) -> bool {
    found.contains(sought) || found.iter().any(|word| is_met(sought, word))
}

/// All sentences that have to do with a question, those first that have the most.
pub fn weigh(documents: &[Document], question: &str) -> Vec<Weighed> {
    let sought = sought(question);
    let mut all = Vec::new();
    let titles: Vec<_> = documents.iter().map(|document| words([document.title.as_str()])).collect();
    for (number, document) in documents.iter().enumerate() {
        let letters: Vec<char> = document.text.chars().take(READ).collect();
        for (starts_at, ends_at) in sentences(&document.text) {
            let text: String = letters[starts_at..ends_at].iter().collect();
            let found = words([text.as_str()]);
            let met: Vec<bool> = sought.iter().map(|word| meets(word, &found)).collect();
            all.push((Range { document: number, starts_at, ends_at }, found.len(), met));
        }
    }
    let count = all.len() as f64;
    let average = all.iter().map(|(_, length, _)| *length as f64).sum::<f64>() / count.max(1.0);
    let with = |word: usize| all.iter().filter(|(.., met)| met[word]).count() as f64;
    let rare = |with: f64| (1.0 + (count - with + 0.5) / (with + 0.5)).ln();
    let with: Vec<f64> = (0..sought.len()).map(with).collect();
    // What stands nowhere says little of what is asked for: no more than the rarest word that does.
    let rarest = with.iter().filter(|with| **with > 0.0).map(|with| rare(*with)).fold(0.0, f64::max);
    let rarity: Vec<f64> = with.iter().map(|with| rare(*with).min(rarest)).collect();
    let most: f64 = rarity.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut weighed: Vec<_> = all
        .into_iter()
        .filter(|(.., met)| met.contains(&true))
        .map(|(range, length, met)| {
            let long = K1 * (1.0 - B + B * length as f64 / average.max(1.0));
            let said: f64 = rarity.iter().zip(&met).filter(|(_, met)| **met).map(|(rarity, _)| rarity).sum();
            let titled = rarity.iter().zip(&sought).filter(|(_, word)| meets(word, &titles[range.document]));
            let titled: f64 = titled.map(|(rarity, _)| rarity).sum();
            let weight = (said * (K1 + 1.0) / (1.0 + long) + titled * IN_TITLE) / most;
            Weighed { range, weight }
        })
        .collect();
    weighed.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.range.cmp(&b.range)));
    weighed
}

/// Passages of the documents that have the most to do with a question: sentences with what stands around them, together no
/// longer than `most` characters, the best document's first.
pub fn around(documents: &[Document], question: &str, most: usize, each: usize) -> Vec<Range> {
    let mut chosen: Vec<Range> = Vec::new();
    let mut left = most;
    for Weighed { range, .. } in weigh(documents, question) {
        if chosen.iter().any(|known| {
            known.document == range.document && known.starts_at <= range.starts_at && range.ends_at <= known.ends_at
        }) {
            continue;
        }
        let length = documents[range.document].text.chars().take(READ).count();
        let room = each.saturating_sub(range.ends_at - range.starts_at) / 2;
        let mut wide = Range {
            document: range.document,
            starts_at: range.starts_at.saturating_sub(room),
            ends_at: (range.ends_at + room).min(length),
        };
        // What another passage has is not given twice.
        for known in chosen.iter().filter(|known| known.document == wide.document) {
            if known.ends_at > wide.starts_at && known.ends_at <= range.starts_at {
                wide.starts_at = known.ends_at;
            }
            if known.starts_at < wide.ends_at && known.starts_at >= range.ends_at {
                wide.ends_at = known.starts_at;
            }
        }
        let size = wide.ends_at - wide.starts_at;
        if size > left {
            break;
        }
        left -= size;
        chosen.push(wide);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{domain::assistant::provider::slice, store::assistant::source::SourceKind};

    fn document(title: &str, text: &str) -> Document {
        Document { kind: SourceKind::Guide, id: Uuid::nil(), title: title.into(), text: text.into() }
    }

    fn best<'a>(documents: &'a [Document], question: &str) -> Option<&'a str> {
        let found = weigh(documents, question).into_iter().next()?.range;
        slice(&documents[found.document].text, found.starts_at, found.ends_at)
    }

    #[test]
    fn a_text_is_taken_apart_at_the_ends_of_sentences() {
        let text = "Zähl bis 2.14 und weiter. Dann?\n\n - Liste\n...\n終わり。次";
        let found: Vec<_> = sentences(text).iter().filter_map(|(from, to)| slice(text, *from, *to)).collect();
        assert_eq!(found, ["Zähl bis 2.14 und weiter.", "Dann?", "- Liste", "終わり。", "次"]);
        assert!(sentences(&"a".repeat(5000)).iter().all(|(from, to)| to - from <= 2 * SENTENCE + 1));
        assert!(sentences("").is_empty() && sentences(" \n.\n").is_empty());
    }

    #[test]
    fn the_sentence_with_the_rare_words_is_the_best() {
        let documents = [
            document("Opening", "We are open on Monday. We are closed on Sunday. We are here."),
            document("Invoices", "Invoices come by mail. You pay an invoice within 30 days. We are fast."),
        ];
        assert_eq!(best(&documents, "When do I have to pay the invoice?"), Some("You pay an invoice within 30 days."));
        assert_eq!(best(&documents, "are you closed on sundays"), Some("We are closed on Sunday."));
        assert_eq!(best(&documents, "helicopter"), None);
        let enough = |question: &str| weigh(&documents, question).first().map_or(0.0, |best| best.weight) >= 0.3;
        for question in [
            "Where's my invoice gone, please?",
            "Wo bleibt denn eigentlich die invoice?",
            "Où est mon invoice, s’il vous plaît ?",
            "¿Dónde está mi invoice?",
        ] {
            assert!(enough(question), "{question}");
        }
        assert!(!enough("Who painted the large red helicopter above our old Monday market?"));
        assert_eq!(best(&[], "pay"), None);
    }

    #[test]
    fn passages_hold_what_stands_around_and_no_more_than_they_may() {
        let filler = "Nothing to see. ".repeat(500);
        let documents = [document("Long", &format!("{filler}The gate opens at dawn. {filler}"))];
        let found = around(&documents, "When does the gate open?", 1000, 400);
        assert_eq!(found.len(), 1);
        let text = slice(&documents[0].text, found[0].starts_at, found[0].ends_at).unwrap();
        assert!(text.contains("The gate opens at dawn.") && text.len() <= 400, "{text}");
        let twice = [document("Two", "The gate opens at dawn. The gate closes at dusk.")];
        let found = around(&twice, "gate", 1000, 400);
        assert_eq!(found, [Range { document: 0, starts_at: 0, ends_at: 48 }], "no passage is given twice");
    }
}
