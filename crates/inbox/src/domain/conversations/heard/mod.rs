//! What platforms tell us, read from their own words. Nothing is looked up here and nothing believed beyond what was signed.

mod facebook;
mod json;
mod linkedin;
mod x;

use chrono::{DateTime, Utc};
use serde_json::Value as Json;

use super::taking::Change;
use crate::store::{conversations::message::Direction, social::platform::Platform};

/// One thing that a platform tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The company's account, as the platform names it.
    pub account: String,
    /// The conversation, as the platform names it.
    pub conversation: String,
    /// What happened in it.
    pub what: What,
}

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Somebody wrote, the company too.
    Wrote(Box<Wrote>),
    /// Whoever wrote a message changed it or took it back.
    Changed {
        /// The message, as the platform names it.
        message: String,
        /// What became of it.
        change: Change,
        /// When.
        at: DateTime<Utc>,
    },
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct Wrote {
    /// It, as the platform names it.
    pub message: String,
    /// Which way it went.
    pub direction: Direction,
    /// Whom the company writes with.
    pub participant: String,
    /// As people read it.
    pub participant_name: Option<String>,
    /// Who wrote it.
    pub sender: Option<String>,
    /// What it says.
    pub content: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What else is said of it.
    pub metadata: Json,
}

/// All that was in one delivery.
#[derive(Debug, Default, PartialEq)]
pub struct Heard {
    /// What is of use.
    pub told: Vec<Told>,
    /// Of what there was besides, by a word of ours.
    pub passed_over: Vec<&'static str>,
}

/// Reads a delivery. What is not known in it is passed over: a platform may tell something new any day.
///
/// # Errors
/// A sentence for the log where it is no JSON object.
pub fn hear(platform: Platform, body: &[u8]) -> Result<Heard, &'static str> {
    let body = json::parse(body).ok_or("the body is no JSON object")?;
    let mut heard = Heard::default();
    match platform {
        Platform::Facebook => facebook::hear(&body, &mut heard),
        Platform::X => x::hear(&body, &mut heard),
        Platform::Linkedin => linkedin::hear(&body, &mut heard),
    }
    Ok(heard)
}

/// The milliseconds since 1970 that a platform writes, as a number or a text.
fn instant(value: &Json) -> Option<DateTime<Utc>> {
    let millis = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    DateTime::from_timestamp_millis(millis)
}

/// A name that a platform writes, as a text or a number.
fn name(value: &Json) -> Option<String> {
    match value {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
