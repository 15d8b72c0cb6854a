//! [`TicketBook`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result, Tx,
    db::search,
    id::{StaffId, TicketId, UserId},
};
use sea_orm::{
    ActiveValue::Set,
    Condition, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, OnConflict, SimpleExpr},
};

use super::{
    change,
    link::{self, TicketLinkKind},
    merge, number,
    ticket::{self, TicketStatus},
    watcher,
};
use crate::{
    domain::tickets::ticket as rules,
    ports::tickets::TicketBook,
    store::comments::{
        board::spoken,
        comment::{self, CommentVisibility},
    },
};

/// Of a ticket that is worked on.
fn open() -> SimpleExpr {
    ticket::Column::Status.is_not_in([TicketStatus::Resolved, TicketStatus::Closed])
}

impl TicketBook for Tx {
    async fn add_ticket(&self, mut ticket: ticket::Model, year: i32) -> Result<ticket::Model> {
        let n = number::next(self, year).await?;
        (ticket.number, ticket.position) = (rules::number(year, n), rules::position(year, n));
        search::insert(self.conn(), ticket.clone().into_active_model(), ticket.texts()).await?;
        Ok(ticket)
    }

    async fn take_ticket(&self, id: TicketId) -> Result<Option<ticket::Model>> {
        Ok(ticket::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(self.conn()).await?)
    }

    async fn is_there(&self, id: TicketId) -> Result<bool> {
        let one = ticket::Entity::find_by_id(id).select_only().column(ticket::Column::Id).into_tuple::<TicketId>();
        Ok(one.one(self.conn()).await?.is_some())
    }

    async fn who_has_open_tickets(&self) -> Result<Vec<StaffId>> {
        let who = ticket::Entity::find().select_only().column(ticket::Column::AssigneeId).distinct();
        let who = who.filter(open()).filter(ticket::Column::AssigneeId.is_not_null());
        // In the order of their ids, as every writer of several takes them.
        Ok(who.order_by_asc(ticket::Column::AssigneeId).into_tuple().all(self.conn()).await?)
    }

    async fn open_tickets_of(&self, staff: StaffId) -> Result<Vec<ticket::Model>> {
        let theirs = ticket::Entity::find().filter(open()).filter(ticket::Column::AssigneeId.eq(staff));
        // In the order of their ids, as every writer of several takes them.
        Ok(theirs.order_by_asc(ticket::Column::Id).lock(LockType::NoKeyUpdate).all(self.conn()).await?)
    }

    async fn index_ticket(&self, ticket: &ticket::Model) -> Result<()> {
        let said = spoken(self, ticket.id).await?;
        let texts = ticket.texts().into_iter().chain(said.iter().map(String::as_str));
        search::index_one::<ticket::Entity>(self.conn(), ticket.id, texts).await
    }

    async fn note_changes(&self, changes: Vec<change::Model>) -> Result<()> {
        if !changes.is_empty() {
            let rows = changes.into_iter().map(IntoActiveModel::into_active_model);
            change::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        }
        Ok(())
    }

    async fn links_around(&self, ticket: TicketId) -> Result<Vec<link::Model>> {
        let around = Condition::any().add(link::Column::TicketId.eq(ticket)).add(link::Column::OtherId.eq(ticket));
        Ok(link::Entity::find().filter(around).order_by_asc(link::Column::Id).all(self.conn()).await?)
    }

    async fn tie(&self, link: &link::Model) -> Result<bool> {
        let key = [link::Column::TicketId, link::Column::OtherId, link::Column::Kind];
        let tied = link::Entity::insert(link.clone().into_active_model())
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(tied == 1)
    }

    async fn untie(&self, ticket: TicketId, other: TicketId, kind: TicketLinkKind) -> Result<bool> {
        let link = Condition::all()
            .add(link::Column::TicketId.eq(ticket))
            .add(link::Column::OtherId.eq(other))
            .add(link::Column::Kind.eq(kind));
        Ok(link::Entity::delete_many().filter(link).exec(self.conn()).await?.rows_affected == 1)
    }

    async fn watchers(&self, ticket: TicketId) -> Result<Vec<UserId>> {
        let watchers = watcher::Entity::find().filter(watcher::Column::TicketId.eq(ticket));
        let watchers = watchers.order_by_asc(watcher::Column::CreatedAt).order_by_asc(watcher::Column::UserId);
        Ok(watchers.all(self.conn()).await?.into_iter().map(|watcher| watcher.user_id).collect())
    }

    async fn watch(&self, cx: &Cx, ticket: TicketId, who: UserId) -> Result<()> {
        let row = watcher::ActiveModel { ticket_id: Set(ticket), user_id: Set(who), created_at: Set(cx.now) };
        let key = [watcher::Column::TicketId, watcher::Column::UserId];
        let insert = watcher::Entity::insert(row).on_conflict(OnConflict::columns(key).do_nothing().to_owned());
        insert.exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn unwatch(&self, ticket: TicketId, who: &[UserId]) -> Result<()> {
        let rows = watcher::Entity::delete_many().filter(watcher::Column::TicketId.eq(ticket));
        rows.filter(watcher::Column::UserId.is_in(who.iter().copied())).exec(self.conn()).await?;
        Ok(())
    }

    async fn has_parts(&self, ticket: TicketId) -> Result<bool> {
        let part = ticket::Entity::find().filter(ticket::Column::ParentId.eq(ticket));
        let part = part
            .filter(ticket::Column::MergedIntoId.is_null())
            .select_only()
            .column(ticket::Column::Id)
            .limit(1)
            .into_tuple::<TicketId>();
        Ok(part.one(self.conn()).await?.is_some())
    }

    async fn last_reply(&self, ticket: TicketId) -> Result<Option<DateTime<Utc>>> {
        let own = comment::Entity::find()
            .select_only()
            .column(comment::Column::CreatedAt)
            .filter(comment::Column::TicketId.eq(ticket))
            .filter(comment::Column::Visibility.eq(CommentVisibility::Public))
            .order_by_desc(comment::Column::CreatedAt)
            .limit(1);
        let own: Option<DateTime<Utc>> = own.into_tuple().one(self.conn()).await?;
        let merged = ticket::Entity::find()
            .select_only()
            .column(ticket::Column::LastRepliedAt)
            .filter(ticket::Column::MergedIntoId.eq(ticket))
            .filter(ticket::Column::LastRepliedAt.is_not_null())
            .order_by_desc(ticket::Column::LastRepliedAt)
            .limit(1);
        let merged: Option<DateTime<Utc>> = merged.into_tuple().one(self.conn()).await?;
        Ok(own.max(merged))
    }

    async fn merge_of_ticket(&self, ticket: TicketId) -> Result<Option<merge::Model>> {
        Ok(merge::Entity::find_by_id(ticket).one(self.conn()).await?)
    }

    async fn note_merge(&self, merge: &merge::Model) -> Result<()> {
        merge::Entity::insert(merge.clone().into_active_model()).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn forget_merge(&self, ticket: TicketId) -> Result<()> {
        merge::Entity::delete_by_id(ticket).exec(self.conn()).await?;
        Ok(())
    }
}
