//! How the copying of media stands.

use chrono::{DateTime, Utc};
use kernel::{Conn, Cx, Error, Result};
use sea_orm::{QuerySelect, entity::prelude::*};

use crate::{
    policy::{VIEW_B2CHAT, sees_b2chat},
    store::{
        b2chat::message::{Column, Entity, MediaState},
        media::state,
    },
};

/// How many images and files wait, are here, and were given up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MediaBackup {
    /// They wait.
    pub waiting: i64,
    /// They are here.
    pub copied: i64,
    /// They were given up.
    pub failed: i64,
    /// Bytes of those that are here.
    pub bytes: i64,
    /// Since when there is no room for more.
    pub full_since: Option<DateTime<Utc>>,
}

/// How the copying stands.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_B2CHAT`].
pub async fn media_backup(conn: &Conn, cx: &Cx) -> Result<MediaBackup> {
    cx.require(VIEW_B2CHAT)?;
    if !sees_b2chat(cx) {
        return Err(Error::Forbidden { permission: VIEW_B2CHAT.name });
    }
    // In the words of the index, which holds no message without media.
    let rows: Vec<(MediaState, i64, i64)> = Entity::find()
        .select_only()
        .column(Column::MediaState)
        .column_as(Expr::cust("count(*)"), "n")
        .column_as(Expr::cust(r#"CAST(coalesce(sum("b2chat_messages"."media_size"), 0) AS bigint)"#), "bytes")
        .filter(Expr::cust(r#""b2chat_messages"."media_state" <> 'none'"#))
        .group_by(Column::MediaState)
        .into_tuple()
        .all(conn)
        .await?;
    let mut all = MediaBackup::default();
    for (state, count, bytes) in rows {
        match state {
            MediaState::None => {}
            MediaState::Waiting => all.waiting = count,
            MediaState::Copied => (all.copied, all.bytes) = (count, bytes),
            MediaState::Failed => all.failed = count,
        }
    }
    all.full_since = state::Entity::find_by_id(1).one(conn).await?.and_then(|row| row.full_since);
    Ok(all)
}
