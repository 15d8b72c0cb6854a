//! Rows are read by the places of their columns.

/// Derives [`ByPlace`] from the order of the fields.
pub use kernel_derive::ByPlace;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, TryGetable, sea_query::SelectStatement};
use sqlx::{Row as _, ValueRef as _};

use crate::{Conn, Result};

/// What is read of a row by the places of its columns; derived from the order of its fields.
pub trait ByPlace: Sized {
    /// Reads it of a row whose first columns are its fields.
    ///
    /// # Errors
    /// [`DbErr`] where a column is not there or holds something else.
    fn by_place(row: &QueryResult) -> Result<Self, DbErr>;
}

/// The value of a column that may be null.
///
/// # Errors
/// As [`ByPlace::by_place`].
pub fn null_or<T: TryGetable>(row: &QueryResult, place: usize) -> Result<Option<T>, DbErr> {
    let is_null = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get_raw(place).is_ok_and(|value| value.is_null()),
        (_, Some(row)) => row.try_get_raw(place).is_ok_and(|value| value.is_null()),
        _ => false,
    };
    if is_null { Ok(None) } else { row.try_get_by_index(place) }
}

/// The rows that a statement returns.
///
/// # Errors
/// What the database says.
pub async fn all<R: ByPlace>(conn: &Conn, statement: &SelectStatement) -> Result<Vec<R>> {
    let rows = conn.query_all(statement).await?;
    Ok(rows.iter().map(R::by_place).collect::<Result<_, DbErr>>()?)
}
