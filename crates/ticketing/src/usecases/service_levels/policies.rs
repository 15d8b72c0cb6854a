//! Policies are made and changed. None is ever deleted: one that is not in use is deactivated.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ServiceLevelPolicyId, TeamId},
    jobs::Enqueue,
    record::{self, Records},
    text::{Check, rename, same_name},
};

use super::recount::recount;
use crate::{
    domain::service_levels::policy::{DESCRIPTION, NAME, POLICIES},
    policy::MANAGE_SERVICE_LEVELS,
    ports::{service_levels::PolicyBook, tickets::People},
    store::{
        service_levels::policy::{
            Categories, ClientTier, Entity as ServiceLevelPolicies, Model as ServiceLevelPolicy, Priorities,
            Severities, Tiers,
        },
        ticket::{TicketCategory, TicketPriority, TicketSeverity},
    },
};

/// What a policy is to be; what is absent stays, or is as usual, and what is `Some(None)` is cleared.
#[derive(Debug, Clone, Default)]
pub struct PolicySettings {
    /// Its name, unique.
    pub name: Option<String>,
    /// What it is for; empty clears it.
    pub description: Option<String>,
    /// Where it stands among the others.
    pub position: Option<i32>,
    /// For tickets of which categories; none for all.
    pub categories: Option<Vec<TicketCategory>>,
    /// Of which priorities; none for all.
    pub priorities: Option<Vec<TicketPriority>>,
    /// Of which severities; none for all.
    pub severities: Option<Vec<TicketSeverity>>,
    /// Of clients of which tiers; none for all.
    pub tiers: Option<Vec<ClientTier>>,
    /// Of which team.
    pub team: Option<Option<TeamId>>,
    /// How many minutes until the first answer.
    pub first_response_minutes: Option<Option<i32>>,
    /// How many minutes until each further answer.
    pub next_response_minutes: Option<Option<i32>>,
    /// How many minutes until it is resolved.
    pub resolution_minutes: Option<Option<i32>>,
    /// Whether only the company's opening hours count.
    pub business_hours: Option<bool>,
    /// At which share of the time it is nearly over.
    pub warn_percent: Option<i32>,
    /// Whether it is in use.
    pub is_active: Option<bool>,
}

/// Each once, in the order given; none where there is none.
fn distinct<T: Copy + PartialEq>(given: &[T]) -> Option<Vec<T>> {
    let mut all: Vec<T> = Vec::new();
    for one in given {
        if !all.contains(one) {
            all.push(*one);
        }
    }
    Some(all).filter(|all| !all.is_empty())
}

impl PolicySettings {
    fn apply(&self, check: &mut Check, policy: &mut ServiceLevelPolicy) {
        if let Some(name) = &self.name {
            let name = check.line("name", name, NAME);
            rename(&mut policy.name, &mut policy.name_folded, name);
        }
        if let Some(description) = &self.description {
            policy.description = check.optional_body("description", Some(description), DESCRIPTION);
        }
        policy.position = self.position.unwrap_or(policy.position);
        if let Some(categories) = &self.categories {
            policy.categories = distinct(categories).map(Categories);
        }
        if let Some(priorities) = &self.priorities {
            policy.priorities = distinct(priorities).map(Priorities);
        }
        if let Some(severities) = &self.severities {
            policy.severities = distinct(severities).map(Severities);
        }
        if let Some(tiers) = &self.tiers {
            policy.tiers = distinct(tiers).map(Tiers);
        }
        policy.team_id = self.team.unwrap_or(policy.team_id);
        policy.first_response_minutes = self.first_response_minutes.unwrap_or(policy.first_response_minutes);
        policy.next_response_minutes = self.next_response_minutes.unwrap_or(policy.next_response_minutes);
        policy.resolution_minutes = self.resolution_minutes.unwrap_or(policy.resolution_minutes);
        policy.business_hours = self.business_hours.unwrap_or(policy.business_hours);
        policy.warn_percent = self.warn_percent.unwrap_or(policy.warn_percent);
        policy.is_active = self.is_active.unwrap_or(policy.is_active);
        policy.check(check);
    }
}

async fn is_team(people: &impl People, team: Option<TeamId>) -> Result<()> {
    match team {
        Some(team) if !people.is_team_in_use(team).await? => {
            Err(Error::invalid("teamId", ProblemCode::NotAvailable, "is not a team in use"))
        }
        _ => Ok(()),
    }
}

/// Makes a policy. Open tickets get their clocks by it a moment later, where it is the first that is for them; nobody is told of
/// what was over by then.
///
/// # Errors
/// [`Error::Invalid`] for a bad or taken name, times that cannot be, a team that is not in use, or one too many.
pub async fn create_service_level_policy<S: Records<ServiceLevelPolicies> + PolicyBook + Enqueue + Emit>(
    s: &S,
    people: &impl People,
    cx: &Cx,
    cmd: &PolicySettings,
) -> Result<ServiceLevelPolicy> {
    cx.require(MANAGE_SERVICE_LEVELS)?;
    let name = cmd.name.clone().unwrap_or_default();
    let mut check = Check::default();
    let mut policy = ServiceLevelPolicy {
        id: cx.new_id(),
        name_folded: Some(same_name(&name)),
        name: String::new(),
        description: None,
        position: 0,
        categories: None,
        priorities: None,
        severities: None,
        tiers: None,
        team_id: None,
        first_response_minutes: None,
        next_response_minutes: None,
        resolution_minutes: None,
        business_hours: true,
        warn_percent: 80,
        is_active: true,
        created_at: cx.now,
        updated_at: cx.now,
    };
    PolicySettings { name: Some(name), ..cmd.clone() }.apply(&mut check, &mut policy);
    check.done()?;
    is_team(people, policy.team_id).await?;
    if s.count_policies().await? >= POLICIES {
        let many = format!("there are {POLICIES} policies already: change one of them");
        return Err(Error::invalid("name", ProblemCode::NotAllowed, many));
    }
    let policy = record::add::<ServiceLevelPolicies, S>(s, cx, policy).await?;
    recount(s, cx).await?;
    Ok(policy)
}

/// Changes a policy; the clocks of open tickets are worked out anew a moment later.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a bad or taken name, times that cannot be, a team that is not in use.
pub async fn update_service_level_policy<S: Records<ServiceLevelPolicies> + Enqueue + Emit>(
    s: &S,
    people: &impl People,
    cx: &Cx,
    id: ServiceLevelPolicyId,
    cmd: &PolicySettings,
) -> Result<ServiceLevelPolicy> {
    cx.require(MANAGE_SERVICE_LEVELS)?;
    let before = s.lock(cx, id).await?;
    let (mut check, mut after) = (Check::default(), before.clone());
    cmd.apply(&mut check, &mut after);
    check.done()?;
    if after.team_id != before.team_id {
        is_team(people, after.team_id).await?;
    }
    if before == after {
        return Ok(after);
    }
    let after = record::save::<ServiceLevelPolicies, S>(s, cx, before, after).await?;
    recount(s, cx).await?;
    Ok(after)
}
