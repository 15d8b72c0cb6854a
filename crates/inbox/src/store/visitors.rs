//! [`Visitors`] on the tables.

use kernel::{Result, Tx};
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};

use super::visitor;
use crate::ports::Visitors;

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

    async fn save(&self, visitor: &visitor::Model) -> Result<()> {
        visitor::Entity::update(visitor.clone().into_active_model().reset_all()).exec(self.conn()).await?;
        Ok(())
    }
}
