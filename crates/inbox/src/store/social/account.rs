//! The company's accounts on social platforms.

use chrono::{DateTime, Utc};
use kernel::{
    id::{SocialAccountId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::platform::Platform;

/// How it stands between an account and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SocialAccountStatus {
    /// The platform takes our token.
    Connected,
    /// The token is past its time and could not be renewed.
    Expired,
    /// The platform takes it no more.
    Revoked,
    /// Somebody of the company ended it.
    Disconnected,
}

/// An account of the company's on a social platform.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "social_accounts")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SocialAccountId,
    /// Where it is.
    pub platform: Platform,
    /// As the platform names it.
    pub account_id: String,
    /// As people read it.
    pub account_name: Option<String>,
    /// What we act with there, sealed.
    #[serde(skip)]
    pub access_token_encrypted: Option<Vec<u8>>,
    /// What that is renewed with, sealed.
    #[serde(skip)]
    pub refresh_token_encrypted: Option<Vec<u8>>,
    /// Until when the platform takes the first.
    pub token_expires_at: Option<DateTime<Utc>>,
    /// Whoever renews it has it until then.
    #[serde(skip)]
    pub refreshing_until: Option<DateTime<Utc>>,
    /// Until when the platform wants nothing more sent.
    #[serde(skip)]
    pub paused_until: Option<DateTime<Utc>>,
    /// How it stands.
    pub status: SocialAccountStatus,
    /// What the platform said last that it was refused for.
    pub last_error: Option<String>,
    /// What else the platform says of it.
    pub metadata: Json,
    /// Who connected it.
    pub connected_by_id: Option<UserId>,
    /// And when.
    pub connected_at: DateTime<Utc>,
    /// Whether we take from it and write through it.
    pub active: bool,
    /// Raised by every change.
    pub version: i32,
    /// When it changed.
    pub updated_at: DateTime<Utc>,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
