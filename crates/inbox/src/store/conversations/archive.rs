//! Objects in the file storage that messages were moved into.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One object: messages of one month.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "conversation_archives")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The first instant of the month that its messages were written in.
    pub month: DateTime<Utc>,
    /// Which of that month's, the first being 1.
    pub batch: i32,
    /// Where it is.
    pub storage_key: String,
    /// How many messages are in it.
    pub messages: i32,
    /// When the first of them was written.
    pub first_at: DateTime<Utc>,
    /// And the last.
    pub last_at: DateTime<Utc>,
    /// How long it is, compressed.
    pub bytes: i64,
    /// Its SHA-256.
    pub sha256: Vec<u8>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was read back as it should be, and its messages were removed from the database.
    pub sealed_at: Option<DateTime<Utc>>,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
