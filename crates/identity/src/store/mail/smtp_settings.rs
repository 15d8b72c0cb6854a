//! The table of the company's own mail server: one row at the most.

use chrono::{DateTime, Utc};
use kernel::id::UserId;
use sea_orm::entity::prelude::*;

use crate::mail::Encryption;
use crate::store::single_sign_on::identity_provider::Texts;

/// The company's own mail server.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "smtp_settings")]
pub struct Model {
    /// Always [`ONLY`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: i32,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// The user to sign in as.
    pub username: Option<String>,
    /// The password, encrypted.
    pub password: Option<Vec<u8>>,
    /// The sender's address.
    pub from_email: String,
    /// The sender's name.
    pub from_name: Option<String>,
    /// Whether mails go there.
    pub is_active: bool,
    /// What whoever changed it last may; `None` for everything. No way in for somebody who may more goes there.
    pub ceiling: Option<Texts>,
    /// Who changed it last.
    pub updated_by: Option<UserId>,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// The id of the only row.
pub const ONLY: i32 = 1;

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
