//! Visitors.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    db::{any_of, search},
    filter::MAX_TEXT,
    id::VisitorId,
    record::{Field, Record},
    text::words::Sought,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityName, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, Func, IntoCondition, SelectStatement},
};

use crate::{
    policy::{VIEW_VISITORS, visible_visitors},
    store::{
        acquaintance,
        visitor::{Column, Entity, Model as Visitor},
        visitor_words,
    },
};

impl Record for Entity {
    type Id = VisitorId;
    type Row = Visitor;
    const WHAT: &'static str = "Visitor";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_VISITORS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        visible_visitors(cx)
    }
}

/// By what brought them here.
pub const BY_SOURCE: Field<Column> = Field::new("source", &[Column::Source]);
/// By when they first came.
pub const BY_FIRST_VISIT_AT: Field<Column> = Field::new("firstVisitAt", &[Column::FirstVisitAt]);
/// By when they last came.
pub const BY_LAST_VISIT_AT: Field<Column> = Field::new("lastVisitAt", &[Column::LastVisitAt]);

/// Whom visitors are now: of those who were merged, whom they became.
fn now(which: impl IntoCondition) -> SelectStatement {
    let whom = Expr::from(Func::coalesce([Expr::col(Column::MergedInto), Expr::col(Column::Id)]));
    Entity::find().select_only().expr(whom).filter(which.into_condition()).into_query()
}

/// The rows that belong to any of these visitors, by whichever of their ids.
pub fn of_visitors(column: impl ColumnTrait, ids: &[VisitorId]) -> Condition {
    Condition::all().add(column.in_subquery(now(Column::Id.is_in(ids.iter().copied()))))
}

/// The rows that are any of these visitors' or were when they came, by whichever of their ids: of what keeps the id of whoever
/// it was then.
pub fn of_people(column: impl ColumnTrait, ids: &[VisitorId]) -> Condition {
    let whom = || now(Column::Id.is_in(ids.iter().copied()));
    let all = Condition::any().add(Column::Id.in_subquery(whom())).add(Column::MergedInto.in_subquery(whom()));
    Condition::all().add(column.in_subquery(Entity::find().select_only().column(Column::Id).filter(all).into_query()))
}

/// The visitors who have one of these addresses, or had before they were merged.
pub fn of_addresses(emails: &[String]) -> Condition {
    Condition::all().add(Column::Id.in_subquery(now(Column::Email.is_in(emails))))
}

/// The visitors who are found by these words, or were before they were merged; a text without a word leaves everybody.
///
/// # Errors
/// [`Error::Invalid`] at `filter.text` for a text that is too long.
pub fn by_words(backend: DbBackend, text: &str) -> Result<Option<Condition>> {
    if text.chars().count() > MAX_TEXT {
        let message = format!("must have at most {MAX_TEXT} characters");
        return Err(Error::invalid("filter.text", ProblemCode::TooLong, message));
    }
    let Some(sought) = Sought::new(text) else { return Ok(None) };
    let rows = visitor_words::Entity::find().select_only().column(visitor_words::Column::Id);
    let rows = rows.filter(search::holds(backend, visitor_words::Entity.table_name(), &sought));
    Ok(Some(Condition::all().add(Column::Id.in_subquery(now(Column::Id.in_subquery(rows.into_query()))))))
}

/// Whom each of these visitors was seen with in one browser, the first first. Of those who were merged, whom they became.
pub async fn acquaintances_of_each(
    conn: &Conn,
    cx: &Cx,
    ids: &[VisitorId],
) -> Result<HashMap<VisitorId, Vec<VisitorId>>> {
    let mut found: HashMap<VisitorId, Vec<VisitorId>> = HashMap::new();
    if visible_visitors(cx).is_none() {
        return Ok(found);
    }
    let merged = merged_of_each(conn, cx, ids).await?;
    let became = merged.values().flatten().map(|one| (one.id, one.merged_into)).collect::<HashMap<_, _>>();
    let all: Vec<_> = ids.iter().chain(became.keys()).copied().collect();
    let theirs = acquaintance::Entity::find()
        .select_only()
        .columns([acquaintance::Column::VisitorId, acquaintance::Column::OtherId])
        .filter(any_of(conn.get_database_backend(), acquaintance::Column::VisitorId, &all))
        .order_by_asc(acquaintance::Column::SeenAt)
        .order_by_asc(acquaintance::Column::OtherId);
    let theirs: Vec<(VisitorId, VisitorId)> = theirs.into_tuple().all(conn).await?;
    let others: Vec<_> = theirs.iter().map(|(_, other)| *other).collect();
    let others = survivors(conn, cx, &others).await?;
    for (visitor, other) in theirs {
        let visitor = became.get(&visitor).copied().unwrap_or(visitor);
        let other = others.get(&other).copied().unwrap_or(other);
        let known = found.entry(visitor).or_default();
        if other != visitor && !known.contains(&other) {
            known.push(other);
        }
    }
    Ok(found)
}

/// Whom each of these visitors became; only those are in it who were merged.
pub async fn survivors(conn: &Conn, cx: &Cx, ids: &[VisitorId]) -> Result<HashMap<VisitorId, VisitorId>> {
    if visible_visitors(cx).is_none() || ids.is_empty() {
        return Ok(HashMap::new());
    }
    let merged = Entity::find()
        .select_only()
        .columns([Column::Id, Column::MergedInto])
        .filter(any_of(conn.get_database_backend(), Column::Id, ids))
        .filter(Column::MergedInto.is_not_null());
    Ok(merged.into_tuple::<(VisitorId, VisitorId)>().all(conn).await?.into_iter().collect())
}

/// Who was merged into a visitor.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Merged {
    /// Their id, by which the other is found now.
    pub id: VisitorId,
    /// Into whom.
    pub merged_into: VisitorId,
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
}

/// Who was merged into each of these visitors, oldest first.
pub async fn merged_of_each(conn: &Conn, cx: &Cx, ids: &[VisitorId]) -> Result<HashMap<VisitorId, Vec<Merged>>> {
    let mut found: HashMap<VisitorId, Vec<Merged>> = HashMap::new();
    if visible_visitors(cx).is_none() || ids.is_empty() {
        return Ok(found);
    }
    let merged = Entity::find()
        .select_only()
        .columns([Column::Id, Column::MergedInto, Column::Name, Column::Email])
        .filter(any_of(conn.get_database_backend(), Column::MergedInto, ids))
        .order_by_asc(Column::Id);
    for one in merged.into_model::<Merged>().all(conn).await? {
        found.entry(one.merged_into).or_default().push(one);
    }
    Ok(found)
}
