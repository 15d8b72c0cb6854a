//! Asking for things by their ids.

use std::sync::Arc;

use async_graphql::{Context, ID, Lookahead, Object};
use inbox::records::{Messages, Visitors};
use kernel::{
    id::{MessageId, TypedId, VisitorId},
    record::by_ids,
};

use super::{
    errors::Result,
    inbox::{prime, prime_visitors},
    loaders::By,
    node::{Node, node},
    scope::{Scope, scope},
};

/// Reads the inbox's things in one statement a kind and puts them, with what is asked of them, into the loaders.
async fn prime_inbox(scope: &Scope, ids: &[ID], look: Lookahead<'_>) -> kernel::Result<()> {
    let cx = scope.cx();
    let conn = scope.app.db.reader(&cx).await?;
    let nodes = [look];
    let messages = of_kind::<MessageId>(ids);
    if !messages.is_empty() {
        let found: Vec<_> = by_ids::<Messages>(&conn, &cx, &messages).await?.into_values().collect();
        prime(scope, &found, &nodes).await?;
        scope.loaders.feed_many(found.into_iter().map(|message| (By::<Messages>(message.id), Arc::new(message))));
    }
    let visitors = of_kind::<VisitorId>(ids);
    if !visitors.is_empty() {
        let found: Vec<_> = by_ids::<Visitors>(&conn, &cx, &visitors).await?.into_values().collect();
        prime_visitors(scope, &found, &nodes).await?;
        scope.loaders.feed_many(found.into_iter().map(|visitor| (By::<Visitors>(visitor.id), Arc::new(visitor))));
    }
    Ok(())
}

fn of_kind<I: TypedId>(ids: &[ID]) -> Vec<I> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

/// Things by id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Something by its id; null where there is nothing that the viewer may see.
    #[graphql(name = "node")]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Node>> {
        node(ctx, "id", &id).await
    }

    /// Several things by their ids, at most 100, in the order of the ids; null where there is nothing that the viewer may see. A text that
    /// is no id is null too, with an error that names its place among them, such as `ids.3`.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids.", validator(max_items = 100))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        if scope(ctx).cx().platform().is_err() {
            scope(ctx).cx().user()?;
            prime_inbox(scope(ctx), &ids, ctx.look_ahead()).await?;
        }
        let places: Vec<_> = (0..ids.len()).map(|at| format!("ids.{at}")).collect();
        let found = futures_util::future::join_all(ids.iter().zip(&places).map(|(id, place)| node(ctx, place, id)));
        // One that is no id leaves the others as they are; who may ask for none gets none.
        let each = |found: Result<Option<Node>>| match found {
            Err(fault) if !fault.is_of_input() => Err(fault),
            found => Ok(found.transpose()),
        };
        found.await.into_iter().map(each).collect()
    }
}
