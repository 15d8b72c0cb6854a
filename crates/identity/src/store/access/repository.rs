//! [`Roles`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Result, Tx,
    id::{RoleId, UserId},
};
use sea_orm::{
    ActiveValue::Set, IntoActiveModel, PaginatorTrait, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::OnConflict,
};

use super::{role, user_permission};
use crate::store::people::user;
use crate::{domain::access::role::ADMINISTRATORS, ports::Roles, queries::access::actor::granted};

impl Roles for Tx {
    async fn role(&self, id: RoleId) -> Result<Option<role::Model>> {
        Ok(role::Entity::find_by_id(id).one(self.conn()).await?)
    }

    async fn role_by_name(&self, name: &str) -> Result<Option<role::Model>> {
        Ok(role::Entity::find().filter(role::Column::Name.eq(name)).one(self.conn()).await?)
    }

    async fn add_built_in_role(&self, role: &role::Model) -> Result<()> {
        role::Entity::insert(role.clone().into_active_model())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(())
    }

    async fn others(&self, roles: &[&str], besides: UserId) -> Result<u64> {
        // Whoever takes an administrator away locks these rows first, so that two who take away each other take turns.
        let held: Vec<RoleId> = role::Entity::find()
            .filter(role::Column::Name.is_in(ADMINISTRATORS))
            .order_by_asc(role::Column::Name)
            .lock_exclusive()
            .all(self.conn())
            .await?
            .into_iter()
            .filter(|role| roles.contains(&role.name.as_str()))
            .map(|role| role.id)
            .collect();
        let others = user::Entity::find()
            .filter(user::Column::IsActive.eq(true))
            .filter(user::Column::RoleId.is_in(held))
            .filter(user::Column::Id.ne(besides));
        Ok(others.count(self.conn()).await?)
    }

    async fn grants(&self, id: UserId) -> Result<Vec<String>> {
        granted(self.conn(), id).await
    }

    async fn grant(&self, id: UserId, permissions: &[&str], by: Option<UserId>, at: DateTime<Utc>) -> Result<u64> {
        let row = |permission: &&str| user_permission::ActiveModel {
            user_id: Set(id),
            permission: Set((*permission).into()),
            granted_by: Set(by),
            created_at: Set(at),
        };
        let key = [user_permission::Column::UserId, user_permission::Column::Permission];
        let granted = user_permission::Entity::insert_many(permissions.iter().map(row))
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(granted)
    }

    async fn revoke_grants(&self, id: UserId, permissions: &[&str]) -> Result<u64> {
        let gone = user_permission::Entity::delete_many()
            .filter(user_permission::Column::UserId.eq(id))
            .filter(user_permission::Column::Permission.is_in(permissions.iter().copied()))
            .exec(self.conn())
            .await?;
        Ok(gone.rows_affected)
    }
}
