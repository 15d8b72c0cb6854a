//! Groups of errors.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ErrorGroupId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How serious an error is; the later, the more.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ErrorLevel {
    /// What may go away by itself: something that we stand on is away.
    Warn,
    /// Something did not work.
    Error,
    /// A job ended by it.
    Fatal,
    /// It cannot be explained by what is around us: a fault of ours that needs somebody.
    Critical,
}

impl ErrorLevel {
    /// Whether somebody is told of it.
    pub fn alerts(self) -> bool {
        self >= Self::Fatal
    }
}

/// Where an error happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ErrorSource {
    /// While artificial intelligence was asked.
    Ai,
    /// While chats were analysed.
    Analysis,
    /// While a request was answered.
    Api,
    /// While somebody signed in.
    Auth,
    /// In work that is done by the clock.
    Cron,
    /// While a CRM was asked.
    Crm,
    /// While an export was made.
    Export,
    /// In other work in the background.
    Job,
    /// On the way of a mail.
    Mail,
    /// While a social platform was asked.
    Social,
    /// While B2Chat was asked.
    Sync,
    /// On the way of a message from or to another service.
    Webhook,
}

/// How a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ErrorGroupStatus {
    /// Nobody has resolved it.
    Open,
    /// Somebody says that it does not happen any more.
    Resolved,
    /// It happened again, or somebody says that it will.
    Reopened,
}

/// Errors that are one and the same.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "error_groups")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ErrorGroupId,
    /// What is the same of them, as 32 hexadecimal digits.
    pub fingerprint: String,
    /// Where they happen.
    pub source: ErrorSource,
    /// The most serious of them since it was last resolved.
    pub level: ErrorLevel,
    /// Their error code.
    pub code: Option<String>,
    /// What the newest says.
    pub message: String,
    /// How many there were.
    pub count: i32,
    /// When the first was.
    pub first_seen_at: DateTime<Utc>,
    /// When the newest was.
    pub last_seen_at: DateTime<Utc>,
    /// How it stands.
    pub status: ErrorGroupStatus,
    /// Who resolved it last.
    pub resolved_by_id: Option<UserId>,
    /// When that was.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was last reopened.
    pub reopened_at: Option<DateTime<Utc>>,
    /// When people were last told of it.
    pub alerted_at: Option<DateTime<Utc>>,
    /// Since when rows are counted that are kept of it.
    pub kept_since: DateTime<Utc>,
    /// How many were kept since.
    pub kept_count: i32,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
