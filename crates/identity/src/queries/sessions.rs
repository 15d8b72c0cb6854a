//! The sessions of a person.

use kernel::{
    Conn, Cx, Error, Result,
    id::UserId,
    page::{Order, Page, Place, Slice},
};
use sea_orm::{
    EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, entity::prelude::*, sea_query::ExprTrait,
};

use super::people::list::people_by_ids;
use crate::{
    domain::sessions::device::{Device, device},
    policy::MANAGE_SESSIONS,
    store::{
        people::user,
        sessions::session::{self, Model as Session},
    },
};

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
