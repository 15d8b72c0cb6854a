//! Visitors.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Error, Result,
    db::any_of,
    filter::{Criteria, Filter, TimeComparator, ValueComparator},
    id::VisitorId,
    page::{Order, Page, Place, Slice},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*, sea_query::ExprTrait,
};

use crate::{
    policy::{VIEW_VISITORS, visible_visitors},
    store::{
        acquaintance,
        visitor::{Column, Entity, Model as Visitor},
    },
};

/// What visitors can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct VisitorCriteria {
    /// By address.
    pub email: Option<ValueComparator<String>>,
    /// By what brought them here.
    pub source: Option<ValueComparator<String>>,
    /// By when they last came.
    pub last_visit_at: Option<TimeComparator>,
    /// By when they first came.
    pub first_visit_at: Option<TimeComparator>,
}

impl Criteria for VisitorCriteria {
    fn conditions(&self, _backend: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(email) = &self.email {
            all.extend(email.conditions("email", Column::Email)?);
        }
        if let Some(source) = &self.source {
            all.extend(source.conditions("source", Column::Source)?);
        }
        if let Some(at) = &self.last_visit_at {
            all.extend(at.conditions(Column::LastVisitAt));
        }
        if let Some(at) = &self.first_visit_at {
            all.extend(at.conditions(Column::FirstVisitAt));
        }
        Ok(all)
    }
}

/// What visitors can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitorField {
    /// By when they last came.
    LastVisitAt,
    /// By when they first came.
    FirstVisitAt,
}

/// An order of visitors.
#[derive(Debug, Clone, Copy)]
pub struct VisitorOrder {
    /// By what.
    pub field: VisitorField,
    /// Newest first.
    pub descending: bool,
}

impl VisitorOrder {
    fn column(self) -> Column {
        match self.field {
            VisitorField::LastVisitAt => Column::LastVisitAt,
            VisitorField::FirstVisitAt => Column::FirstVisitAt,
        }
    }

    /// Where a row stands in this order.
    pub fn place(orders: &[Self], visitor: &Visitor) -> Place {
        let key = |order: &Self| match order.field {
            VisitorField::LastVisitAt => visitor.last_visit_at.into(),
            VisitorField::FirstVisitAt => visitor.first_visit_at.into(),
        };
        Place { keys: orders.iter().map(key).collect(), id: visitor.id.0 }
    }
}

fn filtered(conn: &Conn, cx: &Cx, filter: &Filter<VisitorCriteria>) -> Result<Select<Entity>> {
    let visible = visible_visitors(cx).unwrap_or_else(|| Condition::all().add(Expr::val(1).eq(0)));
    Ok(Entity::find().filter(visible).filter(filter.condition(conn.get_database_backend())?))
}

/// A page of visitors.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_VISITORS`]; [`Error::Invalid`] for a bad filter.
pub async fn visitors(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<VisitorCriteria>,
    orders: &[VisitorOrder],
    page: &Page,
) -> Result<Slice<Visitor>, Error> {
    cx.require(VIEW_VISITORS)?;
    let order =
        Order { columns: orders.iter().map(|order| (order.column(), order.descending)).collect(), id: Column::Id };
    Ok(page.slice(order.apply(filtered(conn, cx, filter)?, page).all(conn).await?))
}

/// How many visitors the filter leaves.
pub async fn count_visitors(conn: &Conn, cx: &Cx, filter: &Filter<VisitorCriteria>) -> Result<u64> {
    cx.require(VIEW_VISITORS)?;
    Ok(filtered(conn, cx, filter)?.count(conn).await?)
}

/// Visitors by id, as far as the actor may see them.
pub async fn visitors_by_ids(conn: &Conn, cx: &Cx, ids: &[VisitorId]) -> Result<HashMap<VisitorId, Visitor>> {
    let Some(visible) = visible_visitors(cx) else { return Ok(HashMap::new()) };
    let rows =
        Entity::find().filter(visible).filter(any_of(conn.get_database_backend(), Column::Id, ids)).all(conn).await?;
    Ok(rows.into_iter().map(|visitor| (visitor.id, visitor)).collect())
}

/// Whom each of these visitors was seen with in one browser, the first first.
pub async fn acquaintances_of_each(
    conn: &Conn,
    cx: &Cx,
    ids: &[VisitorId],
) -> Result<HashMap<VisitorId, Vec<VisitorId>>> {
    let mut found: HashMap<VisitorId, Vec<VisitorId>> = HashMap::new();
    if visible_visitors(cx).is_none() {
        return Ok(found);
    }
    let theirs = acquaintance::Entity::find()
        .select_only()
        .columns([acquaintance::Column::VisitorId, acquaintance::Column::OtherId])
        .filter(any_of(conn.get_database_backend(), acquaintance::Column::VisitorId, ids))
        .order_by_asc(acquaintance::Column::SeenAt)
        .order_by_asc(acquaintance::Column::OtherId);
    for (visitor, other) in theirs.into_tuple::<(VisitorId, VisitorId)>().all(conn).await? {
        found.entry(visitor).or_default().push(other);
    }
    Ok(found)
}
