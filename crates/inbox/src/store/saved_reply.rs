//! Saved replies.

use chrono::{DateTime, Utc};
use kernel::{
    id::{SavedReplyId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A ready answer.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "saved_replies")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SavedReplyId,
    /// What it is called.
    pub title: String,
    /// The text, with its variables.
    pub content: String,
    /// What it is sorted under.
    pub category: Option<String>,
    /// What is typed for it, such as `/hello`.
    pub shortcut: Option<String>,
    /// The shortcut in the form in which names are compared; none of one that is archived.
    pub shortcut_folded: Option<String>,
    /// Whether all colleagues see it, or only who made it.
    pub is_global: bool,
    /// How often it was used.
    pub use_count: i32,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: StaffId,
    /// Since when it is out of use.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
