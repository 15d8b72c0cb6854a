//! Reading conversations.

use async_graphql::{Context, ID, Object};
use inbox::entities::conversation::Column;
use kernel::{id::ConversationId, page::PageArgs};

use super::{
    filters::{ConversationFilter, ConversationOrder},
    prime::prime_conversations,
    types::{Conversation, ConversationConnection, conversation},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    inbox::prime::nodes,
    records::{list, ordered},
    scalars::id,
    scope::scope,
};

/// Reading conversations.
#[derive(Default)]
pub struct ConversationQuery;

#[Object]
impl ConversationQuery {
    /// A conversation; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewConversations))]
    async fn conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "`cnv_…`")] key: ID,
    ) -> Result<Option<Conversation>> {
        scope(ctx).cx().require(inbox::VIEW_CONVERSATIONS)?;
        let key: ConversationId = id("id", &key)?;
        conversation(ctx, key).await
    }

    /// Conversations on social platforms, the last written in first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewConversations))]
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ConversationFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<ConversationOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ConversationConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (Column::LastMessageAt, true));
        let listed = list(ctx, "conversations", filter, order, page).await?;
        prime_conversations(scope(ctx), &listed.rows, &nodes(&ctx.look_ahead())).await?;
        Ok(listed.into())
    }
}
