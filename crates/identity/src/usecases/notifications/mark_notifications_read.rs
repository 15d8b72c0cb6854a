//! A person has read what they were told.

use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    db::{Emit, any_of},
    id::NotificationId,
};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, entity::prelude::*};

use crate::{
    domain::notifications::events::NotificationsRead,
    policy::in_session,
    queries::notifications::feed::own,
    store::notifications::notification::{Column, Entity},
};

/// How many can be marked at a time.
const AT_MOST: usize = 100;

/// Marks these notifications of the actor's as read, or all of them; returns how many were not read before.
///
/// # Errors
/// [`Error::NotFound`] where one of them is not the actor's; [`Error::Invalid`] for too many.
pub async fn mark_notifications_read(tx: &Tx, cx: &Cx, ids: Option<&[NotificationId]>) -> Result<u64> {
    let user = in_session(cx, &[])?.id;
    let conn = tx.conn();
    let backend = conn.get_database_backend();
    let mut unread = Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(cx.now))
        .filter(Column::UserId.eq(user))
        .filter(Column::ReadAt.is_null());
    let mut distinct = None;
    if let Some(ids) = ids {
        if ids.is_empty() || ids.len() > AT_MOST {
            let (code, message) = match ids.len() {
                0 => (ProblemCode::Blank, "must hold an id".to_owned()),
                _ => (ProblemCode::TooLong, format!("may hold at most {AT_MOST} ids")),
            };
            return Err(Error::invalid("ids", code, message));
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let found = own(user).filter(any_of(backend, Column::Id, &ids)).count(conn).await?;
        if found != ids.len() as u64 {
            return Err(Error::NotFound { what: "Notification" });
        }
        unread = unread.filter(any_of(backend, Column::Id, &ids));
        distinct = Some(ids);
    }
    let count = unread.exec(conn).await?.rows_affected;
    if count > 0 {
        tx.emit(cx, &NotificationsRead { user, notifications: distinct, count });
    }
    Ok(count)
}
