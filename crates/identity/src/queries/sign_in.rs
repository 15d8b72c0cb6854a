//! Tokens before they are used.

use chrono::{DateTime, Utc};
use kernel::{Conn, Result};
use sea_orm::entity::prelude::*;

use crate::store::{
    invitations::invitation,
    people::user,
    sign_in::one_time_token::{self, Purpose},
};

/// A token that is still good, to look at before a password is hashed; using it is another matter.
pub(crate) async fn good(
    conn: &Conn,
    hash: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<one_time_token::Model>> {
    let token = one_time_token::Entity::find()
        .filter(one_time_token::Column::Hash.eq(hash))
        .filter(one_time_token::Column::Purpose.eq(purpose))
        .filter(one_time_token::Column::UsedAt.is_null())
        .filter(one_time_token::Column::ExpiresAt.gt(now));
    Ok(token.one(conn).await?)
}

/// Whose a token is that is still good, where they are active.
pub(crate) async fn owner(
    conn: &Conn,
    hash: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<user::Model>> {
    let Some(token) = good(conn, hash, purpose, now).await? else { return Ok(None) };
    Ok(user::Entity::find_by_id(token.user_id).filter(user::Column::IsActive.eq(true)).one(conn).await?)
}

/// The invitation of a token, good or not.
pub(crate) async fn invited(conn: &Conn, hash: &[u8]) -> Result<Option<invitation::Model>> {
    Ok(invitation::Entity::find().filter(invitation::Column::Hash.eq(hash)).one(conn).await?)
}
