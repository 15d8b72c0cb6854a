//! What a ticket says is changed.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ProjectId, TicketId},
    record::Records,
    text::Check,
};

use super::keep::keep;
use crate::{
    domain::tickets::{
        difference::told,
        events::TicketUpdated,
        ticket::{DEPTH, TEXT, TITLE, check_due, check_hours},
    },
    policy::{is_theirs, writes_tickets},
    ports::{
        projects::ProjectBook,
        tickets::{Company, TicketBook},
    },
    store::{
        ticket::{Entity as Tickets, Model as Ticket, TicketCategory, TicketPriority, TicketSeverity, TicketStatus},
        tickets::change::TicketAction,
    },
};

/// What is to be changed of a ticket; what is absent stays, and what is `Some(None)` is cleared.
#[derive(Debug, Clone)]
pub struct UpdateTicket {
    /// The ticket.
    pub id: TicketId,
    /// In a line.
    pub title: Option<String>,
    /// And in full.
    pub description: Option<String>,
    /// What kind of work.
    pub category: Option<TicketCategory>,
    /// How soon.
    pub priority: Option<TicketPriority>,
    /// How much harm.
    pub severity: Option<TicketSeverity>,
    /// What colleagues keep for themselves; blank for nothing.
    pub notes: Option<String>,
    /// Until when it is to be done.
    pub due_at: Option<Option<DateTime<Utc>>>,
    /// Hours that it is thought to take.
    pub estimated_hours: Option<Option<i32>>,
    /// Hours that it took.
    pub actual_hours: Option<Option<i32>>,
    /// The ticket that it is a part of.
    pub parent: Option<Option<TicketId>>,
    /// The project that it is part of.
    pub project: Option<Option<ProjectId>>,
}

impl UpdateTicket {
    /// What only colleagues change, as far as it is given.
    fn of_colleagues(&self) -> impl Iterator<Item = &'static str> {
        [
            ("severity", self.severity.is_some()),
            ("notes", self.notes.is_some()),
            ("dueAt", self.due_at.is_some()),
            ("estimatedHours", self.estimated_hours.is_some()),
            ("actualHours", self.actual_hours.is_some()),
            ("parentId", self.parent.is_some()),
            ("projectId", self.project.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, given)| given.then_some(field))
    }

    fn apply(&self, check: &mut Check, after: &mut Ticket) {
        if let Some(title) = &self.title {
            after.title = check.line("title", title, TITLE);
        }
        if let Some(description) = &self.description {
            after.description = check.body("description", description, TEXT);
        }
        if let Some(notes) = &self.notes {
            after.notes = check.optional_body("notes", Some(notes), TEXT).unwrap_or_default();
        }
        if let Some(due) = self.due_at {
            check_due(check, due, after.created_at);
            after.due_at = due;
        }
        for (field, given, hours) in [
            ("estimatedHours", self.estimated_hours, &mut after.estimated_hours),
            ("actualHours", self.actual_hours, &mut after.actual_hours),
        ] {
            if let Some(given) = given {
                check_hours(check, field, given);
                *hours = given;
            }
        }
        after.category = self.category.unwrap_or(after.category);
        after.priority = self.priority.unwrap_or(after.priority);
        after.severity = self.severity.unwrap_or(after.severity);
        after.parent_id = self.parent.unwrap_or(after.parent_id);
        after.project_id = self.project.unwrap_or(after.project_id);
    }
}

/// Refuses a parent that is not there, that is a part of the ticket itself, or too deep. All that are above it stay so until
/// the transaction ends: of two that would close a circle together, one is run again and refused.
pub(super) async fn is_parent<S: Records<Tickets> + TicketBook>(
    s: &S,
    cx: &Cx,
    ticket: TicketId,
    parent: TicketId,
) -> Result<()> {
    let refused = |code, why: &str| Err(Error::invalid("parentId", code, why));
    if parent == ticket {
        return refused(ProblemCode::NotAllowed, "is the ticket itself");
    }
    let found = match s.lock(cx, parent).await {
        Err(Error::NotFound { .. }) => return refused(ProblemCode::NotAvailable, "is not there"),
        found => found?,
    };
    if found.merged_into_id.is_some() {
        return refused(ProblemCode::NotAllowed, "went into another ticket");
    }
    let mut above = found.parent_id;
    for _ in 1..DEPTH {
        match above {
            None => return Ok(()),
            Some(id) if id == ticket => return refused(ProblemCode::NotAllowed, "is a part of the ticket"),
            Some(id) => above = s.take_ticket(id).await?.and_then(|ticket| ticket.parent_id),
        }
    }
    if above.is_none() { Ok(()) } else { refused(ProblemCode::NotAllowed, "lies too deep: 20 levels at most") }
}

/// Refuses a project that the actor does not see, and one of another client than the requester.
pub(super) async fn is_in_project<S: ProjectBook>(s: &S, cx: &Cx, ticket: &Ticket) -> Result<()> {
    let Some(project) = ticket.project_id else { return Ok(()) };
    let refused = |code, why: &str| Err(Error::invalid("projectId", code, why));
    match s.client_of_project(cx, project).await? {
        None => refused(ProblemCode::NotAvailable, "is not there"),
        Some(client) if ticket.requester_id.is_some_and(|requester| requester != client) => {
            refused(ProblemCode::NotAllowed, "is another client's than the ticket")
        }
        Some(_) => Ok(()),
    }
}

/// Changes a ticket: a colleague all of it, a client what they wrote, until it is closed.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] naming every field that is wrong, or that a client does not set.
pub async fn update_ticket<S: Records<Tickets> + TicketBook + ProjectBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    cmd: &UpdateTicket,
) -> Result<Ticket> {
    let client = writes_tickets(cx)?;
    let before = s.lock(cx, cmd.id).await?;
    is_theirs(client, &before)?;
    before.whole("ticketId")?;
    let (mut check, mut after) = (Check::default(), before.clone());
    cmd.apply(&mut check, &mut after);
    if client.is_some() {
        for field in cmd.of_colleagues() {
            check.problem(field, ProblemCode::NotAllowed, "is for colleagues to say");
        }
        if before.status == TicketStatus::Closed {
            check.problem("ticketId", ProblemCode::NotAllowed, "the ticket is closed: open it again first");
        }
    }
    check.done()?;
    if let Some(parent) = after.parent_id.filter(|_| after.parent_id != before.parent_id) {
        is_parent(s, cx, before.id, parent).await?;
    }
    if after.project_id != before.project_id {
        is_in_project(s, cx, &after).await?;
    }
    if after == before {
        return Ok(after);
    }
    let (after, differ) = keep(s, company, cx, &before, after, TicketAction::Updated).await?;
    let (old, new) = told(&differ);
    let fields = differ.iter().map(|one| one.field).collect();
    s.emit(cx, &TicketUpdated { ticket: after.id, fields, before: old, after: new });
    Ok(after)
}
