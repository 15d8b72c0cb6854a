//! The manifest of each archive.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ArchiveId, RetentionRunId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One object of the file storage: rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "archives")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ArchiveId,
    /// The policy by which they went.
    pub policy: String,
    /// Their table.
    pub source_table: String,
    /// The run that made it.
    pub run_id: RetentionRunId,
    /// Where it is.
    pub storage_key: String,
    /// How many rows it has.
    pub row_count: i32,
    /// The first row.
    pub first_id: Uuid,
    /// The last.
    pub last_id: Uuid,
    /// The age of the first is counted from here.
    pub first_at: DateTime<Utc>,
    /// And of the last.
    pub last_at: DateTime<Utc>,
    /// How long it is, compressed.
    pub bytes: i64,
    /// Its SHA-256.
    pub sha256: Vec<u8>,
    /// That of the object beside it.
    pub manifest_sha256: Vec<u8>,
    /// How long that is.
    pub manifest_bytes: i64,
    /// The columns of the table when it was made.
    #[sea_orm(column_type = "JsonBinary")]
    pub column_names: Json,
    /// Of rows of the audit trail: the hash before the first and of the last, and the place that was signed.
    #[sea_orm(column_type = "JsonBinary")]
    pub chain: Option<Json>,
    /// The number of the first of them.
    pub first_sequence: Option<i64>,
    /// And of the last.
    pub last_sequence: Option<i64>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was read back as it should be, and its rows were removed from the database.
    pub sealed_at: Option<DateTime<Utc>>,
    /// When it was removed.
    pub removed_at: Option<DateTime<Utc>>,
}

impl Model {
    /// Where the object beside it is.
    pub fn manifest_key(&self) -> String {
        format!("{}_manifest", self.storage_key)
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
