//! [`Sessions`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Result, Tx,
    id::{RefreshTokenId, SessionId, UserId},
};
use sea_orm::{ActiveValue::Set, QuerySelect, UpdateMany, entity::prelude::*, sea_query::ExprTrait};

use super::{refresh_token, session};
use crate::ports::{Account, NewToken, Sessions, TokenState};
use crate::store::people::user;

impl NewToken {
    fn row(&self) -> refresh_token::ActiveModel {
        refresh_token::ActiveModel {
            id: Set(self.id),
            session_id: Set(self.session),
            hash: Set(self.hash.clone()),
            created_at: Set(self.at),
            expires_at: Set(self.expires_at),
            replaced_by: Set(None),
            used_at: Set(None),
        }
    }
}

impl Sessions for Tx {
    async fn open(
        &self,
        account: &Account,
        token: &NewToken,
        address: Option<String>,
        agent: Option<String>,
    ) -> Result<()> {
        let row = session::ActiveModel {
            id: Set(token.session),
            user_id: Set(account.id),
            token_version: Set(account.token_version),
            address: Set(address),
            agent: Set(agent),
            created_at: Set(token.at),
            refreshes: Set(0),
            last_active_at: Set(token.at),
            expires_at: Set(token.expires_at),
            revoked_at: Set(None),
            revoked_reason: Set(None),
            trusted_factor: Set(false),
        };
        session::Entity::insert(row).exec_without_returning(self.conn()).await?;
        refresh_token::Entity::insert(token.row()).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn token(&self, hash: &[u8], now: DateTime<Utc>) -> Result<Option<TokenState>> {
        let Some(token) =
            refresh_token::Entity::find().filter(refresh_token::Column::Hash.eq(hash)).one(self.conn()).await?
        else {
            return Ok(None);
        };
        let Some(session) = session::Entity::find_by_id(token.session_id).one(self.conn()).await? else {
            return Ok(None);
        };
        let Some(owner) = user::Entity::find_by_id(session.user_id).one(self.conn()).await? else { return Ok(None) };
        Ok(Some(TokenState {
            id: token.id,
            session: session.id,
            user: owner.id,
            used: token.used_at,
            live: token.expires_at > now
                && session.expires_at > now
                && session.revoked_at.is_none()
                && owner.is_active
                && owner.token_version == session.token_version,
            opened: session.created_at,
            active: session.last_active_at,
            token_version: owner.token_version,
        }))
    }

    async fn use_up(&self, old: RefreshTokenId, next: &NewToken) -> Result<bool> {
        let used = refresh_token::Entity::update_many()
            .col_expr(refresh_token::Column::ReplacedBy, Expr::value(next.id))
            .col_expr(refresh_token::Column::UsedAt, Expr::value(next.at))
            .filter(refresh_token::Column::Id.eq(old))
            .filter(refresh_token::Column::UsedAt.is_null())
            .exec(self.conn())
            .await?;
        Ok(used.rows_affected == 1)
    }

    async fn prolong(&self, next: &NewToken) -> Result<()> {
        refresh_token::Entity::insert(next.row()).exec_without_returning(self.conn()).await?;
        session::Entity::update_many()
            .col_expr(session::Column::Refreshes, Expr::col(session::Column::Refreshes).add(1))
            .col_expr(session::Column::LastActiveAt, Expr::value(next.at))
            .col_expr(session::Column::ExpiresAt, Expr::value(next.expires_at))
            .filter(session::Column::Id.eq(next.session))
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn end(&self, session: SessionId, at: DateTime<Utc>, reason: session::Reason) -> Result<bool> {
        let ended = ending(at, reason).filter(session::Column::Id.eq(session)).exec(self.conn()).await?;
        Ok(ended.rows_affected == 1)
    }

    async fn session(&self, id: SessionId) -> Result<Option<session::Model>> {
        Ok(session::Entity::find_by_id(id).one(self.conn()).await?)
    }

    async fn end_all(
        &self,
        user: UserId,
        but: Option<SessionId>,
        at: DateTime<Utc>,
        reason: session::Reason,
    ) -> Result<Vec<SessionId>> {
        let open = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(session::Column::UserId.eq(user))
            .filter(session::Column::RevokedAt.is_null())
            .filter(session::Column::ExpiresAt.gt(at));
        let mut ids: Vec<SessionId> = open.into_tuple().all(self.conn()).await?;
        ids.retain(|id| Some(*id) != but);
        let mut all = ending(at, reason).filter(session::Column::UserId.eq(user));
        if let Some(but) = but {
            all = all.filter(session::Column::Id.ne(but));
        }
        all.exec(self.conn()).await?;
        Ok(ids)
    }
}

/// Ends those of the sessions that have not ended.
fn ending(at: DateTime<Utc>, reason: session::Reason) -> UpdateMany<session::Entity> {
    let row =
        session::ActiveModel { revoked_at: Set(Some(at)), revoked_reason: Set(Some(reason)), ..Default::default() };
    session::Entity::update_many().set(row).filter(session::Column::RevokedAt.is_null())
}
