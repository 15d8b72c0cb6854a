//! What an answer quotes.

use kernel::id::AssistantMessageId;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What kind of document a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A guide of the help centre.
    Guide,
    /// A help document.
    HelpDocument,
}

/// A passage that an answer quotes, as it was then.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "assistant_sources")]
pub struct Model {
    /// The answer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: AssistantMessageId,
    /// Its place among the answer's sources, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// What kind of document.
    pub kind: SourceKind,
    /// Which.
    pub document_id: Uuid,
    /// The document's title.
    pub title: String,
    /// What is quoted.
    pub quote: String,
    /// Where that began in the document's text, in characters.
    pub starts_at: i32,
    /// Where it ended.
    pub ends_at: i32,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
