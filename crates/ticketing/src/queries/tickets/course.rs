//! When somebody first took a ticket and first answered it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{Conn, Result, db::any_of, id::TicketId};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use crate::store::{
    comments::comment::{self, CommentSender, CommentVisibility},
    ticket::{Column, Entity, Model as Ticket},
    tickets::change::{self, TicketField},
};

/// The beginning of a ticket's way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Course {
    /// When a colleague first had it.
    pub taken_at: Option<DateTime<Utc>>,
    /// When a colleague first answered where the client sees it.
    pub answered_at: Option<DateTime<Utc>>,
}

/// Which ticket, who had it, who got it, and when.
type Handed = (TicketId, Option<String>, Option<String>, DateTime<Utc>);

/// The beginning of the way of each of these tickets. Whoever asks has found them.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn courses_of_each(conn: &Conn, tickets: &[Ticket]) -> Result<HashMap<TicketId, Course>> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = conn.get_database_backend();
    let answers: Vec<(TicketId, DateTime<Utc>)> = comment::Entity::find()
        .select_only()
        .columns([comment::Column::TicketId, comment::Column::CreatedAt])
        .filter(any_of(backend, comment::Column::TicketId, &ids))
        .filter(comment::Column::Sender.eq(CommentSender::Staff))
        .filter(comment::Column::Visibility.eq(CommentVisibility::Public))
        .into_tuple()
        .all(conn)
        .await?;
    let changes: Vec<Handed> = change::Entity::find()
        .select_only()
        .columns([
            change::Column::TicketId,
            change::Column::OldValue,
            change::Column::NewValue,
            change::Column::CreatedAt,
        ])
        .filter(any_of(backend, change::Column::TicketId, &ids))
        .filter(change::Column::Field.eq(TicketField::Assignee))
        .order_by_asc(change::Column::CreatedAt)
        .order_by_asc(change::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    let mut found: HashMap<_, Course> = ids.iter().map(|id| (*id, Course::default())).collect();
    for (ticket, at) in answers {
        let course = found.entry(ticket).or_default();
        course.answered_at = Some(course.answered_at.map_or(at, |known| known.min(at)));
    }
    let mut changes_of: HashMap<TicketId, Vec<_>> = HashMap::new();
    for (ticket, old, new, at) in changes {
        changes_of.entry(ticket).or_default().push((old, new, at));
    }
    for ticket in tickets {
        let changes = changes_of.remove(&ticket.id).unwrap_or_default();
        found.entry(ticket.id).or_default().taken_at = match changes.first() {
            // Nobody else ever had it, so who has it has had it from the beginning.
            None => ticket.assignee_id.map(|_| ticket.created_at),
            Some((Some(_), ..)) => Some(ticket.created_at),
            Some((None, ..)) => changes.iter().find(|change| change.1.is_some()).map(|change| change.2),
        };
    }
    Ok(found)
}

/// The ids of tickets in their order: so many after one, from the first on where there is none. For whoever goes through all.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn ticket_ids_after(conn: &Conn, after: Option<TicketId>, limit: u64) -> Result<Vec<TicketId>> {
    let mut tickets = Entity::find().select_only().column(Column::Id).order_by_asc(Column::Id).limit(limit);
    if let Some(after) = after {
        tickets = tickets.filter(Column::Id.gt(after));
    }
    Ok(tickets.into_tuple().all(conn).await?)
}
