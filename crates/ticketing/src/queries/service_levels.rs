//! Policies, the clocks of tickets and what of their time counted, as those see them who may.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    db::any_of,
    filter::TimeComparator,
    id::{ServiceLevelClockId, ServiceLevelPolicyId, TicketId},
    record::{Field, Record, Unique},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    domain::service_levels::{
        calendar::Calendar,
        clock::{Clock, ClockKind, Part},
    },
    policy::{VIEW_TICKETS, is_client, sees_policies},
    store::{
        service_levels::{
            clock,
            pause::{self, Model as Pause},
            policy::{Column, Entity, Model as ServiceLevelPolicy},
        },
        ticket,
    },
};

impl Record for Entity {
    type Id = ServiceLevelPolicyId;
    type Row = ServiceLevelPolicy;
    const WHAT: &'static str = "ServiceLevelPolicy";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::NameFolded, field: "name", taken: "another policy has this name" }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_TICKETS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_policies(cx).then(Condition::all)
    }
}

/// By whether they are in use.
pub const BY_IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);
/// By a part of the name or description.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Name, Column::Description]);

/// So many parts of a trace are shown.
pub const PARTS: usize = 500;
/// So many clocks of a ticket are shown.
const CLOCKS: usize = 100;

/// Those by which a policy owes something, or owed it when they ended.
fn promised() -> Condition {
    Condition::all().add(clock::Column::Kind.ne(ClockKind::Due)).add(clock::Column::TargetMinutes.is_not_null())
}

/// The clocks of each of these tickets that a policy set, the last first; none for a client. Whoever asks has found the tickets.
pub async fn clocks_of_each(conn: &Conn, cx: &Cx, ids: &[TicketId]) -> Result<HashMap<TicketId, Vec<Clock>>> {
    let mut found: HashMap<TicketId, Vec<Clock>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    if is_client(cx) {
        return Ok(found);
    }
    let clocks = clock::Entity::find()
        .filter(any_of(conn.get_database_backend(), clock::Column::TicketId, ids))
        .filter(promised())
        .order_by_desc(clock::Column::StartedAt)
        .order_by_desc(clock::Column::Id);
    for clock in clocks.all(conn).await? {
        let of = found.entry(clock.ticket_id).or_default();
        if of.len() < CLOCKS {
            of.push(clock);
        }
    }
    Ok(found)
}

/// A part of the time of one of a ticket's clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// Of which.
    pub kind: ClockKind,
    /// The part.
    pub part: Part,
    /// Whether it is the one that still goes on.
    pub goes_on: bool,
}

/// Of each clock of each of these tickets, what counted and what did not until now, by when the company works.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn trace_of_each(
    conn: &Conn,
    cx: &Cx,
    calendar: &Calendar,
    ids: &[TicketId],
) -> Result<HashMap<TicketId, Vec<Traced>>> {
    let clocks = clocks_of_each(conn, cx, ids).await?;
    let mut pauses: HashMap<TicketId, Vec<Pause>> = HashMap::new();
    let stood = pause::Entity::find()
        .filter(any_of(conn.get_database_backend(), pause::Column::TicketId, ids))
        .order_by_asc(pause::Column::FromAt);
    for pause in stood.all(conn).await? {
        pauses.entry(pause.ticket_id).or_default().push(pause);
    }
    let trace = |(id, clocks): (TicketId, Vec<Clock>)| {
        let pauses = pauses.get(&id).map(Vec::as_slice).unwrap_or_default();
        let mut all: Vec<_> = clocks
            .iter()
            .flat_map(|clock| {
                let end = clock.met_at.unwrap_or(cx.now);
                let parts = clock.parts(calendar, pauses, cx.now, PARTS);
                let goes_on = move |part: &Part| clock.is_open() && part.until >= end;
                parts.into_iter().map(move |part| Traced { kind: clock.kind, goes_on: goes_on(&part), part })
            })
            .collect();
        all.sort_by_key(|traced| traced.part.from);
        all.truncate(PARTS);
        (id, all)
    };
    Ok(clocks.into_iter().map(trace).collect())
}

/// The tickets with a clock that a policy set of which something holds; for a client none.
fn with_clock(cx: &Cx, holds: Condition) -> Condition {
    if is_client(cx) {
        return Condition::all().add(ticket::Column::Id.is_null());
    }
    let clocks = clock::Entity::find().select_only().column(clock::Column::TicketId);
    let clocks = clocks.filter(promised()).filter(holds);
    Condition::all().add(ticket::Column::Id.in_subquery(clocks.into_query()))
}

/// The tickets of which a service level was breached.
pub fn breached(cx: &Cx) -> Condition {
    with_clock(cx, Condition::all().add(clock::Column::BreachedAt.is_not_null()))
}

/// The tickets of which a service level that is not met yet is due at such a time.
pub fn due(cx: &Cx, by: &TimeComparator) -> Condition {
    let open = by.conditions(clock::Column::DueAt).into_iter().fold(Condition::all(), Condition::add);
    with_clock(cx, open.add(clock::Column::MetAt.is_null()).add(clock::Column::DueAt.is_not_null()))
}

/// A clock of which there is something to tell at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextClock {
    /// It.
    pub clock: ServiceLevelClockId,
    /// The ticket.
    pub ticket: TicketId,
    /// When.
    pub at: DateTime<Utc>,
}

/// So many are looked at together.
const NEXT: u64 = 50;

/// The clocks of which there is something to tell next, in order: by an index, however many there are.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn next_clocks(conn: &Conn) -> Result<Vec<NextClock>> {
    let next = clock::Entity::find()
        .select_only()
        .columns([clock::Column::Id, clock::Column::TicketId, clock::Column::NextAt])
        .filter(clock::Column::NextAt.is_not_null())
        .order_by_asc(clock::Column::NextAt)
        .order_by_asc(clock::Column::Id)
        .limit(NEXT);
    let next: Vec<(ServiceLevelClockId, TicketId, DateTime<Utc>)> = next.into_tuple().all(conn).await?;
    Ok(next.into_iter().map(|(clock, ticket, at)| NextClock { clock, ticket, at }).collect())
}
