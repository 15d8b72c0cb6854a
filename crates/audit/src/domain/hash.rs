//! The hash of a link: SHA-256 over the hash before, the sequence, and every column of the row.

use kernel::crypto::sha256;
use sea_orm::ActiveEnum;
use serde_json::Value as Json;

use crate::store::log;

/// The hash before the first row.
pub const GENESIS: [u8; 32] = [0; 32];

/// The hash of the link with number `sequence`, behind `before`.
pub fn link(before: &[u8], sequence: i64, row: &log::Model) -> Vec<u8> {
    // Every field is written with its length, so that no two rows have the same bytes.
    let mut bytes = Vec::with_capacity(512);
    let mut field = |value: Option<&[u8]>| match value {
        None => bytes.push(0),
        Some(value) => {
            bytes.push(1);
            bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
            bytes.extend_from_slice(value);
        }
    };
    let text = |value: &Option<String>| value.as_ref().map(|text| text.as_bytes().to_vec());
    field(Some(before));
    field(Some(&sequence.to_be_bytes()));
    field(Some(row.id.0.as_bytes()));
    field(Some(&row.at.timestamp_micros().to_be_bytes()));
    field(Some(row.kind.as_bytes()));
    field(Some(format!("{:?}", row.severity).as_bytes()));
    field(Some(&[u8::from(row.success)]));
    field(text(&row.failure).as_deref());
    field(Some(row.actor_kind.as_bytes()));
    field(row.actor_id.as_ref().map(|id| id.0.as_bytes().as_slice()));
    field(text(&row.actor_email).as_deref());
    field(row.session_id.as_ref().map(|id| id.0.as_bytes().as_slice()));
    field(text(&row.address).as_deref());
    field(text(&row.agent).as_deref());
    field(Some(row.request_id.as_bytes()));
    field(text(&row.resource_kind).as_deref());
    field(row.resource_id.as_ref().map(|id| id.as_bytes().as_slice()));
    field(row.old_values.as_ref().map(|json| canonical(json).into_bytes()).as_deref());
    field(row.new_values.as_ref().map(|json| canonical(json).into_bytes()).as_deref());
    // Came later than the first chains: what has no key is hashed as it always was.
    if let Some(key) = &row.api_key_id {
        field(Some(key.0.as_bytes()));
    }
    // So is what has none of these, each of which is written with its name.
    let json = |value: &Option<Json>| value.as_ref().map(|json| canonical(json).into_bytes());
    let later = [
        ("action", row.action.map(|action| action.to_value().into_bytes())),
        ("error", text(&row.error)),
        ("details", json(&row.details)),
        ("metadata", json(&row.metadata)),
        ("correlation_id", text(&row.correlation_id)),
        ("actor_key", row.actor_key.map(|key| key.0.as_bytes().to_vec())),
        ("actor_sealed", row.actor_sealed.clone()),
        ("values_key", row.values_key.map(|key| key.0.as_bytes().to_vec())),
        ("values_sealed", row.values_sealed.clone()),
    ];
    for (name, value) in later.iter().filter(|(_, value)| value.is_some()) {
        field(Some(name.as_bytes()));
        field(value.as_deref());
    }
    sha256(&bytes).to_vec()
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
