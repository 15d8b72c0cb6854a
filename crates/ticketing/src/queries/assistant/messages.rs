//! What is said in one's own sessions, and what the answers rest on.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::{AssistantMessageId, AssistantSessionId},
    record::{Nested, Record},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::own_conversations,
    store::assistant::{
        message::{AssistantRole, Column, Entity, Model as AssistantMessage},
        session, source,
    },
};

impl Record for Entity {
    type Id = AssistantMessageId;
    type Row = AssistantMessage;
    const WHAT: &'static str = "AssistantMessage";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    /// Those of the actor's own sessions.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        let sessions = session::Entity::find().select_only().column(session::Column::Id);
        let sessions = sessions.filter(session::Column::UserId.eq(own_conversations(cx)?)).into_query();
        Some(Condition::all().add(Column::SessionId.in_subquery(sessions)))
    }
}

/// What was said in a session, the oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Said;

impl Nested for Said {
    type Parent = AssistantSessionId;
    type Of = Entity;
    const NAME: &'static str = "assistantMessages";
    const PARENT: Column = Column::SessionId;
    const ORDER: Column = Column::CreatedAt;

    /// Whoever sees a session sees what was said in it.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        own_conversations(cx).map(|_| Condition::all())
    }
}

/// What each of these answers rests on, in order. Whoever asks has found the answers.
pub async fn sources_of_each(
    conn: &Conn,
    answers: &[AssistantMessageId],
) -> Result<HashMap<AssistantMessageId, Vec<source::Model>>> {
    let mut found: HashMap<_, Vec<_>> = answers.iter().map(|id| (*id, Vec::new())).collect();
    let of = any_of(conn.get_database_backend(), source::Column::MessageId, answers);
    let rows = source::Entity::find().filter(of).order_by_asc(source::Column::Position).all(conn).await?;
    for row in rows {
        found.entry(row.message_id).or_default().push(row);
    }
    Ok(found)
}

/// The newest answer of a session that the actor may see; `None` where there is none.
pub async fn newest_answer(conn: &Conn, cx: &Cx, session: AssistantSessionId) -> Result<Option<AssistantMessage>> {
    let Some(own) = <Entity as Record>::visible(cx, conn.get_database_backend()) else { return Ok(None) };
    let answers = Entity::find().filter(own).filter(Column::SessionId.eq(session));
    let answers = answers.filter(Column::Role.eq(AssistantRole::Assistant));
    Ok(answers.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).one(conn).await?)
}
