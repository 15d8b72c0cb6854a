//! The table of people's pictures.

use chrono::{DateTime, Utc};
use kernel::id::UserId;
use sea_orm::entity::prelude::*;

/// A picture as stored.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "avatars")]
pub struct Model {
    /// Its id: random, because whoever knows it may see the picture. Another picture has another id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whom it shows; a person has one.
    pub user_id: UserId,
    /// The picture as PNG.
    pub image: Vec<u8>,
    /// When it was set.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
