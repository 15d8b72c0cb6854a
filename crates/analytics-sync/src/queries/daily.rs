//! How often what happened.

use chrono::NaiveDate;
use kernel::{Conn, Cx, Error, ProblemCode, Result, filter::ValueComparator};
use sea_orm::{ConnectionTrait, EntityName, Order, QueryResult, entity::prelude::*, sea_query::Query};

use crate::{
    limits,
    policy::VIEW_ANALYTICS,
    store::daily::{Column, Entity},
};

/// By what counts are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The day.
    Day,
    /// What happened.
    Type,
    /// The page.
    Page,
    /// What brought the visitors.
    Source,
}

impl Dimension {
    fn column(self) -> Column {
        match self {
            Self::Day => Column::Day,
            Self::Type => Column::EventType,
            Self::Page => Column::Page,
            Self::Source => Column::Source,
        }
    }

    /// Its name in filters.
    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Type => "type",
            Self::Page => "page",
            Self::Source => "source",
        }
    }
}

/// Which counts.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// From this day on.
    pub from: NaiveDate,
    /// Up to this day, and with it.
    pub to: NaiveDate,
    /// Told apart by these.
    pub group_by: Vec<Dimension>,
    /// Of these types, pages and sources only.
    pub only: Vec<(Dimension, ValueComparator<String>)>,
    /// At most so many.
    pub limit: i32,
}

/// A count, with what it is told apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The day.
    pub day: Option<NaiveDate>,
    /// What happened.
    pub event_type: Option<String>,
    /// The page.
    pub page: Option<String>,
    /// What brought the visitors.
    pub source: Option<String>,
    /// How often.
    pub count: i64,
}

/// The counts of some days, in one statement: by day where they are told apart by it, the largest first.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_ANALYTICS`]; [`Error::Invalid`] for too many days or counts.
pub async fn daily(conn: &Conn, cx: &Cx, wanted: &Wanted) -> Result<Vec<Counted>> {
    cx.require(VIEW_ANALYTICS)?;
    let refused = |field: &str, why: String| Err(Error::invalid(field, ProblemCode::InvalidFormat, why));
    if wanted.to < wanted.from {
        return refused("to", "must not be before from".into());
    }
    if (wanted.to - wanted.from).num_days() >= limits::DAYS {
        return refused("from", format!("must be at most {} days before to", limits::DAYS - 1));
    }
    let limit = u64::try_from(wanted.limit).ok().filter(|limit| (1..=limits::COUNTS).contains(limit));
    let Some(limit) = limit else { return refused("limit", format!("must be from 1 to {}", limits::COUNTS)) };

    let mut select = Query::select();
    select.from(Entity.table_ref());
    select.expr_as(Expr::cust(r#"CAST(sum("count") AS bigint)"#), "n");
    select.and_where(Column::Day.between(wanted.from.to_string(), wanted.to.to_string()));
    for (dimension, by) in &wanted.only {
        for condition in by.conditions(dimension.name(), dimension.column())? {
            select.cond_where(condition);
        }
    }
    if wanted.group_by.contains(&Dimension::Day) {
        select.order_by(Column::Day, Order::Asc);
    }
    select.order_by("n", Order::Desc);
    for dimension in [Dimension::Day, Dimension::Type, Dimension::Page, Dimension::Source] {
        if wanted.group_by.contains(&dimension) {
            let column = dimension.column();
            select.column(column).group_by_col(column).order_by(column, Order::Asc);
        }
    }
    select.limit(limit);
    let rows = conn.query_all(&select).await?;
    let counted = rows.iter().map(|row| read(row, &wanted.group_by)).collect::<Result<Vec<_>>>()?;
    Ok(counted.into_iter().flatten().collect())
}

/// A count; `None` for the sum of nothing.
fn read(row: &QueryResult, by: &[Dimension]) -> Result<Option<Counted>> {
    let text = |dimension: Dimension, column: &str| -> Result<Option<String>> {
        if by.contains(&dimension) { Ok(Some(row.try_get("", column)?)) } else { Ok(None) }
    };
    let Some(count) = row.try_get::<Option<i64>>("", "n")? else { return Ok(None) };
    Ok(Some(Counted {
        day: text(Dimension::Day, "day")?.and_then(|day| day.parse().ok()),
        event_type: text(Dimension::Type, "event_type")?,
        page: text(Dimension::Page, "page")?,
        source: text(Dimension::Source, "source")?,
        count,
    }))
}
