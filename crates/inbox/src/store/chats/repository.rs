//! [`Chats`] on the tables.

use kernel::{
    Result, Tx,
    db::search,
    id::{ChatId, DepartmentId, StaffId},
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

    async fn held_by(&self, staff: StaffId) -> Result<Vec<session::Model>> {
        let held = session::Entity::find().filter(held_by(staff)).order_by_asc(session::Column::Id);
        // In the order of their ids, as every writer of several takes them.
        Ok(held.limit(10_000).lock(LockType::NoKeyUpdate).all(self.conn()).await?)
    }

    async fn held_of(&self, staff: StaffId, department: Option<DepartmentId>) -> Result<u64> {
        let of = match department {
            Some(id) => session::Column::DepartmentId.eq(id),
            None => session::Column::DepartmentId.is_null(),
        };
        Ok(session::Entity::find().filter(held_by(staff)).filter(of).count(self.conn()).await?)
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

/// The chats that somebody has now.
fn held_by(staff: StaffId) -> Condition {
    Condition::all().add(session::Column::AssigneeId.eq(staff)).add(session::Column::Status.eq(ChatStatus::Active))
}
