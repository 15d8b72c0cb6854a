//! The same for several tickets, each with an outcome of its own.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{StaffId, TeamId, TicketId},
    record::Records,
    several::{self, Outcome},
};

use super::{
    assign_ticket::{AssignTicket, assign_ticket},
    set_ticket_status::{SetTicketStatus, set_ticket_status},
};
use crate::{
    policy::MANAGE_TICKETS,
    ports::tickets::{Company, People, TicketBook},
    store::ticket::{Entity as Tickets, Model as Ticket, TicketStatus},
};

/// Who gets which tickets.
#[derive(Debug, Clone)]
pub struct AssignTickets {
    /// The tickets.
    pub tickets: Vec<TicketId>,
    /// The colleague who gets them.
    pub assignee: Option<StaffId>,
    /// The team that gets them.
    pub team: Option<TeamId>,
}

/// Which tickets go where.
#[derive(Debug, Clone)]
pub struct SetTicketStatuses {
    /// The tickets.
    pub tickets: Vec<TicketId>,
    /// Their status from now on.
    pub status: TicketStatus,
}

/// Assigns each ticket that can be, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`kernel::Error::Invalid`] for too many or none, and where who gets them can have none: then nothing is assigned.
pub async fn assign_tickets<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    house: &(impl People + Company),
    cx: &Cx,
    cmd: &AssignTickets,
) -> Result<Vec<Outcome<Ticket>>> {
    cx.require(MANAGE_TICKETS)?;
    several::each("ticket", &cmd.tickets, |ticket| async move {
        let one = AssignTicket { ticket, assignee: cmd.assignee, team: cmd.team };
        several::own("ticket", assign_ticket(s, house, cx, &one).await)
    })
    .await
}

/// Sets the status of each ticket that can have it, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`kernel::Error::Invalid`] for too many or none.
pub async fn set_ticket_statuses<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    cmd: &SetTicketStatuses,
) -> Result<Vec<Outcome<Ticket>>> {
    cx.require(MANAGE_TICKETS)?;
    several::each("ticket", &cmd.tickets, |ticket| async move {
        Ok(set_ticket_status(s, company, cx, &SetTicketStatus { ticket, status: cmd.status }).await)
    })
    .await
}
