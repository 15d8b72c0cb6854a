//! Lists that hang below many parents, a few rows of each in one statement.

use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QueryOrder, Select,
    sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, WindowStatement},
};

/// Of the rows that `which` leaves, the first (or, from the end, the last) `rows` of each parent, in the order of the
/// columns or in the reverse of it. The columns must tell all rows of a parent apart; `keys` is the primary key.
///
/// The cost grows with the rows that the parents have: for lists of people and departments, not of messages.
pub(super) fn first_of_each<E: EntityTrait>(
    parent: E::Column,
    keys: &[E::Column],
    columns: &[E::Column],
    which: Condition,
    rows: u64,
    from_end: bool,
) -> Select<E> {
    let direction = if from_end { Order::Desc } else { Order::Asc };
    let mut window = WindowStatement::partition_by(parent);
    for column in columns {
        window.order_by(*column, direction.clone());
    }
    let number = Alias::new("number");
    let ranked = Query::select()
        .columns(keys.iter().copied())
        .expr_window_as(Func::cust("row_number"), window, number.clone())
        .from(E::default().table_ref())
        .cond_where(which)
        .to_owned();
    let first = Query::select()
        .columns(keys.iter().copied())
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(number).lte(i64::try_from(rows).unwrap_or(i64::MAX)))
        .to_owned();
    let key = Expr::tuple(keys.iter().map(|key| Expr::col(key.as_column_ref())));
    let mut select = E::find().filter(key.in_subquery(first));
    for column in columns {
        select = select.order_by(*column, direction.clone());
    }
    select
}

/// Whether one of the columns contains what a person typed, in any case. A tenant has thousands of people, departments
/// and teams, not millions; a scan is right.
pub(super) fn contains<C: ColumnTrait>(backend: DbBackend, text: &str, columns: &[C]) -> Condition {
    let found = columns.iter().filter_map(|column| kernel::db::contains(backend, *column, text));
    // An empty choice would hold for everything.
    found.fold(Condition::any().add(Expr::val(1).eq(0)), Condition::add)
}
