//! [`OneTimeTokens`] and [`Accounts`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, Result, Tx,
    files::{self, Owner, Received},
    id::{FileId, UserId},
};
use sea_orm::{ActiveValue::Set, QuerySelect, entity::prelude::*, sea_query::OnConflict};

use super::one_time_token::{self, Purpose};
use crate::store::people::{avatar, user};
use crate::{
    domain::sign_in::one_time::{Payload, Registration},
    ports::sign_in::{Accounts, NewOneTimeToken, OneTimeTokens, Spent},
};

impl OneTimeTokens for Tx {
    async fn put(&self, token: &NewOneTimeToken) -> Result<()> {
        use one_time_token::Column;
        let row = one_time_token::ActiveModel {
            id: Set(token.id),
            user_id: Set(token.user),
            purpose: Set(token.purpose),
            hash: Set(token.hash.clone()),
            payload: Set(Some(serde_json::to_value(&token.payload).map_err(Error::internal)?)),
            created_at: Set(token.at),
            expires_at: Set(token.at + token.purpose.ttl()),
            used_at: Set(None),
        };
        let fresh = [Column::Id, Column::Hash, Column::Payload, Column::CreatedAt, Column::ExpiresAt, Column::UsedAt];
        one_time_token::Entity::insert(row)
            .on_conflict(OnConflict::columns([Column::UserId, Column::Purpose]).update_columns(fresh).to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(())
    }

    async fn spend(&self, hash: &[u8], purposes: &[Purpose], now: DateTime<Utc>) -> Result<Option<Spent>> {
        let spent = one_time_token::Entity::update_many()
            .col_expr(one_time_token::Column::UsedAt, Expr::value(now))
            .filter(one_time_token::Column::Hash.eq(hash))
            .filter(one_time_token::Column::Purpose.is_in(purposes.iter().copied()))
            .filter(one_time_token::Column::UsedAt.is_null())
            .filter(one_time_token::Column::ExpiresAt.gt(now))
            .exec_with_returning(self.conn())
            .await?;
        let spent = spent.into_iter().next();
        spent.map(|row| Ok(Spent { user: row.user_id, purpose: row.purpose, payload: row.payload()? })).transpose()
    }

    async fn newest(&self, user: UserId, purpose: Purpose) -> Result<Option<(Payload, bool)>> {
        let found = one_time_token::Entity::find()
            .filter(one_time_token::Column::UserId.eq(user))
            .filter(one_time_token::Column::Purpose.eq(purpose))
            .one(self.conn())
            .await?;
        found.map(|row| Ok((row.payload()?, row.used_at.is_some()))).transpose()
    }

    async fn end_tokens(&self, user: UserId) -> Result<()> {
        let all = one_time_token::Entity::delete_many().filter(one_time_token::Column::UserId.eq(user));
        all.exec(self.conn()).await?;
        Ok(())
    }
}

/// Changes one person.
async fn update(tx: &Tx, id: UserId, change: user::ActiveModel, at: DateTime<Utc>) -> Result<()> {
    user::Entity::update_many()
        .set(user::ActiveModel { updated_at: Set(at), ..change })
        .filter(user::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

impl Accounts for Tx {
    async fn verify(&self, id: UserId, said: Option<&Registration>, at: DateTime<Utc>) -> Result<()> {
        let verified = user::ActiveModel { email_verified_at: Set(Some(at)), ..Default::default() };
        let change = match said {
            None => verified,
            Some(said) => user::ActiveModel {
                name: Set(said.name.clone()),
                company: Set(said.company.clone()),
                phone: Set(said.phone.clone()),
                phone_typed: Set(said.phone_typed.clone().or_else(|| said.phone.clone())),
                password_hash: Set(said.password_hash.clone()),
                ..verified
            },
        };
        update(self, id, change, at).await
    }

    async fn change_email(&self, id: UserId, email: &str, at: DateTime<Utc>) -> Result<()> {
        let change =
            user::ActiveModel { email: Set(email.into()), email_verified_at: Set(Some(at)), ..Default::default() };
        update(self, id, change, at).await
    }

    async fn picture(&self, cx: &Cx, id: UserId, picture: Option<&Received>) -> Result<bool> {
        let had = user::Entity::find_by_id(id).select_only().column(user::Column::AvatarId);
        let had = had.into_tuple::<Option<Uuid>>().one(self.conn()).await?.flatten();
        // The one before goes first: another in its place needs no more room than it had.
        if let Some(had) = had
            && !files::remove(self, cx, FileId(had)).await?
        {
            remove_row(self, cx, id).await?;
        }
        if let Some(picture) = picture {
            files::keep_received(self, cx, picture, Owner::of(id)).await?;
        }
        let change = user::ActiveModel { avatar_id: Set(picture.map(|picture| picture.id.0)), ..Default::default() };
        update(self, id, change, cx.now).await?;
        Ok(had.is_some())
    }
}

/// Removes a picture that is still where pictures were before they were files.
async fn remove_row(tx: &Tx, cx: &Cx, user: UserId) -> Result<()> {
    let had = avatar::Entity::find().filter(avatar::Column::UserId.eq(user)).one(tx.conn()).await?;
    let Some(had) = had else { return Ok(()) };
    avatar::Entity::delete_by_id(had.id).exec(tx.conn()).await?;
    kernel::usage::store(tx, cx, -i64::try_from(had.image.len()).map_err(Error::internal)?).await
}
