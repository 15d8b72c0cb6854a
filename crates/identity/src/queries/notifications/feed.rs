//! A person's own feed and what they decided about it. Everybody sees their own, in a session, and nobody another's.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    db::any_of,
    filter::{Criteria, Filter, TimeComparator, ValueComparator},
    id::{NotificationId, UserId},
    page::{Order, Page, Place, Slice},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Asterisk, ExprTrait, Query},
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::notifications::notification::{NotificationLevel, NotificationType, UNREAD_COUNTED},
    policy::in_session,
    store::notifications::{
        notification::{Column, Entity, Model as Notification},
        notification_preference as preference,
    },
};

/// What a feed can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct NotificationCriteria {
    /// By whether it was not read yet.
    pub is_unread: Option<bool>,
    /// By how it is meant.
    pub level: Option<ValueComparator<NotificationLevel>>,
    /// By type.
    pub kind: Option<ValueComparator<NotificationType>>,
    /// By when it was told.
    pub created_at: Option<TimeComparator>,
}

impl Criteria for NotificationCriteria {
    fn conditions(&self, _: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(unread) = self.is_unread {
            let read_at = Column::ReadAt;
            all.push(Condition::all().add(if unread { read_at.is_null() } else { read_at.is_not_null() }));
        }
        if let Some(level) = &self.level {
            all.extend(level.conditions("level", Column::Level)?);
        }
        if let Some(kind) = &self.kind {
            all.extend(kind.conditions("type", Column::Kind)?);
        }
        if let Some(at) = &self.created_at {
            all.extend(at.conditions(Column::CreatedAt));
        }
        Ok(all)
    }
}

/// The notifications of somebody.
pub(crate) fn own(user: UserId) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(user))
}

/// A page of the actor's own feed, newest first.
///
/// # Errors
/// [`kernel::Error::Unauthenticated`] when nobody is signed in; [`kernel::Error::Forbidden`] for an API key.
pub async fn notifications(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<NotificationCriteria>,
    page: &Page,
) -> Result<Slice<Notification>> {
    let select = own(in_session(cx, &[])?.id).filter(filter.condition(conn.get_database_backend())?);
    let order = Order { columns: vec![(Column::CreatedAt, true)], id: Column::Id };
    Ok(page.slice(order.apply(select, page).all(conn).await?))
}

/// Where a notification stands in the feed.
pub fn notification_place(row: &Notification) -> Place {
    Place { keys: vec![row.created_at.into()], id: row.id.0 }
}

/// How many of the actor's own notifications the filter leaves.
pub async fn count_notifications(conn: &Conn, cx: &Cx, filter: &Filter<NotificationCriteria>) -> Result<u64> {
    Ok(own(in_session(cx, &[])?.id).filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
}

/// The actor's own notifications by id.
pub async fn notifications_by_ids(
    conn: &Conn,
    cx: &Cx,
    ids: &[NotificationId],
) -> Result<HashMap<NotificationId, Notification>> {
    let person = cx.user()?;
    // A feed is no business of a key's.
    if person.api_key.is_some() {
        return Ok(HashMap::new());
    }
    let rows = own(person.id).filter(any_of(conn.get_database_backend(), Column::Id, ids)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
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

/// Removes notifications that were told before: `read` those that were read, `unread` the others too. Returns how many.
/// Their deliveries go with them.
pub async fn purge_notifications(conn: &Conn, read: DateTime<Utc>, unread: DateTime<Utc>) -> Result<u64> {
    let old = Column::ReadAt.is_not_null().or(Column::CreatedAt.lt(unread));
    Ok(Entity::delete_many().filter(Column::CreatedAt.lt(read)).filter(old).exec(conn).await?.rows_affected)
}
