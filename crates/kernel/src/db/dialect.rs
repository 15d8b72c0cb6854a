//! The few statements that the two databases want in different words.

use std::ops::RangeInclusive;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, Statement, Value,
    sea_query::{
        Alias, Asterisk, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SimpleExpr, WindowStatement,
        extension::postgres::PgFunc,
    },
};

use crate::{
    Conn, Result,
    crypto::sha256,
    id::TypedId,
    record::Between,
    text::{Spelling, spellings, with_stored_addresses, words::telephone, written_out},
};

/// What a subquery ends with that leaves out the rows that another transaction has: of the databases that have one writer nothing.
pub fn skip_locked(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    }
}

/// Whether a table may be in parts, of which only those are looked into that a condition leaves.
pub fn has_parts(backend: DbBackend) -> bool {
    backend == DbBackend::Postgres
}

/// `column` is one of `ids`. On PostgreSQL one array parameter, so that every length is the same prepared
/// statement; on SQLite a list padded to a power of two, for the same reason.
pub fn any_of<C: ColumnTrait, I: TypedId>(backend: DbBackend, column: C, ids: &[I]) -> SimpleExpr {
    any_uuid_of(backend, column, ids.iter().map(|id| id.uuid()).collect())
}

/// The same of ids whose types differ.
pub fn any_uuid_of<C: ColumnTrait>(backend: DbBackend, column: C, ids: Vec<uuid::Uuid>) -> SimpleExpr {
    any_value_of(backend, column, ids)
}

/// The same of other values: texts, bytes. SQLite takes 32,766 in a statement.
pub fn any_value_of<C: ColumnTrait, V>(backend: DbBackend, column: C, mut values: Vec<V>) -> SimpleExpr
where
    V: Clone + Into<Value>,
    Vec<V>: Into<Value>,
{
    let column = Expr::col(column.as_column_ref());
    match backend {
        DbBackend::Postgres => column.eq(PgFunc::any(Expr::val(values))),
        _ => {
            if let Some(last) = values.last().cloned() {
                values.resize(values.len().next_power_of_two(), last);
            }
            column.is_in(values.into_iter().map(Into::<Value>::into))
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

/// Signs that a name may be written with or without, or with a blank.
const HYPHENS: &str = "-‐‑–";
/// Signs that a name may be written with or without.
const LEFT_OUT: &str = "'’‘ʼ`´-‐‑–";
/// What shows nothing, and stands in texts of several lines and in emoji.
const UNSEEN: &str = "\u{ad}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2060}\u{feff}\u{fe0e}\u{fe0f}";

/// What may stand on the letters of some scripts, and the tones of skin of emoji: as much of it as this text can have.
fn marks(text: &str) -> String {
    let has = |letters: &RangeInclusive<char>| text.chars().any(|c| letters.contains(&c));
    let scripts = [
        ('\u{5d0}'..='\u{5ea}', '\u{591}'..='\u{5c7}'),
        ('\u{620}'..='\u{6d3}', '\u{64b}'..='\u{65f}'),
        ('\u{2600}'..='\u{1faff}', '\u{1f3fb}'..='\u{1f3ff}'),
    ];
    let some = scripts.into_iter().filter(|(letters, _)| has(letters)).flat_map(|(_, marks)| marks);
    // Among the points of Hebrew are a few signs that are none.
    some.filter(|c| !matches!(c, '\u{5be}' | '\u{5c0}' | '\u{5c3}' | '\u{5c6}')).collect()
}

/// Whether `column` contains what a person typed, in every spelling that [folds](crate::text::fold) to the same, with
/// apostrophes and hyphens or without; a telephone number also without what was typed between its digits. `None` where `text`
/// holds nothing to look for. A scan: for thousands of rows, not millions.
pub fn contains<C: ColumnTrait>(backend: DbBackend, column: C, text: &str) -> Option<SimpleExpr> {
    let text = with_stored_addresses(text.trim());
    if text.contains('\0') {
        return None;
    }
    let out = written_out(&text);
    let ways = |signs: &str, instead: &str| -> Vec<Spelling> {
        let texts = [Some(&*text), out.as_deref()].into_iter().flatten();
        texts.flat_map(|text| spellings(&inside(text, signs, instead))).collect()
    };
    let apart = ways(HYPHENS, " ");
    if apart.is_empty() {
        return None;
    }
    let column = || Expr::col(column.as_column_ref());
    let signs = format!("{LEFT_OUT}{UNSEEN}{}", marks(&text));
    let bare = || without(backend, column(), &signs);
    let digits = telephone(&text).into_iter().map(|digits| {
        let column = without(backend, column(), " -.()/");
        let place = if backend == DbBackend::Postgres { Func::cust("strpos") } else { Func::cust("instr") };
        Expr::expr(place.args([column, Expr::val(digits)])).gt(0)
    });
    let any = digits.fold(Condition::any(), Condition::add);
    let together = ways(LEFT_OUT, "");
    Some(any.add(is_like(backend, column, &apart)).add(is_like(backend, bare, &together)).into())
}

/// The text with something else for these signs where they stand between letters.
fn inside(text: &str, signs: &str, instead: &str) -> String {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let each = text.char_indices().map(|(at, c)| {
        let within = || letter(text[..at].chars().next_back()) && letter(text[at + c.len_utf8()..].chars().next());
        if signs.contains(c) && within() { instead.to_owned() } else { c.to_string() }
    });
    each.collect()
}

/// A text without any of these signs.
fn without(backend: DbBackend, text: SimpleExpr, signs: &str) -> SimpleExpr {
    if backend == DbBackend::Postgres {
        return Func::cust("translate").args([text, Expr::val(signs), Expr::val("")]).into();
    }
    let replace =
        |text, sign: char| Func::cust("replace").args([text, Expr::val(sign.to_string()), Expr::val("")]).into();
    signs.chars().fold(text, replace)
}

/// Whether a text holds one of these spellings.
fn is_like(backend: DbBackend, text: impl Fn() -> SimpleExpr, ways: &[Spelling]) -> Condition {
    if backend == DbBackend::Postgres {
        let one = |choice: &Vec<char>| match choice[..] {
            [c] => literal(c),
            _ => format!("[{}]", choice.iter().copied().map(literal).collect::<String>()),
        };
        let ways = ways.iter().map(|way| way.iter().map(one).collect::<String>()).collect::<Vec<_>>().join("|");
        return Condition::any().add(Expr::cust_with_exprs("$1 ~ $2", [text(), Expr::val(ways)]));
    }
    let like = |way: &Spelling| {
        let pattern: String = way.iter().map(|choice| glob(choice)).collect();
        Expr::cust_with_exprs("? GLOB ?", [text(), Expr::val(format!("*{pattern}*"))])
    };
    ways.iter().map(like).fold(Condition::any(), Condition::add)
}

/// A character as itself in a regular expression of PostgreSQL.
fn literal(c: char) -> String {
    if c.is_ascii() && !c.is_ascii_alphanumeric() && c != ' ' { format!("\\{c}") } else { c.to_string() }
}

/// One of these characters, for SQLite's `GLOB`.
fn glob(choice: &[char]) -> String {
    match choice {
        [c] if !matches!(c, '*' | '?' | '[') => c.to_string(),
        _ => {
            // A bracket ends the choice unless it is the first, a hyphen is a range unless it is the last.
            let mut choice = choice.to_vec();
            choice.sort_by_key(|c| match c {
                ']' => 0,
                '^' => 2,
                '-' => 3,
                _ => 1,
            });
            format!("[{}]", choice.into_iter().collect::<String>())
        }
    }
}

/// Of the rows of `select`, the first `rows` of each parent in this order (a column, and whether it descends; the last
/// tells all rows apart), in one statement. On PostgreSQL its cost grows with the rows that it returns and not with those
/// that the parents have, and of a table in parts it looks into those `between` which they lie; SQLite numbers what they have.
pub fn first_below<C: ColumnTrait, I: TypedId>(
    backend: DbBackend,
    mut select: SelectStatement,
    parent: C,
    parents: &[I],
    order: &[(C, bool)],
    rows: u64,
    between: Option<Between>,
) -> SelectStatement {
    // No column of ours is called so.
    const NTH: &str = "nth_below";
    let direction = |descends: bool| if descends { Order::Desc } else { Order::Asc };
    let mut all = Query::select();
    if backend == DbBackend::Postgres {
        let ids: Vec<_> = parents.iter().map(|id| id.uuid()).collect();
        select.and_where(Expr::col(parent.as_column_ref()).eq(Expr::col(("parent", "parent")))).limit(rows);
        for (column, descends) in order {
            select.order_by(*column, direction(*descends));
        }
        all.column(("below", Asterisk)).from_function(Func::cust("unnest").arg(ids), "parent");
        if let (Some(between), Some((by, _))) = (between, order.first()) {
            let by = || Expr::col(by.as_column_ref());
            select.and_where(by().gte(Expr::col(("bounds", Alias::new(between.from)))));
            select.and_where(by().lte(Expr::col(("bounds", Alias::new(between.to)))));
            let own = Expr::col(("bounds", "id")).equals(("parent", "parent"));
            all.join_as(JoinType::InnerJoin, between.table(), "bounds", own);
        }
        all.join_lateral(JoinType::InnerJoin, select, "below", Expr::cust("TRUE"));
    } else {
        let mut window = WindowStatement::partition_by(parent.as_column_ref());
        for (column, descends) in order {
            window.order_by(*column, direction(*descends));
        }
        select.and_where(any_of(backend, parent, parents));
        select.expr_window_as(Func::cust("row_number"), window, NTH);
        all.column(Asterisk).from_subquery(select, "below");
        all.and_where(Expr::col(NTH).lte(i64::try_from(rows).unwrap_or(i64::MAX)));
        all.order_by(NTH, Order::Asc);
    }
    all
}

/// Keeps what is not there yet for this transaction: of several who want to make it at once, the others wait until this one is over.
///
/// # Errors
/// What the database says.
pub async fn reserve(conn: &Conn, what: &[&[u8]]) -> Result<()> {
    // On SQLite one transaction writes at a time.
    if conn.get_database_backend() == DbBackend::Postgres {
        let key = sha256(&what.concat()).iter().take(8).fold(0, |key, byte| key << 8 | i64::from(*byte));
        let sql = "SELECT pg_advisory_xact_lock($1)";
        conn.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()])).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Query, SqliteQueryBuilder};

    use super::*;

    #[test]
    fn a_part_is_looked_for_in_every_spelling() {
        let patterns = |text: &str| {
            let mut select = Query::select();
            let column = crate::jobs::Column::Kind;
            select.expr(Expr::val(1)).and_where(contains(DbBackend::Sqlite, column, text).unwrap());
            let values = select.build(SqliteQueryBuilder).1.0.into_iter();
            let text = |value| if let Value::String(Some(text)) = value { Some(text) } else { None };
            values.filter_map(text).filter(|text| text.starts_with('*')).collect::<Vec<String>>()
        };
        let ways = patterns(" Éß ");
        assert!(ways.iter().all(|way| way.starts_with("*[eE") && way.contains('é') && way.contains("][")), "{ways:?}");
        assert!(ways.iter().any(|way| way.contains('ß')), "{ways:?}");
        let pattern = &patterns("1[*]^")[0];
        assert!(pattern.contains("[[") && pattern.contains("[*") && pattern.contains("[]"), "{pattern}");
        let out = patterns("Mü");
        assert!(out.iter().any(|way| way.starts_with("*[mM") && way.contains("][üÜ]")), "{out:?}");
        assert_eq!((marks("abc é"), marks("👍").chars().count()), (String::new(), 5));
        assert_eq!(inside("-O'Neil-Byrne' -5", LEFT_OUT, ""), "-ONeilByrne' -5");
        assert!(patterns("-5").iter().all(|pattern| pattern.contains("-]")));
        // SQLite takes patterns up to 50,000 bytes.
        let longest = |c: &str| patterns(&c.repeat(200)).iter().map(String::len).max();
        assert!(["a", "e", "i", "o", "u", "s", "3"].map(longest).iter().all(|len| *len < Some(50_000)));
        for nothing in ["", "  ", "\0", "\u{200b}"] {
            assert!(contains(DbBackend::Sqlite, crate::jobs::Column::Kind, nothing).is_none());
        }
    }
}
