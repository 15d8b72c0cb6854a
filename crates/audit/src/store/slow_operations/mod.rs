//! Operations that took long.

use chrono::{DateTime, Utc};
use kernel::{
    id::{SlowOperationId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;

/// An operation that took long.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "slow_operations")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SlowOperationId,
    /// When it was over.
    pub at: DateTime<Utc>,
    /// SHA-256 of its document, in hexadecimal.
    pub document_hash: String,
    /// Its name.
    pub operation: Option<String>,
    /// Its cost, in values of the answer.
    pub cost: i64,
    /// How many SQL statements it took.
    pub statements: i32,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
    /// Whose request it was.
    pub user_id: Option<UserId>,
    /// The request.
    pub request_id: String,
    /// What links it to others that came of the same beginning.
    pub correlation_id: Option<String>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
