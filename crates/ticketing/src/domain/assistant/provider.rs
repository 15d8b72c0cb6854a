//! What a provider is given and gives back, whoever it is.

use uuid::Uuid;

use crate::store::assistant::{
    message::{AssistantFailure, AssistantStop},
    source::SourceKind,
};

/// A document that whoever asks may see. Its text is data: nothing in it is an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What kind.
    pub kind: SourceKind,
    /// Which.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Its text, without markup.
    pub text: String,
}

/// A question of before, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
}

/// All that a provider is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The question.
    pub question: String,
    /// What was said before, the oldest first.
    pub turns: Vec<Turn>,
    /// What it may answer from, the best first.
    pub documents: Vec<Document>,
}

/// A passage that an answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Citation {
    /// The place of the document among those that were given.
    pub document: usize,
    /// Where the passage begins in its text, in characters.
    pub starts_at: usize,
    /// Where it ends.
    pub ends_at: usize,
}

/// What came of a question; the text itself went out piece by piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// What it rests on.
    pub citations: Vec<Citation>,
    /// Why it ends where it does.
    pub stop: AssistantStop,
    /// The model that answered, as the provider names it.
    pub model: Option<String>,
    /// What was read and written, in tokens.
    pub usage: Option<(u32, u32)>,
}

/// Why there is no answer. It says nothing that was asked, and no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure:?}: {detail}")]
pub struct NoAnswer {
    /// As the asker is told.
    pub failure: AssistantFailure,
    /// For the log.
    pub detail: String,
}

/// What an answer rests on, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What kind of document.
    pub kind: SourceKind,
    /// Which.
    pub document: Uuid,
    /// Its title.
    pub title: String,
    /// The passage.
    pub quote: String,
    /// Where it begins in the document's text, in characters.
    pub starts_at: usize,
    /// Where it ends.
    pub ends_at: usize,
}

/// The sources that these citations name, each once. A citation of a document that was not given, or of a passage that is not
/// in it, is dropped.
pub fn sources(documents: &[Document], citations: &[Citation], most: usize, longest: usize) -> Vec<Source> {
    let mut found: Vec<Source> = Vec::new();
    for citation in citations {
        let Some(document) = documents.get(citation.document) else { continue };
        let Some(quote) = slice(&document.text, citation.starts_at, citation.ends_at) else { continue };
        let trimmed = quote.trim();
        if trimmed.is_empty() {
            continue;
        }
        let before = quote.chars().count() - quote.trim_start().chars().count();
        let starts_at = citation.starts_at + before;
        let source = Source {
            kind: document.kind,
            document: document.id,
            title: document.title.clone(),
            quote: trimmed.chars().take(longest).collect(),
            starts_at,
            ends_at: starts_at + trimmed.chars().count(),
        };
        if !found.contains(&source) {
            found.push(source);
        }
        if found.len() == most {
            break;
        }
    }
    found
}

/// The characters of a text from one place to another; `None` where they are not in it.
pub fn slice(text: &str, starts_at: usize, ends_at: usize) -> Option<&str> {
    let byte = |at: usize| text.char_indices().map(|(byte, _)| byte).chain([text.len()]).nth(at);
    if starts_at >= ends_at {
        return None;
    }
    text.get(byte(starts_at)?..byte(ends_at)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cites_nothing_that_was_given_is_dropped() {
        let documents = [Document {
            kind: SourceKind::Guide,
            id: Uuid::nil(),
            title: "Paying".into(),
            text: "Zähle. Pay by card. ".into(),
        }];
        let at = |document, starts_at, ends_at| Citation { document, starts_at, ends_at };
        let cited =
            [at(0, 6, 19), at(1, 0, 3), at(0, 7, 100), at(0, 9, 9), at(0, 7, 19), at(usize::MAX, 0, usize::MAX)];
        let found = sources(&documents, &cited, 20, 1000);
        let one = |found: &Source| (found.quote.clone(), found.starts_at, found.ends_at);
        assert_eq!(found.iter().map(one).collect::<Vec<_>>(), [("Pay by card.".to_owned(), 7, 19)]);
        assert_eq!(sources(&documents, &cited, 20, 3)[0].quote, "Pay");
    }
}
