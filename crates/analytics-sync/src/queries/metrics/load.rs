//! The facts of a period: of days that were counted ahead in one piece each, of others row by row.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Result,
    id::{B2chatAgentId, B2chatDepartmentId, MetricFactId, StaffId},
};
use sea_orm::{Condition, FromQueryResult, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};
use uuid::Uuid;

use crate::{
    domain::metrics::{
        block,
        facts::Facts,
        group::Around,
        period::{DAY, day_of},
    },
    ports::metrics::Departments,
    store::{
        b2chat::{agent, department},
        metrics::{
            day,
            fact::{Column, Entity, MetricStatus, Model as Fact},
            fact_tag,
        },
    },
};

/// So many stretches of days that are to be counted anew are looked at each by itself; of more, all between the first and the last.
const STRETCHES: usize = 20;

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

#[derive(FromQueryResult)]
struct Day {
    day: i32,
    mark: i64,
    counted: i64,
    things: i32,
    block: Vec<u8>,
}

/// What began from one instant until another, and more of the same days.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn of_period(conn: &Conn, from: i64, until: i64) -> Result<Facts> {
    let mut facts = Facts::default();
    let days = day::Entity::find().filter(day::Column::Day.between(day_of(from), day_of(until - 1)));
    let days: Vec<Day> = days.order_by_asc(day::Column::Day).into_model().all(conn).await?;
    let mut stretches: Vec<(i32, i32)> = Vec::new();
    for day in &days {
        if day.mark == day.counted {
            continue;
        }
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == day.day => *last = day.day,
            _ => stretches.push((day.day, day.day)),
        }
    }
    if let ([(first, _), .., (_, last)], true) = (&stretches[..], stretches.len() > STRETCHES) {
        stretches = vec![(*first, *last)];
    }
    let things = days.iter().filter_map(|day| usize::try_from(day.things).ok());
    facts.things.reserve(things.sum());
    for day in &days {
        if !stretches.iter().any(|(first, last)| (*first..=*last).contains(&day.day)) {
            block::decode(&day.block, &mut facts)?;
        }
    }
    if !stretches.is_empty() {
        let of = |(first, last): &(i32, i32)| {
            let (from, until) = (at(i64::from(*first) * DAY), at((i64::from(*last) + 1) * DAY));
            Condition::all().add(Column::CreatedAt.gte(from)).add(Column::CreatedAt.lt(until))
        };
        let any = stretches.iter().map(of).fold(Condition::any(), Condition::add);
        add(conn, any, &mut facts).await?;
    }
    Ok(facts)
}

/// Adds what had begun before an instant and was not over then.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn open_at(conn: &Conn, instant: i64, facts: &mut Facts) -> Result<()> {
    // What began on the same day is among the facts of the period.
    let day = at(i64::from(day_of(instant)) * DAY);
    let open = Condition::any()
        .add(Column::ClosedAt.gte(at(instant)))
        .add(Condition::all().add(Column::ClosedAt.is_null()).add(Column::Status.ne(MetricStatus::Closed)));
    add(conn, Condition::all().add(Column::CreatedAt.lt(day)).add(open), facts).await
}

/// Adds the facts of a day.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn of_day(conn: &Conn, day: i32) -> Result<Facts> {
    let mut facts = Facts::default();
    let (from, until) = (at(i64::from(day) * DAY), at((i64::from(day) + 1) * DAY));
    let within = Condition::all().add(Column::CreatedAt.gte(from)).add(Column::CreatedAt.lt(until));
    add(conn, within, &mut facts).await?;
    Ok(facts)
}

async fn add(conn: &Conn, which: Condition, facts: &mut Facts) -> Result<()> {
    let select = Entity::find().filter(which.clone());
    let rows: Vec<Fact> = select.order_by_asc(Column::CreatedAt).order_by_asc(Column::ThingId).all(conn).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let these = Entity::find().select_only().column(Column::ThingId).filter(which);
    let tags = fact_tag::Entity::find()
        .filter(fact_tag::Column::ThingId.in_subquery(these.into_query()))
        .order_by_asc(fact_tag::Column::ThingId)
        .order_by_asc(fact_tag::Column::TagFolded);
    let mut tags_of: HashMap<MetricFactId, Vec<(String, String)>> = HashMap::new();
    for tag in tags.all(conn).await? {
        tags_of.entry(tag.thing_id).or_default().push((tag.tag_folded, tag.tag));
    }
    for row in &rows {
        facts.add(row, tags_of.get(&row.thing_id).map(Vec::as_slice).unwrap_or_default());
    }
    Ok(())
}

/// Who is who and what is below what; and what agents and departments of B2Chat's are called.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn around(conn: &Conn, departments: &impl Departments) -> Result<(Around, HashMap<Uuid, String>)> {
    let (mut around, mut names) = (Around::default(), HashMap::new());
    let agents: Vec<(B2chatAgentId, Option<StaffId>, String)> = agent::Entity::find()
        .select_only()
        .columns([agent::Column::Id, agent::Column::StaffId, agent::Column::Name])
        .into_tuple()
        .all(conn)
        .await?;
    for (id, staff, name) in agents {
        if let Some(staff) = staff {
            around.staff_of.insert(id.0, staff.0);
            names.entry(staff.0).or_insert_with(|| name.clone());
        }
        names.insert(id.0, name);
    }
    let theirs: Vec<(B2chatDepartmentId, Option<B2chatDepartmentId>, String)> = department::Entity::find()
        .select_only()
        .columns([department::Column::Id, department::Column::ParentId, department::Column::Name])
        .into_tuple()
        .all(conn)
        .await?;
    let parents: HashMap<Uuid, Option<Uuid>> =
        theirs.iter().map(|(id, parent, _)| (id.0, parent.map(|parent| parent.0))).collect();
    for (id, _, name) in theirs {
        names.insert(id.0, name);
        let mut path = vec![id.0];
        // What hangs in a circle hangs below nothing.
        while let Some(Some(above)) = path.last().and_then(|id| parents.get(id)).filter(|_| path.len() < parents.len())
        {
            path.push(*above);
        }
        path.reverse();
        around.b2chat_departments.insert(id.0, path);
    }
    around.departments = departments.paths().await?.into_iter().collect();
    Ok((around, names))
}
