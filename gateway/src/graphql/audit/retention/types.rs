//! Policies, runs and archives.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::UserId;

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, User, tenants::usage::bytes, user},
        scalars::Json,
    },
};

/// What happens to rows that are older than they are kept in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "kernel::retention::RetentionAction")]
pub enum RetentionAction {
    /// They go into an object of the file storage, which is read back and compared before they are removed.
    Archive,
    /// They go; what was counted of them stands.
    Aggregate,
    /// They go.
    Delete,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::RetentionStatus")]
pub enum RetentionStatus {
    /// It waits for its turn.
    Pending,
    /// It is being carried out.
    Running,
    /// Somebody stopped it for a while.
    Paused,
    /// It is done.
    Completed,
    /// It broke off: `error` says why. It is tried again by itself; nothing was removed that is not archived.
    Failed,
    /// Somebody ended it, or another took its place.
    Cancelled,
}

/// How long rows of a table are kept.
#[derive(Debug, Clone, SimpleObject)]
pub struct RetentionPolicy {
    /// What it is called: the table, or the table and which of its rows.
    pub name: String,
    /// The table.
    pub table: String,
    /// Which rows, and what is behind the figure.
    pub description: String,
    /// How many days rows are kept in the database.
    pub hot_days: i32,
    /// How many days in all: after that their archives are removed. Null where archives are kept.
    pub total_days: Option<i32>,
    /// What happens after `hotDays`.
    pub action: RetentionAction,
    /// What may be chosen.
    pub choices: Vec<RetentionAction>,
    /// Whether it is carried out.
    pub is_enabled: bool,
    /// The setting that says the days in the database; null where the policy does.
    pub setting: Option<String>,
    /// How many days the law asks for in all; null where it asks for none.
    pub floor_days: Option<i32>,
    /// Whether it is as it comes.
    pub is_default: bool,
    /// When it was last changed; null where it never was.
    pub updated_at: Option<DateTime<Utc>>,
}

fn whole(n: i64) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn size(n: i64) -> f64 {
    bytes(n.unsigned_abs())
}

impl From<audit::RetentionPolicy> for RetentionPolicy {
    fn from(policy: audit::RetentionPolicy) -> Self {
        Self {
            name: policy.name,
            table: policy.table,
            description: policy.what,
            hot_days: whole(policy.hot_days),
            total_days: policy.total_days.map(whole),
            action: policy.action.into(),
            choices: policy.choices.into_iter().map(Into::into).collect(),
            is_enabled: policy.is_enabled,
            setting: policy.setting,
            floor_days: policy.floor_days.map(whole),
            is_default: policy.is_default,
            updated_at: policy.updated_at,
        }
    }
}

/// How far a run is with one policy.
#[derive(Debug, Clone, SimpleObject)]
pub struct RetentionStep {
    /// The policy.
    pub policy: String,
    /// How many rows are old enough and not held; null until they are counted.
    pub rows_due: Option<i32>,
    /// How many are old enough and held. Rows of the audit trail go in their order: what is held keeps what came after it.
    pub rows_held: i32,
    /// When the oldest that is due is counted from; null where none is.
    pub oldest_at: Option<DateTime<Utc>>,
    /// And the newest.
    pub newest_at: Option<DateTime<Utc>>,
    /// How many were removed.
    pub rows_removed: i32,
    /// How many of those went into archives.
    pub rows_archived: i32,
    /// How many archives that made.
    pub archives_created: i32,
    /// How many archives were removed, whose rows had been kept as long as they are in all.
    pub archives_removed: i32,
    /// How many of those are kept, since they have rows about what is held.
    pub archives_held: i32,
    /// Whether it is done.
    pub is_over: bool,
}

impl From<audit::RetentionStep> for RetentionStep {
    fn from(step: audit::RetentionStep) -> Self {
        Self {
            policy: step.policy,
            rows_due: step.due.map(whole),
            rows_held: whole(step.held),
            oldest_at: step.oldest,
            newest_at: step.newest,
            rows_removed: whole(step.removed),
            rows_archived: whole(step.archived),
            archives_created: whole(step.objects),
            archives_removed: whole(step.archives_removed),
            archives_held: whole(step.archives_held),
            is_over: step.is_over,
        }
    }
}

/// Policies that are carried out, or counted.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct RetentionRun {
    /// Its id, `rtn_…`.
    pub id: ID,
    /// Whether it only counts.
    pub is_dry_run: bool,
    /// How far it is.
    pub status: RetentionStatus,
    /// How far with each policy, in the order in which they are carried out.
    pub steps: Vec<RetentionStep>,
    /// How many rows are old enough and not held, as far as they were counted.
    pub rows_due: i32,
    /// How many are old enough and held.
    pub rows_held: i32,
    /// How many were removed.
    pub rows_removed: i32,
    /// How many of those went into archives.
    pub rows_archived: i32,
    /// How many bytes those archives take.
    pub bytes: f64,
    /// Why it broke off; null where it did not.
    pub error: Option<String>,
    /// When it was asked for: what is old is counted from here.
    pub created_at: DateTime<Utc>,
    /// When it was last begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over, whichever way.
    pub finished_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    requested_by_id: Option<UserId>,
}

impl From<audit::RetentionRun> for RetentionRun {
    fn from(run: audit::RetentionRun) -> Self {
        Self {
            id: run.id.into_id(),
            is_dry_run: run.is_dry,
            status: run.status.into(),
            steps: run.progress.0.into_iter().map(Into::into).collect(),
            rows_due: whole(run.rows_due),
            rows_held: whole(run.rows_held),
            rows_removed: whole(run.rows_removed),
            rows_archived: whole(run.rows_archived),
            bytes: size(run.bytes),
            error: run.error_message,
            created_at: run.created_at,
            started_at: run.started_at,
            finished_at: run.finished_at,
            requested_by_id: run.requested_by_id,
        }
    }
}

#[ComplexObject]
impl RetentionRun {
    /// Who asked; null where the schedule did, or without the permission to see them.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.requested_by_id).await
    }
}

/// Rows that were moved out of the database into one object of the file storage. `frontdesk archive read` prints them.
#[derive(Debug, Clone, SimpleObject)]
pub struct Archive {
    /// Its id, `arc_…`.
    pub id: ID,
    /// The policy by which they went.
    pub policy: String,
    /// The table that they were of.
    pub table: String,
    /// The run that made it, `rtn_…`.
    pub run_id: ID,
    /// Where it is in the file storage. Beside it, with `_manifest` behind its name, is an object that says all of this too.
    pub path: String,
    /// How many rows it has.
    pub row_count: i32,
    /// When the first is counted from.
    pub first_at: DateTime<Utc>,
    /// And the last.
    pub last_at: DateTime<Utc>,
    /// Of rows of the audit trail: the number of the first.
    pub first_sequence: Option<String>,
    /// And of the last.
    pub last_sequence: Option<String>,
    /// How many bytes it takes.
    pub size: f64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// The columns of the table when it was made.
    pub columns: Json,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was removed, its rows having been kept as long as they are in all; null while it is there.
    pub removed_at: Option<DateTime<Utc>>,
}

impl From<audit::Archive> for Archive {
    fn from(archive: audit::Archive) -> Self {
        Self {
            id: archive.id.into_id(),
            policy: archive.policy,
            table: archive.source_table,
            run_id: archive.run_id.into_id(),
            path: archive.storage_key,
            row_count: archive.row_count,
            first_at: archive.first_at,
            last_at: archive.last_at,
            first_sequence: archive.first_sequence.map(|number| number.to_string()),
            last_sequence: archive.last_sequence.map(|number| number.to_string()),
            size: size(archive.bytes),
            sha256: kernel::crypto::hex(&archive.sha256),
            columns: Json(archive.column_names),
            created_at: archive.created_at,
            removed_at: archive.removed_at,
        }
    }
}

connection!(RetentionRunConnection, RetentionRunEdge, RetentionRun, audit::RetentionRun, "retention runs");
connection!(ArchiveConnection, ArchiveEdge, Archive, audit::Archive, "archives");
