//! The things behind a number.

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::{B2chatDepartmentId, DepartmentId, MetricFactId},
    record::{Filter, Record},
};
use sea_orm::{Condition, DbBackend, QuerySelect, QueryTrait, entity::prelude::*, sea_query::ExprTrait};
use uuid::Uuid;

use super::{load, numbers::Asked};
use crate::{
    domain::metrics::{group::Which, metric::Metric, period::Period, working::Working},
    policy::{VIEW_ANALYTICS, sees_b2chat},
    ports::metrics::{Departments, Sees, WorkingTimes},
    store::{
        b2chat::agent,
        metrics::{
            fact::{Column, Entity, MetricKind, MetricStatus, Model as Fact},
            fact_tag,
        },
    },
};

impl Record for Entity {
    type Id = MetricFactId;
    type Row = Fact;
    const WHAT: &'static str = "MetricRow";
    const ID: Column = Column::ThingId;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_ANALYTICS)
    }

    /// Who sees the things themselves is a matter of whose they are: [`rows_behind`] leaves only those.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_ANALYTICS).then(Condition::all)
    }
}

fn at(millis: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// The rows that count for a metric, as far as the actor may see the things.
///
/// # Errors
/// As [`Asked::checked`]; [`kernel::Error::Unavailable`] where the database is away.
pub async fn rows_behind(
    conn: &Conn,
    cx: &Cx,
    company: (chrono_tz::Tz, &impl Departments, &impl WorkingTimes),
    sees: &impl Sees,
    metric: Metric,
    asked: &Asked,
) -> Result<Filter<Entity>> {
    let (zone, departments, times) = company;
    let (period, which) = asked.checked(cx, zone)?;
    let mut all = counts(metric, &period, asked.sla());
    all = all.add(chosen(conn, &which, departments).await?);
    if metric == Metric::SlaBreaches && asked.business_hours {
        // What is too late at work is too late on the wall: of those some are left.
        let late = Entity::find().filter(all).all(conn).await?;
        let late = late_at_work(&late, times, asked.sla()).await?;
        all = Condition::all().add(any_of(conn.get_database_backend(), Column::ThingId, &late));
    }
    let of_kind = |kind: MetricKind| Condition::all().add(Column::Kind.eq(kind));
    let mut visible = Condition::any().add(Expr::val(1).eq(0));
    if sees_b2chat(cx) {
        visible = visible.add(of_kind(MetricKind::B2chatChat));
    }
    for kind in [MetricKind::LiveChat, MetricKind::Ticket] {
        if let Some(ids) = sees.visible(cx, kind) {
            visible = visible.add(of_kind(kind).add(Column::ThingId.in_subquery(ids)));
        }
    }
    Ok(Filter::of(Condition::all().add(all).add(visible)))
}

async fn late_at_work(late: &[Fact], times: &impl WorkingTimes, sla: i64) -> Result<Vec<MetricFactId>> {
    let span = |fact: &Fact| Some((fact.opened_at?, fact.response_at?));
    let (from, until) =
        (late.iter().filter_map(span).map(|span| span.0).min(), late.iter().filter_map(span).map(|span| span.1).max());
    let (Some(from), Some(until)) = (from, until) else { return Ok(Vec::new()) };
    let open = times.open(from, until).await?;
    let millis = open.into_iter().map(|(from, until)| (from.timestamp_millis(), until.timestamp_millis()));
    let working = Working::new(millis.collect());
    let too_late = |fact: &&Fact| {
        let took = |(from, until): (chrono::DateTime<_>, chrono::DateTime<_>)| {
            working.between(from.timestamp_millis(), until.timestamp_millis())
        };
        span(fact).is_some_and(|span| took(span) > sla)
    };
    Ok(late.iter().filter(too_late).map(|fact| fact.thing_id).collect())
}

/// What counts for a metric in a period.
fn counts(metric: Metric, period: &Period, sla: i64) -> Condition {
    if metric == Metric::OpenBacklog {
        let open = Condition::any()
            .add(Column::ClosedAt.gte(at(period.until)))
            .add(Condition::all().add(Column::ClosedAt.is_null()).add(Column::Status.ne(MetricStatus::Closed)));
        return Condition::all().add(Column::CreatedAt.lt(at(period.until))).add(open);
    }
    let began =
        Condition::all().add(Column::CreatedAt.gte(at(period.from))).add(Column::CreatedAt.lt(at(period.until)));
    match metric {
        Metric::ResponseTime => began.add(Column::ResponseMs.gte(0)),
        Metric::FirstResponseTime => began.add(Column::FirstResponseMs.gte(0)),
        Metric::PickupTime => began.add(Column::PickupMs.gte(0)),
        Metric::ResolutionTime | Metric::Duration => began.add(Column::ResolutionMs.gte(0)),
        Metric::Closed => began.add(Column::Status.eq(MetricStatus::Closed)),
        Metric::SlaBreaches => began.add(Column::FirstResponseMs.gt(sla)),
        Metric::Unassigned => began.add(Column::AgentId.is_null()).add(Column::StaffId.is_null()),
        Metric::Volume | Metric::OpenBacklog => began,
    }
}

/// The filter of [`Which`], as the databases read it.
async fn chosen(conn: &Conn, which: &Which, departments: &impl Departments) -> Result<Condition> {
    let backend = conn.get_database_backend();
    let mut all = Condition::all();
    if let Some(kinds) = &which.kinds {
        all = all.add(Column::Kind.is_in(kinds.iter().copied()));
    }
    if let Some(channel) = &which.channel {
        // PostgreSQL holds no NUL.
        all = all.add(Column::Channel.eq(channel.replace('\0', "")));
    }
    if let Some(priority) = which.priority {
        all = all.add(Column::Priority.eq(priority));
    }
    if let Some(agent) = which.agent {
        all = all.add(Column::AgentId.eq(agent));
    }
    if let Some(staff) = which.staff {
        let theirs =
            agent::Entity::find().select_only().column(agent::Column::Id).filter(agent::Column::StaffId.eq(staff));
        let by_agent =
            Condition::all().add(Column::StaffId.is_null()).add(Column::AgentId.in_subquery(theirs.into_query()));
        all = all.add(Condition::any().add(Column::StaffId.eq(staff)).add(by_agent));
    }
    if let Some(tag) = &which.tag {
        let with = fact_tag::Entity::find().select_only().column(fact_tag::Column::ThingId);
        let with = with.filter(fact_tag::Column::TagFolded.eq(tag.replace('\0', "")));
        all = all.add(Column::ThingId.in_subquery(with.into_query()));
    }
    if which.department.is_some() || which.b2chat_department.is_some() {
        let (around, _) = load::around(conn, departments).await?;
        let below = |tree: &std::collections::HashMap<Uuid, Vec<Uuid>>, wanted: Uuid| {
            let below = tree.iter().filter(|(_, path)| path.contains(&wanted)).map(|(id, _)| *id);
            below.chain([wanted]).collect::<Vec<_>>()
        };
        if let Some(wanted) = which.department {
            let ids: Vec<_> = below(&around.departments, wanted).into_iter().map(DepartmentId).collect();
            all = all.add(any_of(backend, Column::DepartmentId, &ids));
        }
        if let Some(wanted) = which.b2chat_department {
            let ids: Vec<_> = below(&around.b2chat_departments, wanted).into_iter().map(B2chatDepartmentId).collect();
            all = all.add(any_of(backend, Column::B2chatDepartmentId, &ids));
        }
    }
    Ok(all)
}
