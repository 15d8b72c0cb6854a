//! Guides of the help centre.

use chrono::{DateTime, Utc};
use kernel::{
    id::{GuideCategoryId, GuideId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a guide is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum GuideType {
    /// Steps that were recorded with Scribehow.
    Scribehow,
    /// A text with pictures.
    Html,
    /// A film.
    Video,
}

/// Something that explains how a thing is done.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "guides")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GuideId,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// What it is sorted under.
    pub category_id: GuideCategoryId,
    /// What it is.
    pub r#type: GuideType,
    /// The text of one that is HTML: nothing in it that could run.
    pub content: Option<String>,
    /// Where one is that was recorded with Scribehow.
    pub scribehow_url: Option<String>,
    /// Where a film is.
    pub video_url: Option<String>,
    /// Whether everybody sees it.
    pub is_published: bool,
    /// Since when.
    pub published_at: Option<DateTime<Utc>>,
    /// Where it stands among the others of its category, the smallest first.
    pub display_order: i32,
    /// Who made it.
    pub created_by_id: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
