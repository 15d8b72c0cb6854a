//! Reading tickets.

use async_graphql::{Context, ID, Object};
use kernel::page::PageArgs;
use kernel::record::Record;
use ticketing::{entities::ticket::Column, records::Tickets, tickets};

use super::{
    filters::{TicketFilter, TicketOrder, as_seen},
    prime::prime_tickets,
    types::{Ticket, TicketConnection, ticket},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    inbox::prime::nodes,
    records::{list, ordered},
    scope::scope,
};

/// Reading tickets.
#[derive(Default)]
pub struct TicketQuery;

#[Object]
impl TicketQuery {
    /// A ticket; null where there is none that the viewer may see. A client needs no permission for their own.
    #[graphql(name = "ticket", directive = requires::apply(Permission::ViewTickets))]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`tkt_…`")] id: ID) -> Result<Option<Ticket>> {
        Tickets::may_list(&scope(ctx).cx())?;
        ticket(ctx, Some(crate::graphql::scalars::id("id", &id)?)).await
    }

    /// The ticket of a number; null where there is none that the viewer may see. A client needs no permission for their own.
    #[graphql(directive = requires::apply(Permission::ViewTickets))]
    async fn ticket_by_number(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Such as `TKT-2026-0001`, in any case.")] number: String,
    ) -> Result<Option<Ticket>> {
        let (db, cx) = (&scope(ctx).app.db, scope(ctx).cx());
        Tickets::may_list(&cx)?;
        Ok(tickets::by_number(&db.reader(&cx).await?, &cx, &number).await?.map(Into::into))
    }

    /// Tickets, last changed first unless ordered otherwise. A client needs no permission for their own.
    #[graphql(directive = requires::apply(Permission::ViewTickets))]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<TicketFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<TicketOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TicketConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (Column::UpdatedAt, true)).map(|order| as_seen(&scope(ctx).cx(), order));
        let listed = list(ctx, "tickets", filter, order, page).await?;
        prime_tickets(scope(ctx), &listed.rows, &nodes(&ctx.look_ahead())).await?;
        Ok(listed.into())
    }
}
