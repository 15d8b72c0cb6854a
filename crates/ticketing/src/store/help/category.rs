//! Categories of the help centre.

use chrono::{DateTime, Utc};
use kernel::{id::GuideCategoryId, record::ByPlace};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What guides and documents are sorted under.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "guide_categories")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GuideCategoryId,
    /// Its name, unique.
    pub name: String,
    /// The name in the form in which names are compared.
    pub name_folded: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Where it stands among the others, the smallest first.
    pub display_order: i32,
    /// Whether it is shown, and what is in it.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
