//! An answer of the source, taken apart.

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde_json::{Value as Json, value::RawValue};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Chats.
    Chats,
    /// Contacts.
    Contacts,
}

impl Endpoint {
    /// Its path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Chats => "/chats/export",
            Self::Contacts => "/contacts/export",
        }
    }

    /// The one of a path.
    pub fn of(path: &str) -> Option<Self> {
        [Self::Chats, Self::Contacts].into_iter().find(|one| one.path() == path)
    }

    /// What the records stand below.
    fn field(self) -> &'static str {
        match self {
            Self::Chats => "chats",
            Self::Contacts => "contacts",
        }
    }
}

/// A page of records. Each is taken apart by itself: all of them at once take ten times the room of what was answered.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// The records as they came, in the order of the source.
    pub records: Vec<&'a RawValue>,
    /// How many there are on all pages.
    pub total: i32,
}

/// Reads an answer.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn page(endpoint: Endpoint, body: &[u8]) -> Result<Page<'_>, String> {
    let begin = String::from_utf8_lossy(&body[..body.len().min(200)]).trim_start().to_lowercase();
    if begin.starts_with('<') {
        return Err("it answered a web page instead of data".into());
    }
    let field = endpoint.field();
    let no_list = || format!("its answer has no list of {field}");
    let Ok(all) = serde_json::from_slice::<HashMap<String, &RawValue>>(body) else {
        let is_json = serde_json::from_slice::<IgnoredAny>(body).is_ok();
        return Err(if is_json { no_list() } else { "it answered what is no JSON".into() });
    };
    let records = all.get(field).and_then(|records| serde_json::from_str(records.get()).ok());
    let Some(records) = records else { return Err(no_list()) };
    let total = all.get("total").and_then(|total| serde_json::from_str::<i32>(total.get()).ok());
    let total = total.filter(|total| *total >= 0);
    let Some(total) = total else { return Err(format!("its answer does not say how many {field} there are")) };
    Ok(Page { records, total })
}

/// What a record says; none of one that is nested too deep.
pub fn record(raw: &RawValue) -> Option<Json> {
    serde_json::from_str(raw.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_page_says_so() {
        let whole =
            page(Endpoint::Chats, br#"{"chats":[{"chat_id":"a"}],"exported":1,"total":7,"message":"x"}"#).unwrap();
        assert_eq!((whole.records.len(), whole.total), (1, 7));
        for (body, why) in [
            ("  <!DOCTYPE html><html>", "web page"),
            ("oops", "no JSON"),
            ("[]", "no list of chats"),
            (r#"{"contacts":[],"total":0}"#, "no list of chats"),
            (r#"{"chats":{},"total":0}"#, "no list of chats"),
            (r#"{"chats":[]}"#, "how many"),
            (r#"{"chats":[],"total":-1}"#, "how many"),
            (r#"{"chats":[],"total":"many"}"#, "how many"),
            (r#"{"chats":[],"total":7.5}"#, "how many"),
            (r#"{"chats":[{"a":1}],"total":1"#, "no JSON"),
            (r#"{"chats":[oops],"total":1}"#, "no JSON"),
            ("7", "no list of chats"),
        ] {
            assert!(page(Endpoint::Chats, body.as_bytes()).unwrap_err().contains(why), "{body}");
        }
    }
}
