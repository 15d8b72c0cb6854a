//! Search: the rows of a table that hold the words somebody looks for.
//!
//! A table that is searched has a column more than its entity knows. PostgreSQL keeps the row's [words](crate::text::words)
//! there as a `tsvector` with an index over it; SQLite keeps them as a text, with a blank before and behind each, and
//! indexes that in the table `<table>_search`. Whoever writes a row writes its words with it ([`insert`]).
//!
//! No planner knows how many rows a beginning of a word is in, so none is asked: [`page`] looks at some of the newest rows
//! of the list (or wherever the page begins), which is enough for what many rows hold, and only where they do not fill the
//! page asks the index, which is quick for what few rows hold. What it costs is what is found, not what there is.

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityName, EntityTrait,
    IdenStatic, Iterable, PaginatorTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    Statement, Value,
    sea_query::{
        Alias, CommonTableExpression, DynIden, Expr, IntoIden, Order as Direction, Query, SelectStatement, SimpleExpr,
    },
};
use uuid::Uuid;

use crate::{
    Conn, Error, Result,
    id::TypedId,
    page::{Order, Page},
    record::{ByPlace, all},
    text::words::{Sought, Word, words},
};

/// So many of the first rows of a list are looked at one by one.
fn window(backend: DbBackend) -> u64 {
    if backend == DbBackend::Postgres { 2_000 } else { 1_000 }
}

/// The column that a row's words are in.
pub fn words_column(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { "search_vector" } else { "search_words" }
}

/// What is kept there of these texts, for rows that are written in bulk, and how PostgreSQL takes it in.
pub fn stored_words<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    words(texts).into_iter().fold(String::from(" "), |all, word| all + &word + " ")
}

/// The stored form as a value of the column, where `text` is an expression for it.
pub fn words_from(backend: DbBackend, text: &str) -> String {
    if backend == DbBackend::Postgres {
        format!("array_to_tsvector(string_to_array(nullif(trim({text}), ''), ' '))")
    } else {
        text.to_owned()
    }
}

/// Adds a row with the words by which it is found: those of `texts`.
pub async fn insert<'a, A: ActiveModelTrait>(
    conn: &Conn,
    row: A,
    texts: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    insert_all(conn, [(row, stored_words(texts))]).await
}

/// Adds rows in one statement, each with its [words](stored_words). All have values for the same columns; the caller bounds how
/// many there are.
pub async fn insert_all<A: ActiveModelTrait>(conn: &Conn, rows: impl IntoIterator<Item = (A, String)>) -> Result<()> {
    let backend = conn.get_database_backend();
    let mark = if backend == DbBackend::Postgres { "$1" } else { "?" };
    let mut insert = Query::insert();
    insert.into_table(A::Entity::default().table_ref());
    let mut any = false;
    for (row, stored) in rows {
        let (mut columns, mut values): (Vec<DynIden>, Vec<SimpleExpr>) = (Vec::new(), Vec::new());
        for column in <A::Entity as EntityTrait>::Column::iter() {
            if let ActiveValue::Set(value) | ActiveValue::Unchanged(value) = row.get(column) {
                columns.push(column.into_iden());
                values.push(column.save_as(Expr::val(value)));
            }
        }
        columns.push(Alias::new(words_column(backend)).into_iden());
        values.push(Expr::cust_with_values(words_from(backend, mark), [stored]));
        if !any {
            insert.columns(columns);
            any = true;
        }
        insert.values(values).map_err(Error::internal)?;
    }
    if any {
        conn.execute(&insert).await?;
    }
    Ok(())
}

/// Makes the words of one row anew, after one of its texts was changed: those of `texts`.
pub async fn index_one<'a, E: EntityTrait>(
    conn: &Conn,
    id: impl TypedId,
    texts: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    let backend = conn.get_database_backend();
    let Some(key) = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) else { return Ok(()) };
    let (table, column, key) = (E::default().table_name(), words_column(backend), key.as_str());
    let words = words_from(backend, "$1");
    let sql = format!(r#"UPDATE "~tenant"."{table}" SET "{column}" = {words} WHERE "{key}" = $2"#);
    let values = [Value::from(stored_words(texts)), id.uuid().into()];
    conn.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}

/// Makes the words of some rows anew, the newest of those before `before`; their texts are in these columns. Returns the id
/// to go on before, and `None` where there are no more.
pub async fn index_again<E: EntityTrait>(
    conn: &Conn,
    texts: &[E::Column],
    before: Option<Uuid>,
    rows: u64,
) -> Result<Option<Uuid>> {
    let backend = conn.get_database_backend();
    let Some(id) = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) else { return Ok(None) };
    let mut next = E::find().select_only().column(id).order_by_desc(id).limit(rows);
    if let Some(before) = before {
        next = next.filter(id.lt(before));
    }
    // In the order of their ids, as every writer of several takes them.
    let select = E::find().select_only().column(id).columns(texts.iter().copied());
    let select = select.filter(id.in_subquery(next.into_query())).order_by_asc(id).lock_exclusive();
    let (mut ids, mut made) = (Vec::new(), Vec::new());
    for row in conn.query_all(&select.into_query()).await? {
        ids.push(row.try_get::<Uuid>("", id.as_str())?);
        let each = texts.iter().map(|column| row.try_get::<Option<String>>("", column.as_str()));
        let each = each.collect::<std::result::Result<Vec<_>, _>>()?;
        made.push(stored_words(each.iter().flatten().map(String::as_str)));
    }
    let (table, column, id) = (E::default().table_name(), words_column(backend), id.as_str());
    let first = ids.first().copied().filter(|_| ids.len() as u64 == rows);
    if backend == DbBackend::Postgres {
        let words = words_from(backend, "n.words");
        let sql = format!(
            r#"UPDATE "~tenant"."{table}" AS t SET "{column}" = {words}
               FROM unnest($1, $2) AS n (id, words) WHERE t."{id}" = n.id"#
        );
        conn.execute_raw(Statement::from_sql_and_values(backend, sql, [Value::from(ids), made.into()])).await?;
        return Ok(first);
    }
    let sql = format!(r#"UPDATE "~tenant"."{table}" SET "{column}" = ? WHERE "{id}" = ?"#);
    for (id, words) in ids.into_iter().zip(made) {
        conn.execute_raw(Statement::from_sql_and_values(backend, &sql, [Value::from(words), id.into()])).await?;
    }
    Ok(first)
}

/// The rows of a table that hold what is sought, by its index. For a search that is one of several alternatives, or turned
/// into its opposite; lists ask [`page`].
pub fn holds(backend: DbBackend, table: &str, sought: &Sought) -> SimpleExpr {
    if backend == DbBackend::Postgres {
        return holds_itself(backend, table, sought);
    }
    let rows = format!(r#"SELECT "rowid" FROM "{table}_search" WHERE "{table}_search" MATCH ?"#);
    Expr::cust_with_values(format!(r#""{table}"."search_id" IN ({rows})"#), [fts5(sought)])
}

/// The same for a row that one has, without the index.
fn holds_itself(backend: DbBackend, table: &str, sought: &Sought) -> SimpleExpr {
    let column = || Expr::col((Alias::new(table), Alias::new(words_column(backend))));
    if backend == DbBackend::Postgres {
        return Expr::cust_with_exprs("$1 @@ CAST($2 AS tsquery)", [column(), Expr::val(tsquery(sought))]);
    }
    let has = |word: &Word| {
        let end = if word.beginning { "" } else { " " };
        Expr::cust_with_exprs("instr(?, ?) > 0", [column(), Expr::val(format!(" {}{end}", word.text))])
    };
    let all = |words: &Vec<Word>| words.iter().map(has).fold(Condition::all(), Condition::add);
    let terms = sought.terms().iter().map(|ways| ways.iter().map(all).fold(Condition::any(), Condition::add));
    terms.fold(Condition::all(), Condition::add).into()
}

/// A query for PostgreSQL: quoted words, so there is no syntax to get wrong or to inject.
fn tsquery(sought: &Sought) -> String {
    let word = |word: &Word| {
        let text = word.text.replace('\\', r"\\").replace('\'', "''");
        format!("'{text}'{}", if word.beginning { ":*" } else { "" })
    };
    written(sought, word, " & ", " | ")
}

/// The same for FTS5.
fn fts5(sought: &Sought) -> String {
    let word = |word: &Word| {
        let text = word.text.replace('"', "\"\"");
        format!("\"{text}\"{}", if word.beginning { "*" } else { "" })
    };
    written(sought, word, " AND ", " OR ")
}

fn written(sought: &Sought, word: impl Fn(&Word) -> String, and: &str, or: &str) -> String {
    let all = |words: &Vec<Word>| format!("({})", words.iter().map(&word).collect::<Vec<_>>().join(and));
    let term = |ways: &Vec<Vec<Word>>| format!("({})", ways.iter().map(all).collect::<Vec<_>>().join(or));
    sought.terms().iter().map(term).collect::<Vec<_>>().join(and)
}

/// The rows of a page, with the one beyond it, of what is sought among the rows of `select`; `shown` picks their columns.
pub async fn page<E, R>(
    conn: &Conn,
    select: Select<E>,
    shown: impl Fn(Select<E>) -> Select<E>,
    sought: &Sought,
    order: &Order<E::Column>,
    page: &Page,
) -> Result<Vec<R>>
where
    E: EntityTrait,
    R: ByPlace,
{
    const ROWS: &str = "looked_at";
    let backend = conn.get_database_backend();
    let keys = || order.all().map(|(column, _)| column);
    let rows_of_page = || {
        let mut top = Query::select();
        top.column(order.id).from(ROWS).limit(page.size + 1);
        for (column, descends) in order.all() {
            let direction = if descends == page.backward { Direction::Asc } else { Direction::Desc };
            top.order_by((ROWS, column), direction);
        }
        top
    };
    let with = |rows: Select<E>, top| {
        let mut found = order.sorted(shown(E::find()).filter(order.id.in_subquery(top)), page);
        let rows = CommonTableExpression::new().query(rows.into_query()).table_name(ROWS).materialized(true).to_owned();
        QueryTrait::query(&mut found).with_cte(rows);
        found.into_query()
    };
    let select = order.within(select, page).select_only().columns(keys());

    let table = E::default().table_name();
    let words = Expr::col((Alias::new(table), Alias::new(words_column(backend))));
    let newest = order.sorted(select.clone(), page).expr(words).limit(window(backend));
    let mut top = rows_of_page();
    top.and_where(holds_itself(backend, ROWS, sought));
    let found = all(conn, &with(newest, top)).await?;
    if found.len() as u64 > page.size {
        return Ok(found);
    }
    let indexed = select.filter(holds(backend, table, sought));
    all(conn, &with(indexed, rows_of_page())).await
}

/// How many of the rows of `select` hold what is sought (all of them, where nothing is); counting stops at `up_to`.
pub async fn count<E>(conn: &Conn, select: Select<E>, sought: Option<&Sought>, up_to: Option<u64>) -> Result<u64>
where
    E: EntityTrait<Model: Send + Sync>,
{
    const ROWS: &str = "counted";
    let (backend, table) = (conn.get_database_backend(), E::default().table_name());
    let indexed = match sought {
        Some(sought) => select.clone().filter(holds(backend, table, sought)),
        None => select.clone(),
    };
    let Some(up_to) = up_to else { return Ok(indexed.count(conn).await?) };
    let Some(id) = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) else { return Ok(0) };
    let count = async |rows: SelectStatement| {
        let mut all = Query::select();
        all.expr_as(Expr::cust("count(*)"), "n").from_subquery(rows, "some");
        let row = conn.query_one(&all).await?.ok_or_else(|| Error::internal("no count"))?;
        Ok::<_, Error>(row.try_get::<i64>("", "n")?.unsigned_abs())
    };
    let Some(sought) = sought else {
        return count(select.select_only().column(id).limit(up_to).into_query()).await;
    };
    let some_of = || Query::select().expr(Expr::val(1)).from(ROWS).limit(up_to).to_owned();
    let words = Expr::col((Alias::new(table), Alias::new(words_column(backend))));
    let looked_at = select.select_only().expr(words).limit(Ord::max(window(backend), 2 * up_to)).into_query();
    let mut found = Query::select();
    found.expr(Expr::val(1)).from_subquery(looked_at, ROWS).and_where(holds_itself(backend, ROWS, sought)).limit(up_to);
    if count(found).await? == up_to {
        return Ok(up_to);
    }
    // Made as it is read, and planned as if all of it were: a planner that knows of the limit looks for it row by row.
    let rows = indexed.select_only().column(id).into_query();
    let rows = CommonTableExpression::new().query(rows).table_name(ROWS).materialized(true).to_owned();
    count(some_of().with_cte(rows).to_owned()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_words_reaches_the_query_languages() {
        let sought = |text| Sought::new(text).unwrap();
        assert_eq!(
            tsquery(&sought("Leak, (kitchen) OR \"x\" -y* O'Neil")),
            "(('leak')) & (('kitchen')) & (('or')) & (('x')) & (('y')) & (('oneil':*) | ('o' & 'neil':*))"
        );
        assert_eq!(tsquery(&sought(r"\'")), r"(('\\'''))");
        assert_eq!(fts5(&sought("\"")), "((\"\"\"\"))");
        assert_eq!(fts5(&sought("C++ 東京都")), "((\"c++\")) AND ((\"東京\" AND \"京都\"))");
    }
}
