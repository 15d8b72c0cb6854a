//! What was wrong with rows of imports.

use kernel::id::LeadImportId;
use sea_orm::entity::prelude::*;

/// What was wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "lead_import_errors")]
pub struct Model {
    /// The import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: LeadImportId,
    /// The row's number in the file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_number: i32,
    /// What of the lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub column_name: String,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
