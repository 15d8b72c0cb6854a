//! Reading a record field by field, and what it is as a whole.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::crypto::Sha256;
use serde_json::{Map, Value as Json};

use super::time;

/// The longest text that is kept, in characters; what is longer is cut.
pub const TEXT: usize = 65_536;
/// The longest id and name.
pub const NAME: usize = 500;

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// As the source names it.
    pub id: Option<String>,
    /// By what it is known where that is none.
    pub key: String,
    /// What is wrong.
    pub message: String,
}

/// A text that no database stumbles over.
pub fn clean(text: &str, max: usize) -> String {
    text.chars().map(|c| if c == '\0' { '\u{fffd}' } else { c }).take(max).collect()
}

/// The same for all texts in a value.
pub fn clean_json(value: &Json) -> Json {
    match value {
        Json::String(text) => Json::String(clean(text, TEXT)),
        Json::Array(all) => Json::Array(all.iter().map(clean_json).collect()),
        Json::Object(all) => {
            Json::Object(all.iter().map(|(name, value)| (clean(name, NAME), clean_json(value))).collect())
        }
        other => other.clone(),
    }
}

/// A text or a number as text; `None` where there is nothing.
pub fn text(of: &Map<String, Json>, name: &str) -> Option<String> {
    let text = match of.get(name)? {
        Json::String(text) => clean(text, TEXT),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

/// The same of one line that is trimmed.
pub fn line(of: &Map<String, Json>, name: &str) -> Option<String> {
    text(of, name).map(|text| text.trim().chars().take(NAME).collect())
}

/// A time; nothing where there is none.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn instant(of: &Map<String, Json>, name: &str, zone: Tz) -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = text(of, name) else {
        return match of.get(name) {
            None | Some(Json::Null | Json::String(_)) => Ok(None),
            Some(_) => Err(format!("{name} is no time")),
        };
    };
    match time::time(&text, zone) {
        Some(at) => Ok(Some(at)),
        None => Err(format!("{name} is no time: {}", text.chars().take(60).collect::<String>())),
    }
}

/// Texts, or the names of what has one.
pub fn names(of: &Map<String, Json>, name: &str) -> Vec<String> {
    of.get(name).and_then(Json::as_array).map(|all| all.iter().filter_map(named).collect()).unwrap_or_default()
}

/// A text, or the name of what has one.
pub fn named(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(clean(text.trim(), NAME)).filter(|text| !text.is_empty()),
        Json::Object(named) => line(named, "name"),
        _ => None,
    }
}

/// What a value is, whatever the order of its fields: the same gives the same.
pub fn digest(zone: Tz, value: &Json) -> Vec<u8> {
    let mut sum = Sha256::default();
    // What is read otherwise from now on is another record.
    sum.update(b"2|");
    sum.update(zone.name().as_bytes());
    add(&mut sum, value);
    sum.finish().to_vec()
}

fn add(sum: &mut Sha256, value: &Json) {
    match value {
        Json::Object(all) => {
            let mut sorted: Vec<_> = all.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            sum.update(b"{");
            for (name, value) in sorted {
                sum.update(Json::String(name.clone()).to_string().as_bytes());
                sum.update(b":");
                add(sum, value);
                sum.update(b",");
            }
            sum.update(b"}");
        }
        Json::Array(all) => {
            sum.update(b"[");
            for value in all {
                add(sum, value);
                sum.update(b",");
            }
            sum.update(b"]");
        }
        other => sum.update(other.to_string().as_bytes()),
    }
}

/// By what a record is known that has no id.
pub fn key_of(value: &Json) -> String {
    let sum = digest(Tz::UTC, value);
    format!("?{}", kernel::crypto::hex(&sum[..16]))
}
