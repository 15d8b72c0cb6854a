//! Tickets, live.

use std::sync::Arc;

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;
use kernel::{
    Cx,
    events::{Interest, Stored},
    id::TicketId,
    record::{Record, visible_ids},
};
use ticketing::{TICKETS, records::Tickets};

use super::events::TicketEvent;
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    live::{EventFeed, follow},
    scalars::id,
    scope::{Scope, scope},
};

/// Tickets, live.
#[derive(Default)]
pub struct TicketSubscription;

/// What happens to all tickets that somebody sees, or to one.
struct TicketFeed {
    ticket: Option<TicketId>,
}

impl EventFeed for TicketFeed {
    type Event = TicketEvent;

    fn interest(&self, _: &Cx) -> kernel::Result<Interest> {
        Ok(self.ticket.map_or(Interest::all_of(TICKETS), |ticket| Interest::one_of(TICKETS, ticket.0)))
    }

    fn may(&self, cx: &Cx) -> kernel::Result<()> {
        Tickets::may_list(cx)
    }

    async fn events_for(
        &self,
        scope: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> kernel::Result<Vec<Option<TicketEvent>>> {
        let of = |stored: &Arc<Stored>| match stored.topic.as_deref() {
            Some(TICKETS) => TicketEvent::of(stored),
            _ => Ok(None),
        };
        let wanted = |event: &TicketEvent| self.ticket.is_none_or(|ticket| event.about() == Some(ticket));
        let events = stored.iter().map(|stored| Ok(of(stored)?.filter(wanted)));
        let events = events.collect::<kernel::Result<Vec<_>>>()?;
        let mut ids: Vec<_> = events.iter().flatten().filter_map(TicketEvent::about).collect();
        if ids.is_empty() {
            return Ok(events);
        }
        ids.sort_unstable();
        ids.dedup();
        let seen = visible_ids::<Tickets>(&scope.app.db.reader(cx).await?, cx, &ids).await?;
        let is_client = ticketing::is_client(cx);
        let told = |event: TicketEvent| match event.about() {
            Some(ticket) if seen.contains(&ticket) => Some(event).filter(|event| !is_client || event.is_for_clients()),
            _ if is_client => None,
            _ => event.left(cx),
        };
        Ok(events.into_iter().map(|event| event.and_then(told)).collect())
    }
}

#[Subscription]
impl TicketSubscription {
    /// What happens to tickets, as it happens: to those that a colleague sees, and to a client's own, of those nothing that is
    /// among colleagues. With `after`, what was missed comes first: nothing is left out and nothing comes twice.
    #[graphql(directive = requires::apply(Permission::ViewTickets))]
    async fn ticket_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "To this ticket alone, `tkt_…`.")] ticket_id: Option<ID>,
        #[graphql(desc = "The `sequence` of the last event seen.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<TicketEvent>> + 'ctx> {
        let scope = scope(ctx);
        Tickets::may_list(&scope.cx())?;
        let ticket = ticket_id.as_ref().map(|ticket| id("ticketId", ticket)).transpose()?;
        follow(scope, after, TicketFeed { ticket }).await
    }
}
