//! Deliveries that were taken, so that one which is repeated does nothing.

use chrono::{DateTime, Utc};
use kernel::id::IdentityProviderId;
use sea_orm::entity::prelude::*;

/// A delivery. Kept for longer than senders try again.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "webhook_deliveries")]
pub struct Model {
    /// Who sent it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider_id: IdentityProviderId,
    /// The sender's own id of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_id: String,
    /// When it was taken.
    pub received_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
