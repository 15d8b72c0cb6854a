//! Documents of the help centre.

use chrono::{DateTime, Utc};
use kernel::{
    id::{FileId, GuideCategoryId, HelpDocumentId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Who may read a document that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum HelpAudience {
    /// Colleagues who may see help.
    Staff,
    /// They and clients who are signed in.
    Clients,
    /// Whoever comes by.
    Everyone,
}

/// Where the text of a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ExtractionState {
    /// It is taken out of the file in a moment.
    Pending,
    /// It is there.
    Done,
    /// The file has none that can be read.
    Failed,
}

/// A file that explains something.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "help_documents")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HelpDocumentId,
    /// What it is called.
    pub title: String,
    /// What it is sorted under.
    pub category_id: Option<GuideCategoryId>,
    /// Who may read it once it is published.
    pub audience: HelpAudience,
    /// Its file; none of one that was removed.
    pub file_id: Option<FileId>,
    /// Where its text stands.
    pub extraction_state: ExtractionState,
    /// Why it has none.
    pub extraction_error: Option<String>,
    /// Whether its audience sees it.
    pub is_published: bool,
    /// Since when.
    pub published_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by_id: Option<UserId>,
    /// When it was taken away.
    pub removed_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
