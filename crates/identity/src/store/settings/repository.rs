//! [`Settings`] on its table.

use kernel::{
    Result, Tx,
    id::{SettingId, UserId},
};
use sea_orm::{ActiveValue::Set, IntoActiveModel, PaginatorTrait, entity::prelude::*, sea_query::OnConflict};

use super::setting::{ActiveModel, Column, Entity, Model};
use crate::ports::Settings;

/// The rows of one person, or of the company.
pub(crate) fn of(user: Option<UserId>) -> sea_orm::sea_query::SimpleExpr {
    user.map_or_else(|| Column::UserId.is_null(), |user| Column::UserId.eq(user))
}

impl Settings for Tx {
    async fn setting(&self, key: &str, user: Option<UserId>) -> Result<Option<Model>> {
        Ok(Entity::find().filter(of(user)).filter(Column::Key.eq(key)).one(self.conn()).await?)
    }

    async fn count_settings(&self, prefix: &str, user: Option<UserId>) -> Result<u64> {
        Ok(Entity::find().filter(of(user)).filter(Column::Key.starts_with(prefix)).count(self.conn()).await?)
    }

    async fn put_setting(&self, row: &Model, is_new: bool) -> Result<bool> {
        if is_new {
            let added = Entity::insert(row.clone().into_active_model())
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .exec_without_returning(self.conn())
                .await?;
            return Ok(added == 1);
        }
        let change = ActiveModel {
            kind: Set(row.kind),
            value: Set(row.value.clone()),
            description: Set(row.description.clone()),
            updated_by: Set(row.updated_by),
            updated_at: Set(row.updated_at),
            ..Default::default()
        };
        Ok(Entity::update_many().set(change).filter(Column::Id.eq(row.id)).exec(self.conn()).await?.rows_affected == 1)
    }

    async fn remove_setting(&self, id: SettingId) -> Result<()> {
        Entity::delete_by_id(id).exec(self.conn()).await?;
        Ok(())
    }
}
