//! The same for several tickets, and what their history says of their tags.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use inbox::{EntityType, TagEntity, add_tags, remove_tags, tags_of_each};
use kernel::{
    Cx, Tx,
    id::{TagId, TicketId, TypedId},
};
use ticketing::{AssignTickets, SetTicketStatuses, assign_tickets, note_tags, records::Tickets, set_ticket_statuses};

use super::{
    mutations::maybe,
    types::{Ticket, TicketStatus},
};
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::Permission,
        records::write,
        scope::scope,
        several::{Tagging, ids, tag_each},
    },
    several,
    wiring::tickets::House,
};

/// Several tickets go to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignTicketsInput {
    /// The tickets, `tkt_…`, 1–100.
    pub ticket_ids: Vec<ID>,
    /// The colleague who gets them, `stf_…`.
    pub assignee_id: Option<ID>,
    /// The team that gets them, `tem_…`. Not both; nobody has them where neither is given.
    pub team_id: Option<ID>,
}

/// Several tickets go to another status.
#[derive(Clone, InputObject)]
pub struct SetTicketStatusesInput {
    /// The tickets, `tkt_…`, 1–100.
    pub ticket_ids: Vec<ID>,
    /// Their status from now on.
    pub status: TicketStatus,
}

/// Several tickets get tags, and lose some.
#[derive(Clone, InputObject)]
pub struct TagTicketsInput {
    /// The tickets, `tkt_…`, 1–100.
    pub ticket_ids: Vec<ID>,
    /// The tags that each of them gets that has not got them, at most 50.
    #[graphql(default)]
    pub add: Vec<ID>,
    /// The tags that each of them loses that has them, at most 50.
    #[graphql(default)]
    pub remove: Vec<ID>,
}

several! {
    /// What came of one of several tickets.
    TicketOutcome of ticketing::Ticket {
        /// Whether the ticket is as it was wanted.
        is_done,
        /// The ticket; null where nothing came of it.
        ticket: Ticket,
        /// Why nothing did.
        errors,
    }
    /// What came of giving several tickets to somebody.
    AssignTicketsPayload {
        /// What the person can correct; then nothing was changed.
        errors,
    }
    /// What came of moving several tickets.
    SetTicketStatusesPayload {
        /// What the person can correct; then nothing was changed.
        errors,
    }
    /// What came of tagging several tickets.
    TagTicketsPayload {
        /// What the person can correct; then nothing was changed.
        errors,
    }
}

/// Which tags a thing gets and loses; of a ticket, the history says so.
pub async fn retag(tx: &Tx, cx: &Cx, cmd: &TagEntity, add: bool) -> kernel::Result<Vec<inbox::Tag>> {
    let ticket = (cmd.entity.kind == EntityType::Ticket).then(|| TicketId::from_uuid(cmd.entity.id));
    let before = match ticket {
        Some(_) => tags_of_each(tx.conn(), cx, &[cmd.entity]).await?.remove(&cmd.entity).unwrap_or_default(),
        None => Vec::new(),
    };
    let after = if add { add_tags(tx, cx, cmd).await? } else { remove_tags(tx, cx, cmd).await? };
    if let Some(ticket) = ticket {
        let without = |all: &[inbox::Tag], others: &[inbox::Tag]| -> Vec<TagId> {
            let new = all.iter().filter(|tag| others.iter().all(|other| other.id != tag.id));
            new.map(|tag| tag.id).collect()
        };
        note_tags(tx, cx, ticket, &without(&after, &before), &without(&before, &after)).await?;
    }
    Ok(after)
}

/// The same for several tickets.
#[derive(Default)]
pub struct SeveralTicketsMutation;

#[Object]
impl SeveralTicketsMutation {
    /// Gives several tickets to a colleague or to a team, or back to nobody: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn assign_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignTicketsInput,
    ) -> Result<AssignTicketsPayload> {
        let cmd = AssignTickets {
            tickets: ids("input.ticketIds", &input.ticket_ids)?,
            assignee: maybe("input.assigneeId", input.assignee_id.as_ref())?,
            team: maybe("input.teamId", input.team_id.as_ref())?,
        };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { assign_tickets(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "tickets.assign", cmd, work).await?.into())
    }

    /// Moves several tickets to another status: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn set_ticket_statuses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetTicketStatusesInput,
    ) -> Result<SetTicketStatusesPayload> {
        let cmd =
            SetTicketStatuses { tickets: ids("input.ticketIds", &input.ticket_ids)?, status: input.status.into() };
        let catalog = &scope(ctx).app.catalog;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move {
            set_ticket_statuses(&tx, &House(&tx, catalog), &cx, &cmd).await
        };
        Ok(write(ctx, "tickets.set_status", cmd, work).await?.into())
    }

    /// Gives several tickets tags, and takes some from them: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn tag_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TagTicketsInput,
    ) -> Result<TagTicketsPayload> {
        let cmd = Tagging {
            things: ids("input.ticketIds", &input.ticket_ids)?,
            add: ids("input.add", &input.add)?,
            remove: ids("input.remove", &input.remove)?,
        };
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<_>| async move {
            cx.require(ticketing::MANAGE_TICKETS)?;
            tag_each::<Tickets>(&tx, &cx, "ticket", &cmd).await
        };
        Ok(write(ctx, "tickets.tag", cmd, work).await?.into())
    }
}
