//! Exports of what is held on people: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{FileId, PersonExportId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PersonExportStatus {
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

/// A file with all that is held on a person.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "person_exports")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonExportId,
    /// Who asked.
    pub user_id: UserId,
    /// Whose data they are: the typed id of a record of theirs, or an e-mail address.
    pub subject: String,
    /// Whether who asked is the person.
    pub is_own: bool,
    /// How far it is.
    pub status: PersonExportStatus,
    /// What the file is called.
    pub file_name: String,
    /// The file, while it is there.
    pub file_id: Option<FileId>,
    /// How many bytes it has.
    pub bytes: Option<i64>,
    /// How many tables there are to look through.
    pub table_count: Option<i32>,
    /// How many were.
    pub tables_done: i32,
    /// How many rows were written.
    pub rows_written: i32,
    /// How many rows the file has.
    pub record_count: Option<i32>,
    /// How many files of theirs are in it.
    pub file_count: Option<i32>,
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
        matches!(self.status, PersonExportStatus::Pending | PersonExportStatus::Processing)
    }

    /// How far it is at an instant: a file that has ended is not there, whenever it is removed.
    pub fn status_at(&self, now: DateTime<Utc>) -> PersonExportStatus {
        match self.status {
            PersonExportStatus::Completed if self.expires_at.is_none_or(|at| at <= now) => PersonExportStatus::Expired,
            status => status,
        }
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
