//! [`OneTimeTokens`] and [`Accounts`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Error, Result, Tx,
    id::{SessionId, UserId},
};
use sea_orm::{
    ActiveValue::Set,
    QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait, OnConflict},
};

use super::{avatar, one_time_token, one_time_token::Purpose, session, user};
use crate::{
    domain::one_time::{Payload, Registration},
    ports::self_service::{Accounts, NewClient, NewOneTimeToken, OneTimeTokens, Profile, Spent},
};

fn payload(json: Option<Json>) -> Result<Payload> {
    json.map_or_else(|| Ok(Payload::default()), |json| serde_json::from_value(json).map_err(Error::internal))
}

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
        spent
            .map(|row| Ok(Spent { user: row.user_id, purpose: row.purpose, payload: payload(row.payload)? }))
            .transpose()
    }

    async fn newest(&self, user: UserId, purpose: Purpose) -> Result<Option<(Payload, bool)>> {
        let found = one_time_token::Entity::find()
            .filter(one_time_token::Column::UserId.eq(user))
            .filter(one_time_token::Column::Purpose.eq(purpose))
            .one(self.conn())
            .await?;
        found.map(|row| Ok((payload(row.payload)?, row.used_at.is_some()))).transpose()
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
    async fn by_email(&self, email: &str) -> Result<Option<user::Model>> {
        Ok(user::Entity::find().filter(user::Column::Email.eq(email)).one(self.conn()).await?)
    }

    async fn locked(&self, id: UserId) -> Result<Option<user::Model>> {
        Ok(user::Entity::find_by_id(id).lock_exclusive().one(self.conn()).await?)
    }

    async fn add_client(&self, client: &NewClient<'_>) -> Result<bool> {
        let row = user::ActiveModel {
            id: Set(client.id),
            kind: Set(user::Kind::Client),
            email: Set(client.said.email.clone()),
            name: Set(client.said.name.clone()),
            company: Set(client.said.company.clone()),
            phone: Set(client.said.phone.clone()),
            password_hash: Set(user::NO_PASSWORD.into()),
            role_id: Set(client.role),
            is_active: Set(true),
            token_version: Set(1),
            created_at: Set(client.at),
            updated_at: Set(client.at),
            ..Default::default()
        };
        let added = user::Entity::insert(row)
            .on_conflict(OnConflict::column(user::Column::Email).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(added == 1)
    }

    async fn verify(&self, id: UserId, said: Option<&Registration>, at: DateTime<Utc>) -> Result<()> {
        let verified = user::ActiveModel { email_verified_at: Set(Some(at)), ..Default::default() };
        let change = match said {
            None => verified,
            Some(said) => user::ActiveModel {
                name: Set(said.name.clone()),
                company: Set(said.company.clone()),
                phone: Set(said.phone.clone()),
                password_hash: Set(said.password_hash.clone()),
                ..verified
            },
        };
        update(self, id, change, at).await
    }

    async fn reset(&self, id: UserId, password_hash: &str, at: DateTime<Utc>) -> Result<()> {
        use user::Column;
        user::Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(password_hash))
            .col_expr(Column::MustChangePassword, Expr::value(false))
            .col_expr(Column::EmailVerifiedAt, Expr::col(Column::EmailVerifiedAt).if_null(at))
            .col_expr(Column::TokenVersion, Expr::col(Column::TokenVersion).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(at))
            .filter(Column::Id.eq(id))
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn end_sessions(&self, id: UserId, at: DateTime<Utc>) -> Result<Vec<SessionId>> {
        let ended = session::Entity::update_many()
            .set(session::ActiveModel {
                revoked_at: Set(Some(at)),
                revoked_reason: Set(Some(session::Reason::PasswordChanged)),
                ..Default::default()
            })
            .filter(session::Column::UserId.eq(id))
            .filter(session::Column::RevokedAt.is_null())
            .exec_with_returning(self.conn())
            .await?;
        Ok(ended.into_iter().map(|session| session.id).collect())
    }

    async fn change_email(&self, id: UserId, email: &str, at: DateTime<Utc>) -> Result<()> {
        let change =
            user::ActiveModel { email: Set(email.into()), email_verified_at: Set(Some(at)), ..Default::default() };
        update(self, id, change, at).await
    }

    async fn save_profile(&self, id: UserId, profile: &Profile, at: DateTime<Utc>) -> Result<()> {
        let change = user::ActiveModel {
            name: Set(profile.name.clone()),
            first_name: Set(profile.first_name.clone()),
            last_name: Set(profile.last_name.clone()),
            phone: Set(profile.phone.clone()),
            company: Set(profile.company.clone()),
            ..Default::default()
        };
        update(self, id, change, at).await
    }

    async fn picture(&self, id: UserId, picture: Option<(Uuid, &[u8])>, at: DateTime<Utc>) -> Result<()> {
        avatar::Entity::delete_many().filter(avatar::Column::UserId.eq(id)).exec(self.conn()).await?;
        if let Some((picture, image)) = picture {
            let row = avatar::ActiveModel {
                id: Set(picture),
                user_id: Set(id),
                image: Set(image.to_vec()),
                created_at: Set(at),
            };
            avatar::Entity::insert(row).exec_without_returning(self.conn()).await?;
        }
        let change = user::ActiveModel { avatar_id: Set(picture.map(|(id, _)| id)), ..Default::default() };
        update(self, id, change, at).await
    }
}
