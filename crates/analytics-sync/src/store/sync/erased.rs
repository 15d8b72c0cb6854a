//! Who must not come back: hashes of what B2Chat calls contacts and chats of people who were erased.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_erased")]
pub struct Model {
    /// SHA-256 of the tenant, what it was, and what B2Chat calls it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_hash: Vec<u8>,
    /// When it was erased.
    pub erased_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
