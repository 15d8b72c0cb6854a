//! What happens to leads, live.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use crm_leads::{
    LEADS, LeadAssigned, LeadChanged, LeadCreated, LeadMerged, LeadScored, LeadStatusChanged, LeadUnmerged,
    records::Leads,
};
use futures_util::Stream;
use kernel::{
    Cx,
    events::{Event, Interest, Stored},
    id::{LeadId, UserId},
    record::{Record, visible_ids},
    visibility::Holder,
};
use serde::Deserialize;

use super::types::{Lead, lead};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::{IntoId, Permission, User, user},
    live::{EventFeed, follow},
    scalars::id,
    scope::{Scope, scope},
};

/// What happened to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LeadEventType {
    /// It was made.
    Created,
    /// What it says was changed.
    Changed,
    /// It stands elsewhere.
    StatusChanged,
    /// Somebody else has it, or nobody.
    Assigned,
    /// It was scored.
    Scored,
    /// It went into another.
    Merged,
    /// It came out of another again.
    Unmerged,
    /// It went to somebody whose work the viewer does not see. Take it out of what is shown.
    Left,
}

impl LeadEventType {
    fn of(kind: &str) -> Option<Self> {
        match kind {
            LeadCreated::KIND => Some(Self::Created),
            LeadChanged::KIND => Some(Self::Changed),
            LeadStatusChanged::KIND => Some(Self::StatusChanged),
            LeadAssigned::KIND => Some(Self::Assigned),
            LeadScored::KIND => Some(Self::Scored),
            LeadMerged::KIND => Some(Self::Merged),
            LeadUnmerged::KIND => Some(Self::Unmerged),
            _ => None,
        }
    }
}

/// Something that happened to a lead.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct LeadEvent {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What.
    #[graphql(name = "type")]
    pub kind: LeadEventType,
    /// The lead's id, `led_…`.
    pub lead_id: ID,
    #[graphql(skip)]
    about: LeadId,
    #[graphql(skip)]
    actor_id: Option<UserId>,
    #[graphql(skip)]
    held: Option<Holder>,
}

#[ComplexObject]
impl LeadEvent {
    /// Who did it; null for Frontdesk itself, and where the viewer may not see them.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.actor_id)).await
    }

    /// The lead as it is now; null for one that left.
    async fn lead(&self, ctx: &Context<'_>) -> Result<Option<Lead>> {
        Box::pin(lead(ctx, Some(self.about).filter(|_| self.kind != LeadEventType::Left))).await
    }
}

/// What all events of leads say.
#[derive(Deserialize)]
struct About {
    lead: LeadId,
}

impl LeadEvent {
    fn of(stored: &Stored) -> kernel::Result<Option<Self>> {
        let Some(kind) = LeadEventType::of(&stored.kind) else { return Ok(None) };
        let About { lead } = stored.decode()?;
        let held = match kind {
            LeadEventType::Assigned => {
                let LeadAssigned { from, .. } = stored.decode()?;
                Some(Holder { assignee: from, ..Holder::default() })
            }
            _ => None,
        };
        let sequence = stored.sequence.unwrap_or_default().to_string();
        let actor_id = stored.actor_id;
        Ok(Some(Self { sequence, at: stored.at, kind, lead_id: lead.into_id(), about: lead, actor_id, held }))
    }

    /// What of it is told to a colleague who does not see the lead now: that it left, if they saw it before.
    fn left(self, cx: &Cx) -> Option<Self> {
        let saw = self.held.as_ref().is_some_and(|held| crm_leads::would_see(cx, held));
        saw.then_some(Self { kind: LeadEventType::Left, ..self })
    }
}

/// What happens to all leads that somebody sees, or to one.
struct LeadFeed {
    lead: Option<LeadId>,
}

impl EventFeed for LeadFeed {
    type Event = LeadEvent;

    fn interest(&self, _: &Cx) -> kernel::Result<Interest> {
        Ok(self.lead.map_or(Interest::all_of(LEADS), |lead| Interest::one_of(LEADS, lead.0)))
    }

    fn may(&self, cx: &Cx) -> kernel::Result<()> {
        Leads::may_list(cx)
    }

    async fn events_for(
        &self,
        scope: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> kernel::Result<Vec<Option<LeadEvent>>> {
        let of = |stored: &Arc<Stored>| match stored.topic.as_deref() {
            Some(LEADS) => LeadEvent::of(stored),
            _ => Ok(None),
        };
        let wanted = |event: &LeadEvent| self.lead.is_none_or(|lead| event.about == lead);
        let events = stored.iter().map(|stored| Ok(of(stored)?.filter(wanted)));
        let events = events.collect::<kernel::Result<Vec<_>>>()?;
        let mut ids: Vec<_> = events.iter().flatten().map(|event| event.about).collect();
        if ids.is_empty() {
            return Ok(events);
        }
        ids.sort_unstable();
        ids.dedup();
        let seen = visible_ids::<Leads>(&scope.app.db.reader(cx).await?, cx, &ids).await?;
        let told = |event: LeadEvent| if seen.contains(&event.about) { Some(event) } else { event.left(cx) };
        Ok(events.into_iter().map(|event| event.and_then(told)).collect())
    }
}

/// Leads, live.
#[derive(Default)]
pub struct LeadSubscription;

#[Subscription]
impl LeadSubscription {
    /// What happens to the leads that the viewer sees, as it happens. With `after`, what was missed comes first: nothing is left
    /// out and nothing comes twice.
    #[graphql(directive = requires::apply(Permission::ViewLeads))]
    async fn lead_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "To this lead alone, `led_…`.")] lead_id: Option<ID>,
        #[graphql(desc = "The `sequence` of the last event seen.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<LeadEvent>> + 'ctx> {
        let scope = scope(ctx);
        Leads::may_list(&scope.cx())?;
        let lead = lead_id.as_ref().map(|lead| id("leadId", lead)).transpose()?;
        follow(scope, after, LeadFeed { lead }).await
    }
}
