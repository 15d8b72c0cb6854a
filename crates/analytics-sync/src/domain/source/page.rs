//! An answer of the source, taken apart.

use serde_json::Value as Json;

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

/// A page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The records, in the order of the source.
    pub records: Vec<Json>,
    /// How many there are on all pages.
    pub total: i32,
}

/// Reads an answer.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn page(endpoint: Endpoint, body: &[u8]) -> Result<Page, String> {
    let begin = String::from_utf8_lossy(&body[..body.len().min(200)]).trim_start().to_lowercase();
    if begin.starts_with('<') {
        return Err("it answered a web page instead of data".into());
    }
    let Ok(mut all) = serde_json::from_slice::<Json>(body) else {
        return Err("it answered what is no JSON".into());
    };
    let field = endpoint.field();
    let Some(Json::Array(records)) = all.get_mut(field).map(Json::take) else {
        return Err(format!("its answer has no list of {field}"));
    };
    let total = all["total"].as_i64().and_then(|total| i32::try_from(total).ok()).filter(|total| *total >= 0);
    let Some(total) = total else { return Err(format!("its answer does not say how many {field} there are")) };
    Ok(Page { records, total })
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
        ] {
            assert!(page(Endpoint::Chats, body.as_bytes()).unwrap_err().contains(why), "{body}");
        }
    }
}
