//! The table of the people who sign in.

use chrono::{DateTime, Utc};
use kernel::id::{DepartmentId, RoleId, UserId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The stored hash of somebody without a password: nothing has it.
pub const NO_PASSWORD: &str = "*";

/// What kind of person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Works here.
    Staff,
    /// Buys here.
    Client,
}

/// How much a client is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ClientTier {
    /// What everybody is.
    Basic,
    /// More.
    Standard,
    /// Much.
    Premium,
    /// Most, by a contract of their own.
    Enterprise,
}

/// A person as stored.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "users")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// Staff or client.
    pub kind: Kind,
    /// Their address in its stored form; unique.
    pub email: String,
    /// Their name, as others read it.
    pub name: String,
    /// Their first name.
    pub first_name: Option<String>,
    /// Their last name.
    pub last_name: Option<String>,
    /// The company they buy for.
    pub company: Option<String>,
    /// Whether a colleague wrote that they buy for it, and not they themselves.
    pub company_confirmed: bool,
    /// How much they are promised; of clients only.
    pub tier: Option<ClientTier>,
    /// Their telephone number (E.164); one that is older than that form, as it was typed.
    pub phone: Option<String>,
    /// Their telephone number, as it was typed.
    pub phone_typed: Option<String>,
    /// Their picture.
    pub avatar_id: Option<Uuid>,
    /// The PHC string of their password's argon2id hash, or bcrypt's of an imported one; [`NO_PASSWORD`] where they have none.
    pub password_hash: String,
    /// Their role.
    pub role_id: RoleId,
    /// Their department.
    pub department_id: Option<DepartmentId>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When that was taken away.
    pub deactivated_at: Option<DateTime<Utc>>,
    /// Whether they must choose another password before anything else.
    pub must_change_password: bool,
    /// When they showed that mail to their address reaches them.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The encrypted secret of their second factor.
    pub totp_secret: Option<Vec<u8>>,
    /// When they showed that they have it; from then on it is asked for.
    pub totp_confirmed_at: Option<DateTime<Utc>>,
    /// The time step of the last code, which is not good again.
    pub totp_last_step: Option<i64>,
    /// Raising it ends all their sessions.
    pub token_version: i32,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Who added them.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
