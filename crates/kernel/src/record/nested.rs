//! Lists that hang below a parent: a page of one, the first rows of each of many, and how many each has.

use std::{collections::HashMap, hash::Hash};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, ExprTrait, Func, FunctionCall, Query, SimpleExpr, extension::postgres::PgFunc},
};

use super::{Record, Row, all, uuid_in};
use crate::{
    Conn, Cx, Result,
    db::{TENANT, any_of, first_below, has_parts},
    id::TypedId,
    page::{Order, Page, Slice},
};

/// Between which values of its order the rows of a parent lie, as two columns of the parent's table say it.
#[derive(Debug, Clone, Copy)]
pub struct Between {
    /// The parent's table.
    pub table: &'static str,
    /// Its column of the lowest value.
    pub from: &'static str,
    /// And of the highest.
    pub to: &'static str,
}

impl Between {
    /// The table in the tenant's schema.
    pub(crate) fn table(&self) -> (Alias, Alias) {
        (Alias::new(TENANT), Alias::new(self.table))
    }

    /// As a condition of the column that the rows are ordered by, of these parents.
    fn condition<C: ColumnTrait, I: TypedId>(&self, order: C, parents: &[I]) -> Condition {
        let ids: Vec<_> = parents.iter().map(|id| id.uuid()).collect();
        let of = |function: fn(SimpleExpr) -> FunctionCall, column: &'static str| {
            let mut select = Query::select();
            select.expr(function(Expr::col(Alias::new(column)))).from(self.table());
            select.and_where(Expr::col(Alias::new("id")).eq(PgFunc::any(ids.clone())));
            SimpleExpr::SubQuery(None, Box::new(select.into()))
        };
        let order = || Expr::col(order.as_column_ref());
        let from = order().gte(of(Func::min, self.from));
        Condition::all().add(from).add(order().lte(of(Func::max, self.to)))
    }
}

/// A list that hangs below each thing of another kind.
pub trait Nested: Copy + Eq + Hash + Send + Sync + 'static {
    /// The ids of what it hangs below.
    type Parent: TypedId + Eq + Hash + Send + Sync + 'static;
    /// What it lists.
    type Of: Record;
    /// What tells its cursors from those of other lists.
    const NAME: &'static str;
    /// The column that names the parent.
    const PARENT: <Self::Of as EntityTrait>::Column;
    /// The column that it is ordered by; ties are broken by id.
    const ORDER: <Self::Of as EntityTrait>::Column;
    /// Whether from the end.
    const DESCENDING: bool = false;
    /// The column that comes before it in the order, and whether that one descends.
    const FIRST: Option<(<Self::Of as EntityTrait>::Column, bool)> = None;

    /// The rows of it that the actor may see; `None` where there are none. Whoever reads it has found the parent.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        Self::Of::visible(cx, backend)
    }

    /// Of a table in parts, which parts the rows of a parent lie in.
    fn between() -> Option<Between> {
        None
    }
}

/// Between what the rows of these parents lie, where the table is in parts.
fn parts<N: Nested>(backend: DbBackend, parents: &[N::Parent]) -> Condition {
    let between = N::between().filter(|_| has_parts(backend));
    Condition::all().add_option(between.map(|between| between.condition(N::ORDER, parents)))
}

type RowOf<N> = <<N as Nested>::Of as Record>::Row;
type Column<N> = <<N as Nested>::Of as EntityTrait>::Column;

/// The order of such a list.
pub fn order_of<N: Nested>() -> Order<Column<N>> {
    let columns = N::FIRST.into_iter().chain([(N::ORDER, N::DESCENDING)]);
    Order { columns: columns.collect(), id: N::Of::ID }
}

/// A page of the list below one parent.
pub async fn page_of<N: Nested>(conn: &Conn, cx: &Cx, parent: N::Parent, page: &Page) -> Result<Slice<RowOf<N>>> {
    let backend = conn.get_database_backend();
    let Some(visible) = N::visible(cx, backend) else { return Ok(page.slice(Vec::new())) };
    let select = RowOf::<N>::columns(N::Of::find()).filter(N::PARENT.eq(parent.uuid())).filter(visible);
    let select = select.filter(parts::<N>(backend, &[parent]));
    Ok(page.slice(all(conn, &order_of::<N>().apply(select, page).into_query()).await?))
}

/// The first (or last) `rows` of each of many parents, in one statement whose cost grows with the rows it returns and not
/// with those that the parents have. From the end they come in reverse.
pub async fn first_of_each<N: Nested>(
    conn: &Conn,
    cx: &Cx,
    parents: &[N::Parent],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<N::Parent, Vec<RowOf<N>>>> {
    let mut found: HashMap<_, Vec<_>> = parents.iter().map(|id| (*id, Vec::new())).collect();
    let backend = conn.get_database_backend();
    let Some(visible) = N::visible(cx, backend).filter(|_| !parents.is_empty()) else { return Ok(found) };
    let select = RowOf::<N>::columns(N::Of::find()).filter(visible).into_query();
    let order = order_of::<N>().columns.into_iter().chain([(N::Of::ID, N::DESCENDING)]);
    let order: Vec<_> = order.map(|(column, descends)| (column, descends != from_end)).collect();
    let statement = first_below(backend, select, N::PARENT, parents, &order, rows, N::between());
    for row in all::<RowOf<N>>(conn, &statement).await? {
        if let Some(parent) = uuid_in(&row.value(N::PARENT)) {
            found.entry(N::Parent::from_uuid(parent)).or_default().push(row);
        }
    }
    Ok(found)
}

/// How many rows each of many parents has.
pub async fn count_of_each<N: Nested>(conn: &Conn, cx: &Cx, parents: &[N::Parent]) -> Result<HashMap<N::Parent, u64>> {
    let mut found: HashMap<_, _> = parents.iter().map(|id| (*id, 0)).collect();
    let backend = conn.get_database_backend();
    let Some(visible) = N::visible(cx, backend).filter(|_| !parents.is_empty()) else { return Ok(found) };
    let rows: Vec<(uuid::Uuid, i64)> = N::Of::find()
        .select_only()
        .column(N::PARENT)
        .column_as(N::Of::ID.count(), "n")
        .filter(any_of(backend, N::PARENT, parents))
        .filter(visible)
        .filter(parts::<N>(backend, parents))
        .group_by(N::PARENT)
        .into_tuple()
        .all(conn)
        .await?;
    found.extend(rows.into_iter().map(|(id, n)| (N::Parent::from_uuid(id), n.unsigned_abs())));
    Ok(found)
}
