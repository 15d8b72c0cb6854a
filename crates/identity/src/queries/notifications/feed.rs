//! A person's own feed and what they decided about it. Everybody sees their own, in a session, and nobody another's.

use kernel::{
    Conn, Cx, Result,
    id::{NotificationId, UserId},
    record::{Field, Record},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Asterisk, ExprTrait, Query},
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::notifications::notification::{NotificationType, UNREAD_COUNTED},
    policy::in_session,
    store::notifications::{
        notification::{Column, Entity, Model as Notification},
        notification_preference as preference,
    },
};

impl Record for Entity {
    type Id = NotificationId;
    type Row = Notification;
    const WHAT: &'static str = "Notification";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        in_session(cx, &[]).map(drop)
    }

    /// The actor's own. A feed is no business of a key's.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        let person = cx.user().ok().filter(|person| person.api_key.is_none())?;
        Some(Condition::all().add(Column::UserId.eq(person.id)))
    }
}

/// By whether they were read.
pub const NOTIFICATIONS_BY_READ: Field<Column> = Field::new("isUnread", &[Column::ReadAt]);
/// By how they are meant.
pub const NOTIFICATIONS_BY_LEVEL: Field<Column> = Field::new("level", &[Column::Level]);
/// By type.
pub const NOTIFICATIONS_BY_TYPE: Field<Column> = Field::new("type", &[Column::Kind]);
/// By when they were told.
pub const NOTIFICATIONS_BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// The notifications of somebody.
pub(crate) fn own(user: UserId) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(user))
}

/// How many notifications the actor has not read; [`UNREAD_COUNTED`] stands for that many or more.
pub async fn unread_notifications(conn: &Conn, cx: &Cx) -> Result<u64> {
    // From the index of what is unread, and no further than anybody wants to know.
    let unread = own(in_session(cx, &[])?.id).filter(Column::ReadAt.is_null()).select_only().column(Column::Id);
    let unread = unread.limit(UNREAD_COUNTED).into_query();
    let count = Query::select().expr_as(Expr::col(Asterisk).count(), "n").from_subquery(unread, "unread").to_owned();
    let counted = conn.query_one(&count).await?.map(|row| row.try_get::<i64>("", "n")).transpose()?;
    Ok(counted.unwrap_or_default().unsigned_abs())
}

/// How somebody is told of a type, beside their feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// The type.
    pub kind: NotificationType,
    /// Whether by mail.
    pub email: bool,
    /// Whether in their own Teams channel.
    pub teams: bool,
}

impl Preference {
    /// What holds where nothing was decided.
    pub fn usual(kind: NotificationType) -> Self {
        let declared = kind.declared();
        Self { kind, email: declared.email, teams: declared.teams }
    }
}

/// The actor's preferences of all types, decided or usual.
pub async fn notification_preferences(conn: &Conn, cx: &Cx) -> Result<Vec<Preference>> {
    let decided =
        preference::Entity::find().filter(preference::Column::UserId.eq(in_session(cx, &[])?.id)).all(conn).await?;
    let of = |kind: NotificationType| match decided.iter().find(|row| row.kind == kind) {
        Some(row) => Preference { kind, email: row.email, teams: row.teams },
        None => Preference::usual(kind),
    };
    Ok(NotificationType::ALL.map(of).into())
}
