//! What hangs on comments: mentions, earlier texts, mails. For those who have found the comments.

use std::collections::HashMap;

use kernel::{
    Conn, Result,
    db::any_of,
    id::{TicketCommentId, TicketId},
};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    domain::comments::mention::Mentioned,
    store::comments::{
        comment,
        edit::{self, Model as Edit},
        mail::{self, Model as CommentMail},
        mention,
    },
};

/// Who is mentioned in each of these comments, in the order in which they were given.
pub async fn mentions_of_each(
    conn: &Conn,
    comments: &[TicketCommentId],
) -> Result<HashMap<TicketCommentId, Vec<Mentioned>>> {
    let mut found: HashMap<_, Vec<_>> = comments.iter().map(|id| (*id, Vec::new())).collect();
    let rows = mention::Entity::find()
        .filter(any_of(conn.get_database_backend(), mention::Column::CommentId, comments))
        .order_by_asc(mention::Column::CommentId)
        .order_by_asc(mention::Column::Number);
    for row in rows.all(conn).await? {
        found.entry(row.comment_id).or_default().extend(row.who());
    }
    Ok(found)
}

/// What each of these comments said before, the oldest text first.
pub async fn edits_of_each(conn: &Conn, comments: &[TicketCommentId]) -> Result<HashMap<TicketCommentId, Vec<Edit>>> {
    let mut found: HashMap<_, Vec<_>> = comments.iter().map(|id| (*id, Vec::new())).collect();
    let rows = edit::Entity::find()
        .filter(any_of(conn.get_database_backend(), edit::Column::CommentId, comments))
        .order_by_asc(edit::Column::CommentId)
        .order_by_asc(edit::Column::Number);
    for row in rows.all(conn).await? {
        found.entry(row.comment_id).or_default().push(row);
    }
    Ok(found)
}

/// The mails that each of these comments became.
pub async fn mails_of_each(
    conn: &Conn,
    comments: &[TicketCommentId],
) -> Result<HashMap<TicketCommentId, Vec<CommentMail>>> {
    let mut found: HashMap<_, Vec<_>> = comments.iter().map(|id| (*id, Vec::new())).collect();
    let rows = mail::Entity::find()
        .filter(any_of(conn.get_database_backend(), mail::Column::CommentId, comments))
        .order_by_asc(mail::Column::CommentId)
        .order_by_asc(mail::Column::UserId);
    for row in rows.all(conn).await? {
        found.entry(row.comment_id).or_default().push(row);
    }
    Ok(found)
}

/// The newest hundred comments of a ticket, by their ids: for Frontdesk itself.
pub async fn comment_ids(conn: &Conn, ticket: TicketId) -> Result<Vec<TicketCommentId>> {
    let ids = comment::Entity::find().select_only().column(comment::Column::Id);
    let ids = ids.filter(comment::Column::TicketId.eq(ticket)).order_by_desc(comment::Column::CreatedAt);
    Ok(ids.limit(100).into_tuple().all(conn).await?)
}
