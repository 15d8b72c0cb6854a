//! The synchronisation as those see it who may.

use analytics_sync::{AnswersOf, CheckpointsOf, FailuresOf, sync_rate, sync_remaining_seconds};
use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    id::{SyncRunId, UserId},
    page::PageArgs,
};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, User, user},
        records::nested,
        scalars::{Date, Json},
    },
};

/// How it stands between B2Chat and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::B2chatAccessStatus", name = "B2ChatAccessStatus")]
pub enum B2ChatAccessStatus {
    /// It takes our credentials, as far as is known.
    Connected,
    /// It takes them no more: connect it again.
    Refused,
    /// Somebody ended it. What was read is kept.
    Disconnected,
}

/// How B2Chat is connected. The credentials are never shown.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex, name = "ConnectedB2Chat")]
pub struct ConnectedB2Chat {
    /// How it stands.
    pub status: B2ChatAccessStatus,
    /// What B2Chat said when it took the credentials no more.
    pub last_error: Option<String>,
    /// When the schedule begins runs next; null where it begins none.
    pub next_sync_at: Option<DateTime<Utc>>,
    /// When it was connected.
    pub connected_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    connected_by_id: Option<UserId>,
}

impl From<analytics_sync::B2chatAccess> for ConnectedB2Chat {
    fn from(access: analytics_sync::B2chatAccess) -> Self {
        Self {
            status: access.status.into(),
            last_error: access.last_error,
            next_sync_at: access.due_at,
            connected_at: access.connected_at,
            updated_at: access.updated_at,
            connected_by_id: access.connected_by_id,
        }
    }
}

#[ComplexObject]
impl ConnectedB2Chat {
    /// Who connected it; null without the permission to see them.
    async fn connected_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.connected_by_id)).await
    }
}

/// What is synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::SyncEntity")]
pub enum SyncEntity {
    /// Chats with their messages, and the agents, contacts and departments that they name.
    Chats,
    /// Contacts.
    Contacts,
    /// Agents, as chats name them: B2Chat has no list of them.
    Agents,
    /// Departments, as chats name them: B2Chat has no list of them.
    Departments,
}

/// Which days a run reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::SyncOperation")]
pub enum SyncOperation {
    /// All, from the first day that counts (`b2chat.first_day`).
    Full,
    /// The days since the last run that read all its days, some before them (`b2chat.trailing_days`), and back to the oldest day
    /// with a chat that is not over, or that is not whole, at most 30 days.
    Incremental,
    /// Those that somebody names.
    Manual,
    /// Those of another run, from its stored answers; B2Chat is not asked.
    Rebuild,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::SyncStatus")]
pub enum SyncStatus {
    /// It is under way, or waits for B2Chat.
    InProgress,
    /// Nothing is read until somebody resumes it.
    Paused,
    /// It read all that there is.
    Success,
    /// It is over; some records could not be read, or some days are not complete.
    Partial,
    /// It could not go on.
    Error,
    /// Somebody ended it.
    Cancelled,
}

/// How it stands with a kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::SyncStateStatus")]
pub enum SyncStateStatus {
    /// Nothing is under way.
    Idle,
    /// A run is under way.
    Running,
    /// The last run could not go on.
    Error,
    /// A run is paused.
    Paused,
}

/// How far a run is with a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::SyncCheckpointStatus")]
pub enum SyncCheckpointStatus {
    /// It is being read.
    Active,
    /// It is complete.
    Completed,
    /// It is over and not complete.
    Failed,
}

/// A day that is kept.
fn day(text: &str) -> Date {
    Date(text.to_owned())
}

/// How it stands with a kind of record.
#[derive(Debug, Clone, SimpleObject)]
pub struct SyncState {
    /// Of what.
    pub entity: SyncEntity,
    /// How it stands.
    pub status: SyncStateStatus,
    /// When the last run began that lost nothing and reached up to its own day.
    pub last_success_at: Option<DateTime<Utc>>,
    /// The last record that was read, as B2Chat names it.
    pub last_synced_id: Option<String>,
    /// How many records of its day were read then.
    pub last_offset: Option<i32>,
    /// How many records the last run read.
    pub total_records: i32,
    /// How many of them well.
    pub successful_records: i32,
    /// How many could not be read.
    pub failed_records: i32,
    /// How long the last run took, in milliseconds.
    pub duration_ms: Option<f64>,
    /// When the first run began.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<analytics_sync::SyncState> for SyncState {
    fn from(state: analytics_sync::SyncState) -> Self {
        Self {
            entity: state.entity.into(),
            status: state.status.into(),
            last_success_at: state.last_success_at,
            last_synced_id: state.last_synced_id,
            last_offset: state.last_offset,
            total_records: state.total_records,
            successful_records: state.successful_records,
            failed_records: state.failed_records,
            duration_ms: state.duration_ms.map(|ms| ms as f64),
            created_at: state.created_at,
            updated_at: state.updated_at,
        }
    }
}

/// How complete a day is.
#[derive(Debug, Clone, SimpleObject)]
pub struct SyncCoverage {
    /// Of what.
    pub entity: SyncEntity,
    /// Which day, in the time zone of B2Chat.
    pub day: Date,
    /// How many records B2Chat says that it has.
    pub expected: i32,
    /// How many it told of, each once.
    pub found: i32,
    /// How many of those could not be read.
    pub failed: i32,
    /// Those, as B2Chat names them; the first 100.
    pub missing_ids: Vec<String>,
    /// Whether all were told of and read.
    pub is_complete: bool,
    /// How often the day was read for that.
    pub passes: i32,
    /// When it was last read.
    pub checked_at: DateTime<Utc>,
    /// The run that did, `syr_…`; null once it is kept no more.
    pub sync_run_id: Option<ID>,
}

impl From<analytics_sync::SyncCoverage> for SyncCoverage {
    fn from(row: analytics_sync::SyncCoverage) -> Self {
        Self {
            entity: row.entity.into(),
            day: day(&row.day),
            expected: row.expected,
            found: row.found,
            failed: row.failed,
            missing_ids: row.missing_ids.0,
            is_complete: row.is_complete,
            passes: row.passes,
            checked_at: row.checked_at,
            sync_run_id: row.run_id.map(IntoId::into_id),
        }
    }
}

/// How far a run is with a day.
#[derive(Debug, Clone, SimpleObject)]
pub struct SyncCheckpoint {
    /// Which day, in the time zone of B2Chat.
    pub day: Date,
    /// How it stands.
    pub status: SyncCheckpointStatus,
    /// How many records B2Chat has of it, as far as it said.
    pub total_records: Option<i32>,
    /// How many were read.
    pub processed_records: i32,
    /// How many of them well.
    pub successful_records: i32,
    /// How many could not be read.
    pub failed_records: i32,
    /// Those, in words; the first 20.
    pub failure_details: Vec<String>,
    /// The place to go on at: day, offset and pass.
    pub checkpoint: String,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When the day was over.
    pub completed_at: Option<DateTime<Utc>>,
}

impl From<analytics_sync::SyncCheckpoint> for SyncCheckpoint {
    fn from(row: analytics_sync::SyncCheckpoint) -> Self {
        Self {
            day: day(&row.day),
            status: row.status.into(),
            total_records: row.total_records,
            processed_records: row.processed_records,
            successful_records: row.successful_records,
            failed_records: row.failed_records,
            failure_details: row.failure_details.0,
            checkpoint: row.checkpoint,
            created_at: row.created_at,
            updated_at: row.updated_at,
            completed_at: row.completed_at,
        }
    }
}

/// A record that a run could not read.
#[derive(Debug, Clone, SimpleObject)]
pub struct SyncFailure {
    /// On which day it was told of.
    pub day: Date,
    /// As B2Chat names it; null where it gives no id, and of what was kept all the same.
    pub record_id: Option<String>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// When it was found.
    pub created_at: DateTime<Utc>,
}

impl From<analytics_sync::SyncFailure> for SyncFailure {
    fn from(row: analytics_sync::SyncFailure) -> Self {
        Self { day: day(&row.day), record_id: row.record_id, message: row.message, created_at: row.created_at }
    }
}

/// An answer of B2Chat. Its body is read by apiResponseBody.
#[derive(Debug, Clone, SimpleObject)]
pub struct ApiResponseLog {
    /// Its id, `arl_…`.
    pub id: ID,
    /// The run, `syr_…`.
    pub sync_run_id: ID,
    /// What was asked, such as `/chats/export`.
    pub endpoint: String,
    /// With which parameters.
    pub request_params: Json,
    /// The status of HTTP.
    pub status: i32,
    /// Its bytes as it came.
    pub response_size: i32,
    /// Its bytes as it is kept, compressed.
    pub stored_size: i32,
    /// How many records it has.
    pub record_count: i32,
    /// When it was asked for.
    pub api_timestamp: DateTime<Utc>,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

impl From<analytics_sync::ApiResponseLog> for ApiResponseLog {
    fn from(row: analytics_sync::ApiResponseLog) -> Self {
        Self {
            id: row.id.into_id(),
            sync_run_id: row.run_id.into_id(),
            endpoint: row.endpoint,
            request_params: Json(row.request_params),
            status: row.status,
            response_size: row.response_size,
            stored_size: row.stored_size,
            record_count: row.record_count,
            api_timestamp: row.api_timestamp,
            created_at: row.created_at,
        }
    }
}

/// A run of the synchronisation.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct SyncRun {
    /// Its id, `syr_…`.
    pub id: ID,
    /// What is synchronised.
    pub entity: SyncEntity,
    /// Which days it reads.
    pub operation: SyncOperation,
    /// How it stands.
    pub status: SyncStatus,
    /// The first day, in the time zone of B2Chat.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// The time zone in which its times are read.
    pub time_zone: String,
    /// How many days there are to read; of a rebuild how many stored answers.
    pub day_count: i32,
    /// How many of them were.
    pub days_done: i32,
    /// How many of those are not complete.
    pub incomplete_days: i32,
    /// How many records were read, each once a day.
    pub record_count: i32,
    /// How many things were new here.
    pub created_count: i32,
    /// How many had changed.
    pub changed_count: i32,
    /// How many records could not be read, and how much was wrong with others.
    pub failed_count: i32,
    /// How many records it reads in a second, without waiting; null before the first page.
    pub rate_per_second: Option<f64>,
    /// How many seconds the days take that are left, by those that are done; null where that is not known.
    pub remaining_seconds: Option<i32>,
    /// Until when it waits for B2Chat.
    pub waiting_until: Option<DateTime<Utc>>,
    /// Why it could not go on, or why it waits.
    pub error_message: Option<String>,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// When it was over.
    pub completed_at: Option<DateTime<Utc>>,
    /// How long it took, in milliseconds; null before it is over.
    pub duration_ms: Option<f64>,
    /// The run whose stored answers a rebuild reads, `syr_…`.
    pub rebuilds_sync_run_id: Option<ID>,
    #[graphql(skip)]
    key: SyncRunId,
    #[graphql(skip)]
    started_by_id: Option<UserId>,
}

impl From<analytics_sync::SyncRun> for SyncRun {
    fn from(run: analytics_sync::SyncRun) -> Self {
        Self {
            id: run.id.into_id(),
            entity: run.entity.into(),
            operation: run.operation.into(),
            status: run.status.into(),
            from: day(&run.from_day),
            to: day(&run.to_day),
            time_zone: run.time_zone.clone(),
            day_count: run.day_count,
            days_done: run.days_done,
            incomplete_days: run.incomplete_days,
            record_count: run.record_count,
            created_count: run.created_count,
            changed_count: run.changed_count,
            failed_count: run.failed_count,
            rate_per_second: sync_rate(&run),
            remaining_seconds: sync_remaining_seconds(&run),
            waiting_until: run.waiting_until,
            error_message: run.error_message,
            started_at: run.started_at,
            completed_at: run.completed_at,
            duration_ms: run.completed_at.map(|at| (at - run.started_at).num_milliseconds() as f64),
            rebuilds_sync_run_id: run.rebuilds_id.map(IntoId::into_id),
            key: run.id,
            started_by_id: run.started_by_id,
        }
    }
}

#[ComplexObject]
impl SyncRun {
    /// Who began it; null where the schedule did, or without the permission to see them.
    async fn started_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.started_by_id)).await
    }

    /// How far it is with each day, in the order of days.
    async fn checkpoints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<SyncCheckpointConnection> {
        Ok(nested(ctx, CheckpointsOf, self.key, PageArgs { first, after, last, before }).await?.into())
    }

    /// The records that it could not read, the first 1,000; all are counted.
    async fn failures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<SyncFailureConnection> {
        Ok(nested(ctx, FailuresOf, self.key, PageArgs { first, after, last, before }).await?.into())
    }

    /// The answers that it got, as long as they are kept; none without MANAGE_SYNC.
    async fn api_responses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ApiResponseLogConnection> {
        Ok(nested(ctx, AnswersOf, self.key, PageArgs { first, after, last, before }).await?.into())
    }
}

connection!(SyncRunConnection, SyncRunEdge, SyncRun, analytics_sync::SyncRun, "runs of the synchronisation");
connection!(
    SyncCheckpointConnection,
    SyncCheckpointEdge,
    SyncCheckpoint,
    analytics_sync::SyncCheckpoint,
    "checkpoints"
);
connection!(SyncFailureConnection, SyncFailureEdge, SyncFailure, analytics_sync::SyncFailure, "failures");
connection!(
    ApiResponseLogConnection,
    ApiResponseLogEdge,
    ApiResponseLog,
    analytics_sync::ApiResponseLog,
    "stored answers"
);
