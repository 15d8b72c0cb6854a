//! Policies, as those see them who may, and which are listed in what order.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::TeamId;
use ticketing::{records::ServiceLevelPolicies, service_levels};

use crate::{
    connection, filter,
    graphql::{
        errors::Result,
        filters::OrderDirection,
        identity::{ClientTier, IntoId, Team, team},
        ticketing::tickets::types::{TicketCategory, TicketPriority, TicketSeverity},
    },
    order,
};

/// What is promised of some tickets: within what time they are answered and resolved. The first policy in use, in their order, that is
/// for a ticket is its own.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ServiceLevelPolicy {
    /// Its id, `slp_…`.
    pub id: ID,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where it stands among the others, the lowest first.
    pub position: i32,
    /// For tickets of which categories; null for all.
    pub categories: Option<Vec<TicketCategory>>,
    /// Of which priorities; null for all.
    pub priorities: Option<Vec<TicketPriority>>,
    /// Of which severities; null for all.
    pub severities: Option<Vec<TicketSeverity>>,
    /// Of clients of which tiers; null for all, also for tickets of nobody.
    pub tiers: Option<Vec<ClientTier>>,
    /// How many minutes there are until the first answer in public; null where none is promised.
    pub first_response_minutes: Option<i32>,
    /// How many until the next answer in public to a client who wrote again; null where none is promised.
    pub next_response_minutes: Option<i32>,
    /// How many until it is resolved; null where none is promised.
    pub resolution_minutes: Option<i32>,
    /// Whether only the company's business hours count: its opening hours without its holidays. Around the clock otherwise.
    pub business_hours_only: bool,
    /// At which share of a time it is nearly over, in per cent.
    pub warn_percent: i32,
    /// Whether it is in use.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    team_id: Option<TeamId>,
}

impl From<ticketing::ServiceLevelPolicy> for ServiceLevelPolicy {
    fn from(policy: ticketing::ServiceLevelPolicy) -> Self {
        Self {
            id: policy.id.into_id(),
            name: policy.name,
            description: policy.description,
            position: policy.position,
            categories: policy.categories.map(|of| of.0.into_iter().map(Into::into).collect()),
            priorities: policy.priorities.map(|of| of.0.into_iter().map(Into::into).collect()),
            severities: policy.severities.map(|of| of.0.into_iter().map(Into::into).collect()),
            tiers: policy.tiers.map(|of| of.0.into_iter().map(Into::into).collect()),
            first_response_minutes: policy.first_response_minutes,
            next_response_minutes: policy.next_response_minutes,
            resolution_minutes: policy.resolution_minutes,
            business_hours_only: policy.business_hours,
            warn_percent: policy.warn_percent,
            is_active: policy.is_active,
            created_at: policy.created_at,
            updated_at: policy.updated_at,
            team_id: policy.team_id,
        }
    }
}

#[ComplexObject]
impl ServiceLevelPolicy {
    /// The team whose tickets it is for; null for all tickets, or where the viewer does not see the team.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        match self.team_id {
            Some(id) => team(ctx, id).await,
            None => Ok(None),
        }
    }
}

connection!(
    ServiceLevelPolicyConnection,
    ServiceLevelPolicyEdge,
    ServiceLevelPolicy,
    ticketing::ServiceLevelPolicy,
    "policies of service levels"
);

filter! {
    /// Which policies. All parts given must hold.
    ServiceLevelPolicyFilter of ServiceLevelPolicies {
        /// Whether they are in use.
        is_active: bool,
        /// Part of their name or description, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.is(service_levels::BY_IS_ACTIVE, level.is_active);
        leaves.text(service_levels::BY_TEXT, level.text);
    }
}

order! {
    "policies of service levels": ServiceLevelPolicyOrder, ServiceLevelPolicyOrderField of ServiceLevelPolicies, ascending {
        /// As they stand: the first that is for a ticket is its policy.
        Position,
        /// By name.
        Name,
        /// By when they were made.
        CreatedAt,
    }
}
