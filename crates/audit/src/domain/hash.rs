//! The hash of a link: SHA-256 over the hash before, the sequence, and every column of the row.

use kernel::crypto::sha256;
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
