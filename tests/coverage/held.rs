//! Every table says what it holds of people, or that it holds nobody.

use std::collections::{BTreeMap, BTreeSet};

use gateway::wiring::held::{HELD, NOBODY, ROOTS};
use gateway::wiring::persons_own::{GIVEN, NOT_GIVEN};
use kernel::held::{Blank, By, Erased, Held};

use super::harness::Harness;
use super::tables::tables;
use crate::support::both;

/// Columns that one database has and the other has not.
const SEARCH: &[&str] = &["search_vector", "search_words", "search_id"];
/// Columns that refer to people and say nothing of them: a row's whole context is somebody's by another tie.
const NOT_TIES: &[(&str, &str)] = &[];

/// Columns that refer to a table with records of people.
const POSTGRES: &str = "SELECT t.relname || '|' || a.attname || '|' || f.relname FROM pg_constraint c \
    JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid \
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (c.conkey) \
    WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace AND t.relispartition = false";
const SQLITE: &str = "SELECT m.name || '|' || f.\"from\" || '|' || f.\"table\" FROM sqlite_master m, \
    pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";

fn declared() -> BTreeMap<&'static str, &'static Held> {
    let mut all = BTreeMap::new();
    for held in HELD.iter().flat_map(|(_, held)| held.iter()) {
        assert!(all.insert(held.table, held).is_none(), "{} is declared twice", held.table);
    }
    all
}

/// Ties go from table to table without coming back, so that what hangs on what has an end.
#[test]
fn ties_have_an_end() {
    fn walk(all: &BTreeMap<&'static str, &'static Held>, table: &'static str, path: &mut Vec<&'static str>) {
        assert!(!path.contains(&table), "{path:?} comes back to {table}");
        let held = all.get(table).unwrap_or_else(|| panic!("{table}, below {path:?}, is not declared"));
        path.push(table);
        for below in held.ties.iter().flat_map(kernel::held::Tie::tables) {
            walk(all, below, path);
        }
        path.pop();
    }
    let all = declared();
    for table in all.keys() {
        walk(&all, table, &mut Vec::new());
    }
}

both! {
    /// No table is missing and none is made up; each column that is named is there, and may hold what erasure puts there.
    async fn every_table_says_what_it_holds_of_people(backend) {
        let stand = Harness::start(backend).await;
        let sql = &stand.main().await.sql;
        let tables = tables(sql).await;
        let all = declared();
        let mut named: BTreeSet<&str> = all.keys().copied().collect();
        for (table, why) in NOBODY.iter().flat_map(|list| list.iter()) {
            assert!(named.insert(table), "{table} holds somebody, and nobody");
            assert!(!why.is_empty(), "{table}");
        }
        let made: BTreeSet<&str> = tables.keys().map(String::as_str).collect();
        assert_eq!(made, named, "tables that were made, and tables that say what they hold of people");
        for held in all.values() {
            let columns = &tables[held.table].columns;
            let there = |column: &str| {
                assert!(columns.contains_key(column) || SEARCH.contains(&column), "{}.{column}", held.table);
            };
            held.hidden.iter().copied().for_each(there);
            assert!(!held.ties.is_empty(), "{}", held.table);
            for tie in held.ties {
                tie.columns().into_iter().for_each(there);
                if let By::Of { table, key, .. } = tie.by {
                    assert!(tables[table].columns.contains_key(key), "{table}.{key}");
                }
                let Erased::Values(values) = tie.erased else { continue };
                for (column, blank) in values {
                    there(column);
                    let null = columns[*column].1;
                    assert!(*blank != Blank::Null || null, "{}.{column} may not be null", held.table);
                }
            }
        }
        for root in ROOTS.iter().flat_map(|list| list.iter()) {
            let columns = &tables[root.table].columns;
            let links = root.links.iter().flat_map(|link| [Some(link.column), link.when.map(|(column, _)| column)]);
            let all = [root.emails, root.phones, root.alike].into_iter().flatten().copied();
            for column in all.chain(root.name).chain(links.flatten()) {
                assert!(columns.contains_key(column), "{}.{column}", root.table);
            }
        }
    }

    /// What a client is given of each table, and of each column of one that is given, is decided.
    async fn what_clients_are_given_is_decided(backend) {
        let stand = Harness::start(backend).await;
        let tables = tables(&stand.main().await.sql).await;
        let all = declared();
        let mut decided: BTreeSet<&str> = NOT_GIVEN.iter().copied().collect();
        for given in GIVEN {
            assert!(decided.insert(given.table), "{} is given twice, or given and not given", given.table);
            let mut named: BTreeSet<&str> = all[given.table].hidden.iter().chain(SEARCH).copied().collect();
            for column in given.columns.split_whitespace().chain(given.kept.split_whitespace()) {
                assert!(named.insert(column), "{}.{column} is named twice", given.table);
            }
            for column in tables[given.table].columns.keys() {
                assert!(named.contains(column.as_str()), "{}.{column}: is it given to clients?", given.table);
            }
            let there = |column: &&str| tables[given.table].columns.contains_key(*column) || SEARCH.contains(column);
            assert!(named.iter().all(there), "{}: {named:?}", given.table);
        }
        assert_eq!(decided, all.keys().copied().collect(), "tables that are decided on, and those that hold somebody");
    }

    /// Every column that refers to a person's record, or to a row that is somebody's, is a tie or is listed with the reason.
    async fn every_reference_to_people_is_a_tie(backend) {
        let stand = Harness::start(backend).await;
        let sql = &stand.main().await.sql;
        let all = declared();
        let roots: BTreeSet<_> = ROOTS.iter().flat_map(|list| list.iter()).map(|root| root.table).collect();
        let mut seen = 0;
        for row in sql.texts(if sql.is_sqlite() { SQLITE } else { POSTGRES }).await {
            let parts: Vec<_> = row.split('|').collect();
            let [table, column, to] = parts[..] else { panic!("{row}") };
            if !roots.contains(to) || NOT_TIES.contains(&(table, column)) {
                continue;
            }
            seen += 1;
            let held = all.get(table).unwrap_or_else(|| panic!("{table} refers to {to} and is not declared"));
            let linked = ROOTS.iter().flat_map(|list| list.iter());
            let mut linked = linked.filter(|root| root.table == table).flat_map(|root| root.links);
            let tied = held.ties.iter().any(|tie| tie.columns().contains(&column));
            assert!(tied || linked.any(|link| link.column == column), "{table}.{column} refers to {to} and is no tie");
        }
        assert!(seen > 60, "{seen} references to people");
    }
}
