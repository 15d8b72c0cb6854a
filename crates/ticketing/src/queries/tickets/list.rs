//! Tickets as those see them who may.

use kernel::{
    Conn, Cx, Result,
    id::{ClientId, TeamId, TicketId, UserId},
    record::{Field, Nested, Record, find},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::{VIEW_TICKETS, is_client, visible_tickets},
    store::{
        ticket::{Column, Entity, Model as Ticket, TicketStatus},
        tickets::watcher,
    },
};

impl Record for Entity {
    type Id = TicketId;
    type Row = Ticket;
    const WHAT: &'static str = "Ticket";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        if is_client(cx) { Ok(()) } else { cx.require(VIEW_TICKETS) }
    }

    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        visible_tickets(cx, backend)
    }
}

/// By where they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By what kind of work they are.
pub const BY_CATEGORY: Field<Column> = Field::new("category", &[Column::Category]);
/// By how soon they are to be worked on.
pub const BY_PRIORITY: Field<Column> = Field::new("priority", &[Column::Priority]);
/// By how much harm there is.
pub const BY_SEVERITY: Field<Column> = Field::new("severity", &[Column::Severity]);
/// By whose they are.
pub const BY_REQUESTER: Field<Column> = Field::new("requesterId", &[Column::RequesterId]);
/// By who has them.
pub const BY_ASSIGNEE: Field<Column> = Field::new("assigneeId", &[Column::AssigneeId]);
/// By the team that has them.
pub const BY_TEAM: Field<Column> = Field::new("teamId", &[Column::TeamId]);
/// By who made them.
pub const BY_CREATED_BY: Field<Column> = Field::new("createdById", &[Column::CreatedById]);
/// By what they are a part of.
pub const BY_PARENT: Field<Column> = Field::new("parentId", &[Column::ParentId]);
/// By until when they are to be done.
pub const BY_DUE_AT: Field<Column> = Field::new("dueAt", &[Column::DueAt]);
/// By when they were made.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);
/// By when they were last changed.
pub const BY_UPDATED_AT: Field<Column> = Field::new("updatedAt", &[Column::UpdatedAt]);
/// By when what a client is shown of them last was, which to them is the same.
pub const BY_SHOWN_AT: Field<Column> = Field::new("updatedAt", &[Column::ShownAt]);

/// Those that somebody watches.
pub fn watched_by(who: UserId) -> Condition {
    let watched = watcher::Entity::find().select_only().column(watcher::Column::TicketId);
    Condition::all().add(Column::Id.in_subquery(watched.filter(watcher::Column::UserId.eq(who)).into_query()))
}

/// The ticket of that number; `None` where there is none that the actor may see.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn by_number(conn: &Conn, cx: &Cx, number: &str) -> Result<Option<Ticket>> {
    // PostgreSQL holds no NUL.
    let number = number.trim().to_uppercase().replace('\0', "");
    let Some(select) = find::<Entity>(cx, conn.get_database_backend()) else { return Ok(None) };
    Ok(select.filter(Column::Number.eq(number)).one(conn).await?)
}

/// Whether a team has open tickets, whoever may see them.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn has_open_tickets(conn: &Conn, team: TeamId) -> Result<bool> {
    let over = [TicketStatus::Resolved, TicketStatus::Closed];
    let open = Entity::find().filter(Column::TeamId.eq(team)).filter(Column::Status.is_not_in(over));
    let one = open.select_only().column(Column::Id).limit(1).into_tuple::<TicketId>().one(conn).await?;
    Ok(one.is_some())
}

/// The parts of a ticket, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Children;

impl Nested for Children {
    type Parent = TicketId;
    type Of = Entity;
    const NAME: &'static str = "children of";
    const PARENT: Column = Column::ParentId;
    const ORDER: Column = Column::CreatedAt;
}

/// The tickets of a client, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketsOf;

impl Nested for TicketsOf {
    type Parent = ClientId;
    type Of = Entity;
    const NAME: &'static str = "tickets of";
    const PARENT: Column = Column::RequesterId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;
}
