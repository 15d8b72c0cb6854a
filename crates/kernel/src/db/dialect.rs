//! The few statements that the two databases want in different words.

use sea_orm::{
    ColumnTrait, DbBackend, IntoIdentity, Statement, Value,
    sea_query::{Expr, ExprTrait, Func, SimpleExpr, extension::postgres::PgFunc},
};
use unicode_normalization::UnicodeNormalization;

use crate::{
    id::TypedId,
    text::with_stored_addresses,
    visibility::{Sees, Work},
};

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

/// [`any_of`] as text, with its values in the order of their places; `next` gives the mark of the next place.
pub(crate) fn any_of_text(
    backend: DbBackend,
    column: &str,
    ids: Vec<uuid::Uuid>,
    mut next: impl FnMut() -> String,
) -> (String, Vec<Value>) {
    if backend == DbBackend::Postgres {
        return (format!(r#""{column}" = ANY({})"#, next()), vec![ids.into()]);
    }
    let marks: Vec<_> = ids.iter().map(|_| next()).collect();
    (format!(r#""{column}" IN ({})"#, marks.join(", ")), ids.into_iter().map(Value::from).collect())
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

/// A list that hangs below many parents.
#[derive(Debug, Clone, Copy)]
pub struct Below {
    /// The children's table.
    pub table: &'static str,
    /// The children's columns, quoted and separated by commas.
    pub columns: &'static str,
    /// The column that names the parent.
    pub parent: &'static str,
    /// The column they are ordered by; ties are broken by id.
    pub order: &'static str,
    /// Whether they are ordered downwards.
    pub descending: bool,
    /// The columns of whose work they are, where that decides who sees them.
    pub work: Option<Work<&'static str>>,
}

impl Below {
    /// The first (or last) `rows` children of each parent, in one statement whose cost grows with the rows it returns
    /// and not with those that the parents have. Rows of one parent come in the list's order, or, from the end, in
    /// the reverse of it. Of children that are somebody's work, only those that are `seen`.
    pub fn of_each<I: TypedId>(
        &self,
        backend: DbBackend,
        parents: &[I],
        rows: u64,
        from_end: bool,
        seen: &Sees,
    ) -> Statement {
        let Self { table, columns, parent, order, descending, work } = self;
        let direction = if *descending != from_end { "DESC" } else { "ASC" };
        let order = format!(r#""{order}" {direction}, "id" {direction}"#);
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let mut place = 2;
        let next = || {
            place += 1;
            if backend == DbBackend::Postgres { format!("${place}") } else { "?".to_owned() }
        };
        let narrow = work.as_ref().and_then(|work| seen.text(backend, work, next));
        let (narrow, of) = narrow.map(|(text, values)| (format!(" AND {text}"), values)).unwrap_or_default();
        if backend == DbBackend::Postgres {
            let ids: Vec<_> = parents.iter().map(|id| id.uuid()).collect();
            let sql = format!(
                r#"SELECT c.* FROM unnest($1) AS p ("id") CROSS JOIN LATERAL (
                   SELECT {columns} FROM "~tenant"."{table}" WHERE "{parent}" = p."id"{narrow}
                   ORDER BY {order} LIMIT $2) AS c"#
            );
            let values = [Value::from(ids), rows.into()].into_iter().chain(of);
            return Statement::from_sql_and_values(backend, sql, values.collect::<Vec<_>>());
        }
        // Padded to a power of two, so that there are few different statements.
        let padded = parents.len().next_power_of_two();
        let marks = vec!["?"; padded].join(", ");
        let ids = parents
            .iter()
            .chain(std::iter::repeat_n(&parents[0], padded - parents.len()))
            .map(|id| Value::from(id.uuid()));
        let sql = format!(
            r#"SELECT {columns} FROM (SELECT *, row_number() OVER (PARTITION BY "{parent}" ORDER BY {order}) AS "n"
               FROM "~tenant"."{table}" WHERE "{parent}" IN ({marks}){narrow}) WHERE "n" <= ? ORDER BY "{parent}", "n""#
        );
        Statement::from_sql_and_values(backend, sql, ids.chain(of).chain([Value::from(rows)]).collect::<Vec<_>>())
    }
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
