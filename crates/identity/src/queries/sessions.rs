//! The sessions of a person.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Error, Result,
    db::any_of,
    id::{RefreshTokenId, SessionId, UserId},
    record::Record,
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{ExprTrait, Func},
};

use super::people::list::{people_by_ids, visible_people};
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

/// Those that are good at this moment: one's own, and with [`MANAGE_SESSIONS`] those of everybody whom one sees.
impl Record for session::Entity {
    type Id = SessionId;
    type Row = Session;
    const WHAT: &'static str = "Session";
    const ID: session::Column = session::Column::Id;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        let mut whose = Condition::any().add(user::Column::Id.eq(cx.user().ok()?.id));
        if cx.can(MANAGE_SESSIONS) {
            whose = whose.add(visible_people(cx));
        }
        let theirs = |column, own| Expr::col((user::Entity, column)).equals((session::Entity, own));
        let of = user::Entity::find()
            .select_only()
            .column(user::Column::Id)
            .filter(theirs(user::Column::Id, session::Column::UserId))
            .filter(theirs(user::Column::TokenVersion, session::Column::TokenVersion))
            .filter(whose);
        let open =
            Condition::all().add(session::Column::RevokedAt.is_null()).add(session::Column::ExpiresAt.gt(cx.now));
        Some(open.add(Expr::exists(of.into_query())))
    }
}

/// Whose they are.
pub fn sessions_of(person: UserId) -> Condition {
    Condition::all().add(session::Column::UserId.eq(person))
}

impl Session {
    /// The browser and system that it was opened with, as far as they told.
    pub fn device(&self) -> Device {
        self.agent.as_deref().map(device).unwrap_or_default()
    }
}

/// Refuses those who may not see somebody's sessions: everybody sees their own.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SESSIONS`]; [`Error::NotFound`] for who is not there or not to be seen.
pub async fn may_see_sessions(conn: &Conn, cx: &Cx, of: UserId) -> Result<()> {
    if cx.user()?.id == of {
        return Ok(());
    }
    cx.require(MANAGE_SESSIONS)?;
    match people_by_ids(conn, cx, &[of]).await?.is_empty() {
        true => Err(Error::NotFound { what: "User" }),
        false => Ok(()),
    }
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
