//! Replies in conversations.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Result, Tx,
    id::{ConversationId, ConversationMessageId, ConversationReplyId},
    record::{Field, Nested, Record, Unique},
};
use sea_orm::{
    Condition, DbBackend, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{ExprTrait, Func, LockType},
};

use crate::{
    policy::{VIEW_CONVERSATIONS, visible_conversations},
    store::{
        conversation_reply::{Column, ConversationReplyStatus, Entity, Model as ConversationReply, ReplySource},
        conversations::{
            conversation,
            message::{self, Direction, Model as ConversationMessage},
        },
    },
};

impl Record for Entity {
    type Id = ConversationReplyId;
    type Row = ConversationReply;
    const WHAT: &'static str = "ConversationReply";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);
    const UNIQUE: &'static [Unique<Column>] = &[
        Unique { column: Column::PlatformMessageId, field: "conversationReplyId", taken: "was sent as another reply" },
        Unique {
            column: Column::MessageId,
            field: "conversationReplyId",
            taken: "another suggestion for the same message is sent already",
        },
    ];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CONVERSATIONS)
    }

    /// Those of the conversations that the actor may see.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let conversations = conversation::Entity::find().select_only().column(conversation::Column::Id);
        let conversations = conversations.filter(visible_conversations(cx, backend)?).into_query();
        Some(Condition::all().add(Column::ConversationId.in_subquery(conversations)))
    }
}

/// The replies of a conversation, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RepliesIn;

impl Nested for RepliesIn {
    type Parent = ConversationId;
    type Of = Entity;
    const NAME: &'static str = "replies of conversation";
    const PARENT: Column = Column::ConversationId;
    const ORDER: Column = Column::GeneratedAt;
}

/// By where they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By who wrote them.
pub const BY_SOURCE: Field<Column> = Field::new("source", &[Column::Source]);
/// By when they were written.
pub const BY_GENERATED_AT: Field<Column> = Field::new("generatedAt", &[Column::GeneratedAt]);

/// How far a platform's clock may be behind ours.
const BEHIND: TimeDelta = TimeDelta::minutes(2);

/// A reply, whoever asks, which nobody else changes until the transaction ends.
pub(crate) async fn lock(tx: &Tx, id: ConversationReplyId) -> Result<Option<ConversationReply>> {
    Ok(Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?)
}

/// A conversation, whoever asks, which nobody else changes until the transaction ends.
pub(crate) async fn lock_conversation(tx: &Tx, id: ConversationId) -> Result<Option<conversation::Model>> {
    Ok(conversation::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?)
}

fn messages(conversation: ConversationId, direction: Direction) -> Select<message::Entity> {
    message::Entity::find()
        .filter(message::Column::ConversationId.eq(conversation))
        .filter(message::Column::Direction.eq(direction))
}

/// What the participant wrote last, as far as it is not archived.
pub(crate) async fn last_inbound(conn: &Conn, conversation: ConversationId) -> Result<Option<ConversationMessage>> {
    let newest = messages(conversation, Direction::Inbound).order_by_desc(message::Column::ReceivedAt);
    Ok(newest.order_by_desc(message::Column::Id).limit(1).one(conn).await?)
}

/// A message of a conversation.
pub(crate) async fn message_in(
    conn: &Conn,
    conversation: ConversationId,
    id: ConversationMessageId,
    received_at: DateTime<Utc>,
) -> Result<Option<ConversationMessage>> {
    let found = message::Entity::find_by_id((id, received_at));
    Ok(found.filter(message::Column::ConversationId.eq(conversation)).one(conn).await?)
}

/// Whether somebody answered what was written at an instant: a message went out after it, or a colleague's reply is to.
pub(crate) async fn answered_since(
    conn: &Conn,
    conversation: ConversationId,
    at: DateTime<Utc>,
    but: Option<ConversationReplyId>,
) -> Result<bool> {
    let sent = messages(conversation, Direction::Outbound).filter(message::Column::ReceivedAt.gt(at));
    if sent.select_only().column(message::Column::Id).limit(1).into_tuple::<Uuid>().one(conn).await?.is_some() {
        return Ok(true);
    }
    let to_send = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ConversationId.eq(conversation))
        .filter(Column::Status.is_in([ConversationReplyStatus::Approved, ConversationReplyStatus::Sent]))
        .filter(Column::ApprovedAt.gt(at));
    let to_send: Vec<Uuid> = to_send.into_tuple().all(conn).await?;
    Ok(to_send.into_iter().any(|id| but.is_none_or(|but| but.0 != id)))
}

/// Whether a reply of the same conversation is to be sent before this one, which was decided on since then.
pub(crate) async fn waits_behind(conn: &Conn, reply: &ConversationReply, since: DateTime<Utc>) -> Result<bool> {
    let decided = Expr::expr(Func::coalesce([Expr::col(Column::ApprovedAt), Expr::col(Column::GeneratedAt)]));
    let own = reply.approved_at.unwrap_or(reply.generated_at);
    let as_old = Condition::all().add(decided.clone().eq(own)).add(Column::Id.lt(reply.id));
    let before = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ConversationId.eq(reply.conversation_id))
        .filter(Column::Status.eq(ConversationReplyStatus::Approved))
        .filter(Condition::any().add(decided.clone().lt(own)).add(as_old))
        .filter(decided.gt(since));
    Ok(before.limit(1).into_tuple::<Uuid>().one(conn).await?.is_some())
}

/// Whether a suggestion for a message is sent, or is to be.
pub(crate) async fn is_taken(conn: &Conn, message: ConversationMessageId) -> Result<bool> {
    let sent = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::MessageId.eq(message))
        .filter(Column::Source.eq(ReplySource::Suggestion))
        .filter(Column::Status.is_in([ConversationReplyStatus::Approved, ConversationReplyStatus::Sent]));
    Ok(sent.limit(1).into_tuple::<Uuid>().one(conn).await?.is_some())
}

/// What went out since a reply was begun to be sent and says the same, if it is no other reply: the platform took it.
pub(crate) async fn echo(conn: &Conn, reply: &ConversationReply, text: &str) -> Result<Option<ConversationMessage>> {
    let Some(began) = reply.attempted_at else { return Ok(None) };
    let others = Entity::find()
        .select_only()
        .column(Column::PlatformMessageId)
        .filter(Column::ConversationId.eq(reply.conversation_id))
        .filter(Column::PlatformMessageId.is_not_null())
        .into_query();
    let same = messages(reply.conversation_id, Direction::Outbound)
        .filter(message::Column::ReceivedAt.gte(began - BEHIND))
        .filter(message::Column::Content.eq(text))
        .filter(message::Column::PlatformMessageId.in_subquery(others).not());
    Ok(same.order_by_asc(message::Column::ReceivedAt).limit(1).one(conn).await?)
}
