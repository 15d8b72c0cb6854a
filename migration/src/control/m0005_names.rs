//! The name of a company is one company's, whatever its case and what nobody sees in it.

use sea_orm_migration::prelude::*;

use crate::names::{Named, fold};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMN: &str = "
-- The name in the form in which names are compared; null where another company had it when this began.
ALTER TABLE tenants ADD COLUMN name_folded text;
CREATE UNIQUE INDEX tenants_name_folded ON tenants (name_folded);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::dialect::execute(manager.get_connection(), COLUMN).await?;
        fold(manager, &Named { table: "tenants", below: None, unless: None }).await
    }
}
