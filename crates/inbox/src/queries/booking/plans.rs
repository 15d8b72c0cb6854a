//! What is known of a service in a range of days, in three statements however many people and bookings there are.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use kernel::{
    Conn, Result,
    id::{ConsultationId, ServiceId, StaffId},
};
use sea_orm::{
    Condition, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait, Query, UnionType},
};

use crate::{
    domain::booking::{
        plan::{Holder, Plan},
        slots::Hours,
    },
    store::booking::{
        consultation::{self, ConsultationStatus},
        holiday,
        hours::{self, Weekday},
        service, staff,
    },
};

/// The longest that a booking takes, with what is kept free around it.
const LONGEST: TimeDelta = TimeDelta::days(1);

/// Of a service, whom it is held by, their hours, the holidays, and what they have to do, on these days and around them.
/// `None` where there is no such service that can be booked. What `but` takes counts as free.
pub async fn plan(
    conn: &Conn,
    service: ServiceId,
    (from, to): (NaiveDate, NaiveDate),
    but: Option<ConsultationId>,
) -> Result<Option<Plan>> {
    let Some((service, holders)) = held(conn, service).await? else { return Ok(None) };
    let people: Vec<_> = holders.iter().filter_map(|holder| holder.staff()).collect();
    let (hours, holidays) = calendar(conn, &people, (from, to)).await?;
    let busy = busy(conn, &service, &people, (from, to), but).await?;
    Ok(Some(Plan { service, holders, hours, holidays, busy }))
}

/// A service that can be booked, and by whom it is held.
async fn held(conn: &Conn, id: ServiceId) -> Result<Option<(service::Model, Vec<Holder>)>> {
    let mut select = Query::select();
    select
        .columns(<service::Column as sea_orm::Iterable>::iter().map(|column| column.as_column_ref()))
        .column(staff::Column::StaffId.as_column_ref())
        .expr_as(Expr::col(staff::Column::IsActive.as_column_ref()), "holds")
        .from(service::Entity.table_ref())
        .left_join(
            staff::Entity.table_ref(),
            Expr::col(staff::Column::ServiceId.as_column_ref()).equals(service::Column::Id.as_column_ref()),
        )
        .and_where(service::Column::Id.eq(id))
        .and_where(service::Column::IsActive.eq(true));
    let rows = conn.query_all(&select).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let service = service::Model::from_query_result(first, "")?;
    let (mut named, mut holders) = (false, Vec::new());
    for row in &rows {
        if let Some(person) = row.try_get::<Option<StaffId>>("", "staff_id")? {
            named = true;
            if row.try_get::<Option<bool>>("", "holds")? == Some(true) {
                holders.push(Holder::Staff(person));
            }
        }
    }
    if !named {
        holders.push(Holder::Service(service.id));
    }
    Ok(Some((service, holders)))
}

/// When the company works, whoever asks: the opening hours that are nobody's own, and the holidays, all of them.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn company_calendar(conn: &Conn) -> Result<(Vec<Hours>, Vec<NaiveDate>)> {
    let always = (NaiveDate::default(), NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX));
    let (hours, holidays) = calendar(conn, &[], always).await?;
    Ok((hours.into_iter().map(|(_, hours)| hours).collect(), holidays))
}

/// The next day; the last one that four digits can say has none, since no database orders more of them.
fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().filter(|next| next.year() <= 9999).unwrap_or(day)
}

type Calendar = (Vec<(Option<StaffId>, Hours)>, Vec<NaiveDate>);

/// The company's hours and those of its people, and the holidays.
async fn calendar(conn: &Conn, people: &[StaffId], (from, to): (NaiveDate, NaiveDate)) -> Result<Calendar> {
    let whose = Condition::any()
        .add(hours::Column::StaffId.is_null())
        .add(hours::Column::StaffId.is_in(people.iter().copied()));
    let mut days = Query::select();
    days.exprs([Expr::cust("NULL"), Expr::cust("NULL"), Expr::cust("NULL"), Expr::cust("NULL")])
        .column(holiday::Column::Date)
        .from(holiday::Entity.table_ref())
        .and_where(holiday::Column::IsActive.eq(true))
        // The night before may go on past midnight, and what begins on the last day may last into the next.
        .and_where(holiday::Column::Date.between(from.pred_opt().unwrap_or(from), day_after(to)));
    let mut select = Query::select();
    select
        .column(hours::Column::StaffId)
        .column(hours::Column::Weekday)
        .column(hours::Column::FromMinute)
        .column(hours::Column::ToMinute)
        .expr_as(Expr::cust("NULL"), "date")
        .from(hours::Entity.table_ref())
        .cond_where(whose)
        .union(UnionType::All, days);
    let (mut hours, mut holidays) = (Vec::new(), Vec::new());
    for row in conn.query_all(&select).await? {
        match row.try_get::<Option<NaiveDate>>("", "date")? {
            Some(date) => holidays.push(date),
            None => {
                let weekday: Weekday = row.try_get("", "weekday")?;
                let (from, to) = (row.try_get("", "from_minute")?, row.try_get("", "to_minute")?);
                hours.push((row.try_get("", "staff_id")?, Hours { weekday, from, to }));
            }
        }
    }
    Ok((hours, holidays))
}

type Busy = HashMap<Uuid, Vec<(DateTime<Utc>, DateTime<Utc>)>>;

/// When these people, or the service where nobody is named for it, are not free.
async fn busy(
    conn: &Conn,
    service: &service::Model,
    people: &[StaffId],
    (from, to): (NaiveDate, NaiveDate),
    but: Option<ConsultationId>,
) -> Result<Busy> {
    // A day in any zone begins and ends within a day of UTC's.
    let around = TimeDelta::days(1) + LONGEST;
    let begin = from.and_time(chrono::NaiveTime::MIN).and_utc() - around;
    let end = to.and_time(chrono::NaiveTime::MIN).and_utc() + around + TimeDelta::days(1);
    let nobodys = Condition::all()
        .add(consultation::Column::AssigneeId.is_null())
        .add(consultation::Column::ServiceId.eq(service.id));
    let mut whose = Condition::any().add(nobodys);
    if !people.is_empty() {
        whose = whose.add(consultation::Column::AssigneeId.is_in(people.iter().copied()));
    }
    let mut taken = consultation::Entity::find()
        .select_only()
        .columns([
            consultation::Column::AssigneeId,
            consultation::Column::BlockedFrom,
            consultation::Column::BlockedUntil,
        ])
        .filter(consultation::Column::StartsAt.between(begin, end))
        .filter(consultation::Column::Status.ne(ConsultationStatus::Cancelled))
        .filter(whose)
        .order_by_asc(consultation::Column::BlockedFrom);
    if let Some(but) = but {
        taken = taken.filter(consultation::Column::Id.ne(but));
    }
    let mut busy = Busy::new();
    for (assignee, from, until) in
        taken.into_tuple::<(Option<StaffId>, DateTime<Utc>, DateTime<Utc>)>().all(conn).await?
    {
        let of = busy.entry(assignee.map_or(service.id.0, |staff| staff.0)).or_default();
        // What nobody has may be at the same time; what counts is when all that began is over.
        let until = of.last().map_or(until, |(_, last): &(_, DateTime<Utc>)| Ord::max(until, *last));
        of.push((from, until));
    }
    Ok(busy)
}
