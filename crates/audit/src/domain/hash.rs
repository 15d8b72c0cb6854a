//! The hash of a link: SHA-256 over the hash before, the sequence, and every column of the row.

use std::borrow::Cow;

use kernel::crypto::sha256;
use sea_orm::ActiveEnum;
use serde_json::Value as Json;

use crate::store::log;

/// The hash before the first row.
pub const GENESIS: [u8; 32] = [0; 32];

/// What is hashed of a row, in the words in which it is hashed.
#[derive(Debug, Clone)]
pub struct Hashed<'a> {
    /// Its id.
    pub id: [u8; 16],
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The event's name.
    pub kind: Cow<'a, str>,
    /// How serious.
    pub severity: Cow<'a, str>,
    /// Whether it succeeded.
    pub success: bool,
    /// The error code of what did not.
    pub failure: Option<Cow<'a, str>>,
    /// What kind of actor.
    pub actor_kind: Cow<'a, str>,
    /// Who.
    pub actor_id: Option<[u8; 16]>,
    /// Their address, of rows from before it was sealed.
    pub actor_email: Option<Cow<'a, str>>,
    /// Their session.
    pub session_id: Option<[u8; 16]>,
    /// Where the request came from, of rows from before it was sealed.
    pub address: Option<Cow<'a, str>>,
    /// With which program, of rows from before it was sealed.
    pub agent: Option<Cow<'a, str>>,
    /// The request.
    pub request_id: Cow<'a, str>,
    /// The kind of thing it was about.
    pub resource_kind: Option<Cow<'a, str>>,
    /// The thing's id.
    pub resource_id: Option<[u8; 16]>,
    /// Values before, as [`canonical`] JSON.
    pub old_values: Option<Cow<'a, str>>,
    /// Values after.
    pub new_values: Option<Cow<'a, str>>,
    /// The key that acted for them.
    pub api_key_id: Option<[u8; 16]>,
    /// What was done to the thing.
    pub action: Option<Cow<'a, str>>,
    /// Why it did not succeed.
    pub error: Option<Cow<'a, str>>,
    /// What else there is to know of it, as canonical JSON.
    pub details: Option<Cow<'a, str>>,
    /// Of how it came about.
    pub metadata: Option<Cow<'a, str>>,
    /// What links it to others.
    pub correlation_id: Option<Cow<'a, str>>,
    /// The key that who the actor was is sealed under.
    pub actor_key: Option<[u8; 16]>,
    /// What is sealed of the actor.
    pub actor_sealed: Option<Cow<'a, [u8]>>,
    /// The key that personal values are sealed under.
    pub values_key: Option<[u8; 16]>,
    /// What is sealed of the values.
    pub values_sealed: Option<Cow<'a, [u8]>>,
}

impl<'a> Hashed<'a> {
    /// Of a stored row.
    pub fn of(row: &'a log::Model) -> Self {
        let text = |value: &'a Option<String>| value.as_deref().map(Cow::Borrowed);
        let json = |value: &Option<Json>| value.as_ref().map(|json| Cow::Owned(canonical(json)));
        Self {
            id: *row.id.0.as_bytes(),
            at: row.at.timestamp_micros(),
            kind: (&row.kind).into(),
            severity: format!("{:?}", row.severity).into(),
            success: row.success,
            failure: text(&row.failure),
            actor_kind: (&row.actor_kind).into(),
            actor_id: row.actor_id.map(|id| *id.0.as_bytes()),
            actor_email: text(&row.actor_email),
            session_id: row.session_id.map(|id| *id.0.as_bytes()),
            address: text(&row.address),
            agent: text(&row.agent),
            request_id: (&row.request_id).into(),
            resource_kind: text(&row.resource_kind),
            resource_id: row.resource_id.map(|id| *id.as_bytes()),
            old_values: json(&row.old_values),
            new_values: json(&row.new_values),
            api_key_id: row.api_key_id.map(|id| *id.0.as_bytes()),
            action: row.action.map(|action| action.to_value().into()),
            error: text(&row.error),
            details: json(&row.details),
            metadata: json(&row.metadata),
            correlation_id: text(&row.correlation_id),
            actor_key: row.actor_key.map(|key| *key.0.as_bytes()),
            actor_sealed: row.actor_sealed.as_deref().map(Cow::Borrowed),
            values_key: row.values_key.map(|key| *key.0.as_bytes()),
            values_sealed: row.values_sealed.as_deref().map(Cow::Borrowed),
        }
    }

    /// The hash of the link with number `sequence` that binds this row, behind `before`.
    pub fn link(&self, before: &[u8], sequence: i64) -> [u8; 32] {
        // Every field is written with its length, so that no two rows have the same bytes.
        let mut bytes = Vec::with_capacity(1024);
        let mut field = |value: Option<&[u8]>| match value {
            None => bytes.push(0),
            Some(value) => {
                bytes.push(1);
                bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
                bytes.extend_from_slice(value);
            }
        };
        fn text<'b>(value: &'b Option<Cow<'_, str>>) -> Option<&'b [u8]> {
            value.as_deref().map(str::as_bytes)
        }
        fn id(value: &Option<[u8; 16]>) -> Option<&[u8]> {
            value.as_ref().map(<[u8; 16]>::as_slice)
        }
        field(Some(before));
        field(Some(&sequence.to_be_bytes()));
        field(Some(&self.id));
        field(Some(&self.at.to_be_bytes()));
        field(Some(self.kind.as_bytes()));
        field(Some(self.severity.as_bytes()));
        field(Some(&[u8::from(self.success)]));
        field(text(&self.failure));
        field(Some(self.actor_kind.as_bytes()));
        field(id(&self.actor_id));
        field(text(&self.actor_email));
        field(id(&self.session_id));
        field(text(&self.address));
        field(text(&self.agent));
        field(Some(self.request_id.as_bytes()));
        field(text(&self.resource_kind));
        field(id(&self.resource_id));
        field(text(&self.old_values));
        field(text(&self.new_values));
        // Came later than the first chains: what has no key is hashed as it always was.
        if self.api_key_id.is_some() {
            field(id(&self.api_key_id));
        }
        // So is what has none of these, each of which is written with its name.
        let later = [
            ("action", text(&self.action)),
            ("error", text(&self.error)),
            ("details", text(&self.details)),
            ("metadata", text(&self.metadata)),
            ("correlation_id", text(&self.correlation_id)),
            ("actor_key", id(&self.actor_key)),
            ("actor_sealed", self.actor_sealed.as_deref()),
            ("values_key", id(&self.values_key)),
            ("values_sealed", self.values_sealed.as_deref()),
        ];
        for (name, value) in later.iter().filter(|(_, value)| value.is_some()) {
            field(Some(name.as_bytes()));
            field(*value);
        }
        sha256(&bytes)
    }
}

/// The hash of the link with number `sequence`, behind `before`.
pub fn link(before: &[u8], sequence: i64, row: &log::Model) -> Vec<u8> {
    Hashed::of(row).link(before, sequence).to_vec()
}

/// JSON with sorted keys: databases and libraries keep keys in orders of their own.
fn canonical(json: &Json) -> String {
    match json {
        Json::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_unstable_by_key(|(key, _)| key.as_str());
            let fields: Vec<_> = keys
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Json::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use kernel::{
        events::Action,
        id::{ApiKeyId, EventId, SessionId, UserId},
    };
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn row() -> log::Model {
        let id = |n: u128| Uuid::from_u128(0x0190_a5f0_0000_7000_8000_0000_0000_0000 + n);
        log::Model {
            id: EventId(id(1)),
            at: DateTime::from_timestamp_micros(1_767_225_600_000_001).unwrap(),
            kind: "message.status_changed".to_owned(),
            severity: log::Level::Info,
            success: true,
            failure: None,
            actor_kind: "staff".to_owned(),
            actor_id: Some(UserId(id(2))),
            actor_email: Some("ada@example.com".to_owned()),
            session_id: Some(SessionId(id(3))),
            address: Some("192.0.2.1".to_owned()),
            agent: None,
            request_id: "req-1".to_owned(),
            resource_kind: Some("Message".to_owned()),
            resource_id: Some(id(4)),
            old_values: Some(json!({ "status": "NEW" })),
            new_values: Some(json!({ "status": "READ" })),
            api_key_id: None,
            action: None,
            error: None,
            details: None,
            metadata: None,
            correlation_id: None,
            actor_key: None,
            actor_sealed: None,
            values_key: None,
            values_sealed: None,
            email_mark: None,
            address_mark: None,
        }
    }

    /// Chains are for ever: what was hashed once must hash to the same, whatever columns come later. The values were
    /// computed from the description above by another program.
    #[test]
    fn a_row_hashes_to_what_it_always_did() {
        let hash = |row: &log::Model| kernel::crypto::hex(&link(&GENESIS, 1, row));
        assert_eq!(hash(&row()), "f22a17941d9f322f7d0037880bd7fc22509e4197dee67f4ee2a055ce10a47166");
        let key = ApiKeyId(Uuid::from_u128(0x0190_a5f0_0000_7000_8000_0000_0000_0005));
        let by_key = log::Model { api_key_id: Some(key), ..row() };
        assert_eq!(hash(&by_key), "bfa9854be0a2bdb853aba8fe17c4eff54aab0337410c4cb59760cf45659f232d");
        let today = log::Model {
            severity: log::Level::Medium,
            action: Some(Action::Update),
            error: Some("no".to_owned()),
            details: Some(json!({ "b": 1, "a": [2] })),
            metadata: Some(json!({ "transport": "http" })),
            correlation_id: Some("0af7651916cd43dd8448eb211c80319c".to_owned()),
            values_key: Some(kernel::id::PersonalKeyId(Uuid::from_u128(0x0190_a5f0_0000_7000_8000_0000_0000_0006))),
            values_sealed: Some(vec![1, 2, 3]),
            // What rows are found by goes when somebody is forgotten.
            email_mark: Some(vec![4]),
            ..row()
        };
        assert_eq!(hash(&today), "4ad542907586200f652edb8fcc177b8fe9703b220ba85dc13ae2ad8adfba5abd");
    }
}
