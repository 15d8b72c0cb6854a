//! What is written in conversations.

use kernel::{
    Cx, Result,
    db::{any_of, has_parts},
    id::{ConversationId, ConversationMessageId},
    record::{Between, Nested, Record},
};
use sea_orm::{Condition, DbBackend, QuerySelect, QueryTrait, entity::prelude::*, sea_query::ExprTrait};

use crate::{
    policy::{VIEW_CONVERSATIONS, sees_conversations, visible_conversations},
    store::conversations::{
        conversation,
        message::{Column, Entity, Model as ConversationMessage},
        message_key,
    },
};

impl Record for Entity {
    type Id = ConversationMessageId;
    type Row = ConversationMessage;
    const WHAT: &'static str = "ConversationMessage";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CONVERSATIONS)
    }

    /// Those of the conversations that the actor may see.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let conversations = conversation::Entity::find().select_only().column(conversation::Column::Id);
        let conversations = conversations.filter(visible_conversations(cx, backend)?).into_query();
        Some(Condition::all().add(Column::ConversationId.in_subquery(conversations)))
    }

    /// PostgreSQL keeps each month in a table of its own; the keys say which.
    fn among(backend: DbBackend, ids: &[ConversationMessageId]) -> Option<Condition> {
        if !has_parts(backend) {
            return None;
        }
        let bound = |of: Expr| {
            let keys = message_key::Entity::find().select_only().expr(of);
            let keys = keys.filter(any_of(backend, message_key::Column::MessageId, ids)).into_query();
            sea_orm::sea_query::SimpleExpr::SubQuery(None, Box::new(keys.into()))
        };
        let (first, last) = (message_key::Column::ReceivedAt.min(), message_key::Column::ReceivedAt.max());
        let at = || Expr::col(Column::ReceivedAt.as_column_ref());
        Some(Condition::all().add(at().gte(bound(first))).add(at().lte(bound(last))))
    }
}

/// The messages of a conversation that are not archived, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessagesIn;

impl Nested for MessagesIn {
    type Parent = ConversationId;
    type Of = Entity;
    const NAME: &'static str = "messages in";
    const PARENT: Column = Column::ConversationId;
    const ORDER: Column = Column::ReceivedAt;

    /// Whoever sees a conversation sees its messages.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_conversations(cx).map(|_| Condition::all())
    }

    fn between() -> Option<Between> {
        Some(Between { table: "conversations", from: "started_at", to: "last_message_at" })
    }
}
