//! What guides and documents are found by: of each its title and its text, under its own id.

use kernel::id::{GuideId, HelpDocumentId};
use sea_orm::entity::prelude::*;

/// The text of a guide or a document. Its words are in a column that only the database's search knows.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "help_texts")]
pub struct Model {
    /// The id of the guide or the document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The guide, where it is one's.
    pub guide_id: Option<GuideId>,
    /// The document, where it is one's.
    pub document_id: Option<HelpDocumentId>,
    /// What it is called.
    pub title: String,
    /// All that it says, as plain text.
    pub text: String,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
