//! Exports: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ExportId, FileId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::exports::wanted::{ExportFilter, ExportOptions};

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ExportType {
    /// Agents of B2Chat.
    Agents,
    /// Contacts of B2Chat.
    Contacts,
    /// Chats of B2Chat.
    Chats,
    /// Messages of those chats.
    Messages,
    /// Leads.
    Leads,
    /// Tickets.
    Tickets,
    /// Chosen columns of chats, or averages of their groups.
    CustomReport,
    /// The audit trail.
    AuditLogs,
}

/// As what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
    /// A report to be read.
    Pdf,
    /// JSON, a line each.
    Jsonl,
}

impl ExportFormat {
    /// What names of such files end in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
            Self::Jsonl => "jsonl",
        }
    }
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ExportStatus {
    /// It waits for its turn.
    Pending,
    /// It is being made.
    Processing,
    /// The file is there.
    Completed,
    /// It could not be made.
    Failed,
    /// The file was there, and has ended.
    Expired,
    /// Somebody took it back.
    Cancelled,
}

/// A file that data are exported to.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "exports")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportId,
    /// Who asked; none, where Frontdesk itself did.
    pub user_id: Option<UserId>,
    /// What is exported.
    #[sea_orm(column_name = "type")]
    pub r#type: ExportType,
    /// As what.
    pub format: ExportFormat,
    /// How far it is.
    pub status: ExportStatus,
    /// Which rows.
    pub filter: ExportFilter,
    /// How they are shown.
    pub options: ExportOptions,
    /// What the file is called.
    pub file_name: String,
    /// The file, while it is there.
    pub file_id: Option<FileId>,
    /// How many bytes it has.
    pub bytes: Option<i64>,
    /// How many rows there are to write.
    pub total_count: Option<i32>,
    /// How many were written.
    pub rows_written: i32,
    /// How many rows the file has.
    pub record_count: Option<i32>,
    /// Why it could not be made.
    pub error_message: Option<String>,
    /// How often it was begun.
    pub attempts: i32,
    /// Raised by every change of where it stands.
    pub version: i32,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was last begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over, whichever way.
    pub completed_at: Option<DateTime<Utc>>,
    /// When the file ends.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Model {
    /// Whether somebody still makes it, or will.
    pub fn goes_on(&self) -> bool {
        matches!(self.status, ExportStatus::Pending | ExportStatus::Processing)
    }

    /// How far it is at an instant: a file that has ended is not there, whenever it is removed.
    pub fn status_at(&self, now: DateTime<Utc>) -> ExportStatus {
        match self.status {
            ExportStatus::Completed if self.expires_at.is_none_or(|at| at <= now) => ExportStatus::Expired,
            status => status,
        }
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
