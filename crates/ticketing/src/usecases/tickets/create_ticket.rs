//! A ticket is made: by a colleague, for a client or for nobody, or by a client for themselves.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ClientId, ProjectId, StaffId, TeamId, TicketId},
    record::Records,
    text::Check,
};

use super::{
    assign_ticket::may_have,
    keep::{actor, make},
    update_ticket::{is_in_project, is_parent},
};
use crate::{
    domain::tickets::ticket::{TEXT, TITLE, check_due, check_hours, due_order},
    policy::writes_tickets,
    ports::{
        projects::ProjectBook,
        tickets::{Company, People, TicketBook},
    },
    store::ticket::{Entity as Tickets, Model as Ticket, TicketCategory, TicketPriority, TicketSeverity, TicketStatus},
};

/// A ticket to be made.
#[derive(Debug, Clone, Default)]
pub struct CreateTicket {
    /// In a line.
    pub title: String,
    /// And in full.
    pub description: String,
    /// What kind of work; support unless given.
    pub category: Option<TicketCategory>,
    /// How soon; medium unless given.
    pub priority: Option<TicketPriority>,
    /// How much harm; normal unless given.
    pub severity: Option<TicketSeverity>,
    /// The client whose it is.
    pub requester: Option<ClientId>,
    /// The colleague who gets it.
    pub assignee: Option<StaffId>,
    /// The team that gets it.
    pub team: Option<TeamId>,
    /// What colleagues keep for themselves.
    pub notes: Option<String>,
    /// Until when it is to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// Hours that it is thought to take.
    pub estimated_hours: Option<i32>,
    /// The ticket that it is a part of.
    pub parent: Option<TicketId>,
    /// The project that it is part of.
    pub project: Option<ProjectId>,
}

impl CreateTicket {
    /// What only colleagues say of a ticket, as far as it is given.
    fn of_colleagues(&self) -> impl Iterator<Item = &'static str> {
        [
            ("severity", self.severity.is_some()),
            ("assigneeId", self.assignee.is_some()),
            ("teamId", self.team.is_some()),
            ("notes", self.notes.is_some()),
            ("dueAt", self.due_at.is_some()),
            ("estimatedHours", self.estimated_hours.is_some()),
            ("parentId", self.parent.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, given)| given.then_some(field))
    }
}

/// A ticket with nothing but what it is about.
pub(super) fn blank(cx: &Cx, title: String, description: String) -> Ticket {
    Ticket {
        id: cx.new_id(),
        number: String::new(),
        position: 0,
        title,
        description,
        status: TicketStatus::Open,
        category: TicketCategory::Support,
        priority: TicketPriority::Medium,
        urgency: TicketPriority::Medium.urgency(),
        severity: TicketSeverity::Normal,
        requester_id: None,
        created_by_id: actor(cx),
        assignee_id: None,
        team_id: None,
        notes: String::new(),
        due_at: None,
        due_order: due_order(None),
        resolved_at: None,
        closed_at: None,
        last_replied_at: None,
        estimated_hours: None,
        actual_hours: None,
        parent_id: None,
        merged_into_id: None,
        project_id: None,
        comment_count: 0,
        public_comment_count: 0,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
        shown_at: cx.now,
    }
}

/// Makes a ticket.
///
/// # Errors
/// [`Error::Invalid`] naming every field that is wrong, or that a client does not set.
pub async fn create_ticket<S: TicketBook + ProjectBook + Records<Tickets> + Emit>(
    s: &S,
    house: &(impl People + Company),
    cx: &Cx,
    cmd: &CreateTicket,
) -> Result<Ticket> {
    let client = writes_tickets(cx)?;
    let mut check = Check::default();
    let title = check.line("title", &cmd.title, TITLE);
    let description = check.body("description", &cmd.description, TEXT);
    let notes = check.optional_body("notes", cmd.notes.as_deref(), TEXT).unwrap_or_default();
    check_due(&mut check, cmd.due_at, cx.now);
    check_hours(&mut check, "estimatedHours", cmd.estimated_hours);
    if client.is_some() {
        for field in cmd.of_colleagues() {
            check.problem(field, ProblemCode::NotAllowed, "is for colleagues to say");
        }
        if cmd.requester.is_some() && cmd.requester != client {
            check.problem("requesterId", ProblemCode::NotAllowed, "must be yourself");
        }
    }
    check.done()?;
    if let Some(requester) = cmd.requester.filter(|_| client.is_none())
        && !house.is_active_client(cx, requester).await?
    {
        return Err(Error::invalid("requesterId", ProblemCode::NotAvailable, "is not an active client"));
    }
    let ticket = Ticket {
        category: cmd.category.unwrap_or(TicketCategory::Support),
        priority: cmd.priority.unwrap_or(TicketPriority::Medium),
        severity: cmd.severity.unwrap_or(TicketSeverity::Normal),
        requester_id: client.or(cmd.requester),
        assignee_id: cmd.assignee,
        team_id: cmd.team,
        notes,
        due_at: cmd.due_at,
        estimated_hours: cmd.estimated_hours,
        parent_id: cmd.parent,
        project_id: cmd.project,
        ..blank(cx, title, description)
    };
    may_have(house, cx, &ticket).await?;
    if let Some(parent) = cmd.parent {
        is_parent(s, cx, ticket.id, parent).await?;
    }
    is_in_project(s, cx, &ticket).await?;
    make(s, house, cx, ticket, None).await
}
