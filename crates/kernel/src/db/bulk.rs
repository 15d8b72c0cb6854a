//! Many rows are added at once.
//!
//! A statement with a marker for each value of each row takes long to read, and to plan before it is carried out. PostgreSQL takes
//! each column of many rows as one array instead. SQLite has no arrays: it takes some rows at a time.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, IntoActiveModel,
    Iterable, Statement, Value,
};

use super::TENANT;
use crate::{Conn, Result};

/// So many rows go into one statement: SQLite takes 32,766 values.
const SOME: usize = 500;
/// So many where a column is an array: what they hold at once is a few megabytes.
const MANY: usize = 5_000;
/// Rows whose columns are null in so many different ways, or more, go some at a time.
const WAYS: usize = 8;

/// Adds rows of one table, many in a statement.
///
/// # Errors
/// What the database says.
pub async fn insert_all<E>(conn: &Conn, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    if rows.len() > SOME / 10 && conn.get_database_backend() == DbBackend::Postgres {
        return in_arrays::<E>(conn, rows).await;
    }
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    loop {
        let some: Vec<_> = rows.by_ref().take(SOME).collect();
        if some.is_empty() {
            return Ok(());
        }
        E::insert_many(some).exec_without_returning(conn).await?;
    }
}

/// The same on PostgreSQL.
async fn in_arrays<E>(conn: &Conn, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let mut rows = rows.into_iter();
    loop {
        // An array of ours holds no null: rows that have it in other columns are added by another statement.
        let mut ways: BTreeMap<Vec<bool>, Vec<Vec<Value>>> = BTreeMap::new();
        let mut some = Vec::new();
        for row in rows.by_ref().take(MANY) {
            let row: E::ActiveModel = row.into_active_model();
            let values: Vec<Value> = columns.iter().filter_map(|column| row.get(*column).into_value()).collect();
            let nulls = values.iter().map(|value| *value == value.as_null()).collect();
            if ways.len() < WAYS || ways.contains_key(&nulls) {
                ways.entry(nulls).or_default().push(values);
            } else {
                some.push(row);
            }
        }
        if ways.is_empty() {
            return Ok(());
        }
        for (nulls, rows) in ways {
            let statement = arrays(E::default().table_name(), &columns, &nulls, rows);
            conn.execute_raw(statement).await?;
        }
        let mut some = some.into_iter();
        loop {
            let next: Vec<_> = some.by_ref().take(SOME).collect();
            if next.is_empty() {
                break;
            }
            E::insert_many(next).exec_without_returning(conn).await?;
        }
    }
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
