//! How a ticket stands by its service levels, and what of their time counted.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::{ServiceLevelPolicyId, TicketId};
use ticketing::{Clock, ClockKind, ClockRule, ClockState, Traced, records::ServiceLevelPolicies};

use super::types::ServiceLevelPolicy;
use crate::graphql::{
    errors::Result,
    identity::IntoId,
    loaders::{By, ClocksOf, TraceOf},
    scope::scope,
};

/// A time that a policy promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ServiceLevelKind {
    /// Until the first answer in public.
    FirstResponse,
    /// Until the next answer in public to a client who wrote again.
    NextResponse,
    /// Until it is resolved.
    Resolution,
}

impl From<ClockKind> for ServiceLevelKind {
    fn from(kind: ClockKind) -> Self {
        match kind {
            ClockKind::FirstResponse => Self::FirstResponse,
            ClockKind::NextResponse => Self::NextResponse,
            // A due date is no service level; none comes here.
            ClockKind::Resolution | ClockKind::Due => Self::Resolution,
        }
    }
}

/// How a service level stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ClockState")]
pub enum ServiceLevelState {
    /// Its time runs.
    Running,
    /// Its time stands still.
    Paused,
    /// Its time runs and is nearly over.
    NearlyOver,
    /// Its time is over, and what was promised did not come by then.
    Breached,
    /// What was promised came in time.
    Met,
}

/// What is promised of a ticket, and how that stands.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ServiceLevel {
    /// Its id, `slc_…`.
    pub id: ID,
    /// Which time.
    pub kind: ServiceLevelKind,
    /// How it stands.
    pub state: ServiceLevelState,
    /// Since when it counts.
    pub started_at: DateTime<Utc>,
    /// How many minutes there are.
    pub target_minutes: i32,
    /// When its time is over; null while it stands still.
    pub due_at: Option<DateTime<Utc>>,
    /// When its time is nearly over.
    pub warn_at: Option<DateTime<Utc>>,
    /// Since when it stands still; null while it runs.
    pub paused_since: Option<DateTime<Utc>>,
    /// When what was promised came.
    pub met_at: Option<DateTime<Utc>>,
    /// When it was told that its time is over.
    pub breached_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    policy_id: Option<ServiceLevelPolicyId>,
}

impl ServiceLevel {
    fn of(clock: &Clock, now: DateTime<Utc>) -> Self {
        Self {
            id: clock.id.into_id(),
            kind: clock.kind.into(),
            state: clock.state(now).into(),
            started_at: clock.started_at,
            target_minutes: clock.target_minutes.unwrap_or_default(),
            due_at: clock.due_at,
            warn_at: clock.warn_at,
            paused_since: clock.paused_since.filter(|_| clock.is_open()),
            met_at: clock.met_at,
            breached_at: clock.breached_at,
            policy_id: clock.policy_id,
        }
    }
}

#[ComplexObject]
impl ServiceLevel {
    /// The policy that promises it.
    async fn policy(&self, ctx: &Context<'_>) -> Result<Option<ServiceLevelPolicy>> {
        let Some(id) = self.policy_id else { return Ok(None) };
        let found = scope(ctx).loaders.load_one(By::<ServiceLevelPolicies>(id)).await?;
        Ok(found.map(|policy| policy.as_ref().clone().into()))
    }
}

/// Why a part of a service level's time counts, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ClockRule")]
pub enum SlaRule {
    /// It counts: by its policy every minute does.
    AroundTheClock,
    /// It counts: the company works.
    WithinBusinessHours,
    /// It does not: the company does not work, or it is a holiday.
    OutsideBusinessHours,
    /// It does not: the ticket waits for the client.
    Pending,
    /// It does not: the ticket waits for the company or for somebody else.
    OnHold,
    /// It does not: the ticket was over until it was opened again.
    Over,
}

/// A part of the time of a service level.
#[derive(Debug, Clone, SimpleObject)]
pub struct SlaInterval {
    /// Of which time.
    pub kind: ServiceLevelKind,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when, without that instant; null where it still goes on.
    pub until: Option<DateTime<Utc>>,
    /// Whether it counts.
    pub counts: bool,
    /// Why.
    pub rule: SlaRule,
}

/// What is promised of a ticket that the viewer has found.
pub async fn service_levels_of(ctx: &Context<'_>, ticket: TicketId) -> Result<Vec<ServiceLevel>> {
    let now = scope(ctx).cx().now;
    let clocks = scope(ctx).loaders.load_one(ClocksOf(ticket)).await?.unwrap_or_default();
    Ok(clocks.iter().map(|clock| ServiceLevel::of(clock, now)).collect())
}

/// What of their time counted.
pub async fn trace_of(ctx: &Context<'_>, ticket: TicketId) -> Result<Vec<SlaInterval>> {
    let trace = scope(ctx).loaders.load_one(TraceOf(ticket)).await?.unwrap_or_default();
    let interval = |traced: &Traced| SlaInterval {
        kind: traced.kind.into(),
        from: traced.part.from,
        until: (!traced.goes_on).then_some(traced.part.until),
        counts: traced.part.counts,
        rule: traced.part.rule.into(),
    };
    Ok(trace.iter().map(interval).collect())
}
