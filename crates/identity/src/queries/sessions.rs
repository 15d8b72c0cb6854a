//! The sessions of a person.

use kernel::{
    Conn, Cx, Error, Result,
    id::{SessionId, UserId},
    record::Record,
};
use sea_orm::{
    Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, entity::prelude::*, sea_query::ExprTrait,
};

use super::people::list::{people_by_ids, visible_people};
use crate::{
    domain::sessions::device::{Device, device},
    policy::MANAGE_SESSIONS,
    store::{
        people::user,
        sessions::session::{self, Model as Session},
    },
};

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
