//! [`Chats`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Result, Tx,
    db::search,
    id::{ChatId, StaffId},
};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::LockType};

use super::{
    line,
    session::{self, ChatStatus},
};
use crate::ports::Chats;

impl Chats for Tx {
    async fn take(&self, id: ChatId) -> Result<Option<session::Model>> {
        // Not `FOR UPDATE`: a line that refers to it need not wait.
        Ok(session::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(self.conn()).await?)
    }

    async fn begin(&self, chat: &session::Model) -> Result<()> {
        search::insert(self.conn(), chat.clone().into_active_model(), chat.texts()).await
    }

    async fn say(&self, line: &line::Model) -> Result<()> {
        search::insert(self.conn(), line.clone().into_active_model(), [line.content.as_str()]).await
    }

    async fn index(&self, chat: &session::Model) -> Result<()> {
        search::index_one::<session::Entity>(self.conn(), chat.id, chat.texts()).await
    }

    async fn silent_since(&self, before: DateTime<Utc>, limit: u64) -> Result<Vec<session::Model>> {
        let silent = Condition::all()
            .add(session::Column::Status.eq(ChatStatus::Active))
            .add(session::Column::LastMessageAt.lt(before));
        some(self.conn(), silent, session::Column::LastMessageAt, limit).await
    }

    async fn held_by(&self, staff: StaffId) -> Result<Vec<session::Model>> {
        let held = Condition::all()
            .add(session::Column::AssigneeId.eq(staff))
            .add(session::Column::Status.eq(ChatStatus::Active));
        some(self.conn(), held, session::Column::Id, 10_000).await
    }

    async fn lines(&self, chat: ChatId, limit: u64) -> Result<Vec<line::Model>> {
        let last = line::Entity::find()
            .filter(line::Column::SessionId.eq(chat))
            .order_by_desc(line::Column::CreatedAt)
            .order_by_desc(line::Column::Id)
            .limit(limit);
        let mut lines = last.all(self.conn()).await?;
        lines.reverse();
        Ok(lines)
    }
}

/// The first chats of these, locked in the order of their ids, as every writer of several takes them.
async fn some(conn: &Conn, which: Condition, first: session::Column, limit: u64) -> Result<Vec<session::Model>> {
    let ids: Vec<ChatId> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(which.clone())
        .order_by_asc(first)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let locked = session::Entity::find().filter(session::Column::Id.is_in(ids)).filter(which);
    Ok(locked.order_by_asc(session::Column::Id).lock(LockType::NoKeyUpdate).all(conn).await?)
}
