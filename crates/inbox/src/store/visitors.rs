//! [`Visitors`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{Cx, Result, Tx, db::search, id::VisitorId};
use sea_orm::{
    ActiveValue::Set,
    IntoActiveModel, PaginatorTrait, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{LockType, OnConflict},
};

use super::{acquaintance, belonging, visitor, visitor_merge, visitor_words};
use crate::{
    limits,
    ports::{Merges, Visitors},
};

impl Visitors for Tx {
    async fn by_token(&self, hash: &[u8]) -> Result<Option<visitor::Model>> {
        let found = visitor::Entity::find().filter(visitor::Column::TokenHash.eq(hash));
        survivor(self, locked(found).one(self.conn()).await?).await
    }

    async fn by_email(&self, email: &str) -> Result<Option<visitor::Model>> {
        let found = visitor::Entity::find()
            .filter(visitor::Column::Email.eq(email))
            .order_by_desc(visitor::Column::LastVisitAt)
            .limit(1);
        survivor(self, locked(found).one(self.conn()).await?).await
    }

    async fn reserve(&self, cx: &Cx, email: &str) -> Result<()> {
        kernel::db::reserve(self.conn(), &[b"visitor", cx.tenant.id.0.as_bytes(), email.as_bytes()]).await
    }

    async fn add(&self, visitor: &visitor::Model) -> Result<()> {
        visitor::Entity::insert(visitor.clone().into_active_model()).exec_without_returning(self.conn()).await?;
        search::insert(self.conn(), visitor_words::ActiveModel { id: Set(visitor.id) }, visitor.texts()).await
    }

    async fn index(&self, visitor: &visitor::Model) -> Result<()> {
        search::index_one::<visitor_words::Entity>(self.conn(), visitor.id, visitor.texts()).await
    }

    async fn index_before(&self, before: Option<VisitorId>, rows: u64) -> Result<Option<VisitorId>> {
        let mut next = visitor::Entity::find().select_only().column(visitor::Column::Id);
        if let Some(before) = before {
            next = next.filter(visitor::Column::Id.lt(before));
        }
        let next = next.order_by_desc(visitor::Column::Id).limit(rows).into_query();
        let these = visitor::Entity::find().filter(visitor::Column::Id.in_subquery(next));
        // In the order of their ids, as every writer of several takes them.
        let these = locked(these.order_by_asc(visitor::Column::Id)).all(self.conn()).await?;
        for visitor in &these {
            self.index(visitor).await?;
        }
        Ok(these.first().map(|visitor| visitor.id).filter(|_| these.len() as u64 == rows))
    }

    async fn acquaint(&self, one: VisitorId, other: VisitorId, at: DateTime<Utc>) -> Result<()> {
        let key = [acquaintance::Column::VisitorId, acquaintance::Column::OtherId];
        for (visitor, other) in [(one, other), (other, one)] {
            let known = acquaintance::Entity::find().filter(acquaintance::Column::VisitorId.eq(visitor));
            if known.count(self.conn()).await? >= limits::ACQUAINTANCES {
                continue;
            }
            let row = acquaintance::ActiveModel { visitor_id: Set(visitor), other_id: Set(other), seen_at: Set(at) };
            acquaintance::Entity::insert(row)
                .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
                .exec_without_returning(self.conn())
                .await?;
        }
        Ok(())
    }

    async fn save(&self, visitor: &visitor::Model) -> Result<()> {
        visitor::Entity::update(visitor.clone().into_active_model().reset_all()).exec(self.conn()).await?;
        Ok(())
    }
}

/// Those rows, for this transaction alone to change: what is counted on top of what was read is lost by nobody.
fn locked(select: Select<visitor::Entity>) -> Select<visitor::Entity> {
    select.lock(LockType::NoKeyUpdate)
}

/// Whom a visitor became who was merged; themselves else.
async fn survivor(tx: &Tx, found: Option<visitor::Model>) -> Result<Option<visitor::Model>> {
    match found {
        Some(visitor::Model { merged_into: Some(into), .. }) => tx.anybody(into).await,
        other => Ok(other),
    }
}

impl Merges for Tx {
    async fn anybody(&self, id: VisitorId) -> Result<Option<visitor::Model>> {
        Ok(locked(visitor::Entity::find_by_id(id)).one(self.conn()).await?)
    }

    async fn now(&self, id: VisitorId) -> Result<VisitorId> {
        let became = visitor::Entity::find_by_id(id).select_only().column(visitor::Column::MergedInto);
        Ok(became.into_tuple::<Option<VisitorId>>().one(self.conn()).await?.flatten().unwrap_or(id))
    }

    async fn merge_of(&self, id: VisitorId) -> Result<Option<visitor_merge::Model>> {
        Ok(visitor_merge::Entity::find_by_id(id).one(self.conn()).await?)
    }

    async fn merged_later(&self, into: VisitorId, after: DateTime<Utc>) -> Result<bool> {
        let later = visitor_merge::Entity::find()
            .filter(visitor_merge::Column::IntoId.eq(into))
            .filter(visitor_merge::Column::MergedAt.gt(after));
        Ok(later.one(self.conn()).await?.is_some())
    }

    async fn merge(&self, merge: &visitor_merge::Model) -> Result<()> {
        let row = merge.clone().into_active_model();
        visitor_merge::Entity::insert(row).exec_without_returning(self.conn()).await?;
        belonging::move_all(self, merge.visitor_id, merge.into_id).await
    }

    async fn unmerge(&self, merge: &visitor_merge::Model) -> Result<()> {
        belonging::move_all_back(self, merge.visitor_id, merge.into_id).await?;
        visitor_merge::Entity::delete_by_id(merge.visitor_id).exec(self.conn()).await?;
        Ok(())
    }
}
