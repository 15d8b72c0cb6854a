//! What is promised of tickets.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ServiceLevelPolicyId, TeamId},
    record::ByPlace,
};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::store::ticket::{TicketCategory, TicketPriority, TicketSeverity};

/// Categories of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Categories(pub Vec<TicketCategory>);

/// Priorities of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Priorities(pub Vec<TicketPriority>);

/// Severities of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Severities(pub Vec<TicketSeverity>);

/// How much a client is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// Tiers of clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Tiers(pub Vec<ClientTier>);

/// What is promised of some tickets.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "service_level_policies")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServiceLevelPolicyId,
    /// Its name, unique.
    pub name: String,
    /// The name in the form in which names are compared.
    pub name_folded: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Where it stands among the others: the first that is for a ticket is its policy.
    pub position: i32,
    /// For tickets of which categories; all where absent.
    #[sea_orm(column_type = "JsonBinary")]
    pub categories: Option<Categories>,
    /// Of which priorities.
    #[sea_orm(column_type = "JsonBinary")]
    pub priorities: Option<Priorities>,
    /// Of which severities.
    #[sea_orm(column_type = "JsonBinary")]
    pub severities: Option<Severities>,
    /// Of clients of which tiers.
    #[sea_orm(column_type = "JsonBinary")]
    pub tiers: Option<Tiers>,
    /// Of which team.
    pub team_id: Option<TeamId>,
    /// How many minutes until the first answer.
    pub first_response_minutes: Option<i32>,
    /// How many minutes until each further answer.
    pub next_response_minutes: Option<i32>,
    /// How many minutes until it is resolved.
    pub resolution_minutes: Option<i32>,
    /// Whether only the company's opening hours count.
    pub business_hours: bool,
    /// At which share of the time it is nearly over.
    pub warn_percent: i32,
    /// Whether it is in use.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
