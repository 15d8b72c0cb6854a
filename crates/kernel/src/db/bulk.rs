//! Many rows are added at once.
//!
//! A statement with a marker for each value of each row takes long to read, and to plan before it is carried out. PostgreSQL takes
//! each column of many rows as one array instead. SQLite has no arrays: it takes some rows at a time.

use std::{collections::BTreeMap, vec};

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, IntoActiveModel,
    Iterable, Statement, Value,
};

use super::TENANT;
use crate::{Conn, Error, Result};

/// So many rows go into one statement: SQLite takes 32,766 values.
const SOME: usize = 500;
/// So many where a column is an array: what they hold at once is a megabyte or two.
const MANY: usize = 2_000;
/// Rows whose columns are null in so many different ways, or more, go some at a time.
const WAYS: usize = 8;

/// Adds rows of one table, many in a statement.
///
/// # Errors
/// What the database says.
pub async fn insert_all<E>(conn: &Conn, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait<Model: IntoActiveModel<E::ActiveModel> + 'static>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    if rows.len() > SOME / 10 && conn.get_database_backend() == DbBackend::Postgres {
        return in_arrays::<E>(conn, rows).await;
    }
    some_at_a_time::<E>(conn, rows.into_iter().map(IntoActiveModel::into_active_model)).await
}

async fn some_at_a_time<E>(conn: &Conn, mut rows: impl Iterator<Item = E::ActiveModel>) -> Result<()>
where
    E: EntityTrait,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    loop {
        let some: Vec<_> = rows.by_ref().take(SOME).collect();
        if some.is_empty() {
            return Ok(());
        }
        E::insert_many(some).exec_without_returning(conn).await?;
    }
}

/// The same on PostgreSQL. While it adds some, the next are put into arrays.
async fn in_arrays<E>(conn: &Conn, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait<Model: IntoActiveModel<E::ActiveModel> + 'static>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    let beside = |rows| tokio::task::spawn_blocking(move || next::<E>(rows));
    let mut coming = Some(beside(rows.into_iter()));
    while let Some(next) = coming.take() {
        let next = next.await.map_err(|_| Error::internal("rows were not put into arrays"))?;
        coming = (next.rest.len() > 0).then(|| beside(next.rest));
        for statement in next.statements {
            conn.execute_raw(statement).await?;
        }
        some_at_a_time::<E>(conn, next.others.into_iter()).await?;
    }
    Ok(())
}

/// Some rows as PostgreSQL is to add them, and those that come after.
struct Next<E: EntityTrait> {
    statements: Vec<Statement>,
    others: Vec<E::ActiveModel>,
    rest: vec::IntoIter<E::Model>,
}

fn next<E>(mut rows: vec::IntoIter<E::Model>) -> Next<E>
where
    E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    let columns: Vec<E::Column> = E::Column::iter().collect();
    // An array of ours holds no null: rows that have it in other columns are added by another statement.
    let mut ways: BTreeMap<Vec<bool>, Vec<Vec<Value>>> = BTreeMap::new();
    let mut others = Vec::new();
    for row in rows.by_ref().take(MANY) {
        let mut row: E::ActiveModel = row.into_active_model();
        let values: Vec<Value> = columns.iter().filter_map(|column| row.take(*column).into_value()).collect();
        let nulls = values.iter().map(|value| *value == value.as_null()).collect();
        if ways.len() < WAYS || ways.contains_key(&nulls) {
            ways.entry(nulls).or_default().push(values);
        } else {
            columns.iter().zip(values).for_each(|(column, value)| row.set(*column, value));
            others.push(row);
        }
    }
    let table = E::default();
    let statements = ways.into_iter().map(|(nulls, rows)| arrays(table.table_name(), &columns, &nulls, rows)).collect();
    Next { statements, others, rest: rows }
}

/// The statement that adds rows that are null in the same columns.
fn arrays<C: IdenStatic>(table: &str, columns: &[C], nulls: &[bool], rows: Vec<Vec<Value>>) -> Statement {
    let mut arrays: Vec<Vec<Value>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (array, value) in arrays.iter_mut().zip(row) {
            array.push(value);
        }
    }
    let (mut names, mut picked, mut unnested, mut taken) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut values = Vec::new();
    for ((column, array), is_null) in columns.iter().zip(arrays).zip(nulls) {
        let Some(first) = array.first().cloned() else { continue };
        names.push(format!(r#""{}""#, column.as_str()));
        if *is_null {
            picked.push("NULL".to_owned());
            continue;
        }
        values.push(Value::Array(first.array_type(), Some(Box::new(array))));
        let place = values.len();
        picked.push(format!("n.c{place}"));
        unnested.push(format!("${place}"));
        taken.push(format!("c{place}"));
    }
    let sql = format!(
        r#"INSERT INTO "{TENANT}"."{table}" ({}) SELECT {} FROM unnest({}) AS n ({})"#,
        names.join(", "),
        picked.join(", "),
        unnested.join(", "),
        taken.join(", ")
    );
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
