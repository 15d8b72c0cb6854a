//! What happens to bookings, as it happens.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use inbox::{
    ConsultationAssigned, ConsultationBooked, ConsultationCancelled, ConsultationCompleted, ConsultationMissed,
    ConsultationRescheduled, records::Consultations,
};
use kernel::{
    Cx,
    events::{Event, Interest, Stored},
    id::{ConsultationId, StaffId},
    record::visible_ids,
    visibility::{Holder, rule},
};
use serde::Deserialize;

use super::types::Consultation;
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::{IntoId, Permission},
    live::{EventFeed, follow},
    loaders::By,
    scope::{Scope, scope},
};

/// What happened to a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ConsultationChange {
    /// A visitor booked it.
    Booked,
    /// It was moved to another time.
    Rescheduled,
    /// It was handed to somebody, or back to nobody.
    Assigned,
    /// It was called off.
    Cancelled,
    /// It was held.
    Completed,
    /// The visitor did not come.
    NoShow,
    /// The viewer sees it no more.
    Left,
}

/// Something happened to a consultation.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ConsultationEvent {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub change: ConsultationChange,
    /// The consultation's id, `con_…`.
    pub consultation_id: ID,
    #[graphql(skip)]
    key: ConsultationId,
}

#[ComplexObject]
impl ConsultationEvent {
    /// The consultation as it is now; null where the viewer does not see it any more.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(By::<Consultations>(self.key)).await?;
            Ok(found.map(|consultation| consultation.as_ref().clone().into()))
        })
        .await
    }
}

/// What is told of bookings.
const CHANGES: &[&str] = &[
    ConsultationBooked::KIND,
    ConsultationRescheduled::KIND,
    ConsultationAssigned::KIND,
    ConsultationCancelled::KIND,
    ConsultationCompleted::KIND,
    ConsultationMissed::KIND,
];

/// What happened, to which, and who had it before where it went to somebody else.
type Change = (ConsultationChange, ConsultationId, Option<Option<StaffId>>);

fn change(stored: &Stored) -> kernel::Result<Option<Change>> {
    #[derive(Deserialize)]
    struct Of {
        consultation: ConsultationId,
    }
    let (change, before) = match stored.kind.as_str() {
        ConsultationBooked::KIND => (ConsultationChange::Booked, None),
        ConsultationRescheduled::KIND => {
            (ConsultationChange::Rescheduled, Some(stored.decode::<ConsultationRescheduled>()?.from.1))
        }
        ConsultationAssigned::KIND => {
            (ConsultationChange::Assigned, Some(stored.decode::<ConsultationAssigned>()?.from))
        }
        ConsultationCancelled::KIND => (ConsultationChange::Cancelled, None),
        ConsultationCompleted::KIND => (ConsultationChange::Completed, None),
        ConsultationMissed::KIND => (ConsultationChange::NoShow, None),
        _ => return Ok(None),
    };
    Ok(Some((change, stored.decode::<Of>()?.consultation, before)))
}

/// The bookings that somebody sees.
struct Bookings;

impl EventFeed for Bookings {
    type Event = ConsultationEvent;

    fn interest(&self, _: &Cx) -> kernel::Result<Interest> {
        Ok(Interest::some_of(inbox::TOPIC, CHANGES))
    }

    fn may(&self, cx: &Cx) -> kernel::Result<()> {
        cx.require(inbox::VIEW_CONSULTATIONS)
    }

    async fn events_for(
        &self,
        scope: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> kernel::Result<Vec<Option<ConsultationEvent>>> {
        let changes = stored.iter().map(|stored| change(stored)).collect::<kernel::Result<Vec<_>>>()?;
        let mut ids: Vec<_> = changes.iter().flatten().map(|(_, id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(changes.iter().map(|_| None).collect());
        }
        let seen = visible_ids::<Consultations>(&scope.app.db.reader(cx).await?, cx, &ids).await?;
        let had = |assignee| rule(cx, &Holder { assignee, ..Holder::default() }).is_some();
        let told = |(stored, change): (&Arc<Stored>, Option<Change>)| {
            let (change, key, before) = change?;
            let change = match (seen.contains(&key), before) {
                (true, _) => change,
                (false, Some(before)) if had(before) => ConsultationChange::Left,
                (false, _) => return None,
            };
            Some(ConsultationEvent {
                sequence: stored.sequence.unwrap_or_default().to_string(),
                at: stored.at,
                change,
                consultation_id: key.into_id(),
                key,
            })
        };
        Ok(stored.iter().zip(changes).map(told).collect())
    }
}

/// Bookings, live.
#[derive(Default)]
pub struct BookingSubscription;

#[Subscription]
impl BookingSubscription {
    /// What happens to bookings, as it happens. With `after`, what was missed comes first: nothing is left out and nothing comes
    /// twice.
    #[graphql(directive = requires::apply(Permission::ViewConsultations))]
    async fn consultation_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "The `sequence` of the last event seen.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ConsultationEvent>> + 'ctx> {
        let scope = scope(ctx);
        scope.cx().require(inbox::VIEW_CONSULTATIONS)?;
        follow(scope, after, Bookings).await
    }
}
