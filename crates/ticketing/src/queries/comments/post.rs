//! Comments on their way by mail: for Frontdesk itself.

use kernel::{
    Conn, Cx, Result, Tx,
    files::of_owners,
    id::{TicketCommentId, UserId},
};
use sea_orm::{QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};

use crate::store::{
    comments::{
        comment::{self, Model as TicketComment},
        mail::{Column, CommentMailStatus, Entity},
    },
    ticket::{self, Model as Ticket},
};

/// A comment that is to go to somebody.
pub(crate) struct Outgoing {
    /// Where its mail stands.
    pub status: CommentMailStatus,
    /// It.
    pub comment: TicketComment,
    /// Its ticket.
    pub ticket: Ticket,
    /// The mails that they had of the ticket before, oldest first, and under which subject.
    pub earlier: Vec<(TicketCommentId, Option<String>)>,
    /// The names of its files.
    pub files: Vec<String>,
}

/// What is to go to somebody; `None` where there is no such thing.
pub(crate) async fn for_delivery(conn: &Conn, id: TicketCommentId, to: UserId) -> Result<Option<Outgoing>> {
    let Some(mail) = Entity::find_by_id((id, to)).one(conn).await? else { return Ok(None) };
    let Some(comment) = comment::Entity::find_by_id(id).one(conn).await? else { return Ok(None) };
    let Some(ticket) = ticket::Entity::find_by_id(comment.ticket_id).one(conn).await? else { return Ok(None) };
    let before = comment::Entity::find()
        .select_only()
        .column(comment::Column::Id)
        .filter(comment::Column::TicketId.eq(ticket.id))
        .filter(comment::Column::CreatedAt.lt(comment.created_at));
    let earlier = Entity::find()
        .select_only()
        .columns([Column::CommentId, Column::Subject])
        .filter(Column::UserId.eq(to))
        .filter(Column::CommentId.in_subquery(before.into_query()))
        // What they never got is nothing that a mail program could thread on.
        .filter(Column::Status.is_in([CommentMailStatus::Sent, CommentMailStatus::Queued]))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::CommentId)
        .into_tuple()
        .all(conn)
        .await?;
    let files = of_owners(conn, &[comment.id]).await?.remove(&comment.id).unwrap_or_default();
    let files = files.into_iter().map(|file| file.name).collect();
    Ok(Some(Outgoing { status: mail.status, comment, ticket, earlier, files }))
}

/// Notes where the mail of a comment to somebody stands.
pub(crate) async fn note(
    tx: &Tx,
    cx: &Cx,
    comment: TicketCommentId,
    to: UserId,
    status: CommentMailStatus,
    subject: Option<&str>,
    error: Option<&str>,
) -> Result<()> {
    let sent = (status == CommentMailStatus::Sent).then_some(cx.now);
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::Subject, Expr::value(subject))
        .col_expr(Column::Error, Expr::value(error))
        .col_expr(Column::SentAt, Expr::value(sent))
        .filter(Column::CommentId.eq(comment))
        .filter(Column::UserId.eq(to))
        .exec(tx.conn())
        .await?;
    Ok(())
}
