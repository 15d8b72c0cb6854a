//! Visitors.

use chrono::{DateTime, Utc};
use kernel::{id::VisitorId, record::ByPlace};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A person on the website.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "visitors")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VisitorId,
    /// The name they gave first, or last in the browser that knows them.
    pub name: Option<String>,
    /// Their address, which nothing that is written changes.
    pub email: Option<String>,
    /// What brought them here first.
    pub source: Option<String>,
    /// SHA-256 of the token by which they are known again.
    pub token_hash: Vec<u8>,
    /// The address their program last connected from.
    pub address: Option<String>,
    /// Their program.
    pub agent: Option<String>,
    /// How often they were seen.
    pub page_views: i32,
    /// When they first came.
    pub first_visit_at: DateTime<Utc>,
    /// When they last came.
    pub last_visit_at: DateTime<Utc>,
    /// The visitor whom they became: then they are shown no more.
    pub merged_into: Option<VisitorId>,
}

impl Model {
    /// The texts by whose words they are found.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.name, &self.email].into_iter().flatten().map(String::as_str)
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
