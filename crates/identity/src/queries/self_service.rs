//! Pictures, tokens before they are used, and whether clients may register.

use chrono::{DateTime, Utc};
use kernel::{Conn, Result};
use sea_orm::{QuerySelect, entity::prelude::*};

use crate::{
    domain::setting::REGISTRATION_OPEN,
    store::{
        avatar, invitation,
        one_time_token::{self, Purpose},
        setting, user,
    },
};

/// Whether clients may register themselves: a setting of the company; they may not unless it is set.
pub async fn registration_open(conn: &Conn) -> Result<bool> {
    let set = setting::Entity::find().filter(setting::Column::UserId.is_null());
    let set = set.filter(setting::Column::Key.eq(REGISTRATION_OPEN)).one(conn).await?;
    Ok(set.is_some_and(|set| set.value == Json::Bool(true)))
}

/// A picture by its id, as PNG. Whoever knows the id may see it: pages show pictures without signing in.
pub async fn avatar(conn: &Conn, id: Uuid) -> Result<Option<Vec<u8>>> {
    let image = avatar::Entity::find_by_id(id).select_only().column(avatar::Column::Image);
    Ok(image.into_tuple().one(conn).await?)
}

/// Whose a token is that is still good, to look at before a password is hashed; using it is another matter.
pub(crate) async fn owner(
    conn: &Conn,
    hash: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<user::Model>> {
    let token = one_time_token::Entity::find()
        .filter(one_time_token::Column::Hash.eq(hash))
        .filter(one_time_token::Column::Purpose.eq(purpose))
        .filter(one_time_token::Column::UsedAt.is_null())
        .filter(one_time_token::Column::ExpiresAt.gt(now))
        .one(conn)
        .await?;
    let Some(token) = token else { return Ok(None) };
    Ok(user::Entity::find_by_id(token.user_id).filter(user::Column::IsActive.eq(true)).one(conn).await?)
}

/// The invitation of a token, good or not.
pub(crate) async fn invited(conn: &Conn, hash: &[u8]) -> Result<Option<invitation::Model>> {
    Ok(invitation::Entity::find().filter(invitation::Column::Hash.eq(hash)).one(conn).await?)
}
