//! Keeping policies.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use ticketing::{PolicySettings, create_service_level_policy, update_service_level_policy};

use super::types::ServiceLevelPolicy;
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::{ClientTier, Permission, cleared},
        records::write,
        scalars::id,
        scope::scope,
        ticketing::tickets::types::{TicketCategory, TicketPriority, TicketSeverity},
    },
    payload,
    wiring::tickets::House,
};

/// A policy is to be made. At least one of the three times is promised.
#[derive(Clone, InputObject)]
pub struct CreateServiceLevelPolicyInput {
    /// Its name, 1–200 characters; no other has it.
    pub name: String,
    /// What it is for, at most 2,000 characters.
    pub description: Option<String>,
    /// Where it stands among the others, 0–10,000: the first in use that is for a ticket is its policy.
    #[graphql(default = 0)]
    pub position: i32,
    /// For tickets of which categories; all where none is given.
    pub categories: Option<Vec<TicketCategory>>,
    /// Of which priorities; all where none is given.
    pub priorities: Option<Vec<TicketPriority>>,
    /// Of which severities; all where none is given.
    pub severities: Option<Vec<TicketSeverity>>,
    /// Of clients of which tiers; all where none is given.
    pub tiers: Option<Vec<ClientTier>>,
    /// The team whose tickets it is for, `tem_…`: one in use.
    pub team_id: Option<ID>,
    /// How many minutes there are until the first answer in public, at most a year.
    pub first_response_minutes: Option<i32>,
    /// How many until the next answer in public to a client who wrote again, at most a year.
    pub next_response_minutes: Option<i32>,
    /// How many until it is resolved, at most a year.
    pub resolution_minutes: Option<i32>,
    /// Whether only the company's business hours count.
    #[graphql(default = true)]
    pub business_hours_only: bool,
    /// At which share of a time it is nearly over, 1–99 per cent.
    #[graphql(default = 80)]
    pub warn_percent: i32,
}

/// A policy is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateServiceLevelPolicyInput {
    /// The policy.
    pub service_level_policy_id: ID,
    /// Its name, 1–200 characters; no other has it.
    pub name: Option<String>,
    /// What it is for, at most 2,000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// Where it stands among the others, 0–10,000.
    pub position: Option<i32>,
    /// For tickets of which categories; null for all.
    pub categories: MaybeUndefined<Vec<TicketCategory>>,
    /// Of which priorities; null for all.
    pub priorities: MaybeUndefined<Vec<TicketPriority>>,
    /// Of which severities; null for all.
    pub severities: MaybeUndefined<Vec<TicketSeverity>>,
    /// Of clients of which tiers; null for all.
    pub tiers: MaybeUndefined<Vec<ClientTier>>,
    /// The team whose tickets it is for, `tem_…`: one in use; null for all.
    pub team_id: MaybeUndefined<ID>,
    /// How many minutes there are until the first answer in public, at most a year; null where none is promised.
    pub first_response_minutes: MaybeUndefined<i32>,
    /// How many until the next answer in public to a client who wrote again, at most a year; null where none is promised.
    pub next_response_minutes: MaybeUndefined<i32>,
    /// How many until it is resolved, at most a year; null where none is promised.
    pub resolution_minutes: MaybeUndefined<i32>,
    /// Whether only the company's business hours count.
    pub business_hours_only: Option<bool>,
    /// At which share of a time it is nearly over, 1–99 per cent.
    pub warn_percent: Option<i32>,
    /// Whether it is in use. None is ever deleted.
    pub is_active: Option<bool>,
}

payload! {
    /// What came of making a policy.
    CreateServiceLevelPolicyPayload {
        /// The policy.
        service_level_policy: ServiceLevelPolicy as ticketing::ServiceLevelPolicy
    }
    /// What came of changing a policy.
    UpdateServiceLevelPolicyPayload {
        /// The policy.
        service_level_policy: ServiceLevelPolicy as ticketing::ServiceLevelPolicy
    }
}

fn all<T, U: From<T>>(given: Vec<T>) -> Vec<U> {
    given.into_iter().map(U::from).collect()
}

/// A list to be set: absent keeps what is there, null empties it.
fn listed<T, U: From<T>>(given: MaybeUndefined<Vec<T>>) -> Option<Vec<U>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Vec::new()),
        MaybeUndefined::Value(given) => Some(all(given)),
    }
}

/// A value to be set: absent keeps what is there, null clears it.
fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Keeping policies of service levels.
#[derive(Default)]
pub struct ServiceLevelMutation;

#[Object]
impl ServiceLevelMutation {
    /// Makes a policy of service levels. Open tickets get theirs by it a moment later.
    #[graphql(directive = requires::apply(Permission::ManageServiceLevels))]
    async fn create_service_level_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateServiceLevelPolicyInput,
    ) -> Result<CreateServiceLevelPolicyPayload> {
        let team = input.team_id.as_ref().map(|team| id("input.teamId", team)).transpose()?;
        let cmd = PolicySettings {
            name: Some(input.name),
            description: input.description,
            position: Some(input.position),
            categories: input.categories.map(all),
            priorities: input.priorities.map(all),
            severities: input.severities.map(all),
            tiers: input.tiers.map(all),
            team: Some(team),
            first_response_minutes: Some(input.first_response_minutes),
            next_response_minutes: Some(input.next_response_minutes),
            resolution_minutes: Some(input.resolution_minutes),
            business_hours: Some(input.business_hours_only),
            warn_percent: Some(input.warn_percent),
            is_active: None,
        };
        let catalog = &scope(ctx).app.catalog;
        Ok(write(ctx, "service_level_policy.create", cmd, |tx, cx, cmd| async move {
            create_service_level_policy(&tx, &House(&tx, catalog), &cx, &cmd).await
        })
        .await?
        .into())
    }

    /// Changes a policy of service levels. When open tickets are due is worked out anew a moment later.
    #[graphql(directive = requires::apply(Permission::ManageServiceLevels))]
    async fn update_service_level_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateServiceLevelPolicyInput,
    ) -> Result<UpdateServiceLevelPolicyPayload> {
        let policy = id("input.serviceLevelPolicyId", &input.service_level_policy_id)?;
        let team = match given(input.team_id) {
            None => None,
            Some(None) => Some(None),
            Some(Some(team)) => Some(Some(id("input.teamId", &team)?)),
        };
        let cmd = PolicySettings {
            name: input.name,
            description: cleared(input.description),
            position: input.position,
            categories: listed(input.categories),
            priorities: listed(input.priorities),
            severities: listed(input.severities),
            tiers: listed(input.tiers),
            team,
            first_response_minutes: given(input.first_response_minutes),
            next_response_minutes: given(input.next_response_minutes),
            resolution_minutes: given(input.resolution_minutes),
            business_hours: input.business_hours_only,
            warn_percent: input.warn_percent,
            is_active: input.is_active,
        };
        let catalog = &scope(ctx).app.catalog;
        Ok(write(ctx, "service_level_policy.update", cmd, move |tx, cx, cmd| async move {
            update_service_level_policy(&tx, &House(&tx, catalog), &cx, policy, &cmd).await
        })
        .await?
        .into())
    }
}
