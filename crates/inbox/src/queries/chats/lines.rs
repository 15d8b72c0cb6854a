//! What is said in chats.

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::{ChatId, ChatMessageId},
    record::{Nested, Record},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::{VIEW_CHATS, sees_chats, visible_chats},
    store::chats::{
        line::{Column, Entity, Model as ChatMessage},
        session,
    },
};

impl Record for Entity {
    type Id = ChatMessageId;
    type Row = ChatMessage;
    const WHAT: &'static str = "ChatMessage";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CHATS)
    }

    /// Those of the chats that the actor may see.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let chats = session::Entity::find().select_only().column(session::Column::Id);
        let chats = chats.filter(visible_chats(cx, backend)?).into_query();
        Some(Condition::all().add(Column::SessionId.in_subquery(chats)))
    }
}

/// The lines of a chat, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lines;

impl Nested for Lines {
    type Parent = ChatId;
    type Of = Entity;
    const NAME: &'static str = "lines";
    const PARENT: Column = Column::SessionId;
    const ORDER: Column = Column::CreatedAt;

    /// Whoever sees a chat sees its lines.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_chats(cx).map(|_| Condition::all())
    }
}

/// The same for whoever was let into the chat by its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinesForVisitor;

impl Nested for LinesForVisitor {
    type Parent = ChatId;
    type Of = Entity;
    const NAME: &'static str = "lines for the visitor";
    const PARENT: Column = Column::SessionId;
    const ORDER: Column = Column::CreatedAt;

    /// The token is what lets them read it.
    fn visible(_: &Cx, _: DbBackend) -> Option<Condition> {
        Some(Condition::all())
    }
}

/// Lines of one chat by id, for those who were let into it.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn chat_lines(conn: &Conn, chat: ChatId, ids: &[ChatMessageId]) -> Result<Vec<ChatMessage>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let these = any_of(conn.get_database_backend(), Column::Id, ids);
    Ok(Entity::find().filter(these).filter(Column::SessionId.eq(chat)).all(conn).await?)
}
