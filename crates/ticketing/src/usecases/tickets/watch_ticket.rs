//! Somebody watches a ticket, or does no more.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ClientId, StaffId, TicketId, UserId},
    record::Records,
};

use super::keep::note;
use crate::{
    domain::tickets::{link_events::TicketWatchersChanged, ticket::AROUND},
    policy::{MANAGE_TICKETS, VIEW_TICKETS, is_client},
    ports::{
        comments::Onlookers,
        tickets::{People, TicketBook},
    },
    store::{
        ticket::{Entity as Tickets, Model as Ticket},
        tickets::change::{TicketAction, TicketField},
    },
};

/// Who is to watch which ticket, or to watch it no more.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The ticket.
    pub ticket: TicketId,
    /// Who; the actor unless given.
    pub who: Option<UserId>,
}

/// Whoever sees a ticket watches it themselves; for others it takes working on tickets.
fn whom(cx: &Cx, cmd: &Watch) -> Result<UserId> {
    if !is_client(cx) {
        cx.require(VIEW_TICKETS)?;
    }
    let own = cx.user()?.id;
    let who = cmd.who.unwrap_or(own);
    if who != own {
        cx.require(MANAGE_TICKETS)?;
    }
    Ok(who)
}

/// The id as it is shown: of a client theirs.
async fn shown(onlookers: &impl Onlookers, who: UserId) -> Result<String> {
    let is_client = !onlookers.clients(&[who]).await?.is_empty();
    Ok(if is_client { ClientId(who.0).to_string() } else { StaffId(who.0).to_string() })
}

/// Lets somebody watch a ticket, and returns it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for somebody who is not active or would not see it, and where too many watch it.
pub async fn watch_ticket<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    people: &(impl People + Onlookers),
    cx: &Cx,
    cmd: &Watch,
) -> Result<Ticket> {
    let who = whom(cx, cmd)?;
    let ticket = s.lock(cx, cmd.ticket).await?;
    let watchers = s.watchers(ticket.id).await?;
    if watchers.contains(&who) {
        return Ok(ticket);
    }
    // Whoever watches themselves sees it, or it would not be there.
    if cx.user()?.id != who && !people.would_see(cx, who, &ticket.holder()).await? {
        let why = "is nobody active who would see the ticket";
        return Err(Error::invalid("userId", ProblemCode::NotAvailable, why));
    }
    if watchers.len() >= AROUND {
        let why = format!("at most {AROUND} watch a ticket");
        return Err(Error::invalid("ticketId", ProblemCode::NotAllowed, why));
    }
    s.watch(cx, ticket.id, who).await?;
    let new = Some(shown(people, who).await?);
    note(s, cx, ticket.id, TicketAction::Watched, TicketField::Watcher, (None, new)).await?;
    s.emit(cx, &TicketWatchersChanged { ticket: ticket.id, added: Some(who), removed: None });
    Ok(ticket)
}

/// Lets somebody watch a ticket no more, and returns it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for another who does not watch it.
pub async fn unwatch_ticket<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    onlookers: &impl Onlookers,
    cx: &Cx,
    cmd: &Watch,
) -> Result<Ticket> {
    let who = whom(cx, cmd)?;
    let ticket = s.lock(cx, cmd.ticket).await?;
    if s.watchers(ticket.id).await?.contains(&who) {
        s.unwatch(ticket.id, &[who]).await?;
        let old = Some(shown(onlookers, who).await?);
        note(s, cx, ticket.id, TicketAction::Unwatched, TicketField::Watcher, (old, None)).await?;
        s.emit(cx, &TicketWatchersChanged { ticket: ticket.id, added: None, removed: Some(who) });
    } else if cx.user()?.id != who {
        return Err(Error::invalid("userId", ProblemCode::NotAvailable, "does not watch the ticket"));
    }
    Ok(ticket)
}
