//! [`People`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Result, Tx,
    id::{RoleId, UserId},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    PaginatorTrait, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait, OnConflict},
};

use super::{role, user};
use crate::ports::{Account, NewStaff, People};

impl From<user::Model> for Account {
    fn from(row: user::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            email: row.email,
            name: row.name,
            password_hash: (row.password_hash != user::NO_PASSWORD).then_some(row.password_hash),
            verified: row.email_verified_at.is_some(),
            is_active: row.is_active,
            token_version: row.token_version,
            totp_secret: row.totp_secret,
            totp_confirmed: row.totp_confirmed_at.is_some(),
            totp_last_step: row.totp_last_step,
        }
    }
}

impl People for Tx {
    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>> {
        Ok(user::Entity::find_by_id(id).one(self.conn()).await?.map(Into::into))
    }

    async fn lock_account(&self, id: UserId) -> Result<Option<Account>> {
        Ok(user::Entity::find_by_id(id).lock_exclusive().one(self.conn()).await?.map(Into::into))
    }

    async fn set_password(&self, id: UserId, hash: &str, at: DateTime<Utc>, chosen: bool) -> Result<()> {
        let must_change_password = if chosen { Set(false) } else { NotSet };
        let row = user::ActiveModel {
            password_hash: Set(hash.into()),
            must_change_password,
            updated_at: Set(at),
            ..Default::default()
        };
        user::Entity::update_many().set(row).filter(user::Column::Id.eq(id)).exec(self.conn()).await?;
        Ok(())
    }

    async fn role(&self, name: &str) -> Result<Option<RoleId>> {
        Ok(role::Entity::find().filter(role::Column::Name.eq(name)).one(self.conn()).await?.map(|role| role.id))
    }

    async fn ensure_role(&self, id: RoleId, name: &str, at: DateTime<Utc>) -> Result<()> {
        let row = role::ActiveModel {
            id: Set(id),
            name: Set(name.into()),
            built_in: Set(true),
            created_at: Set(at),
            updated_at: Set(at),
            ..Default::default()
        };
        role::Entity::insert(row)
            .on_conflict(OnConflict::column(role::Column::Name).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(())
    }

    async fn add(&self, staff: &NewStaff) -> Result<bool> {
        let row = user::ActiveModel {
            id: Set(staff.id.into()),
            kind: Set(user::Kind::Staff),
            email: Set(staff.email.clone()),
            name: Set(staff.name.clone()),
            password_hash: Set(staff.password_hash.clone()),
            role_id: Set(staff.role),
            department_id: Set(staff.department),
            is_active: Set(true),
            must_change_password: Set(staff.must_change_password),
            token_version: Set(1),
            created_by: Set(staff.created_by),
            created_at: Set(staff.at),
            updated_at: Set(staff.at),
            ..Default::default()
        };
        let added = user::Entity::insert(row)
            .on_conflict(OnConflict::column(user::Column::Email).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(added == 1)
    }

    async fn anybody(&self) -> Result<bool> {
        Ok(user::Entity::find().limit(1).one(self.conn()).await?.is_some())
    }

    async fn active_others(&self, roles: &[RoleId], besides: UserId) -> Result<u64> {
        let others = user::Entity::find()
            .filter(user::Column::IsActive.eq(true))
            .filter(user::Column::RoleId.is_in(roles.iter().copied()))
            .filter(user::Column::Id.ne(besides));
        Ok(others.count(self.conn()).await?)
    }

    async fn role_of(&self, id: UserId) -> Result<Option<RoleId>> {
        Ok(user::Entity::find_by_id(id).one(self.conn()).await?.map(|user| user.role_id))
    }

    async fn signed_in(&self, id: UserId, at: DateTime<Utc>) -> Result<()> {
        user::Entity::update_many()
            .col_expr(user::Column::LastSignInAt, Expr::value(at))
            .filter(user::Column::Id.eq(id))
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn deactivate(&self, id: UserId, at: DateTime<Utc>) -> Result<()> {
        user::Entity::update_many()
            .col_expr(user::Column::IsActive, Expr::value(false))
            .col_expr(user::Column::DeactivatedAt, Expr::value(at))
            .col_expr(user::Column::TokenVersion, Expr::col(user::Column::TokenVersion).add(1))
            .col_expr(user::Column::UpdatedAt, Expr::value(at))
            .filter(user::Column::Id.eq(id))
            .exec(self.conn())
            .await?;
        Ok(())
    }
}
