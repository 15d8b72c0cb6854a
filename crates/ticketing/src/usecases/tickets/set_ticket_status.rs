//! A ticket is moved to another status by hand.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::TicketId, record::Records};
use sea_orm::ActiveEnum;

use super::keep::keep;
use crate::{
    domain::tickets::events::TicketStatusChanged,
    policy::{is_theirs, writes_tickets},
    ports::tickets::{Company, TicketBook},
    store::{
        ticket::{Entity as Tickets, Model as Ticket, TicketStatus},
        tickets::change::TicketAction,
    },
};

/// Which ticket goes where.
#[derive(Debug, Clone)]
pub struct SetTicketStatus {
    /// The ticket.
    pub ticket: TicketId,
    /// Its status from now on.
    pub status: TicketStatus,
}

fn refused(why: String) -> Error {
    Error::invalid("status", ProblemCode::NotAllowed, why)
}

/// Sets the status and returns the ticket as it is then. A client closes what is resolved, or opens it again for some days.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] where the move is not in the table ([`TicketStatus::next`]).
pub async fn set_ticket_status<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    cmd: &SetTicketStatus,
) -> Result<Ticket> {
    let client = writes_tickets(cx)?;
    let before = s.lock(cx, cmd.ticket).await?;
    is_theirs(client, &before)?;
    before.whole("status")?;
    if before.status == cmd.status {
        return Ok(before);
    }
    let next = if client.is_some() { before.status.next_for_client() } else { before.status.next() };
    if !next.contains(&cmd.status) {
        let next: Vec<_> = next.iter().map(|status| status.to_value().to_uppercase()).collect();
        let ways = if next.is_empty() { "nowhere".to_owned() } else { next.join(", ") };
        return Err(refused(format!("a ticket that is {} goes to {ways}", before.status.to_value().to_uppercase())));
    }
    if client.is_some() && cmd.status == TicketStatus::Open {
        let days = company.reopen_within_days().await?;
        if !before.may_be_reopened(cx.now, days) {
            return Err(refused(format!("a ticket is opened again within {days} days: make a new one")));
        }
    }
    stand(s, company, cx, before, cmd.status).await
}

/// Writes where a ticket stands from now on.
pub(crate) async fn stand<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    before: Ticket,
    status: TicketStatus,
) -> Result<Ticket> {
    let mut after = before.clone();
    after.stand(status, cx.now);
    let (after, _) = keep(s, company, cx, &before, after, TicketAction::StatusChanged).await?;
    s.emit(cx, &TicketStatusChanged { ticket: after.id, from: before.status, to: after.status });
    Ok(after)
}
