//! The table of one-time tokens: what the links in mails carry. Only their hashes are stored.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Error, Result,
    id::{OneTimeTokenId, UserId},
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::sign_in::one_time::Payload;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Shows that mail to the address reaches the person.
    VerifyEmail,
    /// Sets another password.
    ResetPassword,
    /// The old address agrees to a change of address.
    ChangeEmailOld,
    /// The new address agrees to a change of address.
    ChangeEmailNew,
}

impl Purpose {
    /// How long a token is good.
    pub fn ttl(self) -> TimeDelta {
        match self {
            Self::ResetPassword => TimeDelta::hours(1),
            Self::VerifyEmail | Self::ChangeEmailOld | Self::ChangeEmailNew => TimeDelta::hours(24),
        }
    }
}

/// A one-time token as stored.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "one_time_tokens")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OneTimeTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is good for.
    pub purpose: Purpose,
    /// SHA-256 of the token.
    pub hash: Vec<u8>,
    /// What it does when it is used, as [`Payload`].
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Option<Json>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was used; it is good once.
    pub used_at: Option<DateTime<Utc>>,
}

impl Model {
    /// What it does when it is used.
    ///
    /// # Errors
    /// [`Error::Internal`] where that cannot be read.
    pub(crate) fn payload(&self) -> Result<Payload> {
        let payload = self.payload.clone().map(serde_json::from_value).transpose();
        payload.map(Option::unwrap_or_default).map_err(Error::internal)
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
