//! Who watches a ticket, what it is tied to, and what it went into.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use kernel::{
    Cx,
    id::{TicketId, UserId},
};
use ticketing::{
    LinkTickets, MergeTickets, TicketLinkKind as Kind, Tied, Watch, link_tickets, merge_tickets, unlink_tickets,
    unmerge_ticket, unwatch_ticket, watch_ticket,
};

use super::types::{Ticket, ticket};
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::{Permission, User, user},
        loaders::{TiesOf, WatchersOf},
        records::write,
        scalars::{id, user_id},
        scope::scope,
    },
    payload,
    wiring::{bridges::InTransaction, tickets::House},
};

/// What a ticket is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::TicketLinkKind")]
pub enum TicketLinkKind {
    /// They have to do with each other.
    Related,
    /// It says the same.
    DuplicateOf,
    /// It goes on with what the other ended with.
    FollowUpOf,
}

/// What a ticket is to another, as seen from itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TicketRelation {
    /// They have to do with each other.
    Related,
    /// It says the same as the other.
    DuplicateOf,
    /// The other says the same as it.
    DuplicatedBy,
    /// It goes on with what the other ended with.
    FollowUpOf,
    /// The other goes on with what it ended with.
    FollowedUpBy,
}

impl From<Tied> for TicketRelation {
    fn from(tied: Tied) -> Self {
        match (tied.kind, tied.forward) {
            (Kind::Related, _) => Self::Related,
            (Kind::DuplicateOf, true) => Self::DuplicateOf,
            (Kind::DuplicateOf, false) => Self::DuplicatedBy,
            (Kind::FollowUpOf, true) => Self::FollowUpOf,
            (Kind::FollowUpOf, false) => Self::FollowedUpBy,
        }
    }
}

/// Another ticket that a ticket is tied to.
#[derive(Debug, Clone, SimpleObject)]
pub struct TicketLink {
    /// What the ticket is to the other.
    pub relation: TicketRelation,
    /// The other.
    pub ticket: Ticket,
}

/// Who watches a ticket, as far as the viewer sees them.
pub(super) async fn watchers_of(ctx: &Context<'_>, of: TicketId) -> Result<Vec<User>> {
    let watchers = scope(ctx).loaders.load_one(WatchersOf(of)).await?.unwrap_or_default();
    let found = futures_util::future::try_join_all(watchers.iter().map(|who| user(ctx, Some(*who)))).await?;
    Ok(found.into_iter().flatten().collect())
}

/// What a ticket is tied to, as far as the viewer sees that.
pub(super) async fn links_of(ctx: &Context<'_>, of: TicketId) -> Result<Vec<TicketLink>> {
    let ties = scope(ctx).loaders.load_one(TiesOf(of)).await?.unwrap_or_default();
    let each = ties.iter().map(async |tied| {
        let other = ticket(ctx, Some(tied.ticket)).await?;
        Ok::<_, crate::graphql::errors::Fault>(other.map(|ticket| TicketLink { relation: (*tied).into(), ticket }))
    });
    Ok(futures_util::future::try_join_all(each).await?.into_iter().flatten().collect())
}

/// Somebody is to watch a ticket, or to watch it no more.
#[derive(Clone, InputObject)]
pub struct WatchTicketInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
    /// Who, `stf_…` or `cli_…`: active, and somebody who sees it. The viewer unless given; for others it takes MANAGE_TICKETS.
    pub user_id: Option<ID>,
}

impl WatchTicketInput {
    fn read(&self) -> kernel::Result<Watch> {
        let who: Option<UserId> = self.user_id.as_ref().map(|who| user_id("input.userId", who)).transpose()?;
        Ok(Watch { ticket: id("input.ticketId", &self.ticket_id)?, who })
    }
}

/// Two tickets are to be tied, or untied.
#[derive(Clone, InputObject)]
pub struct LinkTicketsInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
    /// The other, `tkt_…`.
    pub other_id: ID,
    /// What the ticket is to the other.
    pub kind: TicketLinkKind,
}

impl LinkTicketsInput {
    fn read(&self) -> kernel::Result<LinkTickets> {
        let (ticket, other) = (id("input.ticketId", &self.ticket_id)?, id("input.otherId", &self.other_id)?);
        Ok(LinkTickets { ticket, other, kind: self.kind.into() })
    }
}

/// A ticket is to go into another.
#[derive(Clone, InputObject)]
pub struct MergeTicketsInput {
    /// The ticket, `tkt_…`, which is closed then.
    pub from_id: ID,
    /// The other, `tkt_…`, which goes on: the same client's where `fromId` is a client's, and none that went into another itself.
    pub into_id: ID,
}

/// A ticket is to come out of the one that it went into.
#[derive(Clone, InputObject)]
pub struct UnmergeTicketInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
}

payload! {
    /// What came of watching a ticket.
    WatchTicketPayload {
        /// The ticket.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of watching a ticket no more.
    UnwatchTicketPayload {
        /// The ticket.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of tying two tickets.
    LinkTicketsPayload {
        /// The first of the two.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of untying two tickets.
    UnlinkTicketsPayload {
        /// The first of the two.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of merging two tickets.
    MergeTicketsPayload {
        /// The ticket that goes on.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of taking a merge back.
    UnmergeTicketPayload {
        /// The ticket that came out again.
        ticket: Ticket as ticketing::Ticket
    }
}

/// Watching, tying and merging tickets.
#[derive(Default)]
pub struct TicketAroundMutation;

#[Object]
impl TicketAroundMutation {
    /// Lets somebody watch a ticket: whoever sees one watches it themselves. A client needs no permission for their own.
    #[graphql(directive = requires::apply(Permission::ViewTickets))]
    async fn watch_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: WatchTicketInput,
    ) -> Result<WatchTicketPayload> {
        let (cmd, catalog) = (input.read()?, &scope(ctx).app.catalog);
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { watch_ticket(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "ticket.watch", cmd, work).await?.into())
    }

    /// Lets somebody watch a ticket no more. A client needs no permission for their own.
    #[graphql(directive = requires::apply(Permission::ViewTickets))]
    async fn unwatch_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: WatchTicketInput,
    ) -> Result<UnwatchTicketPayload> {
        let (cmd, catalog) = (input.read()?, &scope(ctx).app.catalog);
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { unwatch_ticket(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "ticket.unwatch", cmd, work).await?.into())
    }

    /// Ties two tickets; where they are tied so already, nothing happens.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn link_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: LinkTicketsInput,
    ) -> Result<LinkTicketsPayload> {
        let cmd = input.read()?;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { link_tickets(&tx, &cx, &cmd).await };
        Ok(write(ctx, "ticket.link", cmd, work).await?.into())
    }

    /// Unties two tickets.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn unlink_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: LinkTicketsInput,
    ) -> Result<UnlinkTicketsPayload> {
        let cmd = input.read()?;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { unlink_tickets(&tx, &cx, &cmd).await };
        Ok(write(ctx, "ticket.unlink", cmd, work).await?.into())
    }

    /// Lets a ticket go into another: it is closed and points at it, and the other takes over its links, watchers and hours.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn merge_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: MergeTicketsInput,
    ) -> Result<MergeTicketsPayload> {
        let cmd = MergeTickets { from: id("input.fromId", &input.from_id)?, into: id("input.intoId", &input.into_id)? };
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { merge_tickets(&tx, &InTransaction(&tx), &cx, &cmd).await };
        Ok(write(ctx, "ticket.merge", cmd, work).await?.into())
    }

    /// Takes a merge back: the ticket stands where it stood, and has its links and hours again. Of a chain of merges the last is taken
    /// back first.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn unmerge_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UnmergeTicketInput,
    ) -> Result<UnmergeTicketPayload> {
        let cmd: TicketId = id("input.ticketId", &input.ticket_id)?;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { unmerge_ticket(&tx, &InTransaction(&tx), &cx, *cmd).await };
        Ok(write(ctx, "ticket.unmerge", cmd, work).await?.into())
    }
}
