//! Rows of declared tables go or are made anonymous, some at a time, whatever the table is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Result,
    db::{
        TENANT,
        erase::{Reference, among, blank_value, forget_words, keys, no_words, quoted_id},
    },
    held::{Erased, Held},
};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Condition, Expr, ExprTrait, Query},
};
use uuid::Uuid;

use crate::{
    domain::persons::Catalogue,
    queries::persons::{kept::Kept, theirs::Theirs},
    store::persons::{Table, from},
};

/// So many rows at a time.
pub const BATCH: u64 = 200;

/// The declared tables in the order in which their rows go: what is somebody's because something else is goes before that, and as
/// far as there is such an order what refers to a row before it.
pub fn in_order(catalogue: &Catalogue, references: &[Reference]) -> Vec<(&'static str, &'static Held)> {
    let mut left: BTreeMap<&str, (&'static str, &'static Held)> = BTreeMap::new();
    for (context, all) in catalogue.held {
        left.extend(all.iter().map(|held| (held.table, (*context, held))));
    }
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        // What hangs on which of those that are left: they wait for it.
        let waits: BTreeSet<&str> = left
            .values()
            .flat_map(|(_, held)| {
                held.ties.iter().flat_map(|tie| tie.tables().into_iter().filter(|to| *to != held.table))
            })
            .collect();
        let refers = |table: &str| {
            references
                .iter()
                .filter(|one| one.to == table && one.table != table && left.contains_key(one.table.as_str()))
                .count()
        };
        let free = left.keys().copied().filter(|table| !waits.contains(table));
        // Ties have an end, which a test shows; where they had none, any would do.
        let next = free.min_by_key(|table| refers(table)).or_else(|| left.keys().copied().next());
        if let Some(found) = next.and_then(|table| left.remove(table)) {
            order.push(found);
        }
    }
    order
}

/// What does not meet a condition. Not `NOT`: of what is null nothing is known.
fn not(rows: Condition) -> Expr {
    Expr::case(rows, Expr::val(1)).finally(Expr::val(0)).eq(0)
}

/// The rows of a tie that no tie before it decides about, and that no hold keeps.
fn only(theirs: &Theirs<'_>, kept: &Kept<'_>, held: &'static Held, at: usize) -> Option<Condition> {
    let rows = decided(theirs, held, at)?;
    Some(match kept.rows(held) {
        Some(stay) => rows.add(not(stay)),
        None => rows,
    })
}

/// The rows of a tie that no tie before it decides about.
fn decided(theirs: &Theirs<'_>, held: &'static Held, at: usize) -> Option<Condition> {
    let mut rows = Condition::all().add(theirs.tie(held, &held.ties[at])?);
    for before in &held.ties[..at] {
        if let Some(before) = theirs.tie(held, before) {
            rows = rows.add(not(before));
        }
    }
    Some(rows)
}

/// How many rows a tie has that no tie before it decides about: those that go, and those that a hold keeps.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn count(
    conn: &Conn,
    theirs: &Theirs<'_>,
    kept: &Kept<'_>,
    held: &'static Held,
    at: usize,
) -> Result<(i64, i64)> {
    let stay = kept.rows(held).and_then(|stay| Some(decided(theirs, held, at)?.add(stay)));
    Ok((number(conn, held, only(theirs, kept, held, at)).await?, number(conn, held, stay).await?))
}

/// How many rows of a table these are.
async fn number(conn: &Conn, held: &Held, rows: Option<Condition>) -> Result<i64> {
    let Some(rows) = rows else { return Ok(0) };
    let mut select = Query::select();
    from(&mut select, held.table);
    select.expr_as(Expr::cust("count(*)"), "rows").cond_where(rows);
    let found = conn.query_one(&select).await?;
    Ok(found.map(|row| row.try_get::<i64>("", "rows")).transpose()?.unwrap_or_default())
}

/// The ids of some rows. What tells rows apart is another column on SQLite where they are searched by words.
async fn ids(conn: &Conn, table: &Table, these: &str) -> Result<Vec<Uuid>> {
    if !table.has_ids() {
        return Ok(Vec::new());
    }
    let ids =
        keys(conn, table.name, &["id".to_owned()], Condition::all().add(Expr::cust(these.to_owned())), BATCH).await?;
    let id = |key: Vec<String>| Uuid::try_parse(key.first()?.trim_start_matches('X').trim_matches('\'')).ok();
    Ok(ids.into_iter().filter_map(id).collect())
}

/// What erases rows of one tenant.
pub struct Eraser<'a> {
    /// What is declared, and whose rows.
    pub theirs: &'a Theirs<'a>,
    /// What of it stays.
    pub kept: &'a Kept<'a>,
    /// What refers to what.
    pub references: &'a [Reference],
    /// Now.
    pub now: DateTime<Utc>,
}

impl Eraser<'_> {
    /// The rows of a tie that no hold keeps.
    pub fn rows(&self, held: &Held, at: usize) -> Option<Condition> {
        let rows = Condition::all().add(self.theirs.tie(held, &held.ties[at])?);
        Some(match self.kept.rows(held) {
            Some(stay) => rows.add(not(stay)),
            None => rows,
        })
    }

    /// Erases some rows of a tie; returns how many, and their ids where they have some. None are left when there were none.
    ///
    /// # Errors
    /// [`kernel::Error::Conflict`] where something that stays refers to a row that goes.
    pub async fn batch(&self, conn: &Conn, table: &Table, held: &'static Held, at: usize) -> Result<(u64, Vec<Uuid>)> {
        let none = || Ok((0, Vec::new()));
        let Some(mut rows) = only(self.theirs, self.kept, held, at) else { return none() };
        match held.ties[at].erased {
            Erased::Id | Erased::Kept(_) => none(),
            Erased::Row => {
                let keys = keys(conn, table.name, &table.key, rows, BATCH).await?;
                if keys.is_empty() {
                    return none();
                }
                self.let_go(conn, table, &keys).await?;
                let these = among(self.theirs.backend, &table.key, &keys);
                let ids = ids(conn, table, &these).await?;
                let sql = format!("DELETE FROM \"{TENANT}\".\"{}\" WHERE {these}", table.name);
                conn.execute_unprepared(&sql).await?;
                Ok((keys.len() as u64, ids))
            }
            Erased::Values(values) => {
                let mut differs = Condition::any();
                let mut sets = Vec::new();
                for (column, blank) in values {
                    let (value, other) = blank_value(self.theirs.backend, table.name, column, *blank, self.now);
                    sets.push(format!("\"{column}\" = {value}"));
                    if let Some(other) = other {
                        differs = differs.add(Expr::cust(other));
                    }
                }
                // What is searched by words forgets them.
                if held.hidden.contains(&"search_vector") {
                    sets.push(no_words(self.theirs.backend).to_owned());
                }
                rows = rows.add(differs);
                let keys = keys(conn, table.name, &table.key, rows, BATCH).await?;
                if keys.is_empty() {
                    return none();
                }
                let these = among(self.theirs.backend, &table.key, &keys);
                let ids = ids(conn, table, &these).await?;
                let sql = format!("UPDATE \"{TENANT}\".\"{}\" SET {} WHERE {these}", table.name, sets.join(", "));
                conn.execute_unprepared(&sql).await?;
                Ok((keys.len() as u64, ids))
            }
        }
    }

    /// Takes what refers to a row that goes, by its id, out of those that stay.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    pub async fn let_go_of(&self, conn: &Conn, table: &Table, id: Uuid) -> Result<()> {
        self.let_go(conn, table, &[vec![quoted_id(self.theirs.backend, id)]]).await
    }

    /// Takes what refers to rows that go out of those that stay.
    async fn let_go(&self, conn: &Conn, table: &Table, keys: &[Vec<String>]) -> Result<()> {
        let these = among(self.theirs.backend, &table.key, keys);
        for one in self.references.iter().filter(|one| one.to == table.name && one.nullable) {
            let sql = format!(
                "UPDATE \"{TENANT}\".\"{}\" SET \"{column}\" = NULL WHERE \"{column}\" IN \
                 (SELECT \"{}\" FROM \"{TENANT}\".\"{}\" WHERE {these})",
                one.table,
                one.key,
                table.name,
                column = one.column,
            );
            conn.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    /// Makes the words' indexes forget what their tables forgot: SQLite keeps what was deleted until they are put together.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    pub async fn forget_words(&self, conn: &Conn) -> Result<()> {
        for held in self.theirs.catalogue.held.iter().flat_map(|(_, held)| held.iter()) {
            if held.hidden.contains(&"search_words") {
                forget_words(conn, held.table).await?;
            }
        }
        Ok(())
    }
}
