//! A ticket goes to a colleague, to a team, or back to nobody.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{StaffId, TeamId, TicketId},
    record::Records,
};

use super::keep::keep;
use crate::{
    domain::tickets::events::TicketAssigned,
    policy::MANAGE_TICKETS,
    ports::tickets::{Company, People, TicketBook},
    store::{
        ticket::{Entity as Tickets, Model as Ticket},
        tickets::change::TicketAction,
    },
};

/// Who gets which ticket: a colleague, or a team, or nobody.
#[derive(Debug, Clone)]
pub struct AssignTicket {
    /// The ticket.
    pub ticket: TicketId,
    /// The colleague who gets it.
    pub assignee: Option<StaffId>,
    /// The team that gets it.
    pub team: Option<TeamId>,
}

/// Refuses two holders, a colleague who would not see it, and a team that is not in use.
pub(super) async fn may_have(people: &impl People, cx: &Cx, ticket: &Ticket) -> Result<()> {
    if let Some(team) = ticket.team_id {
        if !people.is_team_in_use(team).await? {
            return Err(Error::invalid("teamId", ProblemCode::NotAvailable, "is not a team in use"));
        }
        if ticket.assignee_id.is_some() {
            return Err(Error::invalid("teamId", ProblemCode::NotAllowed, "a colleague or a team has it, not both"));
        }
    }
    if let Some(assignee) = ticket.assignee_id
        && !people.would_see(cx, assignee.into(), &ticket.holder()).await?
    {
        let why = "is not an active colleague who would see the ticket";
        return Err(Error::invalid("assigneeId", ProblemCode::NotAvailable, why));
    }
    Ok(())
}

/// Gives a ticket to somebody, and returns it as it is then.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] where they cannot have it.
pub async fn assign_ticket<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    house: &(impl People + Company),
    cx: &Cx,
    cmd: &AssignTicket,
) -> Result<Ticket> {
    cx.require(MANAGE_TICKETS)?;
    let before = s.lock(cx, cmd.ticket).await?;
    let after = Ticket { assignee_id: cmd.assignee, team_id: cmd.team, ..before.clone() };
    may_have(house, cx, &after).await?;
    before.whole("ticketId")?;
    handed(s, house, cx, before, after).await
}

/// Writes that somebody else has a ticket, where that is so.
pub(super) async fn handed<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    before: Ticket,
    after: Ticket,
) -> Result<Ticket> {
    if after == before {
        return Ok(after);
    }
    let (after, _) = keep(s, company, cx, &before, after, TicketAction::Assigned).await?;
    let (from, from_team) = (before.assignee_id, before.team_id);
    let told = TicketAssigned { ticket: after.id, from, from_team, to: after.assignee_id, to_team: after.team_id };
    s.emit(cx, &told);
    Ok(after)
}
