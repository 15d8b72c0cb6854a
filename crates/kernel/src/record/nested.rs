//! Lists that hang below a parent: a page of one, the first rows of each of many, and how many each has.

use std::{collections::HashMap, hash::Hash};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    QueryTrait,
};

use super::{Record, Row, uuid_in};
use crate::{
    Conn, Cx, Result,
    db::{any_of, first_below},
    id::TypedId,
    page::{Order, Page, Slice},
};

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
    let Some(visible) = N::visible(cx, conn.get_database_backend()) else { return Ok(page.slice(Vec::new())) };
    let select = RowOf::<N>::columns(N::Of::find()).filter(N::PARENT.eq(parent.uuid())).filter(visible);
    Ok(page.slice(order_of::<N>().apply(select, page).into_model::<RowOf<N>>().all(conn).await?))
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
    for row in conn.query_all(&first_below(backend, select, N::PARENT, parents, &order, rows)).await? {
        let row = RowOf::<N>::from_query_result(&row, "")?;
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
        .group_by(N::PARENT)
        .into_tuple()
        .all(conn)
        .await?;
    found.extend(rows.into_iter().map(|(id, n)| (N::Parent::from_uuid(id), n.unsigned_abs())));
    Ok(found)
}
