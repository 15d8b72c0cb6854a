//! The lines of an exported trail: JSON objects, each with its `type`.
//!
//! First one `trail`, then each `row` in the order of the chain; `head` and `checkpoint` stand behind the row that they sign; last
//! `end`, which signs the file. Columns that are hashed stand in `row` exactly as they are hashed.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::hash::Hashed;

/// What the first line says the file is.
pub const FORMAT: &str = "frontdesk audit export v1";

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LineType {
    /// The first line.
    Trail,
    /// A row with its link.
    Row,
    /// The end of a day.
    Head,
    /// A place behind which rows may have gone.
    Checkpoint,
    /// The last line.
    End,
}

/// As much of a line as says what it is.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct AnyLine {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: LineType,
}

/// A public key of the installation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyOfLine {
    /// Its short id.
    pub id: String,
    /// The key, 32 bytes in base64.
    pub public_key: String,
}

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrailLine {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: LineType,
    /// [`FORMAT`].
    pub format: String,
    /// Whose trail.
    pub tenant: Uuid,
    /// The number before the first row.
    pub after: i64,
    /// The hash of that link, in hexadecimal.
    pub hash: String,
    /// When it was exported.
    pub at: DateTime<Utc>,
    /// The keys of the installation. They prove nothing: whoever verifies brings their own.
    pub keys: Vec<KeyOfLine>,
}

/// A signed line: `head`, `checkpoint` or `end`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedLine {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: LineType,
    /// The day; of heads.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub day: Option<NaiveDate>,
    /// How many rows; of heads and checkpoints.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows: Option<i64>,
    /// The number before the first row; of the end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<i64>,
    /// The number of the row before this line.
    pub sequence: i64,
    /// The hash of its link, in hexadecimal.
    pub hash: String,
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// The short id of the key.
    pub key: String,
    /// Ed25519, in base64.
    pub signature: String,
}

/// A row with its link.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RowLine<'a> {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: LineType,
    /// Its number.
    pub sequence: i64,
    /// The hash of its link, in hexadecimal.
    #[serde(borrow)]
    pub hash: Cow<'a, str>,
    /// The columns that are hashed.
    #[serde(borrow)]
    pub row: Columns<'a>,
    /// What is sealed in the row, opened, where that was asked for. It is not hashed, and proves nothing.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    pub opened: Option<Cow<'a, RawValue>>,
}

type Text<'a> = Option<Cow<'a, str>>;
type Raw<'a> = Option<Cow<'a, RawValue>>;

/// The columns that are hashed; those that are null are left out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Columns<'a> {
    id: Uuid,
    at: DateTime<Utc>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    severity: Cow<'a, str>,
    success: bool,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    failure: Text<'a>,
    #[serde(borrow)]
    actor_kind: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor_id: Option<Uuid>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    actor_email: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_id: Option<Uuid>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    address: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    agent: Text<'a>,
    #[serde(borrow)]
    request_id: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    resource_kind: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_id: Option<Uuid>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    old_values: Raw<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    new_values: Raw<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_key_id: Option<Uuid>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    action: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    error: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    details: Raw<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    metadata: Raw<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    correlation_id: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor_key: Option<Uuid>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    actor_sealed: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values_key: Option<Uuid>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    values_sealed: Text<'a>,
}

/// What is there, a `null` too.
fn some<'de, D: Deserializer<'de>>(from: D) -> Result<Raw<'de>, D::Error> {
    <&'de RawValue>::deserialize(from).map(|value| Some(Cow::Borrowed(value)))
}

impl<'a> Columns<'a> {
    /// Of what is hashed of a row.
    ///
    /// # Errors
    /// [`serde_json::Error`] for JSON that is none.
    pub fn of(row: Hashed<'a>) -> serde_json::Result<Self> {
        let raw = |text: Option<Cow<'a, str>>| {
            text.map(|text| RawValue::from_string(text.into_owned()).map(Cow::Owned)).transpose()
        };
        let id = |id: Option<[u8; 16]>| id.map(Uuid::from_bytes);
        let bytes = |bytes: Option<Cow<'a, [u8]>>| bytes.map(|bytes| Cow::Owned(STANDARD.encode(bytes)));
        Ok(Self {
            id: Uuid::from_bytes(row.id),
            at: DateTime::from_timestamp_micros(row.at).unwrap_or_default(),
            kind: row.kind,
            severity: row.severity,
            success: row.success,
            failure: row.failure,
            actor_kind: row.actor_kind,
            actor_id: id(row.actor_id),
            actor_email: row.actor_email,
            session_id: id(row.session_id),
            address: row.address,
            agent: row.agent,
            request_id: row.request_id,
            resource_kind: row.resource_kind,
            resource_id: id(row.resource_id),
            old_values: raw(row.old_values)?,
            new_values: raw(row.new_values)?,
            api_key_id: id(row.api_key_id),
            action: row.action,
            error: row.error,
            details: raw(row.details)?,
            metadata: raw(row.metadata)?,
            correlation_id: row.correlation_id,
            actor_key: id(row.actor_key),
            actor_sealed: bytes(row.actor_sealed),
            values_key: id(row.values_key),
            values_sealed: bytes(row.values_sealed),
        })
    }

    /// The row's id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// What is hashed of it; none where the sealed bytes are not base64.
    pub fn hashed(&'a self) -> Option<Hashed<'a>> {
        fn text<'b>(text: &'b Text<'_>) -> Option<Cow<'b, str>> {
            text.as_deref().map(Cow::Borrowed)
        }
        fn raw<'b>(raw: &'b Raw<'_>) -> Option<Cow<'b, str>> {
            raw.as_deref().map(|raw| Cow::Borrowed(raw.get()))
        }
        fn bytes(text: &Text<'_>) -> Option<Option<Cow<'static, [u8]>>> {
            text.as_deref().map(|text| STANDARD.decode(text).map(Cow::Owned)).transpose().ok()
        }
        let id = |id: Option<Uuid>| id.map(Uuid::into_bytes);
        Some(Hashed {
            id: self.id.into_bytes(),
            at: self.at.timestamp_micros(),
            kind: Cow::Borrowed(&self.kind),
            severity: Cow::Borrowed(&self.severity),
            success: self.success,
            failure: text(&self.failure),
            actor_kind: Cow::Borrowed(&self.actor_kind),
            actor_id: id(self.actor_id),
            actor_email: text(&self.actor_email),
            session_id: id(self.session_id),
            address: text(&self.address),
            agent: text(&self.agent),
            request_id: Cow::Borrowed(&self.request_id),
            resource_kind: text(&self.resource_kind),
            resource_id: id(self.resource_id),
            old_values: raw(&self.old_values),
            new_values: raw(&self.new_values),
            api_key_id: id(self.api_key_id),
            action: text(&self.action),
            error: text(&self.error),
            details: raw(&self.details),
            metadata: raw(&self.metadata),
            correlation_id: text(&self.correlation_id),
            actor_key: id(self.actor_key),
            actor_sealed: bytes(&self.actor_sealed)?,
            values_key: id(self.values_key),
            values_sealed: bytes(&self.values_sealed)?,
        })
    }
}

/// Adds a line to a text.
///
/// # Errors
/// [`serde_json::Error`] for what is no JSON.
pub fn write_line(out: &mut String, line: &impl Serialize) -> serde_json::Result<()> {
    out.push_str(&serde_json::to_string(line)?);
    out.push('\n');
    Ok(())
}
