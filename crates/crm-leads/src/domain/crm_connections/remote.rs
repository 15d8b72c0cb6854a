//! What is said to a CRM and what it says, in words of ours.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::id::LeadId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// What we act with at a CRM. Secrets; kept sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// What goes with each request.
    pub access: String,
    /// What that is renewed with; none of a key that is made there by hand.
    pub refresh: Option<String>,
    /// Where the account is served, where the CRM said so.
    pub base: Option<String>,
}

/// What a CRM gave when somebody let us in, or when a token was renewed.
#[derive(Clone)]
pub struct Grant {
    /// What we act with from now on.
    pub credentials: Credentials,
    /// How long that is good, where the CRM says so.
    pub lasts: Option<Duration>,
    /// The CRM's own id of the account, where it says it.
    pub account: Option<String>,
}

/// Why a CRM did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCrm {
    /// The token is past its time, or was ended: it is to be renewed.
    Expired,
    /// We are let in no more: somebody of the company has to let us in again.
    Revoked(String),
    /// Enough for now; after so long there may be more.
    Limited(Duration, String),
    /// There was no answer, or one that says nothing of the request: it may have been done.
    Away(String),
    /// It will not do this, however often it is asked.
    Refused(String),
}

impl NoCrm {
    /// As a sentence, without anything that was sent.
    pub fn sentence(&self) -> String {
        let text = match self {
            Self::Expired => "the token is not good any more".to_owned(),
            Self::Revoked(why) => format!("the CRM lets us in no more: {why}"),
            Self::Limited(_, why) => format!("the CRM's limit is reached: {why}"),
            Self::Away(why) => format!("the CRM did not answer: {why}"),
            Self::Refused(why) => format!("the CRM refused: {why}"),
        };
        text.chars().take(500).collect()
    }
}

/// A lead on its way into a CRM.
#[derive(Debug, Clone)]
pub struct Row {
    /// Whose record it is: what stands in the field by which the CRM knows our leads.
    pub lead: LeadId,
    /// The CRM's own id of it; none where it is not there yet as far as we know.
    pub external_id: Option<String>,
    /// What is to stand in its fields; null empties one.
    pub values: Map<String, Json>,
}

/// What came of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// It is there, under this id of the CRM's.
    There(String),
    /// It is not, for now or for good.
    Not(RowFailure),
}

/// Why a row was not brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFailure {
    /// As the CRM says it, cut.
    pub message: String,
    /// What to do about it.
    pub kind: RowFault,
}

/// What kind of failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowFault {
    /// It would fail in the same way again.
    ForGood,
    /// Another time may go better.
    ForNow,
    /// There is no record of this id any more.
    Gone,
    /// There is another record of the same person, with this id.
    Known(String),
}

impl RowFailure {
    /// A failure of this kind; what the CRM said is cut.
    pub fn brought(kind: RowFault, message: &str) -> Brought {
        Brought::Not(Self { message: message.chars().take(400).collect(), kind })
    }
}

/// What came of several rows, in their order.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Each.
    pub rows: Vec<Brought>,
    /// How long the CRM is to be left alone now, as its limits stand.
    pub pause: Option<Duration>,
}

/// A record as it is in the CRM.
#[derive(Debug, Clone)]
pub struct Remote {
    /// The CRM's id of it.
    pub external_id: String,
    /// The lead that it is of, as the field says by which the CRM knows our leads.
    pub lead: String,
    /// When it was last changed there.
    pub modified_at: DateTime<Utc>,
    /// What stands in the fields that were asked for, as text; none where one is empty.
    pub values: Vec<(String, Option<String>)>,
}

/// Records that were changed in a CRM, oldest change first.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// They.
    pub records: Vec<Remote>,
    /// Whether there are more, which a CRM gives only to who asks for what was changed since the last of these.
    pub go_on: bool,
}

/// What a field of a CRM holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteType {
    /// A line of text.
    Text,
    /// A longer text.
    LongText,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A number.
    Number,
    /// A day, or an instant.
    Time,
    /// One of several words.
    Choice,
    /// Yes or no.
    Flag,
    /// Something that a lead has nothing for.
    Other,
}

/// A field of a CRM, as it describes it itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteField {
    /// Its name in the CRM's API.
    pub name: String,
    /// As people read it there.
    pub label: String,
    /// What it holds.
    pub kind: RemoteType,
    /// Whether a record cannot be without it.
    pub required: bool,
    /// Whether nobody can write it.
    pub read_only: bool,
    /// Whether no two records have the same in it.
    pub unique: bool,
    /// The words that it may hold, of one that holds one of several.
    pub choices: Vec<String>,
    /// The longest text, in characters, where the CRM says so.
    pub length: Option<u32>,
}
