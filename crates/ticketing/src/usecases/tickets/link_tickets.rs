//! Two tickets are tied, or untied.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::TicketId, record::Records};

use super::keep::{actor, note};
use crate::{
    domain::tickets::{
        difference::Difference,
        link_events::{Done, TicketLinked, TicketNeighbourChanged, TicketUnlinked},
        ticket::AROUND,
    },
    policy::MANAGE_TICKETS,
    ports::tickets::TicketBook,
    store::{
        ticket::{Entity as Tickets, Model as Ticket},
        tickets::{
            change::{TicketAction, TicketField},
            link::{Model as TicketLink, TicketLinkKind},
        },
    },
};

/// What a ticket is, or is no more, to another.
#[derive(Debug, Clone)]
pub struct Link {
    /// The ticket.
    pub ticket: TicketId,
    /// The other.
    pub other: TicketId,
    /// What it is to the other.
    pub kind: TicketLinkKind,
}

impl Link {
    /// As it is stored: two that are related are so both ways, and the smaller id comes first.
    pub(super) fn ends(&self) -> (TicketId, TicketId) {
        match self.kind {
            TicketLinkKind::Related => (self.ticket.min(self.other), self.ticket.max(self.other)),
            TicketLinkKind::DuplicateOf | TicketLinkKind::FollowUpOf => (self.ticket, self.other),
        }
    }

    fn word(&self) -> &'static str {
        match self.kind {
            TicketLinkKind::Related => "RELATED",
            TicketLinkKind::DuplicateOf => "DUPLICATE_OF",
            TicketLinkKind::FollowUpOf => "FOLLOW_UP_OF",
        }
    }
}

/// Both tickets, locked in the order of their ids, as every writer of several takes them: the first of the two as it is named.
pub(super) async fn both<S: Records<Tickets>>(
    s: &S,
    cx: &Cx,
    (first, other): (TicketId, TicketId),
    field: &str,
) -> Result<(Ticket, Ticket)> {
    if first == other {
        return Err(Error::invalid(field, ProblemCode::NotAllowed, "must be another ticket"));
    }
    if first < other {
        let first = s.lock(cx, first).await?;
        return Ok((first, s.lock(cx, other).await?));
    }
    let other = s.lock(cx, other).await?;
    Ok((s.lock(cx, first).await?, other))
}

/// Notes on both sides that two were tied, or untied.
async fn note_both<S: TicketBook>(s: &S, cx: &Cx, link: &Link, action: TicketAction) -> Result<()> {
    for (ticket, other) in [(link.ticket, link.other), (link.other, link.ticket)] {
        let value = Some(format!("{} {other}", link.word()));
        let values = if action == TicketAction::Linked { (None, value) } else { (value, None) };
        note(s, cx, ticket, action, TicketField::Link, values).await?;
    }
    Ok(())
}

/// Tells those who follow the other one of two tickets what was done with it and the first, and what differs of it by that.
pub(super) fn tell_other(
    s: &impl Emit,
    cx: &Cx,
    ticket: TicketId,
    neighbour: TicketId,
    done: Done,
    differ: &[Difference],
) {
    let fields = std::iter::once(TicketField::Link).chain(differ.iter().map(|one| one.field)).collect();
    s.emit(cx, &TicketNeighbourChanged { ticket, neighbour, done, fields });
}

/// Ties two tickets, and returns the first; where they are tied so already, nothing happens.
///
/// # Errors
/// [`Error::NotFound`] for either; [`Error::Invalid`] for a ticket and itself, a duplicate of its duplicate, and too many.
pub async fn link_tickets<S: Records<Tickets> + TicketBook + Emit>(s: &S, cx: &Cx, cmd: &Link) -> Result<Ticket> {
    cx.require(MANAGE_TICKETS)?;
    let (ticket, other) = both(s, cx, (cmd.ticket, cmd.other), "otherId").await?;
    for one in [&ticket, &other] {
        let around = s.links_around(one.id).await?;
        if around.len() >= AROUND {
            let why = format!("a ticket is tied to at most {AROUND}");
            return Err(Error::invalid("ticketId", ProblemCode::NotAllowed, why));
        }
        let back = |link: &TicketLink| (link.ticket_id, link.other_id, link.kind) == (cmd.other, cmd.ticket, cmd.kind);
        if cmd.kind != TicketLinkKind::Related && around.iter().any(back) {
            return Err(Error::invalid("otherId", ProblemCode::NotAllowed, "is tied the other way round"));
        }
    }
    let ((ticket_id, other_id), kind, created_by_id) = (cmd.ends(), cmd.kind, actor(cx));
    let link = TicketLink { id: cx.new_id(), ticket_id, other_id, kind, created_by_id, created_at: cx.now };
    if s.tie(&link).await? {
        note_both(s, cx, cmd, TicketAction::Linked).await?;
        s.emit(cx, &TicketLinked { ticket: cmd.ticket, other: cmd.other, kind });
        tell_other(s, cx, cmd.other, cmd.ticket, Done::Linked, &[]);
    }
    Ok(ticket)
}

/// Unties two tickets, and returns the first.
///
/// # Errors
/// [`Error::NotFound`] for either; [`Error::Invalid`] where they are not tied so.
pub async fn unlink_tickets<S: Records<Tickets> + TicketBook + Emit>(s: &S, cx: &Cx, cmd: &Link) -> Result<Ticket> {
    cx.require(MANAGE_TICKETS)?;
    let (ticket, _) = both(s, cx, (cmd.ticket, cmd.other), "otherId").await?;
    let (one, other) = cmd.ends();
    if !s.untie(one, other, cmd.kind).await? {
        return Err(Error::invalid("otherId", ProblemCode::NotAvailable, "is not tied to the ticket so"));
    }
    note_both(s, cx, cmd, TicketAction::Unlinked).await?;
    s.emit(cx, &TicketUnlinked { ticket: cmd.ticket, other: cmd.other, kind: cmd.kind });
    tell_other(s, cx, cmd.other, cmd.ticket, Done::Unlinked, &[]);
    Ok(ticket)
}
