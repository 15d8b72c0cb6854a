//! What is told of tickets. The payloads are what subscribers and later webhooks decode, so a field, once published, stays.

use kernel::{
    events::{Event, Resource},
    id::{ClientId, StaffId, TeamId, TicketId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::{
    ticket::{Model as Ticket, TicketCategory, TicketPriority, TicketSeverity, TicketStatus},
    tickets::change::TicketField,
};

/// The topic of all events of tickets.
pub const TICKETS: &str = "tickets";

/// Makes the parts that all events of tickets have in common.
macro_rules! of_ticket {
    () => {
        const TOPIC: &'static str = TICKETS;
        fn resource(&self) -> Resource {
            Resource::new("Ticket", self.ticket)
        }
        fn concerns(&self) -> Option<uuid::Uuid> {
            Some(self.ticket.0)
        }
    };
}
pub(super) use of_ticket;

/// A ticket was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketCreated {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: String,
    /// The client whose it is.
    pub requester: Option<ClientId>,
    /// The colleague who has it.
    pub assignee: Option<StaffId>,
    /// The team that has it.
    pub team: Option<TeamId>,
    /// What kind of work it is.
    pub category: TicketCategory,
    /// How soon it is to be worked on.
    pub priority: TicketPriority,
    /// How much harm there is.
    pub severity: TicketSeverity,
    /// The ticket that it goes on with.
    pub follows: Option<TicketId>,
}

impl TicketCreated {
    /// That this ticket was made.
    pub fn of(ticket: &Ticket, follows: Option<TicketId>) -> Self {
        Self {
            ticket: ticket.id,
            number: ticket.number.clone(),
            requester: ticket.requester_id,
            assignee: ticket.assignee_id,
            team: ticket.team_id,
            category: ticket.category,
            priority: ticket.priority,
            severity: ticket.severity,
            follows,
        }
    }
}

impl Event for TicketCreated {
    const KIND: &'static str = "ticket.created";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let Self { number, requester, assignee, team, category, priority, severity, follows, .. } = self;
        let new = json!({ "number": number, "requesterId": requester, "assigneeId": assignee, "teamId": team,
            "category": category, "priority": priority, "severity": severity, "followUpOf": follows });
        (None, Some(new))
    }
}

/// Something of a ticket was changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketUpdated {
    /// The ticket.
    pub ticket: TicketId,
    /// What.
    pub fields: Vec<TicketField>,
    /// The values before; of texts only that there were some.
    pub before: Json,
    /// The values now; of texts only that they are others.
    pub after: Json,
}

impl Event for TicketUpdated {
    const KIND: &'static str = "ticket.updated";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(self.before.clone()), Some(self.after.clone()))
    }
}

/// Somebody else has a ticket, or nobody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketAssigned {
    /// The ticket.
    pub ticket: TicketId,
    /// The colleague who had it.
    pub from: Option<StaffId>,
    /// The team that had it.
    pub from_team: Option<TeamId>,
    /// The colleague who has it now.
    pub to: Option<StaffId>,
    /// The team that has it now.
    pub to_team: Option<TeamId>,
}

impl Event for TicketAssigned {
    const KIND: &'static str = "ticket.assigned";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let values = |assignee, team| Some(json!({ "assigneeId": assignee, "teamId": team }));
        (values(self.from, self.from_team), values(self.to, self.to_team))
    }
}

/// A ticket stands elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketStatusChanged {
    /// The ticket.
    pub ticket: TicketId,
    /// Where it stood.
    pub from: TicketStatus,
    /// Where it stands.
    pub to: TicketStatus,
}

impl Event for TicketStatusChanged {
    const KIND: &'static str = "ticket.status_changed";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": self.from })), Some(json!({ "status": self.to })))
    }
}
