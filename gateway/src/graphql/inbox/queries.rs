//! Reading the inbox.

use std::sync::Arc;

use async_graphql::{Context, ID, Lookahead, Object};
use inbox::{MessageField, VisitorField, Wide};
use kernel::{id::VisitorId, page::Cursors};

use super::{
    filters::{MessageFilter, MessageOrder, VisitorFilter, VisitorOrder},
    prime::{prime, prime_visitors},
    types::{Message, MessageConnection, Visitor, VisitorConnection},
};
use crate::graphql::{errors::Result, identity::Permission, paging::args, schema::requires, scope::scope};

fn nodes<'a>(look: &Lookahead<'a>) -> [Lookahead<'a>; 2] {
    [look.field("nodes"), look.field("edges").field("node")]
}

/// Reading the inbox.
#[derive(Default)]
pub struct InboxQuery;

#[Object]
impl InboxQuery {
    /// A message; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewMessages))]
    async fn message(&self, ctx: &Context<'_>, #[graphql(desc = "`msg_…`")] id: ID) -> Result<Option<Message>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_MESSAGES)?;
        let id = crate::graphql::scalars::id("id", &id)?;
        let conn = scope.app.db.reader(&cx).await?;
        let found = inbox::messages_by_ids(&conn, &cx, &[id]).await?.remove(&id);
        if let Some(found) = &found {
            prime(scope, std::slice::from_ref(found), &[ctx.look_ahead()]).await?;
        }
        Ok(found.map(Into::into))
    }

    /// Messages, newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewMessages))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<MessageFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<MessageOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<MessageConnection> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_MESSAGES)?;
        let filter = filter.unwrap_or_default().build(scope)?;
        let mut orders: Vec<inbox::MessageOrder> =
            order_by.unwrap_or_default().into_iter().take(3).map(Into::into).collect();
        if orders.is_empty() {
            orders.push(inbox::MessageOrder { field: MessageField::CreatedAt, descending: true });
        }
        let cursors = Cursors::new(scope.app.db.keyring(), &cx, &format!("messages {orders:?}"));
        let page = cursors.page(&args(first, after, last, before))?;
        let conn = scope.app.db.reader(&cx).await?;
        let look = ctx.look_ahead();
        let nodes = nodes(&look);
        let wide = if nodes.iter().any(|node| node.field("content").exists())
            || nodes.iter().any(|node| node.field("replies").exists())
        {
            Wide::Content
        } else {
            Wide::Omit
        };
        let slice = inbox::messages(&conn, &cx, &filter, &orders, &page, wide).await?;
        prime(scope, &slice.rows, &nodes).await?;
        let app = scope.app.clone();
        Ok(MessageConnection {
            places: slice.rows.iter().map(|row| inbox::MessageOrder::place(&orders, row)).collect(),
            rows: slice.rows.into_iter().map(|row| Arc::new(row.into())).collect(),
            has_next: slice.has_next,
            has_previous: slice.has_previous,
            cursors,
            count: Arc::new(move || {
                let (app, cx, filter) = (app.clone(), cx.clone(), filter.clone());
                Box::pin(async move { inbox::count_messages(&app.db.reader(&cx).await?, &cx, &filter).await })
            }),
        })
    }

    /// A visitor; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewVisitors))]
    async fn visitor(&self, ctx: &Context<'_>, #[graphql(desc = "`vis_…`")] id: ID) -> Result<Option<Visitor>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_VISITORS)?;
        let id: VisitorId = crate::graphql::scalars::id("id", &id)?;
        let conn = scope.app.db.reader(&cx).await?;
        let found = inbox::visitors_by_ids(&conn, &cx, &[id]).await?.remove(&id);
        if let Some(found) = &found {
            prime_visitors(scope, std::slice::from_ref(found), &[ctx.look_ahead()]).await?;
        }
        Ok(found.as_ref().map(Into::into))
    }

    /// Visitors, last seen first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewVisitors))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn visitors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<VisitorFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<VisitorOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<VisitorConnection> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_VISITORS)?;
        let filter = filter.unwrap_or_default().build(scope)?;
        let mut orders: Vec<inbox::VisitorOrder> =
            order_by.unwrap_or_default().into_iter().take(3).map(Into::into).collect();
        if orders.is_empty() {
            orders.push(inbox::VisitorOrder { field: VisitorField::LastVisitAt, descending: true });
        }
        let cursors = Cursors::new(scope.app.db.keyring(), &cx, &format!("visitors {orders:?}"));
        let page = cursors.page(&args(first, after, last, before))?;
        let conn = scope.app.db.reader(&cx).await?;
        let slice = inbox::visitors(&conn, &cx, &filter, &orders, &page).await?;
        prime_visitors(scope, &slice.rows, &nodes(&ctx.look_ahead())).await?;
        let app = scope.app.clone();
        Ok(VisitorConnection {
            places: slice.rows.iter().map(|row| inbox::VisitorOrder::place(&orders, row)).collect(),
            rows: slice.rows.iter().map(|row| Arc::new(row.into())).collect(),
            has_next: slice.has_next,
            has_previous: slice.has_previous,
            cursors,
            count: Arc::new(move || {
                let (app, cx, filter) = (app.clone(), cx.clone(), filter.clone());
                Box::pin(async move { inbox::count_visitors(&app.db.reader(&cx).await?, &cx, &filter).await })
            }),
        })
    }
}
