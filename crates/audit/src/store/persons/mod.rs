//! Tables as the databases describe them, and their rows as JSON: what is declared of them names columns, and what is added to
//! them later is read too.

pub use kernel::db::shape::{Holds, Table, shape as table};
use kernel::{
    Conn, Error, Result,
    db::{TENANT, shape::as_json},
};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query, SelectStatement},
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// A row, by its columns.
pub type Row = Map<String, Json>;

/// A table of the tenant as statements name it.
pub fn from(select: &mut SelectStatement, table: &str) {
    select.from((Alias::new(TENANT), Alias::new(table)));
}

/// Reads a row's JSON, alike from both databases.
fn read(table: &Table, text: &str) -> Result<Row> {
    let mut row = Row::new();
    for part in text.lines() {
        let part: Row = serde_json::from_str(part).map_err(Error::internal)?;
        row.extend(part);
    }
    for (column, holds) in &table.columns {
        let Some(value) = row.get_mut(column) else { continue };
        match (holds, &*value) {
            (Holds::Json, Json::String(text)) => {
                if let Ok(read) = serde_json::from_str(text) {
                    *value = read;
                }
            }
            (Holds::Boolean, Json::Number(number)) => *value = (number.as_i64() == Some(1)).into(),
            (_, Json::String(text)) => {
                if let Some(id) =
                    text.strip_prefix("\\x").filter(|hex| hex.len() == 32).and_then(|hex| Uuid::try_parse(hex).ok())
                {
                    *value = id.to_string().into();
                }
            }
            _ => {}
        }
    }
    Ok(row)
}

/// Where the next rows begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// At the first.
    Begin,
    /// Behind this one.
    Id(Uuid),
    /// After so many.
    Skip(u64),
}

/// Some rows that meet a condition, each with whether it meets `whole` too.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn rows(
    conn: &Conn,
    table: &Table,
    of: Condition,
    whole: Option<Condition>,
    after: After,
    limit: u64,
) -> Result<(Vec<(Row, bool)>, Option<After>)> {
    let backend = conn.get_database_backend();
    let mut select = Query::select();
    from(&mut select, table.name);
    select.expr_as(Expr::cust(as_json(backend, table)), "row_json");
    match whole {
        Some(whole) => select.expr_as(Expr::case(whole, Expr::val(1)).finally(Expr::val(0)), "row_whole"),
        None => select.expr_as(Expr::val(0), "row_whole"),
    };
    select.cond_where(of).limit(limit);
    if table.has_ids() {
        let id = || Expr::col((Alias::new(table.name), Alias::new("id")));
        select.expr_as(id(), "row_id").order_by((Alias::new(table.name), Alias::new("id")), Order::Asc);
        if let After::Id(after) = after {
            select.and_where(id().gt(after));
        }
    } else {
        for column in &table.key {
            select.order_by((Alias::new(table.name), Alias::new(column)), Order::Asc);
        }
        if let After::Skip(skip) = after {
            select.offset(skip);
        }
    }
    let (mut found, mut last) = (Vec::new(), None);
    for row in conn.query_all(&select).await? {
        let text: String = row.try_get("", "row_json")?;
        let whole: i32 = row.try_get("", "row_whole")?;
        if table.has_ids() {
            last = Some(row.try_get::<Uuid>("", "row_id")?);
        }
        found.push((read(table, &text)?, whole == 1));
    }
    let full = found.len() as u64 == limit;
    let next = full.then(|| match (last, after) {
        (Some(last), _) => After::Id(last),
        (None, After::Skip(skip)) => After::Skip(skip + limit),
        (None, _) => After::Skip(limit),
    });
    Ok((found, next))
}

/// The text in a row's column.
pub fn text<'a>(row: &'a Row, column: &str) -> Option<&'a str> {
    row.get(column).and_then(Json::as_str)
}

/// The id in a row's column.
pub fn id(row: &Row, column: &str) -> Option<Uuid> {
    text(row, column).and_then(|text| Uuid::try_parse(text).ok())
}
