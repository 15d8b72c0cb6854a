//! Subscriptions to the newsletter.

use chrono::{DateTime, Utc};
use kernel::{id::NewsletterSubscriptionId, record::ByPlace};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum NewsletterStatus {
    /// Asked for, and not confirmed.
    Pending,
    /// Confirmed by whoever reads the address's mail.
    Subscribed,
    /// Ended.
    Unsubscribed,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "newsletter_subscriptions")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NewsletterSubscriptionId,
    /// The address.
    pub email: String,
    /// Where it stands.
    pub status: NewsletterStatus,
    /// Where it was asked for.
    pub source: Option<String>,
    /// The network address that it was last asked for from.
    pub ip_address: Option<String>,
    /// SHA-256 of the token that confirms it.
    pub confirm_hash: Option<Vec<u8>>,
    /// SHA-256 of the token that ends it.
    pub unsubscribe_hash: Option<Vec<u8>>,
    /// When it was last asked for.
    pub requested_at: DateTime<Utc>,
    /// When it was last confirmed.
    pub subscribed_at: Option<DateTime<Utc>>,
    /// When it was ended.
    pub unsubscribed_at: Option<DateTime<Utc>>,
    /// When it was first asked for.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
