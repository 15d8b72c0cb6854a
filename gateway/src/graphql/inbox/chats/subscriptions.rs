//! Chats, live.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;
use kernel::id::ChatId;

use super::{
    events::{ChatEvent, OneChat},
    presence::{ChatPresence, entered, present, watch},
    queue::{ChatQueueEvent, Queue},
};
use crate::graphql::{
    directives::requires, errors::Result, identity::Permission, live::follow, scalars::id, scope::scope,
};

/// Chats, live.
#[derive(Default)]
pub struct ChatSubscription;

#[Subscription]
impl ChatSubscription {
    /// Public with the chat's token: what happens in a chat, as it happens, for both sides. With `after`, what was missed comes
    /// first: nothing is left out and nothing comes twice. Whoever listens is present.
    async fn chat_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "The chat, `cht_…`.")] chat_id: ID,
        #[graphql(desc = "The chat's token, from its visitor; a colleague is signed in instead.")] chat_token: Option<
            String,
        >,
        #[graphql(desc = "The `sequence` of the last event seen; \"0\" for all that is kept.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ChatEvent>> + 'ctx> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let chat: ChatId = id("chatId", &chat_id)?;
        let (found, side) = entered(scope, &cx, chat, chat_token.as_deref()).await?;
        follow(scope, after, OneChat::new(&found, side, present(scope, &cx, chat, side))).await
    }

    /// What happens in the queue, as it happens. With `after`, what was missed comes first. Whoever listens and takes chats is
    /// at the desk, for the chats that they see and follow: while nobody is, visitors are told so.
    #[graphql(directive = requires::apply(Permission::ViewChats))]
    async fn chat_queue_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Of the queue of this department alone, `dep_…`.")] department_id: Option<ID>,
        #[graphql(desc = "The `sequence` of the last event seen.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ChatQueueEvent>> + 'ctx> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_CHATS)?;
        let department = department_id.as_ref().map(|it| id("departmentId", it)).transpose()?;
        follow(scope, after, Queue::new(scope, &cx, department)).await
    }

    /// Public with the chat's token: who is in a chat and who types, now and whenever that changes. Nothing of it is kept.
    /// Whoever listens is present; whose connection broke is away within 10 seconds after that was noticed.
    async fn chat_presence<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "The chat, `cht_…`.")] chat_id: ID,
        #[graphql(desc = "The chat's token, from its visitor; a colleague is signed in instead.")] chat_token: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<ChatPresence>> + 'ctx> {
        watch(scope(ctx), id("chatId", &chat_id)?, chat_token).await
    }
}
