//! [`Drafts`] on the tables.

use kernel::{Result, Tx, id::StaffId};
use sea_orm::{
    Condition, IntoActiveModel, QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, OnConflict},
};

use super::draft::{self, Column};
use crate::{domain::entity::Entity, ports::Drafts};

fn of(staff: StaffId, entity: Entity) -> Condition {
    let all = Condition::all().add(Column::StaffId.eq(staff));
    all.add(Column::EntityType.eq(entity.kind)).add(Column::EntityId.eq(entity.id))
}

impl Drafts for Tx {
    async fn draft(&self, staff: StaffId, entity: Entity) -> Result<Option<draft::Model>> {
        let own = draft::Entity::find().filter(of(staff, entity));
        Ok(own.lock(LockType::NoKeyUpdate).one(self.conn()).await?)
    }

    async fn begin(&self, draft: &draft::Model) -> Result<bool> {
        let key = [Column::EntityType, Column::EntityId, Column::StaffId];
        let begun = draft::Entity::insert(draft.clone().into_active_model())
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(begun > 0)
    }

    async fn forget(&self, staff: StaffId, entity: Entity) -> Result<()> {
        draft::Entity::delete_many().filter(of(staff, entity)).exec(self.conn()).await?;
        Ok(())
    }
}
