//! A ticket goes into another, and comes out again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{TicketId, TicketLinkId, UserId},
    record::Records,
};
use serde::{Deserialize, Serialize};

use super::{
    keep::{actor, keep, note},
    link_tickets::{Link, both, tell_other},
};
use crate::{
    domain::tickets::{
        link_events::{Done, TicketMerged, TicketUnmerged},
        ticket::HOURS,
    },
    policy::MANAGE_TICKETS,
    ports::tickets::{Company, TicketBook},
    store::{
        ticket::{Entity as Tickets, Model as Ticket, TicketStatus},
        tickets::{
            change::{TicketAction, TicketField},
            link::Model as TicketLink,
            merge::Model as TicketMerge,
        },
    },
};

/// A ticket goes into another.
#[derive(Debug, Clone, Copy)]
pub struct MergeTickets {
    /// The ticket, which is closed then.
    pub from: TicketId,
    /// The other, which goes on.
    pub into: TicketId,
}

/// What it takes to take a merge back.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Where the ticket stood.
    status: TicketStatus,
    /// When it was closed.
    closed_at: Option<DateTime<Utc>>,
    /// Its hours, which the other has on top of its own.
    hours: Option<i32>,
    /// The other's own.
    #[serde(default)]
    own_hours: Option<i32>,
    /// What it was tied to.
    links: Vec<TicketLink>,
    /// What the other was tied to for that.
    added_links: Vec<TicketLinkId>,
    /// Who watches the other for that.
    added_watchers: Vec<UserId>,
}

impl Kept {
    /// The other's hours with those of the ticket.
    fn added(&self) -> Option<i32> {
        match (self.own_hours, self.hours) {
            (Some(own), Some(more)) => Some(own.saturating_add(more).min(HOURS)),
            (own, more) => own.or(more),
        }
    }

    /// The other's hours without those of the ticket: its own where nothing else changed them, and none where none are left.
    fn without(&self, all: Option<i32>) -> Option<i32> {
        if all == self.added() {
            return self.own_hours;
        }
        let Some(less) = self.hours else { return all };
        all.map(|all| all - less).filter(|left| *left > 0)
    }
}

/// The links of a ticket that goes, as the other's; those between the two are none.
fn moved(cx: &Cx, links: &[TicketLink], from: TicketId, into: TicketId) -> Vec<TicketLink> {
    let end = |id: TicketId| if id == from { into } else { id };
    let mut moved = Vec::new();
    for link in links {
        let new = Link { ticket: end(link.ticket_id), other: end(link.other_id), kind: link.kind };
        if new.ticket != new.other {
            let (ticket_id, other_id) = new.ends();
            moved.push(TicketLink { id: cx.new_id(), ticket_id, other_id, ..link.clone() });
        }
    }
    moved
}

/// Lets a ticket go into another: it is closed and points at it, which takes over its links, watchers and hours and the later of
/// their last replies. Returns the other.
///
/// # Errors
/// [`Error::NotFound`] for either; [`Error::Invalid`] for a ticket and itself, for one that went into another already, for a
/// client's ticket into one that is not theirs, and for one that has parts.
pub async fn merge_tickets<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    cmd: &MergeTickets,
) -> Result<Ticket> {
    cx.require(MANAGE_TICKETS)?;
    let (from, into) = both(s, cx, (cmd.from, cmd.into), "intoId").await?;
    from.whole("fromId")?;
    into.whole("intoId")?;
    if from.requester_id.is_some() && from.requester_id != into.requester_id {
        // What the client answers is said there, so it must be theirs; along a chain of merges as well.
        let why = "is not the same client's: a client's ticket goes only into one that is theirs too";
        return Err(Error::invalid("intoId", ProblemCode::NotAllowed, why));
    }
    if s.has_parts(from.id).await? {
        let why = "has parts, the other may be one of them: make them parts of another ticket first";
        return Err(Error::invalid("fromId", ProblemCode::NotAllowed, why));
    }
    let links = s.links_around(from.id).await?;
    let mut added_links = Vec::new();
    for link in moved(cx, &links, from.id, into.id) {
        if s.tie(&link).await? {
            added_links.push(link.id);
        }
    }
    for link in &links {
        s.untie(link.ticket_id, link.other_id, link.kind).await?;
    }
    let there = s.watchers(into.id).await?;
    let mut added_watchers = s.watchers(from.id).await?;
    added_watchers.retain(|who| !there.contains(who));
    for who in &added_watchers {
        s.watch(cx, into.id, *who).await?;
    }
    let (status, closed_at, hours, own_hours) = (from.status, from.closed_at, from.actual_hours, into.actual_hours);
    let kept = Kept { status, closed_at, hours, own_hours, links, added_links, added_watchers };
    let json = serde_json::to_value(&kept).map_err(Error::internal)?;
    let (ticket_id, into_id, merged_by_id) = (from.id, into.id, actor(cx));
    let merge = TicketMerge { ticket_id, into_id, kept: json, merged_by_id, created_at: cx.now };
    s.note_merge(&merge).await?;

    let mut gone = Ticket { merged_into_id: Some(into.id), ..from.clone() };
    gone.status = TicketStatus::Closed;
    gone.closed_at = from.closed_at.or(Some(cx.now));
    keep(s, company, cx, &from, gone, TicketAction::Merged).await?;
    let mut after = into.clone();
    after.actual_hours = kept.added();
    after.last_replied_at = into.last_replied_at.max(from.last_replied_at);
    let (after, differ) = keep(s, company, cx, &into, after, TicketAction::Merged).await?;
    note(s, cx, into.id, TicketAction::Merged, TicketField::Link, (None, Some(from.id.to_string()))).await?;
    s.emit(cx, &TicketMerged { ticket: from.id, into: into.id });
    tell_other(s, cx, into.id, from.id, Done::Merged, &differ);
    Ok(after)
}

/// Takes a merge back: the ticket stands where it stood, and has its links and hours again. Returns it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] where it went into none, or into one that is in another itself.
pub async fn unmerge_ticket<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    ticket: TicketId,
) -> Result<Ticket> {
    cx.require(MANAGE_TICKETS)?;
    let refused = || Error::invalid("ticketId", ProblemCode::NotAllowed, "went into no other ticket");
    // Read without a lock first, so that both are locked in the order of their ids.
    let merge = s.merge_of_ticket(ticket).await?;
    let Some(merge) = merge else {
        s.lock(cx, ticket).await?;
        return Err(refused());
    };
    let (mut before, mut into) = (None, None);
    for id in [ticket.min(merge.into_id), ticket.max(merge.into_id)] {
        if id == ticket {
            before = Some(s.lock(cx, id).await?);
        } else {
            into = s.take_ticket(id).await?;
        }
    }
    let (Some(before), Some(into)) = (before, into) else { return Err(Error::NotFound { what: "Ticket" }) };
    if before.merged_into_id != Some(into.id) {
        return Err(refused());
    }
    if into.merged_into_id.is_some() {
        // What went over with the other stands where that went.
        let why = "went into a ticket that went into another itself: take that out first";
        return Err(Error::invalid("ticketId", ProblemCode::NotAllowed, why));
    }
    // Another that came out meanwhile may have taken something out of what comes back.
    let merge = s.merge_of_ticket(ticket).await?.ok_or_else(refused)?;
    let kept: Kept = serde_json::from_value(merge.kept).map_err(Error::internal)?;
    for link in s.links_around(into.id).await?.iter().filter(|link| kept.added_links.contains(&link.id)) {
        s.untie(link.ticket_id, link.other_id, link.kind).await?;
    }
    for link in &kept.links {
        let other = if link.ticket_id == ticket { link.other_id } else { link.ticket_id };
        if s.is_there(other).await? {
            s.tie(link).await?;
        }
    }
    let around = kept.links.iter().flat_map(|link| [link.ticket_id, link.other_id]);
    forget_links(s, around.chain([into.id]).filter(|id| *id != ticket).collect(), &kept.added_links).await?;
    s.unwatch(into.id, &kept.added_watchers).await?;
    s.forget_merge(ticket).await?;
    let after = Ticket { merged_into_id: None, status: kept.status, closed_at: kept.closed_at, ..before.clone() };
    let (after, _) = keep(s, company, cx, &before, after, TicketAction::Unmerged).await?;
    let mut lighter = Ticket { actual_hours: kept.without(into.actual_hours), ..into.clone() };
    if before.last_replied_at.is_some() && into.last_replied_at == before.last_replied_at {
        lighter.last_replied_at = s.last_reply(into.id).await?;
    }
    let (_, differ) = keep(s, company, cx, &into, lighter, TicketAction::Unmerged).await?;
    note(s, cx, into.id, TicketAction::Unmerged, TicketField::Link, (Some(ticket.to_string()), None)).await?;
    s.emit(cx, &TicketUnmerged { ticket, from: into.id });
    tell_other(s, cx, into.id, ticket, Done::Unmerged, &differ);
    Ok(after)
}

/// Takes links that were only there for a merge out of what comes back to tickets of which those went over meanwhile.
async fn forget_links<S: TicketBook>(s: &S, tickets: BTreeSet<TicketId>, gone: &[TicketLinkId]) -> Result<()> {
    for ticket in tickets {
        let Some(mut merge) = s.merge_of_ticket(ticket).await? else { continue };
        let mut kept: Kept = serde_json::from_value(merge.kept).map_err(Error::internal)?;
        if kept.links.iter().any(|link| gone.contains(&link.id)) {
            kept.links.retain(|link| !gone.contains(&link.id));
            merge.kept = serde_json::to_value(&kept).map_err(Error::internal)?;
            s.forget_merge(ticket).await?;
            s.note_merge(&merge).await?;
        }
    }
    Ok(())
}
