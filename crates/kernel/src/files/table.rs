//! The table of files.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{
    Tenant,
    id::{FileId, TypedId, UserId},
};

/// A file as stored. Until its bytes are there, what is said of them is what is expected.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "files")]
pub struct Model {
    /// Its id: random, because the address of a picture holds it and whoever knows that may see the picture.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FileId,
    /// Where its bytes are, or may be; nowhere yet where null.
    pub storage_key: Option<String>,
    /// What it is called, made fit to be shown and saved under.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// What it is, by its content.
    pub content_type: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: Option<Vec<u8>>,
    /// When it was whole; null until then. What is whole is counted.
    pub stored_at: Option<DateTime<Utc>>,
    /// Who sent it; null for what Frontdesk itself took in.
    pub uploaded_by: Option<UserId>,
    /// The kind of what it belongs to: the prefix of its ids.
    pub owner_kind: Option<String>,
    /// The id of what it belongs to.
    pub owner_id: Option<Uuid>,
    /// When it was expected first.
    pub created_at: DateTime<Utc>,
    /// Until when it waits to belong to something; null from then on.
    pub expires_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The prefix of its ids.
    pub kind: &'static str,
    /// Its id.
    pub id: Uuid,
}

impl Owner {
    /// Of a thing with a typed id.
    pub fn of<I: TypedId>(id: I) -> Self {
        Self { kind: I::PREFIX, id: id.uuid() }
    }
}

impl Model {
    /// Its bytes' key in the storage.
    pub fn location(&self, tenant: &Tenant) -> Option<String> {
        self.storage_key.as_deref().map(|key| location(tenant, key))
    }

    /// Whether it is whole and has not ended.
    pub fn is_there(&self, now: DateTime<Utc>) -> bool {
        self.stored_at.is_some() && self.expires_at.is_none_or(|at| at > now)
    }

    /// Its bytes, as a number of such.
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.size).unwrap_or_default()
    }

    /// The id of what it belongs to as its text, such as `msg_…`.
    pub fn owner(&self) -> Option<String> {
        Some(format!("{}_{}", self.owner_kind.as_deref()?, self.owner_id?.simple()))
    }
}

/// Each tenant has a folder, and in it no folder many files.
pub(super) fn location(tenant: &Tenant, key: &str) -> String {
    format!("{}/{}/{key}", tenant.id, key.get(..2).unwrap_or_default())
}
