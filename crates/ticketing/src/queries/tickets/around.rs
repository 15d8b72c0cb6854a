//! Who watches tickets, and what they are tied to.

use std::collections::HashMap;

use kernel::{
    Conn, Result,
    db::any_of,
    id::{TicketId, UserId},
};
use sea_orm::{Condition, ConnectionTrait, QueryOrder, entity::prelude::*};

use crate::store::tickets::{
    link::{self, TicketLinkKind},
    watcher,
};

/// Who watches each of these tickets, longest first. Whoever asks has found the tickets.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn watchers_of_each(conn: &Conn, tickets: &[TicketId]) -> Result<HashMap<TicketId, Vec<UserId>>> {
    let mut found: HashMap<_, Vec<_>> = tickets.iter().map(|id| (*id, Vec::new())).collect();
    let these = any_of(conn.get_database_backend(), watcher::Column::TicketId, tickets);
    let rows = watcher::Entity::find().filter(these).order_by_asc(watcher::Column::CreatedAt);
    for row in rows.order_by_asc(watcher::Column::UserId).all(conn).await? {
        found.entry(row.ticket_id).or_default().push(row.user_id);
    }
    Ok(found)
}

/// A ticket that another is tied to, as seen from that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tied {
    /// The ticket.
    pub ticket: TicketId,
    /// What the one is to the other.
    pub kind: TicketLinkKind,
    /// Whether the one is that to this ticket, and not this ticket to the one.
    pub forward: bool,
}

/// What each of these tickets is tied to, oldest link first; who asks sees of those tickets what they see. Whoever asks has
/// found the tickets.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn links_of_each(conn: &Conn, tickets: &[TicketId]) -> Result<HashMap<TicketId, Vec<Tied>>> {
    let mut found: HashMap<_, Vec<_>> = tickets.iter().map(|id| (*id, Vec::new())).collect();
    let backend = conn.get_database_backend();
    let around = Condition::any().add(any_of(backend, link::Column::TicketId, tickets)).add(any_of(
        backend,
        link::Column::OtherId,
        tickets,
    ));
    for row in link::Entity::find().filter(around).order_by_asc(link::Column::Id).all(conn).await? {
        if let Some(ties) = found.get_mut(&row.ticket_id) {
            ties.push(Tied { ticket: row.other_id, kind: row.kind, forward: true });
        }
        if let Some(ties) = found.get_mut(&row.other_id) {
            ties.push(Tied { ticket: row.ticket_id, kind: row.kind, forward: false });
        }
    }
    Ok(found)
}
