//! What a provider is given. All of it is data: nothing that somebody wrote is an instruction.

use kernel::{
    id::{ChatId, ConversationMessageId, LeadId, MessageId, TypedId},
    outgoing::Again,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::output::{Output, REPLY, Scored};
use crate::store::ai_tasks::task::{AiFailure, AiSubjectType, AiTaskType};

/// How much of what was written a provider is given, in characters; of more the newest counts.
pub const GIVEN: usize = 12_000;

/// What a task is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject {
    /// Of which kind.
    pub kind: AiSubjectType,
    /// Which.
    pub id: Uuid,
}

impl Subject {
    /// The thing whose id a text is; `None` for what no task is about.
    pub fn of(text: &str) -> Option<Self> {
        let is = |kind, id| Some(Self { kind, id });
        if let Ok(id) = text.parse::<ConversationMessageId>() {
            return is(AiSubjectType::ConversationMessage, id.0);
        }
        if let Ok(id) = text.parse::<MessageId>() {
            return is(AiSubjectType::Message, id.0);
        }
        if let Ok(id) = text.parse::<ChatId>() {
            return is(AiSubjectType::Chat, id.0);
        }
        is(AiSubjectType::Lead, text.parse::<LeadId>().ok()?.0)
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let prefix = match self.kind {
            AiSubjectType::ConversationMessage => ConversationMessageId::PREFIX,
            AiSubjectType::Message => MessageId::PREFIX,
            AiSubjectType::Chat => ChatId::PREFIX,
            AiSubjectType::Lead => LeadId::PREFIX,
        };
        write!(f, "{prefix}_{}", self.id.simple())
    }
}

/// Something that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether they wrote it; we did otherwise.
    pub theirs: bool,
    /// What.
    pub text: String,
}

/// What there is of a subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Material {
    /// What was written, the oldest first.
    pub lines: Vec<Line>,
    /// Their name.
    pub name: Option<String>,
    /// What they write about, in their own words or the company's.
    pub about: Option<String>,
    /// What the company's rules say of the lead, for scoring.
    pub by_rules: Option<Scored>,
    /// The company's ready answers.
    pub answers: Vec<ReadyAnswer>,
    /// The longest answer that can be sent, in characters, where that is less than [`REPLY`].
    pub longest: Option<usize>,
}

/// A ready answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyAnswer {
    /// What it is called.
    pub title: String,
    /// What it says.
    pub content: String,
}

impl Material {
    /// Cuts what was written to what a provider is given; says whether something was left out. The newest is kept.
    pub fn cut(&mut self) -> bool {
        let (mut left, mut keep) = (GIVEN, Vec::new());
        let mut cut = false;
        for line in self.lines.drain(..).rev() {
            let length = line.text.chars().count();
            if length <= left {
                left -= length;
                keep.push(line);
                continue;
            }
            cut = true;
            if left > 0 && keep.is_empty() {
                let text = line.text.chars().take(left).collect();
                keep.push(Line { text, ..line });
            }
            left = 0;
        }
        keep.reverse();
        self.lines = keep;
        cut
    }

    /// The longest answer, in characters.
    pub fn longest_answer(&self) -> usize {
        self.longest.map_or(REPLY, |longest| longest.min(REPLY))
    }

    /// What they wrote, in one text.
    pub fn theirs(&self) -> String {
        let theirs: Vec<_> = self.lines.iter().filter(|line| line.theirs).map(|line| line.text.as_str()).collect();
        theirs.join("\n")
    }

    /// What a task was given, by reference: no word of it.
    pub fn reference(&self, subject: Subject, cut: bool) -> Json {
        let characters: usize = self.lines.iter().map(|line| line.text.chars().count()).sum();
        json!({ "subject": subject.to_string(), "lines": self.lines.len(), "characters": characters, "isCut": cut })
    }
}

/// What a provider is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// To do what.
    pub task: AiTaskType,
    /// With what.
    pub material: Material,
}

/// What a provider gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// What came of the task.
    pub output: Output,
    /// The model, as the provider names it.
    pub model: Option<String>,
    /// Of the instructions that went along.
    pub prompt_version: Option<&'static str>,
    /// What was read and written, in tokens.
    pub usage: Option<(i64, i64)>,
}

/// Why a provider gave nothing. It repeats nothing that was asked, and no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure:?}: {detail}")]
pub struct Nothing {
    /// As people are told.
    pub failure: AiFailure,
    /// For the log and for whoever keeps the tasks.
    pub detail: String,
    /// When another attempt may go better.
    pub again: Again,
}

/// What a provider costs, in millionths of a US dollar for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// Read.
    pub input: i64,
    /// Written.
    pub output: i64,
}

impl Price {
    /// What so much cost; `None` where there is no price.
    pub fn of(self, (read, wrote): (i64, i64)) -> Option<i64> {
        if self == Self::default() {
            return None;
        }
        let exact = i128::from(read) * i128::from(self.input) + i128::from(wrote) * i128::from(self.output);
        i64::try_from((exact + 500_000) / 1_000_000).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_much_the_newest_is_given() {
        let line = |text: &str| Line { theirs: true, text: text.into() };
        let mut short = Material { lines: vec![line("one"), line("two")], ..Material::default() };
        assert!(!short.cut());
        assert_eq!(short.theirs(), "one\ntwo");
        let long = "x".repeat(GIVEN - 2);
        let mut more = Material { lines: vec![line("old"), line(&long), line("no")], ..Material::default() };
        assert!(more.cut());
        assert_eq!(more.lines, [line(&long), line("no")]);
        let mut one = Material { lines: vec![line(&"ä".repeat(GIVEN + 5))], ..Material::default() };
        assert!(one.cut());
        assert_eq!(one.lines[0].text.chars().count(), GIVEN);
    }

    #[test]
    fn what_it_cost_is_exact() {
        let price = Price { input: 3_000_000, output: 15_000_000 };
        assert_eq!(price.of((1_000_000, 0)), Some(3_000_000));
        assert_eq!(price.of((1_000, 200)), Some(6_000));
        assert_eq!(price.of((1, 0)), Some(3));
        assert_eq!(Price::default().of((1_000_000, 1)), None);
    }
}
