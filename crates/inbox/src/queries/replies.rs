//! Replies.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::{Below, any_of},
    id::{MessageId, MessageReplyId},
    page::{Order, Page, Place, Slice},
    visibility::Sees,
};
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*,
};

use crate::{
    policy::{sees_messages, visible_messages},
    store::{
        message,
        reply::{Column, EmailStatus, Entity, Model as MessageReply},
    },
};

/// Where a reply stands among those of its message: by time.
pub fn reply_place(reply: &MessageReply) -> Place {
    Place { keys: vec![reply.created_at.into()], id: reply.id.0 }
}

/// A page of the replies of one message. The message was found by the actor, so they may see its replies.
pub async fn replies(conn: &Conn, cx: &Cx, message: MessageId, page: &Page) -> Result<Slice<MessageReply>> {
    if sees_messages(cx).is_none() {
        return Ok(page.slice(Vec::new()));
    }
    let order = Order { columns: vec![(Column::CreatedAt, false)], id: Column::Id };
    let select = Entity::find().filter(Column::MessageId.eq(message));
    Ok(page.slice(order.apply(select, page).all(conn).await?))
}

pub(super) const BELOW_MESSAGE: Below = Below {
    table: "message_replies",
    columns: r#""id", "message_id", "author_id", "content", "email_status", "email_error", "email_sent_at", "email_subject", "created_at""#,
    parent: "message_id",
    order: "created_at",
    descending: false,
    work: None,
};

/// The first (or last) `rows` replies of each of many messages; from the end, newest first.
pub async fn replies_of_each(
    conn: &Conn,
    cx: &Cx,
    messages: &[MessageId],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<MessageId, Vec<MessageReply>>> {
    let mut found: HashMap<_, Vec<_>> = messages.iter().map(|id| (*id, Vec::new())).collect();
    if messages.is_empty() || sees_messages(cx).is_none() {
        return Ok(found);
    }
    // The messages were found by the actor; whoever sees one sees its replies.
    let statement = BELOW_MESSAGE.of_each(conn.get_database_backend(), messages, rows, from_end, &Sees::All);
    for row in conn.query_all_raw(statement).await? {
        let reply = MessageReply::from_query_result(&row, "")?;
        found.entry(reply.message_id).or_default().push(reply);
    }
    Ok(found)
}

/// How many replies each of many messages has.
pub async fn count_replies_of_each(conn: &Conn, cx: &Cx, messages: &[MessageId]) -> Result<HashMap<MessageId, u64>> {
    let mut found: HashMap<_, _> = messages.iter().map(|id| (*id, 0)).collect();
    if messages.is_empty() || sees_messages(cx).is_none() {
        return Ok(found);
    }
    let rows: Vec<(MessageId, i64)> = Entity::find()
        .select_only()
        .column(Column::MessageId)
        .column_as(Column::Id.count(), "n")
        .filter(any_of(conn.get_database_backend(), Column::MessageId, messages))
        .group_by(Column::MessageId)
        .into_tuple()
        .all(conn)
        .await?;
    found.extend(rows.into_iter().map(|(id, n)| (id, n.unsigned_abs())));
    Ok(found)
}

/// Replies by id, as far as the actor may see their messages.
pub async fn replies_by_ids(
    conn: &Conn,
    cx: &Cx,
    ids: &[MessageReplyId],
) -> Result<HashMap<MessageReplyId, MessageReply>> {
    let Some(visible) = visible_messages(cx, conn.get_database_backend()) else { return Ok(HashMap::new()) };
    let visible = message::Entity::find().select_only().column(message::Column::Id).filter(visible);
    let rows = Entity::find()
        .filter(any_of(conn.get_database_backend(), Column::Id, ids))
        .filter(Column::MessageId.in_subquery(visible.into_query()))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|reply| (reply.id, reply)).collect())
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
