//! The few statements that the two databases want in different words.

use sea_orm::{
    ColumnTrait, DbBackend, IntoIdentity, Statement, Value,
    sea_query::{
        Asterisk, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SimpleExpr, WindowStatement,
        extension::postgres::PgFunc,
    },
};
use unicode_normalization::UnicodeNormalization;

use crate::{id::TypedId, text::with_stored_addresses};

/// `column` is one of `ids`. On PostgreSQL one array parameter, so that every length is the same prepared
/// statement; on SQLite a list padded to a power of two, for the same reason.
pub fn any_of<C: ColumnTrait, I: TypedId>(backend: DbBackend, column: C, ids: &[I]) -> SimpleExpr {
    let column = Expr::col(column.as_column_ref());
    match backend {
        DbBackend::Postgres => column.eq(PgFunc::any(ids.iter().map(|id| id.uuid()).collect::<Vec<_>>())),
        _ => {
            let last = ids.last().map(|id| id.uuid());
            let padded = ids.len().next_power_of_two();
            column.is_in(
                ids.iter()
                    .map(|id| id.uuid())
                    .chain(last.into_iter().cycle().take(padded.saturating_sub(ids.len())))
                    .map(Value::from),
            )
        }
    }
}

/// Numbers the next unsealed outbox rows after `head`, in the order in which their transactions reached their
/// end, and returns `(id, sequence)`. One statement, so a row that commits meanwhile is in it or in the next.
pub fn number_unsealed(backend: DbBackend, head: i64, limit: i64) -> Statement {
    Statement::from_sql_and_values(
        backend,
        r#"UPDATE "~tenant"."outbox" AS o SET "sequence" = n."number"
           FROM (SELECT "position", $1 + row_number() OVER (ORDER BY "position") AS "number"
                 FROM (SELECT "position" FROM "~tenant"."outbox" WHERE "sequence" IS NULL ORDER BY "position" LIMIT $2) AS u) AS n
           WHERE o."position" = n."position"
           RETURNING "id", "sequence""#,
        [head.into(), limit.into()],
    )
}

/// Full-text search: rows of `table` whose words match what a person typed, all words required, each as a
/// prefix. On PostgreSQL over the generated column `search_vector`; on SQLite over the FTS5 table
/// `<table>_search`. `None` where `text` holds no word, which matches nothing.
pub fn text_match(backend: DbBackend, table: &'static str, text: &str) -> Option<SimpleExpr> {
    // Only letters and digits reach the query language, so there is no syntax to get wrong or to inject.
    let words: Vec<String> = with_stored_addresses(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(16)
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        return None;
    }
    let column = Expr::col((table.into_identity(), "search_vector"));
    Some(match backend {
        DbBackend::Postgres => {
            let query = words.iter().map(|word| format!("{word}:*")).collect::<Vec<_>>().join(" & ");
            Expr::cust_with_exprs("$1 @@ to_tsquery('simple', $2)", [column, Expr::val(query)])
        }
        _ => {
            let query = words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ");
            Expr::cust_with_values(
                format!(
                    r#""{table}"."search_id" IN (SELECT "rowid" FROM "{table}_search" WHERE "{table}_search" MATCH ?)"#
                ),
                [query],
            )
        }
    })
}

/// Whether `column` contains what a person typed, in any case of any script: SQLite knows only the case of ASCII letters,
/// and what PostgreSQL knows depends on its locale, so letters beyond ASCII are spelt out in every case. `None` where
/// `text` holds nothing to look for. A scan: for thousands of rows, not millions.
pub fn contains<C: ColumnTrait>(backend: DbBackend, column: C, text: &str) -> Option<SimpleExpr> {
    let text: String = with_stored_addresses(text.trim()).nfc().flat_map(char::to_lowercase).collect();
    if text.is_empty() || text.contains('\0') {
        return None;
    }
    let column = Expr::expr(Func::lower(Expr::col(column.as_column_ref())));
    let postgres = backend == DbBackend::Postgres;
    let piece = |c: char| match c {
        c if !c.is_ascii() => any_case(c),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c if postgres => format!("\\{c}"),
        '*' | '?' | '[' => format!("[{c}]"),
        c => c.to_string(),
    };
    let pattern: String = text.chars().map(piece).collect();
    Some(if postgres {
        Expr::cust_with_exprs("$1 ~ $2", [column, Expr::val(pattern)])
    } else {
        Expr::cust_with_exprs("? GLOB ?", [column, Expr::val(format!("*{pattern}*"))])
    })
}

/// A letter in the cases that it has, as a choice: `[éÉ]`. One whose capital is two letters, such as ß, stands for itself.
fn any_case(letter: char) -> String {
    let capital =
        Some(letter.to_uppercase()).filter(|letters| letters.len() == 1).and_then(|mut letters| letters.next());
    let small = capital.into_iter().flat_map(char::to_lowercase);
    // The one capital letter of two small ones.
    let at_the_end = (capital == Some('Σ')).then_some('ς');
    let cases = [letter].into_iter().chain(capital).chain(small).chain(at_the_end);
    format!("[{}]", cases.collect::<String>())
}

/// Of the rows of `select`, the first `rows` of each parent in this order (a column, and whether it descends; the last
/// tells all rows apart), in one statement. On PostgreSQL its cost grows with the rows that it returns and not with those
/// that the parents have; SQLite numbers what they have.
pub fn first_below<C: ColumnTrait, I: TypedId>(
    backend: DbBackend,
    mut select: SelectStatement,
    parent: C,
    parents: &[I],
    order: &[(C, bool)],
    rows: u64,
) -> SelectStatement {
    let direction = |descends: bool| if descends { Order::Desc } else { Order::Asc };
    let mut all = Query::select();
    if backend == DbBackend::Postgres {
        let ids: Vec<_> = parents.iter().map(|id| id.uuid()).collect();
        select.and_where(Expr::col(parent.as_column_ref()).eq(Expr::col(("parent", "parent")))).limit(rows);
        for (column, descends) in order {
            select.order_by(*column, direction(*descends));
        }
        all.column(("below", Asterisk)).from_function(Func::cust("unnest").arg(ids), "parent");
        all.join_lateral(JoinType::InnerJoin, select, "below", Expr::cust("TRUE"));
    } else {
        let mut window = WindowStatement::partition_by(parent.as_column_ref());
        for (column, descends) in order {
            window.order_by(*column, direction(*descends));
        }
        select.and_where(any_of(backend, parent, parents));
        select.expr_window_as(Func::cust("row_number"), window, "number");
        all.column(Asterisk).from_subquery(select, "below");
        all.and_where(Expr::col("number").lte(i64::try_from(rows).unwrap_or(i64::MAX)));
        all.order_by("number", Order::Asc);
    }
    all
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Query, SqliteQueryBuilder};

    use super::*;

    #[test]
    fn a_part_is_looked_for_in_every_case() {
        assert_eq!((any_case('é').as_str(), any_case('ß').as_str()), ("[éÉé]", "[ß]"));
        assert!(
            ['ς', 'σ', 'Σ'].iter().all(|letter| any_case('σ').contains(*letter) && any_case('ς').contains(*letter))
        );
        let looked_for = |text| {
            let mut select = Query::select();
            let column = crate::jobs::Column::Kind;
            select.expr(Expr::val(1)).and_where(contains(DbBackend::Sqlite, column, text).unwrap());
            select.build(SqliteQueryBuilder).1.0.last().cloned().unwrap()
        };
        assert_eq!(looked_for(" ÉVA [*_%] "), Value::from("*[éÉé]va [[][*]_%]*"));
        for nothing in ["", "  ", "\0"] {
            assert!(contains(DbBackend::Sqlite, crate::jobs::Column::Kind, nothing).is_none());
        }
    }

    #[test]
    fn words_become_prefixes_and_nothing_else_reaches_the_query_language() {
        let sql = |text| {
            let mut select = Query::select();
            select.expr(Expr::val(1)).and_where(text_match(DbBackend::Sqlite, "messages", text).unwrap());
            select.build(SqliteQueryBuilder)
        };
        let (text, values) = sql("Leak, (kitchen) OR \"x\" -y*");
        assert!(text.ends_with(r#"MATCH ?)"#), "{text}");
        assert_eq!(values.0.len(), 2);
        assert_eq!(values.0[1], Value::from("\"leak\"* \"kitchen\"* \"or\"* \"x\"* \"y\"*"));
        assert!(text_match(DbBackend::Postgres, "messages", " &|!()*: '%_ ").is_none());
    }
}
