//! [`People`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result, Tx, files,
    id::{DepartmentId, UserId},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    PaginatorTrait, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait, OnConflict},
};

use super::user;
use crate::store::{organisation::department, sessions::session, settings::setting};
use crate::{
    domain::{
        people::{person::Person, phone::Region},
        settings::setting::COMPANY_REGION,
    },
    ports::{Account, ExternalIdentities, People, Who, sign_in::OneTimeTokens},
    queries::people::list::visible_people,
};

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

/// The columns that a person's own data and their place in the company are in.
fn columns(person: &Person) -> user::ActiveModel {
    user::ActiveModel {
        email: Set(person.email.clone()),
        name: Set(person.name.clone()),
        first_name: Set(person.first_name.clone()),
        last_name: Set(person.last_name.clone()),
        company: Set(person.company.clone()),
        company_confirmed: Set(person.company_confirmed),
        tier: Set(person.tier),
        phone: Set(person.phone.clone()),
        phone_typed: Set(person.phone_typed.clone()),
        avatar_id: Set(person.avatar_id),
        role_id: Set(person.role_id),
        department_id: Set(person.department_id),
        is_active: Set(person.is_active),
        deactivated_at: Set(person.deactivated_at),
        must_change_password: Set(person.must_change_password),
        email_verified_at: Set(person.email_verified_at),
        updated_at: Set(person.updated_at),
        ..Default::default()
    }
}

impl People for Tx {
    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>> {
        Ok(user::Entity::find_by_id(id).one(self.conn()).await?.map(Into::into))
    }

    async fn person(&self, cx: &Cx, id: UserId) -> Result<Option<Person>> {
        let person = user::Entity::find_by_id(id).filter(visible_people(cx)).lock_exclusive();
        Ok(person.into_partial_model::<Person>().one(self.conn()).await?)
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

    async fn add(&self, person: &Person, password_hash: Option<&str>) -> Result<bool> {
        let row = user::ActiveModel {
            id: Set(person.id),
            kind: Set(person.kind),
            password_hash: Set(password_hash.unwrap_or(user::NO_PASSWORD).into()),
            token_version: Set(1),
            created_by: Set(person.created_by),
            created_at: Set(person.created_at),
            ..columns(person)
        };
        let added = user::Entity::insert(row)
            .on_conflict(OnConflict::column(user::Column::Email).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(added == 1)
    }

    async fn take_registration(&self, person: &Person, password_hash: Option<&str>) -> Result<Option<UserId>> {
        let found = self.find_person(Who::Email(&person.email)).await?.filter(Person::is_registration);
        let Some(found) = found else { return Ok(None) };
        self.end_access(found.id, person.created_at).await?;
        self.end_tokens(found.id).await?;
        let row = user::ActiveModel {
            kind: Set(person.kind),
            password_hash: Set(password_hash.unwrap_or(user::NO_PASSWORD).into()),
            created_by: Set(person.created_by),
            created_at: Set(person.created_at),
            ..columns(person)
        };
        user::Entity::update_many().set(row).filter(user::Column::Id.eq(found.id)).exec(self.conn()).await?;
        Ok(Some(found.id))
    }

    async fn save(&self, person: &Person) -> Result<()> {
        user::Entity::update_many()
            .set(columns(person))
            .filter(user::Column::Id.eq(person.id))
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn anybody(&self) -> Result<bool> {
        Ok(user::Entity::find().limit(1).one(self.conn()).await?.is_some())
    }

    async fn signed_in(&self, id: UserId, at: DateTime<Utc>) -> Result<()> {
        user::Entity::update_many()
            .col_expr(user::Column::LastSignInAt, Expr::value(at))
            .filter(user::Column::Id.eq(id))
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn end_access(&self, id: UserId, at: DateTime<Utc>) -> Result<()> {
        user::Entity::update_many()
            .col_expr(user::Column::TokenVersion, Expr::col(user::Column::TokenVersion).add(1))
            .filter(user::Column::Id.eq(id))
            .exec(self.conn())
            .await?;
        session::Entity::update_many()
            .set(session::ActiveModel {
                revoked_at: Set(Some(at)),
                revoked_reason: Set(Some(session::Reason::Deactivated)),
                ..Default::default()
            })
            .filter(session::Column::UserId.eq(id))
            .filter(session::Column::RevokedAt.is_null())
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn end_uploads(&self, cx: &Cx, id: UserId) -> Result<()> {
        files::give_up_waiting(self, cx, id).await
    }

    async fn region(&self) -> Result<Option<Region>> {
        let row = setting::Entity::find().filter(setting::Column::UserId.is_null());
        let row = row.filter(setting::Column::Key.eq(COMPANY_REGION)).one(self.conn()).await?;
        Ok(row.as_ref().and_then(|row| row.value.as_str()).and_then(Region::of))
    }

    async fn is_open_department(&self, id: DepartmentId) -> Result<bool> {
        let open = department::Entity::find_by_id(id).filter(department::Column::IsActive.eq(true));
        Ok(open.count(self.conn()).await? > 0)
    }
}
