//! What an erasure is to do, and what it did.

pub mod events;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use kernel::{crypto::sha256, held::Kind, id::UserId};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::persons::{Found, Someone, Why};

/// What becomes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasedHow {
    /// They go.
    Deleted,
    /// They stay, and say nothing of anybody.
    Anonymised,
    /// They stay, for a reason.
    Kept,
}

/// What becomes of some rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Whose table: the context.
    pub context: String,
    /// The table.
    pub table: String,
    /// What its rows are.
    pub about: String,
    /// What becomes of them.
    pub how: ErasedHow,
    /// Why they are kept.
    pub why: Option<String>,
    /// How many there are.
    pub rows: i64,
}

/// What becomes of what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Plan {
    /// The records that are the person's, as typed ids.
    pub records: Vec<String>,
    /// Each table.
    pub lines: Vec<Line>,
}

impl Plan {
    /// SHA-256 of what is erased. What is kept grows whenever somebody looks, and is not in it.
    pub fn digest(&self) -> Vec<u8> {
        let mut text = self.records.join("\n");
        for line in self.lines.iter().filter(|line| line.how != ErasedHow::Kept) {
            text += &format!("\n{} {:?} {}", line.table, line.how, line.rows);
        }
        sha256(text.as_bytes()).to_vec()
    }

    /// How many rows are erased.
    pub fn rows(&self) -> i64 {
        self.lines.iter().filter(|line| line.how != ErasedHow::Kept).map(|line| line.rows).sum()
    }
}

/// Lines by themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Lines(pub Vec<Line>);

/// How many rows of which table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Counts(pub BTreeMap<String, i64>);

/// What is to be done elsewhere, by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Elsewhere {
    /// A record in a CRM is to be deleted.
    CrmRecord,
    /// A contact is to be deleted at B2Chat.
    B2chatContact,
    /// A conversation is to be deleted on its platform.
    SocialConversation,
    /// Mails to them lie in mailboxes and with mail servers.
    Mail,
    /// Copies of the database from before hold them until they end.
    Backups,
}

/// One thing that is to be done by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What.
    pub what: Elsewhere,
    /// Of which record here.
    pub record: Option<String>,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// By whom.
    pub done_by: Option<UserId>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Tasks(pub Vec<Task>);

/// Ids of rows that others hang on, by the column that names them.
pub type HangsOn = BTreeMap<String, BTreeSet<Uuid>>;

/// Whose rows they are, as long as that must be known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Whose {
    /// The ids of records, by kind.
    pub ids: BTreeMap<String, BTreeSet<Uuid>>,
    /// The records as typed ids, with their kinds.
    pub records: Vec<(String, Uuid, String)>,
    /// Their addresses.
    pub emails: BTreeSet<String>,
    /// What rows of a table hung on, by table: it is gone before the last archive of that table was looked at.
    #[serde(default)]
    pub archived: BTreeMap<String, HangsOn>,
}

const KINDS: [(Kind, &str); 9] = [
    (Kind::Person, "person"),
    (Kind::Visitor, "visitor"),
    (Kind::Lead, "lead"),
    (Kind::Contact, "contact"),
    (Kind::Agent, "agent"),
    (Kind::Participant, "participant"),
    (Kind::Subscriber, "subscriber"),
    (Kind::Invited, "invited"),
    (Kind::Key, "key"),
];

fn word(kind: Kind) -> String {
    KINDS.iter().find(|(known, _)| *known == kind).map_or_else(String::new, |(_, word)| (*word).to_owned())
}

fn kind(word: &str) -> Option<Kind> {
    KINDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
}

impl Whose {
    /// Of somebody who was found.
    pub fn of(someone: &Someone) -> Self {
        Self {
            ids: someone.ids.iter().map(|(kind, ids)| (word(*kind), ids.clone())).collect(),
            records: someone.records.iter().map(|one| (word(one.kind), one.id, one.shown.clone())).collect(),
            emails: someone.emails.clone(),
            archived: BTreeMap::new(),
        }
    }

    /// Somebody again.
    pub fn someone(&self) -> Someone {
        let record = |(word, id, shown): &(String, Uuid, String)| {
            let kind = kind(word)?;
            Some(Found { kind, id: *id, shown: shown.clone(), name: None, email: None, why: Why::Given, by: None })
        };
        Someone {
            records: self.records.iter().filter_map(record).collect(),
            hints: Vec::new(),
            emails: self.emails.clone(),
            ids: self.ids.iter().filter_map(|(word, ids)| Some((kind(word)?, ids.clone()))).collect(),
            is_cut: false,
        }
    }
}
