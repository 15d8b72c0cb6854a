//! [`Visitors`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{Result, Tx, id::VisitorId};
use sea_orm::{
    ActiveValue::Set, IntoActiveModel, PaginatorTrait, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::OnConflict,
};

use super::{acquaintance, visitor};
use crate::{limits, ports::Visitors};

impl Visitors for Tx {
    async fn by_token(&self, hash: &[u8]) -> Result<Option<visitor::Model>> {
        Ok(visitor::Entity::find().filter(visitor::Column::TokenHash.eq(hash)).one(self.conn()).await?)
    }

    async fn by_email(&self, email: &str) -> Result<Option<visitor::Model>> {
        let found = visitor::Entity::find()
            .filter(visitor::Column::Email.eq(email))
            .order_by_desc(visitor::Column::LastVisitAt)
            .limit(1);
        Ok(found.one(self.conn()).await?)
    }

    async fn add(&self, visitor: &visitor::Model) -> Result<()> {
        visitor::Entity::insert(visitor.clone().into_active_model()).exec_without_returning(self.conn()).await?;
        Ok(())
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
