//! Chats as colleagues see them.

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    db::search,
    filter::MAX_TEXT,
    id::{ChatId, VisitorId},
    record::{Field, Nested, Record},
    text::words::Sought,
};
use sea_orm::{Condition, DbBackend, EntityName, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::{VIEW_CHATS, visible_chats},
    store::chats::{
        line,
        session::{Column, Entity, Model as Chat},
    },
};

impl Record for Entity {
    type Id = ChatId;
    type Row = Chat;
    const WHAT: &'static str = "Chat";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CHATS)
    }

    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        visible_chats(cx, backend)
    }
}

/// By status.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By the department that it waits for.
pub const BY_DEPARTMENT: Field<Column> = Field::new("departmentId", &[Column::DepartmentId]);
/// By who has it.
pub const BY_ASSIGNEE: Field<Column> = Field::new("assigneeId", &[Column::AssigneeId]);
/// By who began it.
pub const BY_VISITOR: Field<Column> = Field::new("visitorId", &[Column::VisitorId]);
/// By when it began.
pub const BY_STARTED_AT: Field<Column> = Field::new("startedAt", &[Column::StartedAt]);
/// By when something was last said.
pub const BY_LAST_MESSAGE_AT: Field<Column> = Field::new("lastMessageAt", &[Column::LastMessageAt]);
/// By whether the visitor rated it.
pub const BY_RATING: Field<Column> = Field::new("isRated", &[Column::Rating]);

/// The chats in which these words were said in one line; a text without a word leaves everything.
///
/// # Errors
/// [`Error::Invalid`] at `filter.said` for a text that is too long.
pub fn said(backend: DbBackend, text: &str) -> Result<Option<Condition>> {
    if text.chars().count() > MAX_TEXT {
        let message = format!("must have at most {MAX_TEXT} characters");
        return Err(Error::invalid("filter.said", ProblemCode::TooLong, message));
    }
    let Some(sought) = Sought::new(text) else { return Ok(None) };
    let lines = line::Entity::find().select_only().column(line::Column::SessionId);
    let lines = lines.filter(search::holds(backend, line::Entity.table_name(), &sought));
    Ok(Some(Condition::all().add(Column::Id.in_subquery(lines.into_query()))))
}

/// The chats of one visitor, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChatsOf;

impl Nested for ChatsOf {
    type Parent = VisitorId;
    type Of = Entity;
    const NAME: &'static str = "chats of";
    const PARENT: Column = Column::VisitorId;
    const ORDER: Column = Column::StartedAt;
    const DESCENDING: bool = true;
}

/// The ids of chats in their order: so many after one, from the first on where there is none. For whoever goes through all.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn chat_ids_after(conn: &Conn, after: Option<ChatId>, limit: u64) -> Result<Vec<ChatId>> {
    let mut chats = Entity::find().select_only().column(Column::Id).order_by_asc(Column::Id).limit(limit);
    if let Some(after) = after {
        chats = chats.filter(Column::Id.gt(after));
    }
    Ok(chats.into_tuple().all(conn).await?)
}
