//! The sessions of a person.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Error, Result,
    db::any_of,
    id::{RefreshTokenId, SessionId, UserId},
    page::{Order, Page, Place, Slice},
};
use sea_orm::{
    ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{ExprTrait, Func},
};

use super::people::list::people_by_ids;
use crate::{
    domain::sessions::device::{Device, device},
    policy::MANAGE_SESSIONS,
    store::{
        people::user,
        sessions::{
            refresh_token,
            session::{self, Model as Session},
        },
    },
};

/// How many rows one statement of a purge removes at most.
const PURGED: u64 = 500;

impl Session {
    /// Where it stands in a list, which begins with the newest.
    pub fn place(&self) -> Place {
        Place { keys: vec![self.created_at.into()], id: self.id.0 }
    }

    /// The browser and system that it was opened with, as far as they told.
    pub fn device(&self) -> Device {
        self.agent.as_deref().map(device).unwrap_or_default()
    }
}

/// Refuses those who may not see somebody's sessions: everybody sees their own.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SESSIONS`]; [`Error::NotFound`] for who is not there or not to be seen.
pub(crate) async fn may_see(conn: &Conn, cx: &Cx, of: UserId) -> Result<()> {
    if cx.user()?.id == of {
        return Ok(());
    }
    cx.require(MANAGE_SESSIONS)?;
    match people_by_ids(conn, cx, &[of]).await?.is_empty() {
        true => Err(Error::NotFound { what: "User" }),
        false => Ok(()),
    }
}

/// Those that are good at this moment.
fn open(cx: &Cx, of: UserId) -> Select<session::Entity> {
    let version = user::Entity::find().select_only().column(user::Column::TokenVersion);
    let version = version.filter(user::Column::Id.eq(of)).into_query();
    session::Entity::find()
        .filter(session::Column::UserId.eq(of))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(cx.now))
        .filter(Expr::col((session::Entity, session::Column::TokenVersion)).in_subquery(version))
}

/// A page of the open sessions of a person, the newest first.
///
/// # Errors
/// As [`may_see`].
pub async fn sessions(conn: &Conn, cx: &Cx, of: UserId, page: &Page) -> Result<Slice<Session>> {
    may_see(conn, cx, of).await?;
    let order = Order { columns: vec![(session::Column::CreatedAt, true)], id: session::Column::Id };
    Ok(page.slice(order.apply(open(cx, of), page).all(conn).await?))
}

/// How many there are.
pub async fn count_sessions(conn: &Conn, cx: &Cx, of: UserId) -> Result<u64> {
    may_see(conn, cx, of).await?;
    Ok(open(cx, of).count(conn).await?)
}

/// Removes refresh tokens that were used or ended before, and sessions that ended before, with what is left of theirs; so
/// long a copy of a used token is known for one. Short statements, so that writers are not held up.
pub async fn purge_sessions(conn: &Conn, before: DateTime<Utc>) -> Result<u64> {
    let backend = conn.get_database_backend();
    let mut removed = 0;
    loop {
        let ended =
            Func::coalesce([Expr::col(refresh_token::Column::UsedAt), Expr::col(refresh_token::Column::ExpiresAt)]);
        let old = refresh_token::Entity::find()
            .select_only()
            .column(refresh_token::Column::Id)
            .filter(Expr::expr(ended.clone()).lt(before))
            .order_by_asc(Expr::expr(ended))
            .limit(PURGED);
        let ids: Vec<RefreshTokenId> = old.into_tuple().all(conn).await?;
        if ids.is_empty() {
            break;
        }
        let gone = refresh_token::Entity::delete_many().filter(any_of(backend, refresh_token::Column::Id, &ids));
        removed += gone.exec(conn).await?.rows_affected;
    }
    loop {
        let ended = Func::coalesce([Expr::col(session::Column::RevokedAt), Expr::col(session::Column::ExpiresAt)]);
        let old = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(Expr::expr(ended.clone()).lt(before))
            .order_by_asc(Expr::expr(ended))
            .limit(PURGED);
        let ids: Vec<SessionId> = old.into_tuple().all(conn).await?;
        if ids.is_empty() {
            return Ok(removed);
        }
        // Those that were never used outlive a session that was ended early.
        let theirs = any_of(backend, refresh_token::Column::SessionId, &ids);
        refresh_token::Entity::delete_many().filter(theirs).exec(conn).await?;
        let gone = session::Entity::delete_many().filter(any_of(backend, session::Column::Id, &ids));
        removed += gone.exec(conn).await?.rows_affected;
    }
}
