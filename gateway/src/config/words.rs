//! Words that settings are written with.

use serde::{Deserialize, Serialize};

/// On or off; in the environment also 1 and 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Word", into = "String")]
pub struct Switch(pub(super) bool);

impl Switch {
    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self.0
    }
}

/// What a switch may be written as.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Bool(bool),
    Number(u8),
    Text(String),
}

impl TryFrom<Word> for Switch {
    type Error = String;

    fn try_from(word: Word) -> Result<Self, String> {
        match word {
            Word::Bool(on) => Ok(Self(on)),
            Word::Number(1) => Ok(Self(true)),
            Word::Number(0) => Ok(Self(false)),
            Word::Text(text) if matches!(text.as_str(), "on" | "true" | "1") => Ok(Self(true)),
            Word::Text(text) if matches!(text.as_str(), "off" | "false" | "0" | "") => Ok(Self(false)),
            _ => Err("must be on or off".into()),
        }
    }
}

impl From<Switch> for String {
    fn from(switch: Switch) -> Self {
        if switch.0 { "on" } else { "off" }.into()
    }
}

/// Who may ask the API what it is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Introspection {
    /// Everybody.
    Open,
    /// Whoever is signed in.
    SignedIn,
    /// Nobody.
    Off,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
