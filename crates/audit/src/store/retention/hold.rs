//! What is kept whatever a policy says: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{LegalHoldId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One hold.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "legal_holds")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LegalHoldId,
    /// The kind of thing that is held, such as `Visitor`.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: Uuid,
    /// Why.
    pub reason: String,
    /// Who placed it.
    pub placed_by_id: Option<UserId>,
    /// When.
    pub placed_at: DateTime<Utc>,
    /// Who released it.
    pub released_by_id: Option<UserId>,
    /// When.
    pub released_at: Option<DateTime<Utc>>,
    /// Why.
    pub release_reason: Option<String>,
    /// Raised by every change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
