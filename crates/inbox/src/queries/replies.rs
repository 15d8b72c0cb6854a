//! Replies.

use kernel::{
    Conn, Cx, Result,
    id::{MessageId, MessageReplyId},
    record::{Nested, Record},
};
use sea_orm::{
    Condition, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*,
};

use crate::{
    policy::{sees_messages, visible_messages},
    store::{
        message,
        reply::{Column, EmailStatus, Entity, Model as MessageReply},
    },
};

impl Record for Entity {
    type Id = MessageReplyId;
    type Row = MessageReply;
    const WHAT: &'static str = "MessageReply";
    const ID: Column = Column::Id;

    /// Those of the messages that the actor may see.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let messages = message::Entity::find().select_only().column(message::Column::Id);
        let messages = messages.filter(visible_messages(cx, backend)?).into_query();
        Some(Condition::all().add(Column::MessageId.in_subquery(messages)))
    }
}

/// The replies to a message, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Replies;

impl Nested for Replies {
    type Parent = MessageId;
    type Of = Entity;
    const NAME: &'static str = "replies";
    const PARENT: Column = Column::MessageId;
    const ORDER: Column = Column::CreatedAt;

    /// Whoever sees a message sees its replies.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_messages(cx).map(|_| Condition::all())
    }
}

/// A reply that was mailed, and under which subject.
pub(crate) type Mailed = (MessageReplyId, Option<String>);

/// A reply with its message and the earlier replies that were mailed, for its delivery.
pub(crate) async fn for_delivery(
    conn: &Conn,
    id: MessageReplyId,
) -> Result<Option<(message::Model, MessageReply, Vec<Mailed>)>> {
    let Some(reply) = Entity::find_by_id(id).one(conn).await? else { return Ok(None) };
    let Some(message) = message::Entity::find_by_id(reply.message_id).one(conn).await? else { return Ok(None) };
    let earlier = Entity::find()
        .select_only()
        .columns([Column::Id, Column::EmailSubject])
        .filter(Column::MessageId.eq(message.id))
        .filter(Column::CreatedAt.lt(reply.created_at))
        // What the visitor never got is nothing that a mail program could thread on.
        .filter(Column::EmailStatus.is_not_in([EmailStatus::NotRequested, EmailStatus::Failed]))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(Some((message, reply, earlier)))
}

/// The newest hundred replies of a message, by their ids: for Frontdesk itself.
pub async fn reply_ids(conn: &Conn, message: MessageId) -> Result<Vec<MessageReplyId>> {
    let ids = Entity::find().select_only().column(Column::Id).filter(Column::MessageId.eq(message));
    Ok(ids.order_by_desc(Column::CreatedAt).limit(100).into_tuple().all(conn).await?)
}
