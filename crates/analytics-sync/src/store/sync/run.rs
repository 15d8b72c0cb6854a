//! Runs of the synchronisation: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ApiResponseLogId, SyncRunId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SyncEntity {
    /// Chats with their messages, and who and what they name.
    Chats,
    /// Contacts.
    Contacts,
    /// Agents, as chats name them.
    Agents,
    /// Departments, as chats name them.
    Departments,
}

/// Which days a run reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SyncOperation {
    /// All, from the first day that counts.
    Full,
    /// The days since the last run that read all its days, and some before them.
    Incremental,
    /// Those that somebody named.
    Manual,
    /// Those that another run read, from its stored answers.
    Rebuild,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// It is under way, or waits to be.
    InProgress,
    /// Nothing is read until somebody resumes it.
    Paused,
    /// It read all that there is.
    Success,
    /// It is over, and some records or days are not whole.
    Partial,
    /// It could not go on.
    Error,
    /// Somebody ended it.
    Cancelled,
}

/// A run.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "sync_runs")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SyncRunId,
    /// What is synchronised.
    pub entity: SyncEntity,
    /// Which days it reads.
    pub operation: SyncOperation,
    /// How it stands.
    pub status: SyncStatus,
    /// Who began it; nobody where the schedule did.
    pub started_by_id: Option<UserId>,
    /// The first day, in the zone of the source, as YYYY-MM-DD.
    pub from_day: String,
    /// The last one.
    pub to_day: String,
    /// The zone in which the source writes times.
    pub time_zone: String,
    /// How many records are asked for at a time.
    pub page_size: i32,
    /// The run whose stored answers are read again.
    pub rebuilds_id: Option<SyncRunId>,
    /// The last of them that was.
    pub rebuilt_up_to: Option<ApiResponseLogId>,
    /// The day that is being read.
    pub cursor_day: String,
    /// How many records of it were read in this pass.
    pub cursor_offset: i32,
    /// Which pass over the day this is, from 1.
    pub cursor_pass: i32,
    /// How many records were new in it.
    pub pass_new: i32,
    /// How many days there are to read.
    pub day_count: i32,
    /// How many were.
    pub days_done: i32,
    /// How many of those are not whole.
    pub incomplete_days: i32,
    /// How many records were read, each once.
    pub record_count: i32,
    /// How many were new here.
    pub created_count: i32,
    /// How many had changed.
    pub changed_count: i32,
    /// How many could not be read.
    pub failed_count: i32,
    /// How long its pages took, in milliseconds, without waiting.
    pub worked_ms: i64,
    /// How often B2Chat was away since the last page came.
    pub attempts: i32,
    /// How often it answered something else than records since then.
    #[serde(default)]
    pub odd_attempts: i32,
    /// How often it asked to be left alone since then.
    #[serde(default)]
    pub limited_attempts: i32,
    /// Until when none is asked for.
    pub waiting_until: Option<DateTime<Utc>>,
    /// Why it could not go on, or why it waits.
    pub error_message: Option<String>,
    /// Raised by every change.
    pub version: i32,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// When it was over.
    pub completed_at: Option<DateTime<Utc>>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Model {
    /// Whether it is not over.
    pub fn goes_on(&self) -> bool {
        matches!(self.status, SyncStatus::InProgress | SyncStatus::Paused)
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
