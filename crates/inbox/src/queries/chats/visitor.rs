//! A chat as its visitor sees it.

use kernel::{Conn, Result, id::ChatId};
use sea_orm::{Condition, PaginatorTrait, entity::prelude::*};

use crate::{
    store::chats::session::{ChatStatus, Column, Entity, Model as Chat},
    usecases::chats::enter::{opens, wrong_token},
};

/// The chat that a token opens.
///
/// # Errors
/// [`kernel::Error::Invalid`] where it opens none, or another one.
pub async fn opened_chat(conn: &Conn, id: ChatId, token: &str) -> Result<Chat> {
    let found = Entity::find_by_id(id).one(conn).await?.filter(|chat| opens(chat, token));
    found.ok_or_else(wrong_token)
}

/// The place of a waiting chat in the queue of its department, the first being 1; `None` where it does not wait.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn queue_position(conn: &Conn, chat: &Chat) -> Result<Option<u64>> {
    if chat.status != ChatStatus::Waiting {
        return Ok(None);
    }
    let same = match chat.department_id {
        Some(department) => Column::DepartmentId.eq(department),
        None => Column::DepartmentId.is_null(),
    };
    let earlier = Condition::any()
        .add(Column::StartedAt.lt(chat.started_at))
        .add(Condition::all().add(Column::StartedAt.eq(chat.started_at)).add(Column::Id.lt(chat.id)));
    let before = Entity::find().filter(Column::Status.eq(ChatStatus::Waiting)).filter(same).filter(earlier);
    Ok(Some(before.count(conn).await? + 1))
}
