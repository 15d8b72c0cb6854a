//! An erasure as those see it who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::UserId;

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, User, user},
    },
};

/// How much of somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::ErasureScope")]
pub enum ErasureScope {
    /// All records of the person, found by what one says of another and by their e-mail addresses.
    Person,
    /// The record that is named, with those that it names or that name it; none by an address.
    Record,
    /// The account of a client: with it go its projects, tickets with all their comments, sessions and tokens.
    ClientAccount,
}

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::ErasureStatus")]
pub enum ErasureStatus {
    /// It is known what would go.
    Planned,
    /// It waits for its time.
    Confirmed,
    /// It is under way.
    Erasing,
    /// Nothing of them is left but what the plan keeps.
    Done,
    /// It broke off: `error` says why. It goes on when it is confirmed once more.
    Failed,
    /// Somebody took it back before it began.
    Cancelled,
    /// Nobody confirmed it within `privacy.erasure_plan_days`: it does not say any more of whom it was.
    Expired,
    /// What may go is gone. Legal holds keep the rest (`kept`), and it goes when they are released.
    Held,
}

/// What becomes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::ErasedHow")]
pub enum ErasedHow {
    /// They go.
    Deleted,
    /// They stay, and say nothing of anybody.
    Anonymised,
    /// They stay, for a reason.
    Kept,
}

/// What becomes of some rows of a table.
#[derive(Debug, Clone, SimpleObject)]
pub struct ErasureLine {
    /// Which part of Frontdesk has the table.
    pub context: String,
    /// The table.
    pub table: String,
    /// What its rows are.
    pub about: String,
    /// What becomes of them.
    pub how: ErasedHow,
    /// Why they are kept; null of others.
    pub why: Option<String>,
    /// How many there were when it was planned. 0 where it takes reading what is compressed to know.
    pub rows: i32,
}

/// What is to be done elsewhere, where Frontdesk does not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::Elsewhere")]
pub enum ErasureTaskKind {
    /// A record in a CRM is to be deleted.
    CrmRecord,
    /// A contact is to be deleted at B2Chat.
    #[graphql(name = "B2CHAT_CONTACT")]
    B2chatContact,
    /// A conversation is to be deleted on its platform.
    SocialConversation,
    /// Mails to them lie in mailboxes and with mail servers.
    Mail,
    /// Copies of the database from before hold them until they end.
    Backups,
}

/// Something that is to be done by hand.
#[derive(Debug, Clone, SimpleObject)]
pub struct ErasureTask {
    /// Its number in the erasure, from 0.
    pub number: i32,
    /// What.
    pub kind: ErasureTaskKind,
    /// The id of the record here that it is about; null for what is about none.
    pub record_id: Option<ID>,
    /// When it was done; null until then.
    pub done_at: Option<DateTime<Utc>>,
}

/// How many rows of a table were erased.
#[derive(Debug, Clone, SimpleObject)]
pub struct ErasureCount {
    /// The table.
    pub table: String,
    /// How many.
    pub rows: i32,
}

/// The erasure of a person: planned first, then confirmed, then done, with a proof in the audit trail.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Erasure {
    /// Its id, `era_…`.
    pub id: ID,
    /// The id of the record that was named; null where an address was.
    pub subject: Option<ID>,
    /// How much.
    pub scope: ErasureScope,
    /// How far it is.
    pub status: ErasureStatus,
    /// The ids of the records that are the person's.
    pub records: Vec<ID>,
    /// What becomes of which rows.
    pub plan: Vec<ErasureLine>,
    /// SHA-256 of what the plan erases, in hexadecimal; the proof names it.
    pub digest: String,
    /// How many rows are to be erased.
    pub row_count: i32,
    /// How many were.
    pub rows_done: i32,
    /// How many of which table.
    pub counts: Vec<ErasureCount>,
    /// What legal holds keep of what is to be erased, as long as they do: of each table how many rows, and because of which holds.
    pub kept: Vec<ErasureLine>,
    /// What is to be done by hand elsewhere.
    pub external_tasks: Vec<ErasureTask>,
    /// Why it broke off; null where it did not.
    pub error: Option<String>,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
    /// When it was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it is begun.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over, whichever way.
    pub completed_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    planned_by: Option<UserId>,
    #[graphql(skip)]
    confirmed_by: Option<UserId>,
}

fn number(rows: i64) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

impl From<audit::Erasure> for Erasure {
    fn from(erasure: audit::Erasure) -> Self {
        let task = |(n, task): (usize, audit::ErasureTask)| ErasureTask {
            number: i32::try_from(n).unwrap_or(i32::MAX),
            kind: task.what.into(),
            record_id: task.record.map(ID),
            done_at: task.done_at,
        };
        let line = |line: audit::ErasureLine| ErasureLine {
            context: line.context,
            table: line.table,
            about: line.about,
            how: line.how.into(),
            why: line.why,
            rows: number(line.rows),
        };
        Self {
            id: erasure.id.into_id(),
            subject: erasure.subject.map(ID),
            scope: erasure.scope.into(),
            status: erasure.status.into(),
            digest: kernel::crypto::hex(&erasure.digest),
            row_count: number(erasure.plan.rows()),
            rows_done: number(erasure.counts.0.values().sum()),
            records: erasure.plan.records.into_iter().map(ID).collect(),
            plan: erasure.plan.lines.into_iter().map(line).collect(),
            kept: erasure.kept.0.into_iter().map(line).collect(),
            counts: erasure
                .counts
                .0
                .into_iter()
                .map(|(table, rows)| ErasureCount { table, rows: number(rows) })
                .collect(),
            external_tasks: erasure.tasks.0.into_iter().enumerate().map(task).collect(),
            error: erasure.error_message,
            planned_at: erasure.planned_at,
            confirmed_at: erasure.confirmed_at,
            due_at: erasure.due_at,
            started_at: erasure.started_at,
            completed_at: erasure.completed_at,
            planned_by: erasure.planned_by_id,
            confirmed_by: erasure.confirmed_by_id,
        }
    }
}

#[ComplexObject]
impl Erasure {
    /// Who planned it; null without the permission to see them.
    async fn planned_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.planned_by)).await
    }

    /// Who confirmed it; null until somebody did, and without the permission to see them.
    async fn confirmed_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.confirmed_by)).await
    }
}

connection!(ErasureConnection, ErasureEdge, Erasure, audit::Erasure, "erasures");
