//! The rules of errors, without a database: what is told of one, what is the same of several, and when somebody is told.

pub mod clean;
pub mod events;
pub mod kept;

use chrono::{DateTime, Utc};
use kernel::{crypto, id::UserId};
use serde_json::Value as Json;

use crate::store::errors::group::{ErrorLevel, ErrorSource};
use clean::{cleaned, shape};

/// The longest message that is kept, in characters.
pub const MESSAGE: usize = 1_000;
/// The longest stack that is kept, in characters.
pub const STACK: usize = 8_000;
/// The longest text of what else there is to know, in characters.
const TEXT: usize = 200;
/// The longest code, request id and correlation id that are kept, in characters.
const NAME: usize = 128;

/// An error on its way into the log: cleaned, and within its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// When.
    pub at: DateTime<Utc>,
    /// How serious.
    pub level: ErrorLevel,
    /// Where.
    pub source: ErrorSource,
    /// Its code.
    pub code: Option<String>,
    /// What it says.
    pub message: String,
    /// Where in the program.
    pub stack: Option<String>,
    /// Whose request it was.
    pub user: Option<UserId>,
    /// The request.
    pub request_id: Option<String>,
    /// What links it to others that came of the same beginning.
    pub correlation_id: Option<String>,
    /// What else there is to know, see [`Occurrence::with_metadata`].
    pub metadata: Json,
}

impl Occurrence {
    /// An error, as nothing but its message and what is named here; the rest is set by whoever knows it.
    pub fn new(at: DateTime<Utc>, level: ErrorLevel, source: ErrorSource, code: &str, message: &str) -> Self {
        Self {
            at,
            level,
            source,
            code: (!code.is_empty()).then(|| code.chars().take(NAME).collect()),
            message: cleaned(message, MESSAGE),
            stack: None,
            user: None,
            request_id: None,
            correlation_id: None,
            metadata: Json::Null,
        }
    }

    /// The same, with where in the program it was.
    #[must_use]
    pub fn with_stack(self, stack: Option<&str>) -> Self {
        Self { stack: stack.map(|stack| cleaned(stack, STACK)), ..self }
    }

    /// The same, with what else there is to know: its names and numbers, and its texts as far as they may be told.
    #[must_use]
    pub fn with_metadata(mut self, mut metadata: Json) -> Self {
        for value in metadata.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
            if let Json::String(text) = value {
                *text = cleaned(text, TEXT);
            }
        }
        self.metadata = metadata;
        self
    }

    /// The same, of a request.
    #[must_use]
    pub fn of_request(self, user: Option<UserId>, request_id: &str, correlation_id: &str) -> Self {
        let short = |text: &str| Some(text.chars().filter(|c| !c.is_control()).take(NAME).collect());
        Self { user, request_id: short(request_id), correlation_id: short(correlation_id), ..self }
    }

    /// What is the same of errors of one group: source, code and message without its numbers, ids and quoted values.
    pub fn fingerprint(&self) -> String {
        let source = sea_orm::ActiveEnum::to_value(&self.source);
        fingerprint(&source, self.code.as_deref().unwrap_or_default(), &shape(&self.message))
    }
}

/// The fingerprint of what is the same, as 32 hexadecimal digits.
pub fn fingerprint(source: &str, code: &str, shape: &str) -> String {
    let mut hex = crypto::hex(&crypto::sha256([source, code, shape].join("\0").as_bytes()));
    hex.truncate(32);
    hex
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn of(source: ErrorSource, code: &str, message: &str) -> String {
        Occurrence::new(DateTime::UNIX_EPOCH, ErrorLevel::Error, source, code, message).fingerprint()
    }

    #[test]
    fn one_error_is_one_group_whatever_it_was_about() {
        let one =
            of(ErrorSource::Job, "INTERNAL_SERVER_ERROR", "job job_0190a5f0000070008000000000000001: row 7 of 'a'");
        let other = of(
            ErrorSource::Job,
            "INTERNAL_SERVER_ERROR",
            "job job_0190a5f0000070008000000000000fff: row 1234 of 'b c'",
        );
        assert_eq!(one, other);
        assert_eq!(one.len(), 32);
        assert_ne!(
            one,
            of(ErrorSource::Api, "INTERNAL_SERVER_ERROR", "job job_0190a5f0000070008000000000000001: row 7 of 'a'")
        );
        assert_ne!(one, of(ErrorSource::Job, "UNAVAILABLE", "job job_0190a5f0000070008000000000000001: row 7 of 'a'"));
        assert_ne!(one, of(ErrorSource::Job, "INTERNAL_SERVER_ERROR", "job x: column 7 of 'a'"));
    }

    #[test]
    fn what_is_kept_has_a_size() {
        let long = "é".repeat(100_000);
        let made = Occurrence::new(DateTime::UNIX_EPOCH, ErrorLevel::Error, ErrorSource::Api, &long, &long)
            .with_stack(Some(&long))
            .of_request(None, &long, "a\nb");
        let more =
            made.clone().with_metadata(serde_json::json!({ "operation": "x token=hunter2", "attempt": 1 })).metadata;
        assert_eq!(made.message.chars().count(), MESSAGE);
        assert_eq!(made.stack.map(|text| text.chars().count()), Some(STACK));
        assert_eq!(made.code.map(|text| text.chars().count()), Some(NAME));
        assert_eq!(made.request_id.map(|text| text.chars().count()), Some(NAME));
        assert_eq!(made.correlation_id.as_deref(), Some("ab"));
        assert_eq!(more, serde_json::json!({ "operation": "x token: <hidden>", "attempt": 1 }));
    }
}
