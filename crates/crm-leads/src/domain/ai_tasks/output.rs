//! What comes of tasks, and what of it is believed: whoever made it, it is checked here.

use kernel::id::ScoreRuleSetId;
use serde::{Deserialize, Serialize};

use crate::{domain::scores::score::Signal, store::ai_tasks::task::AiTaskType};

/// The longest suggested answer, in characters.
pub const REPLY: usize = 2_000;
/// The longest reason, in characters.
pub const REASON: usize = 1_000;
/// How many signals a score may rest on.
pub const SIGNALS: usize = 50;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_doc])* $word,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$word,)+];

            /// As it is written.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }

            /// The one that is written so.
            pub fn of(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.text() == text)
            }
        }
    )+};
}

words! {
    /// What somebody wants.
    Intent {
        /// To buy, or to know what it costs.
        Sales = "sales",
        /// Help with what they have.
        Support = "support",
        /// That something is put right.
        Complaint = "complaint",
        /// To work here.
        Job = "job",
        /// Nothing of us: it goes to everybody.
        Spam = "spam",
        /// Something else.
        Other = "other",
    }
    /// How somebody feels about it.
    Sentiment {
        /// Well.
        Positive = "positive",
        /// Neither.
        Neutral = "neutral",
        /// Badly.
        Negative = "negative",
    }
    /// How soon somebody wants it.
    Urgency {
        /// Whenever.
        Low = "low",
        /// As usual.
        Normal = "normal",
        /// At once.
        High = "high",
    }
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Classified {
    /// What.
    pub intent: Intent,
    /// How they feel.
    pub sentiment: Sentiment,
    /// How soon.
    pub urgency: Urgency,
    /// The language that they write in (ISO 639-1), where it is known.
    pub language: Option<String>,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// Why, for people.
    pub reasoning: String,
}

/// How likely somebody buys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scored {
    /// 0 to 100.
    pub value: i32,
    /// What speaks for it.
    pub signals: Vec<Signal>,
    /// Why, for people.
    pub reasoning: String,
    /// The rules that say so, and their number; none where another reason does, whatever a provider writes.
    #[serde(skip)]
    pub rules: Option<(Option<ScoreRuleSetId>, i32)>,
}

/// An answer that may be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replied {
    /// What it says.
    pub content: String,
    /// How well it fits, 0 to 1.
    pub confidence: f64,
    /// Why, for people.
    pub reasoning: String,
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Output {
    /// What somebody wants.
    Classify(Classified),
    /// How likely somebody buys.
    Score(Scored),
    /// An answer.
    Reply(Replied),
}

impl Output {
    /// Which task it is of.
    pub const fn task(&self) -> AiTaskType {
        match self {
            Self::Classify(_) => AiTaskType::Classify,
            Self::Score(_) => AiTaskType::Score,
            Self::Reply(_) => AiTaskType::Reply,
        }
    }

    /// It, cleaned, where it can be believed.
    ///
    /// # Errors
    /// What of it cannot be.
    pub fn checked(mut self) -> Result<Self, &'static str> {
        match &mut self {
            Self::Classify(classified) => {
                share(classified.confidence)?;
                clean(&mut classified.reasoning, REASON);
                classified.language = classified
                    .language
                    .take()
                    .filter(|code| code.len() == 2 && code.bytes().all(|c| c.is_ascii_lowercase()));
            }
            Self::Score(scored) => {
                if !(0..=100).contains(&scored.value) {
                    return Err("a score is 0 to 100");
                }
                if scored.signals.len() > SIGNALS {
                    return Err("there are too many signals");
                }
                for signal in &mut scored.signals {
                    clean(&mut signal.name, 100);
                    signal.weight = signal.weight.clamp(-100, 100);
                    // Only what an id looks like: what a provider says of rows is not taken for one.
                    signal.evidence =
                        signal.evidence.take().filter(|id| kernel::id::prefix(id).is_some() && id.len() < 60);
                }
                clean(&mut scored.reasoning, REASON);
            }
            Self::Reply(reply) => {
                share(reply.confidence)?;
                clean(&mut reply.reasoning, REASON);
                let length = reply.content.chars().count();
                clean(&mut reply.content, REPLY);
                if reply.content.is_empty() {
                    return Err("the answer is empty");
                }
                if length > REPLY {
                    return Err("the answer is too long");
                }
            }
        }
        Ok(self)
    }

    /// In a word, as people decide it: the intent, the temperature.
    pub fn verdict(&self) -> Option<&'static str> {
        match self {
            Self::Classify(classified) => Some(classified.intent.text()),
            Self::Score(_) | Self::Reply(_) => None,
        }
    }
}

fn share(value: f64) -> Result<(), &'static str> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err("a confidence is 0 to 1") }
}

/// Without what no database keeps and nobody sees, and not longer than it may be.
fn clean(text: &mut String, most: usize) {
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(most).collect();
    *text = kept.trim().to_owned();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(content: &str, confidence: f64) -> Output {
        Output::Reply(Replied { content: content.into(), confidence, reasoning: "so\0".into() })
    }

    #[test]
    fn what_cannot_be_is_not_believed() {
        assert_eq!(
            reply(" Yes.\0 ", 0.5).checked(),
            Ok(Output::Reply(Replied { content: "Yes.".into(), confidence: 0.5, reasoning: "so".into() }))
        );
        for wrong in
            [reply("Yes.", 1.01), reply("Yes.", f64::NAN), reply(" \0", 0.5), reply(&"x".repeat(REPLY + 1), 0.5)]
        {
            assert!(wrong.clone().checked().is_err(), "{wrong:?}");
        }
        for (value, fine) in [(-1, false), (0, true), (100, true), (101, false)] {
            let scored = Scored { value, signals: Vec::new(), reasoning: String::new(), rules: None };
            assert_eq!(Output::Score(scored).checked().is_ok(), fine, "{value}");
        }
    }
}
