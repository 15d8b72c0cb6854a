//! Making and changing tickets.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use inbox::{ConvertMessage, convert_message, records::Messages};
use kernel::{
    Actor, Cx, Error, ProblemCode, Tx,
    id::{MessageId, TypedId},
    record::{Records, by_ids},
};
use ticketing::{
    AssignTicket, CreateTicket, SetTicketStatus, UpdateTicket, assign_ticket, create_ticket, records::Tickets,
    set_ticket_status, update_ticket,
};

use super::types::{Ticket, TicketCategory, TicketPriority, TicketSeverity, TicketStatus};
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        filters::Instant,
        identity::{Permission, cleared},
        records::write,
        scalars::id,
        scope::scope,
    },
    payload,
    wiring::{bridges::InTransaction, tickets::House},
};

/// A ticket is to be made. A client says title, description, category and priority, and no more.
#[derive(Clone, InputObject)]
pub struct CreateTicketInput {
    /// In a line, 1–200 characters.
    pub title: String,
    /// And in full, 1–20,000 characters. Left out only where a message becomes the ticket: then it is what that says.
    pub description: Option<String>,
    /// A message, `msg_…`, that becomes the ticket, which takes MANAGE_MESSAGES: none that is a ticket already. Where no requester is given it is the client with
    /// the address of whoever wrote it, if there is one.
    pub message_id: Option<ID>,
    /// What kind of work it is.
    #[graphql(default_with = "TicketCategory::Support")]
    pub category: TicketCategory,
    /// How soon it is to be worked on.
    #[graphql(default_with = "TicketPriority::Medium")]
    pub priority: TicketPriority,
    /// How much harm there is; NORMAL unless given.
    pub severity: Option<TicketSeverity>,
    /// The client whose it is, `cli_…`, who must be active. A client's own is theirs.
    pub requester_id: Option<ID>,
    /// The colleague who gets it, `stf_…`: active, and one who sees it then.
    pub assignee_id: Option<ID>,
    /// The team that gets it, `tem_…`: one in use. Not both.
    pub team_id: Option<ID>,
    /// What colleagues keep for themselves, at most 20,000 characters.
    pub notes: Option<String>,
    /// Until when it is to be done.
    pub due_at: Option<Instant>,
    /// Hours that it is thought to take, 0–100,000.
    pub estimated_hours: Option<i32>,
    /// The ticket that it is a part of, `tkt_…`.
    pub parent_id: Option<ID>,
    /// The project that it is part of, `prj_…`: one of the requester's.
    pub project_id: Option<ID>,
}

/// A ticket is to be changed. What is left out stays; null clears. A client changes title, description, category and priority of
/// their own until it is closed.
#[derive(Clone, InputObject)]
pub struct UpdateTicketInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
    /// In a line, 1–200 characters.
    pub title: Option<String>,
    /// And in full, 1–20,000 characters.
    pub description: Option<String>,
    /// What kind of work it is.
    pub category: Option<TicketCategory>,
    /// How soon it is to be worked on.
    pub priority: Option<TicketPriority>,
    /// How much harm there is.
    pub severity: Option<TicketSeverity>,
    /// What colleagues keep for themselves, at most 20,000 characters.
    pub notes: MaybeUndefined<String>,
    /// Until when it is to be done; not before it was made.
    pub due_at: MaybeUndefined<Instant>,
    /// Hours that it is thought to take, 0–100,000.
    pub estimated_hours: MaybeUndefined<i32>,
    /// Hours that it took, 0–100,000.
    pub actual_hours: MaybeUndefined<i32>,
    /// The ticket that it is a part of, `tkt_…`: none of its own parts, and at most 20 levels above it.
    pub parent_id: MaybeUndefined<ID>,
    /// The project that it is part of, `prj_…`: one of the requester's.
    pub project_id: MaybeUndefined<ID>,
}

/// A ticket is to go to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignTicketInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
    /// The colleague who gets it, `stf_…`: active, and one who sees it then.
    pub assignee_id: Option<ID>,
    /// The team that gets it, `tem_…`: one in use. Not both; nobody has it where neither is given.
    pub team_id: Option<ID>,
}

/// A ticket is to stand elsewhere.
#[derive(Clone, InputObject)]
pub struct SetTicketStatusInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
    /// Its status from now on.
    pub status: TicketStatus,
}

payload! {
    /// What came of making a ticket.
    CreateTicketPayload {
        /// The ticket.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of changing a ticket.
    UpdateTicketPayload {
        /// The ticket.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of giving a ticket to somebody.
    AssignTicketPayload {
        /// The ticket.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of moving a ticket.
    SetTicketStatusPayload {
        /// The ticket.
        ticket: Ticket as ticketing::Ticket
    }
}

/// An id that may be left out.
pub fn maybe<I: TypedId>(argument: &str, given: Option<&ID>) -> kernel::Result<Option<I>> {
    given.map(|given| id(argument, given)).transpose()
}

/// A value to be set: absent keeps what is there, null clears it.
pub fn given<T, U>(
    value: MaybeUndefined<T>,
    read: impl Fn(T) -> kernel::Result<U>,
) -> kernel::Result<Option<Option<U>>> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(None)),
        MaybeUndefined::Value(value) => Ok(Some(Some(read(value)?))),
    }
}

/// Makes a ticket of a message, which is converted by that.
async fn of_message(
    tx: &Tx,
    house: &House<'_>,
    cx: &Cx,
    cmd: &CreateTicket,
    message: MessageId,
) -> kernel::Result<ticketing::Ticket> {
    cx.require(ticketing::MANAGE_TICKETS)?;
    let missing = || Error::invalid("messageId", ProblemCode::NotAvailable, "is not there");
    // Whoever makes one of it at the same moment is told that it is one.
    let found = match Records::<Messages>::lock(tx, cx, message).await {
        Err(Error::NotFound { .. }) => return Err(missing()),
        found => found?,
    };
    if let Some(became) = found.converted_to.as_deref().and_then(|became| became.parse().ok())
        && let Some(became) =
            by_ids::<Tickets>(tx.conn(), &cx.acting_as(Actor::System), &[became]).await?.remove(&became)
    {
        let why = match ticketing::would_see(cx, &became.holder()) {
            true => format!("is the ticket {} already", became.number),
            false => "is a ticket already".to_owned(),
        };
        return Err(Error::invalid("messageId", ProblemCode::NotAvailable, why));
    }
    let mut cmd = cmd.clone();
    if cmd.description.is_empty() {
        cmd.description = found.content;
    }
    if cmd.requester.is_none() {
        cmd.requester = identity::client_with_address(tx.conn(), cx, &found.email).await?;
    }
    let ticket = create_ticket(tx, house, cx, &cmd).await?;
    let became = ConvertMessage { message, target: ticket.id.to_string() };
    convert_message(tx, &InTransaction(tx), cx, &became).await?;
    Ok(ticket)
}

/// Making and changing tickets.
#[derive(Default)]
pub struct TicketMutation;

#[Object]
impl TicketMutation {
    /// Makes a ticket: a colleague for a client or for nobody, a client for themselves, who needs no permission.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn create_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateTicketInput,
    ) -> Result<CreateTicketPayload> {
        let cmd = CreateTicket {
            title: input.title,
            description: input.description.unwrap_or_default(),
            category: Some(input.category.into()),
            priority: Some(input.priority.into()),
            severity: input.severity.map(Into::into),
            requester: maybe("input.requesterId", input.requester_id.as_ref())?,
            assignee: maybe("input.assigneeId", input.assignee_id.as_ref())?,
            team: maybe("input.teamId", input.team_id.as_ref())?,
            notes: input.notes,
            due_at: input.due_at.map(|due| due.read("input.dueAt")).transpose()?,
            estimated_hours: input.estimated_hours,
            parent: maybe("input.parentId", input.parent_id.as_ref())?,
            project: maybe("input.projectId", input.project_id.as_ref())?,
        };
        let catalog = &scope(ctx).app.catalog;
        let message: Option<MessageId> = maybe("input.messageId", input.message_id.as_ref())?;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move {
            match message {
                Some(message) => of_message(&tx, &House(&tx, catalog), &cx, &cmd, message).await,
                None => create_ticket(&tx, &House(&tx, catalog), &cx, &cmd).await,
            }
        };
        Ok(write(ctx, "ticket.create", cmd, work).await?.into())
    }

    /// Changes what a ticket says. A client needs no permission for their own.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn update_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateTicketInput,
    ) -> Result<UpdateTicketPayload> {
        let cmd = UpdateTicket {
            id: id("input.ticketId", &input.ticket_id)?,
            title: input.title,
            description: input.description,
            category: input.category.map(Into::into),
            priority: input.priority.map(Into::into),
            severity: input.severity.map(Into::into),
            notes: cleared(input.notes),
            due_at: given(input.due_at, |due| due.read("input.dueAt"))?,
            estimated_hours: given(input.estimated_hours, Ok)?,
            actual_hours: given(input.actual_hours, Ok)?,
            parent: given(input.parent_id, |parent| id("input.parentId", &parent))?,
            project: given(input.project_id, |project| id("input.projectId", &project))?,
        };
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { update_ticket(&tx, &InTransaction(&tx), &cx, &cmd).await };
        Ok(write(ctx, "ticket.update", cmd, work).await?.into())
    }

    /// Gives a ticket to a colleague or to a team, or back to nobody.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn assign_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignTicketInput,
    ) -> Result<AssignTicketPayload> {
        let cmd = AssignTicket {
            ticket: id("input.ticketId", &input.ticket_id)?,
            assignee: maybe("input.assigneeId", input.assignee_id.as_ref())?,
            team: maybe("input.teamId", input.team_id.as_ref())?,
        };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { assign_ticket(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "ticket.assign", cmd, work).await?.into())
    }

    /// Moves a ticket to another status, as the table in `docs/tickets.md` allows. A client needs no permission to close what is
    /// resolved, or to open it again within the company's days.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn set_ticket_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetTicketStatusInput,
    ) -> Result<SetTicketStatusPayload> {
        let cmd = SetTicketStatus { ticket: id("input.ticketId", &input.ticket_id)?, status: input.status.into() };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { set_ticket_status(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "ticket.set_status", cmd, work).await?.into())
    }
}
