//! A client answers: what that does to the ticket that they answer.

use kernel::{Cx, Error, Result, db::Emit, id::TicketId, record::Records};

use super::{
    create_ticket::blank,
    keep::{make, note},
    link_tickets::tell_other,
    set_ticket_status::stand,
};
use crate::{
    domain::tickets::link_events::Done,
    ports::tickets::{Company, TicketBook},
    store::{
        ticket::{Entity as Tickets, Model as Ticket, TicketStatus},
        tickets::{
            change::{TicketAction, TicketField},
            link::{Model as TicketLink, TicketLinkKind},
        },
    },
};

/// The ticket that a client's public comment goes on, as it is then; whoever comments calls this before the comment is written,
/// and has made sure that the client may write on `ticket`.
///
/// - What went into another is answered there, as long as that is the same client's: nobody reads what is not theirs for an answer.
/// - What waits for the client is open again.
/// - What is resolved or closed is opened again within the company's days (`ticketing.reopen_within_days`); after them, and where
///   what it went into is not theirs, it is answered in the `follow_up_of` it that is there, and in a new one where there is none.
/// - Anything else stays as it is.
///
/// It needs no permission of its own, so that a mail can answer too.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn answered_by_client<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    ticket: TicketId,
) -> Result<Ticket> {
    let mut answered = s.take_ticket(ticket).await?.ok_or(Error::NotFound { what: "Ticket" })?;
    let mut met = Vec::new();
    loop {
        while let Some(into) = answered.merged_into_id {
            let Some(into) = s.take_ticket(into).await?.filter(|into| is_same_clients(into, &answered)) else { break };
            answered = into;
        }
        match answered.status {
            TicketStatus::Open | TicketStatus::InProgress | TicketStatus::OnHold => return Ok(answered),
            TicketStatus::Pending => return stand(s, company, cx, answered, TicketStatus::Open).await,
            TicketStatus::Resolved | TicketStatus::Closed => {
                if answered.may_be_reopened(cx.now, company.reopen_within_days().await?) {
                    return stand(s, company, cx, answered, TicketStatus::Open).await;
                }
            }
        }
        met.push(answered.id);
        match followed_up(s, &answered, &met).await? {
            Some(next) => answered = next,
            None => return follow_up(s, company, cx, &answered).await,
        }
    }
}

fn is_same_clients(one: &Ticket, other: &Ticket) -> bool {
    one.requester_id == other.requester_id
}

/// What goes on with a ticket already, of the same client: an open one, or else the newest; none of those that were looked at.
async fn followed_up<S: TicketBook>(s: &S, old: &Ticket, met: &[TicketId]) -> Result<Option<Ticket>> {
    let mut newest = None;
    for link in s.links_around(old.id).await?.into_iter().rev() {
        let follows = link.kind == TicketLinkKind::FollowUpOf && link.other_id == old.id;
        if !follows || met.contains(&link.ticket_id) {
            continue;
        }
        let found = s.take_ticket(link.ticket_id).await?.filter(|found| is_same_clients(found, old));
        if found.as_ref().is_some_and(|found| !found.status.is_over()) {
            return Ok(found);
        }
        newest = newest.or(found);
    }
    Ok(newest)
}

/// A new ticket that goes on with what an old one ended with. Nobody has it yet.
async fn follow_up<S: TicketBook + Emit>(s: &S, company: &impl Company, cx: &Cx, old: &Ticket) -> Result<Ticket> {
    let description = format!("Goes on with {}.", old.number);
    let new = Ticket {
        category: old.category,
        priority: old.priority,
        severity: old.severity,
        requester_id: old.requester_id,
        project_id: old.project_id,
        ..blank(cx, old.title.clone(), description)
    };
    let new = make(s, company, cx, new, Some(old.id)).await?;
    let (id, kind) = (cx.new_id(), TicketLinkKind::FollowUpOf);
    let link = TicketLink {
        id,
        ticket_id: new.id,
        other_id: old.id,
        kind,
        created_by_id: new.created_by_id,
        created_at: cx.now,
    };
    s.tie(&link).await?;
    for (ticket, other) in [(new.id, old.id), (old.id, new.id)] {
        note(s, cx, ticket, TicketAction::Linked, TicketField::Link, (None, Some(other.to_string()))).await?;
    }
    tell_other(s, cx, old.id, new.id, Done::Linked, &[]);
    Ok(new)
}
