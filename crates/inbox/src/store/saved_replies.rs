//! [`SavedReplyShelf`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Result, Tx, id::SavedReplyId, record::find};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, PaginatorTrait, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{CaseStatement, ExprTrait, LockType, OnConflict},
};

use super::{
    saved_reply::{self, Column},
    saved_reply_shortcut as shortcuts,
};
use crate::ports::SavedReplyShelf;

impl SavedReplyShelf for Tx {
    async fn claim(&self, shortcut: &str, is_global: bool) -> Result<bool> {
        let row = shortcuts::ActiveModel { shortcut: Set(shortcut.to_owned()), is_global: Set(is_global) };
        shortcuts::Entity::insert(row)
            .on_conflict(OnConflict::column(shortcuts::Column::Shortcut).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        let held = shortcuts::Entity::find_by_id(shortcut).lock(LockType::Update).one(self.conn()).await?;
        if held.is_some_and(|held| held.is_global == is_global) {
            return Ok(true);
        }
        // Those that had it gave it up, or have it still.
        let holders = saved_reply::Entity::find().filter(Column::ShortcutFolded.eq(shortcut));
        if holders.count(self.conn()).await? > 0 {
            return Ok(false);
        }
        shortcuts::Entity::update_many()
            .col_expr(shortcuts::Column::IsGlobal, Expr::value(is_global))
            .filter(shortcuts::Column::Shortcut.eq(shortcut))
            .exec(self.conn())
            .await?;
        Ok(true)
    }

    async fn with_shortcut(&self, shortcut: &str) -> Result<Vec<saved_reply::Model>> {
        let holders = saved_reply::Entity::find().filter(Column::ShortcutFolded.eq(shortcut));
        Ok(holders.order_by_asc(Column::Id).lock(LockType::NoKeyUpdate).all(self.conn()).await?)
    }

    async fn saved_reply(&self, cx: &Cx, id: SavedReplyId) -> Result<saved_reply::Model> {
        let missing = || Error::NotFound { what: "SavedReply" };
        let visible = find::<saved_reply::Entity>(cx, self.conn().get_database_backend()).ok_or_else(missing)?;
        visible.filter(Column::Id.eq(id)).one(self.conn()).await?.ok_or_else(missing)
    }

    async fn used(&self, id: SavedReplyId, at: DateTime<Utc>) -> Result<()> {
        // Of two uses at a time each is counted, and the later one is the last.
        let earlier = Column::LastUsedAt.is_null().or(Column::LastUsedAt.lt(at));
        let last = CaseStatement::new().case(earlier, Expr::value(at)).finally(Expr::col(Column::LastUsedAt));
        saved_reply::Entity::update_many()
            .col_expr(Column::UseCount, Expr::col(Column::UseCount).add(1))
            .col_expr(Column::LastUsedAt, last.into())
            .filter(Column::Id.eq(id))
            .exec(self.conn())
            .await?;
        Ok(())
    }
}
