//! What became of every column of the five products: `docs/seeds.tsv` says it of each, and what it says is so.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::architecture::root;
use super::harness::Harness;
use super::sdl::Sdl;
use super::sql::Sql;
use super::tables::{Table, tables};
use crate::support::both;

/// The columns: product, table, column, type.
const LIST: &str = include_str!("seed-columns.tsv");
/// The same with where it is here and how it is carried over.
const ROWS: &str = include_str!("../../docs/seeds.tsv");
/// How many wait for what is not built yet. It goes down with each part that is built, to 0 with the last.
const LATER: usize = 0;

struct Row {
    /// Its first cells, as in the list.
    of: String,
    /// `schema.table.column` of ours; none where there is none, or not yet.
    ours: Vec<&'static str>,
    later: bool,
    note: &'static str,
}

fn rows() -> Vec<Row> {
    let row = |line: &'static str| {
        let cells: Vec<_> = line.split('\t').collect();
        let [product, table, column, ty, ours, note] = cells[..] else { panic!("six cells: {line}") };
        let later = ours == "later";
        let ours = if later { Vec::new() } else { ours.split_whitespace().collect() };
        Row { of: [product, table, column, ty].join("\t"), ours, later, note }
    };
    let (head, rows) = ROWS.split_once('\n').expect("a head");
    assert_eq!(head, "seed\ttable\tcolumn\ttype\tours\tnote");
    rows.lines().map(row).collect()
}

/// Every word of a note that names a field of the API, `Type.field`, and whether the note begins with it.
fn fields(note: &str) -> Vec<(&str, &str, bool)> {
    let words = note.split_whitespace().enumerate().filter_map(|(at, word)| {
        let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let (ty, field) = word.split_once('.')?;
        let named = |text: &str, first: fn(&char) -> bool| {
            text.chars().next().is_some_and(|c| first(&c)) && text.chars().all(|c| c.is_ascii_alphanumeric())
        };
        (named(ty, char::is_ascii_uppercase) && named(field, char::is_ascii_lowercase)).then_some((ty, field, at == 0))
    });
    words.collect()
}

/// The words that values become: `new` of each `old→new`.
fn becomes(note: &str) -> Vec<&str> {
    let words = note.split_whitespace().filter_map(|word| word.split_once('→'));
    words.map(|(_, new)| new.trim_end_matches([',', ';', '.', ':'])).collect()
}

/// No column is forgotten and none invented, and what waits is counted.
#[test]
fn every_column_of_the_products_has_its_row() {
    let rows = rows();
    let listed: Vec<_> = LIST.lines().skip(1).collect();
    assert_eq!(listed.len(), 693);
    for (row, listed) in rows.iter().zip(&listed) {
        assert_eq!(row.of, *listed, "docs/seeds.tsv and the list part here");
    }
    assert_eq!(rows.len(), listed.len());
    let later = rows.iter().filter(|row| row.later).count();
    assert_eq!(later, LATER, "rows that say `later`: a part was built, or a row was given up");
}

/// Each row says in which field its value is read, or why in none; and the fields are the API's.
#[test]
fn every_row_says_where_it_is_read() {
    let sdl = Sdl::exported();
    let mut wrong = Vec::new();
    for row in rows() {
        let fields = fields(row.note);
        let field_first = fields.first().is_some_and(|(.., first)| *first);
        let said = match (row.later, row.ours.is_empty()) {
            (true, _) => !row.note.is_empty(),
            (false, true) => row.note.strip_prefix("None: ").is_some_and(|why| why.split_whitespace().count() > 4),
            (false, false) => {
                field_first || row.note.strip_prefix("Hidden: ").is_some_and(|why| why.split_whitespace().count() > 4)
            }
        };
        if !said {
            wrong.push(format!("{}: no field, and no reason", row.of));
        }
        for (ty, field, _) in fields {
            let input = sdl.input_fields(ty).iter().any(|known| known.name.node == field);
            if !input && !sdl.fields(ty).iter().any(|known| known.name.node == field) {
                wrong.push(format!("{}: the API has no {ty}.{field}", row.of));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The words that a value may become: those that the columns' CHECKs allow, and the built-in roles.
fn allowed<'t>(row: &Row, tables: &'t BTreeMap<String, Table>) -> BTreeSet<&'t str> {
    let mut words: BTreeSet<&str> = BTreeSet::new();
    for name in &row.ours {
        let (table, column) = name.rsplit_once('.').expect("schema.table.column");
        words.extend(tables[table].checks.get(column).into_iter().flatten().map(String::as_str));
        if matches!(*name, "tenant.users.role_id" | "tenant.roles.name" | "tenant.invitations.role_id") {
            words.extend(identity::ROLES.iter().map(|(name, _)| *name));
        }
    }
    words
}

both! {
    /// Every column that a row names is there, and takes the words that the row gives it.
    async fn every_column_that_a_row_names_is_there(backend) {
        let stand = Harness::start(backend).await;
        let schemas = [("tenant", stand.main().await.sql), ("public", Sql::open(stand.url(), None).await)];
        let mut all: BTreeMap<String, Table> = BTreeMap::new();
        for (schema, sql) in &schemas {
            all.extend(tables(sql).await.into_iter().map(|(name, table)| (format!("{schema}.{name}"), table)));
        }
        let mut wrong = Vec::new();
        let mut words = 0;
        for row in rows() {
            let missing: Vec<_> = row
                .ours
                .iter()
                .filter(|name| {
                    let (table, column) = name.rsplit_once('.').unwrap_or_default();
                    !all.get(table).is_some_and(|table| table.columns.contains_key(column))
                })
                .collect();
            if !missing.is_empty() {
                wrong.push(format!("{}: there is no {missing:?}", row.of));
                continue;
            }
            let allowed = allowed(&row, &all);
            for word in becomes(row.note) {
                words += 1;
                if !allowed.contains(word) {
                    wrong.push(format!("{}: {word} is none of {allowed:?}", row.of));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(words > 30, "{words} words that become others");
    }
}

/// The page that people read is made from the rows as they are.
#[test]
fn the_page_is_made_from_the_rows() {
    let made = Command::new(root().join("scripts/seeds.sh")).output().expect("the script runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made = String::from_utf8(made.stdout).expect("text");
    assert!(made == include_str!("../../docs/seeds.md"), "docs/seeds.md is behind: `make seeds` writes it");
}

/// What is looked for above is found where it is, and what is not there is noticed.
#[test]
fn notes_are_read_as_they_are_meant() {
    let read = fields("Staff.role Admin→ADMIN; see Session.refreshes, custom. keys, a.b, company.name");
    assert_eq!(read, [("Staff", "role", true), ("Session", "refreshes", false)]);
    assert_eq!(becomes("Staff.role a→A b→B; c, d→null."), ["A", "B", "null"]);
}
