//! A name is one thing's, whatever its case and what nobody sees in it.

use sea_orm_migration::prelude::*;

use crate::names::{Named, fold};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

impl Migration {
    /// What it does to the tables; a fresh company has no names yet.
    pub(crate) const SQL: &'static str = "
-- The name in the form in which names are compared; null where another had it when this began, which keeps it until somebody
-- renames one of the two, and of API keys that were revoked by then.
ALTER TABLE roles ADD COLUMN name_folded text;
ALTER TABLE departments ADD COLUMN name_folded text;
ALTER TABLE teams ADD COLUMN name_folded text;
ALTER TABLE identity_providers ADD COLUMN name_folded text;
ALTER TABLE notification_channels ADD COLUMN name_folded text;
ALTER TABLE api_keys ADD COLUMN name_folded text;
CREATE UNIQUE INDEX roles_name_folded ON roles (name_folded);
CREATE UNIQUE INDEX teams_name_folded ON teams (name_folded);
CREATE UNIQUE INDEX identity_providers_name_folded ON identity_providers (name_folded);
CREATE UNIQUE INDEX notification_channels_name_folded ON notification_channels (name_folded) WHERE owner_id IS NULL;
CREATE UNIQUE INDEX api_keys_name_folded ON api_keys (user_id, name_folded) WHERE revoked_at IS NULL;
DROP INDEX departments_siblings;
DROP INDEX departments_roots;
CREATE UNIQUE INDEX departments_siblings_name_folded ON departments (parent_id, name_folded);
CREATE UNIQUE INDEX departments_roots_name_folded ON departments (name_folded) WHERE parent_id IS NULL;
";
}

/// Channels of single people are named by what they lead to.
const NAMED: [Named; 6] = [
    Named { table: "roles", below: None, unless: None },
    Named { table: "departments", below: Some("parent_id"), unless: None },
    Named { table: "teams", below: None, unless: None },
    Named { table: "identity_providers", below: None, unless: None },
    Named { table: "notification_channels", below: None, unless: Some("owner_id") },
    Named { table: "api_keys", below: Some("user_id"), unless: Some("revoked_at") },
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::dialect::execute(manager.get_connection(), Self::SQL).await?;
        for named in &NAMED {
            fold(manager, named).await?;
        }
        Ok(())
    }
}
