//! The same for several tickets, each with an outcome of its own.

use std::collections::BTreeMap;

use kernel::{
    Cx, Error, Problem, ProblemCode, Result,
    db::Emit,
    id::{StaffId, TeamId, TicketId},
    record::Records,
};
use serde::{Deserialize, Serialize};

use super::{
    assign_ticket::{AssignTicket, assign_ticket},
    set_ticket_status::{SetTicketStatus, set_ticket_status},
};
use crate::{
    domain::tickets::ticket::SEVERAL,
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

/// What came of one ticket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketOutcome {
    /// It as it is then; absent where nothing came of it.
    pub ticket: Option<Ticket>,
    /// Why nothing did.
    pub problems: Vec<Problem>,
}

/// Assigns each ticket that can be, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`Error::Invalid`] for too many or none, and where who gets them can have none: then nothing is assigned.
pub async fn assign_tickets<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    house: &(impl People + Company),
    cx: &Cx,
    cmd: &AssignTickets,
) -> Result<Vec<TicketOutcome>> {
    cx.require(MANAGE_TICKETS)?;
    let mut done = EachTicket::of(&cmd.tickets)?;
    for ticket in done.ids() {
        let one = AssignTicket { ticket, assignee: cmd.assignee, team: cmd.team };
        match assign_ticket(s, house, cx, &one).await {
            // Whoever cannot have one can have none.
            Err(Error::Invalid(problems)) if problems.iter().any(|problem| problem.path != ["ticketId"]) => {
                return Err(Error::Invalid(problems));
            }
            answer => done.put(ticket, answer)?,
        }
    }
    Ok(done.in_order(&cmd.tickets))
}

/// Sets the status of each ticket that can have it, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`Error::Invalid`] for too many or none.
pub async fn set_ticket_statuses<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    cmd: &SetTicketStatuses,
) -> Result<Vec<TicketOutcome>> {
    cx.require(MANAGE_TICKETS)?;
    let mut done = EachTicket::of(&cmd.tickets)?;
    for ticket in done.ids() {
        let answer = set_ticket_status(s, company, cx, &SetTicketStatus { ticket, status: cmd.status }).await;
        done.put(ticket, answer)?;
    }
    Ok(done.in_order(&cmd.tickets))
}

/// What came of each of several tickets. They are taken in the order of their ids, as every writer of several takes them.
pub struct EachTicket(BTreeMap<TicketId, Result<Ticket, Vec<Problem>>>);

impl EachTicket {
    /// Of these.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many or none.
    pub fn of(tickets: &[TicketId]) -> Result<Self> {
        let refused = |code, why: String| Err(Error::invalid("ticketIds", code, why));
        if tickets.is_empty() {
            return refused(ProblemCode::Blank, "must name at least one ticket".into());
        }
        if tickets.len() > SEVERAL {
            return refused(ProblemCode::TooLong, format!("may name at most {SEVERAL} tickets"));
        }
        Ok(Self(tickets.iter().map(|id| (*id, Err(Vec::new()))).collect()))
    }

    /// Them, each once.
    pub fn ids(&self) -> Vec<TicketId> {
        self.0.keys().copied().collect()
    }

    /// Keeps what came of one; what is amiss with more than that one ticket is amiss with all.
    ///
    /// # Errors
    /// Anything but [`Error::NotFound`] and [`Error::Invalid`].
    pub fn put(&mut self, id: TicketId, answer: Result<Ticket>) -> Result<()> {
        let came = match answer {
            Ok(ticket) => Ok(ticket),
            Err(Error::NotFound { .. }) => {
                let message = "is not there".into();
                Err(vec![Problem { path: Vec::new(), code: ProblemCode::NotAvailable, message }])
            }
            Err(Error::Invalid(problems)) => Err(problems),
            Err(error) => return Err(error),
        };
        self.0.insert(id, came);
        Ok(())
    }

    /// What came of each, in the order in which they were named.
    pub fn in_order(&self, tickets: &[TicketId]) -> Vec<TicketOutcome> {
        let outcome = |(number, id): (usize, &TicketId)| {
            let at =
                |problem: &Problem| Problem { path: vec!["ticketIds".into(), number.to_string()], ..problem.clone() };
            match self.0.get(id) {
                Some(Ok(ticket)) => TicketOutcome { ticket: Some(ticket.clone()), problems: Vec::new() },
                Some(Err(problems)) => TicketOutcome { ticket: None, problems: problems.iter().map(at).collect() },
                None => TicketOutcome { ticket: None, problems: Vec::new() },
            }
        };
        tickets.iter().enumerate().map(outcome).collect()
    }
}
