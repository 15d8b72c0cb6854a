//! One marked person in every table that can hold one, by every tie that makes a row theirs: what is given out has them all.

use std::collections::{BTreeMap, BTreeSet};

use gateway::wiring::held::{HELD, ROOTS};
use kernel::held::{By, Erased, Held, Kind, Part, Tie};
use serde_json::Value;

use super::desk::Desk;
use super::person_exports::{Unpacked, asked, over, unpacked};
use crate::coverage::sql::Sql;
use crate::coverage::tables::{Table, tables};
use crate::support::{Options, both};

/// What stands in every text of theirs.
const MARK: &str = "Marked person";
/// What stands in what is nobody's to read.
const HIDDEN: &str = "Nobody may read this";
/// What stands in what is of somebody else.
const OTHER: &str = "Somebody else entirely";
/// Their address.
const EMAIL: &str = "marked@example.com";
/// The id of a row of tables that have none which is whole theirs.
const NONE: &str = "00000000000000000000000000000000";
/// An instant.
const AT: &str = "'2026-01-01T00:00:00+00:00'";

/// What the checks of a table ask for beside one word out of a list.
const ASKED: &[(&str, &str, &str)] = &[
    ("legal_holds", "released_at", "'2026-01-01T00:00:00+00:00'"),
    ("ai_tasks", "completed_at", AT),
    ("ai_tasks", "output", "'{}'"),
    ("ai_tasks", "status", "'completed'"),
    ("assistant_messages", "role", "'user'"),
    ("assistant_messages", "question_id", "NULL"),
    ("b2chat_access", "status", "'disconnected'"),
    ("b2chat_messages", "media_state", "'none'"),
    ("crm_connections", "status", "'connected'"),
    ("crm_connections", "active", "{yes}"),
    ("effectiveness_batches", "finished_at", AT),
    ("effectiveness_batches", "state", "'cancelled'"),
    ("effectiveness_batches", "total_count", "9"),
    ("guides", "scribehow_url", "NULL"),
    ("guides", "type", "'html'"),
    ("guides", "video_url", "NULL"),
    ("help_documents", "extraction_error", "NULL"),
    ("help_documents", "removed_at", AT),
    ("leads", "lost_reason", "NULL"),
    ("projects", "currency", "NULL"),
    ("score_rule_sets", "hot_from", "2"),
    ("sync_runs", "completed_at", AT),
    ("sync_runs", "status", "'cancelled'"),
    ("ticket_comments", "visibility", "'public'"),
];

/// Makes rows.
struct Maker<'a> {
    sql: &'a Sql,
    tables: Shapes,
    /// How many were made.
    made: u32,
    /// What is written instead into rows that erasing them leaves as they are, where those are to be told apart.
    apart: Option<(&'static str, &'static str)>,
    /// What is written into texts.
    mark: &'static str,
    email: &'static str,
    /// The ids of the person's records.
    records: BTreeMap<Kind, String>,
    /// The id of a row of each table that is whole theirs.
    whole: BTreeMap<&'static str, String>,
    /// How many rows of each table are theirs, and how many of those only name them.
    expected: BTreeMap<&'static str, (usize, usize)>,
}

impl Maker<'_> {
    fn id(&self, hex: &str) -> String {
        if self.sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
    }

    fn bytes(&self, hex: &str) -> String {
        if self.sql.is_sqlite() { format!("x'{hex}'") } else { format!("decode('{hex}', 'hex')") }
    }

    fn next(&mut self) -> String {
        self.made += 1;
        format!("0190a5f0000070008001{:012x}", self.made + if self.mark == MARK { 0 } else { 1 << 20 })
    }

    /// What a column holds where nothing else is said; `None` for what is left out.
    fn value(&mut self, held: &Held, column: &str, ty: &str, null: bool) -> Option<String> {
        let checked = self.tables[held.table].checks.get(column);
        if let Some(words) = checked {
            return (!null).then(|| format!("'{}'", words.first().expect("a word")));
        }
        let hidden = held.hidden.contains(&column);
        let text = |maker: &Self| {
            let word = if hidden { HIDDEN } else { maker.mark };
            format!("'{word} {}'", maker.made)
        };
        let filled = match ty {
            "text" => return Some(text(self)),
            _ if null => return None,
            "uuid" | "BLOB" => {
                let hex = self.next();
                if ty == "BLOB" { self.bytes(&hex) } else { self.id(&hex) }
            }
            "bytea" => {
                let hex = self.next();
                self.bytes(&hex)
            }
            "jsonb" => "'{}'".into(),
            "timestamp with time zone" | "DATETIME" => AT.into(),
            "date" => "'2026-01-01'".into(),
            "time without time zone" | "time" => "'10:00:00'".into(),
            "boolean" | "BOOLEAN" => if self.sql.is_sqlite() { "0" } else { "false" }.into(),
            // No two rows are alike in these.
            "integer" | "INTEGER" | "bigint"
                if ["batch", "number", "position", "row_number", "sequence"].contains(&column) =>
            {
                (self.made + 1000).to_string()
            }
            _ => "1".into(),
        };
        Some(filled)
    }

    /// Makes a row with these values; returns its id.
    async fn row(&mut self, held: &Held, own: &[(&str, String)]) -> String {
        let hex = self.next();
        let table = &self.tables[held.table];
        let columns: Vec<_> =
            table.columns.iter().map(|(name, (ty, null))| (name.clone(), ty.clone(), *null)).collect();
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (name, ty, null) in columns {
            if ["search_id", "search_vector", "search_words"].contains(&name.as_str()) {
                continue;
            }
            let asked = ASKED.iter().find(|(table, column, _)| *table == held.table && *column == name);
            let yes = if self.sql.is_sqlite() { "1" } else { "true" };
            let value = match own.iter().find(|(column, _)| *column == name) {
                Some((_, value)) => Some(value.clone()),
                None if name == "id" && ["uuid", "BLOB"].contains(&ty.as_str()) => Some(self.id(&hex)),
                None => match asked {
                    Some((_, _, value)) => Some(value.replace("{yes}", yes)),
                    None => self.value(held, &name, &ty, null),
                },
            };
            if let Some(value) = value {
                names.push(format!("\"{name}\""));
                values.push(value);
            }
        }
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", held.table, names.join(", "), values.join(", "));
        self.sql.run(&sql).await;
        hex
    }

    /// What a row must say beside its tie, for the checks of its table.
    fn beside(&mut self, held: &Held, column: &str) -> Vec<(&'static str, String)> {
        let random = self.next();
        let id = self.id(&random);
        match (held.table, column) {
            ("chat_messages", "staff_id") => vec![("sender_type", "'staff'".into())],
            ("chat_messages", _) => vec![("sender_type", "'visitor'".into())],
            ("files", "uploaded_by") => {
                vec![("expires_at", AT.into()), ("stored_at", "NULL".into()), ("owner_kind", "NULL".into())]
            }
            ("files", _) => {
                vec![("stored_at", AT.into()), ("sha256", self.bytes("00")), ("content_type", "'text/plain'".into())]
            }
            ("ticket_comments", "ticket_id") => vec![("author_id", id)],
            // As a colleague, where the tie does not say otherwise.
            ("ticket_comments", "author_id") => vec![("sender", "'staff'".into())],
            ("ticket_mentions", "comment_id") => vec![("team_id", id)],
            _ => Vec::new(),
        }
    }

    /// The values of the columns of a tie, one list for each way in which it makes a row theirs.
    fn ways(&mut self, held: &Held, tie: &Tie) -> Vec<Vec<(&'static str, String)>> {
        match tie.by {
            By::Id { column, of } => match self.records.get(&of) {
                Some(hex) => vec![vec![(column, self.id(hex))]],
                None => panic!("{}.{column}: no record of kind {of:?}", held.table),
            },
            By::Email(column) => vec![vec![(column, format!("'{}'", self.email))]],
            By::Of { column, table, .. } => vec![vec![(column, self.id(&self.whole[table]))]],
            By::Entity { kind, id, of } => {
                let of = of.iter().filter(|(_, table)| self.whole[table] != NONE);
                of.map(|(word, table)| vec![(kind, format!("'{word}'")), (id, self.id(&self.whole[table]))]).collect()
            }
            By::Named { column, of } => {
                of.iter().map(|(prefix, table)| vec![(column, format!("'{prefix}_{}'", self.whole[table]))]).collect()
            }
            By::Mentions(column) => {
                let json = self.tables[held.table].columns[column].0 == "jsonb";
                let value =
                    if json { format!("'{{\"to\": \"{}\"}}'", self.email) } else { format!("'{}'", self.email) };
                vec![vec![(column, value)]]
            }
            // Read by its context alone, whose own tests say what is found.
            By::Inside(_) => Vec::new(),
        }
    }

    /// Makes their records.
    async fn people(&mut self) {
        for root in ROOTS.iter().flat_map(|roots| roots.iter()) {
            let held = declared(root.table);
            let mut own: Vec<(&str, String)> =
                root.emails.iter().map(|column| (*column, format!("'{}'", self.email))).collect();
            if root.kind == Kind::Lead {
                own.push(("source_kind", "'conversation'".into()));
                own.push(("source_id", self.id(&self.records[&Kind::Participant])));
            }
            let hex = self.row(held, &own).await;
            self.records.insert(root.kind, hex.clone());
            self.whole.insert(root.table, hex);
            self.expected.entry(root.table).or_default().0 += 1;
        }
        let subject = format!("70{}", self.records[&Kind::Person]);
        let key = "11".repeat(32);
        let own = [("subject", self.bytes(&subject)), ("key", self.bytes(&key))];
        let hex = self.row(declared("personal_keys"), &own).await;
        self.records.insert(Kind::Key, hex.clone());
        self.whole.insert("personal_keys", hex);
        self.expected.entry("personal_keys").or_default().0 += 1;
    }

    /// Makes a row of each table by each tie.
    async fn everywhere(&mut self) {
        let mut left: Vec<&'static Held> = HELD.iter().flat_map(|(_, held)| held.iter()).collect();
        while !left.is_empty() {
            let ready = |held: &&&'static Held| {
                held.ties.iter().flat_map(Tie::tables).all(|table| self.whole.contains_key(table))
            };
            let Some(held) = left.iter().find(ready).copied() else {
                panic!("nothing whole to hang on: {:?}", left.iter().map(|held| held.table).collect::<Vec<_>>())
            };
            left.retain(|other| other.table != held.table);
            for tie in held.ties {
                // Their own records are there already, and the mail server is one row.
                let root = ROOTS.iter().flat_map(|roots| roots.iter()).find(|root| root.table == held.table);
                let there = match tie.by {
                    By::Id { column, .. } => column == "id",
                    By::Email(column) => {
                        root.is_some_and(|root| root.emails.contains(&column)) || held.table == "smtp_settings"
                    }
                    _ => false,
                };
                if there {
                    continue;
                }
                let own = (self.mark, self.email);
                if let (Erased::Id | Erased::Kept(_), Some(apart)) = (tie.erased, self.apart) {
                    (self.mark, self.email) = apart;
                }
                // What else stands in a row that only names them is somebody else's.
                if let (Part::Named, Some((mark, _))) = (tie.part, self.apart) {
                    self.mark = mark;
                }
                let ways = self.ways(held, tie);
                let stays = self.mark != own.0;
                for mut own in ways {
                    let column = own.last().expect("a column").0;
                    own.extend(self.beside(held, column));
                    let hex = self.row(held, &own).await;
                    let expected = self.expected.entry(held.table).or_default();
                    expected.0 += 1;
                    if tie.part == Part::Named {
                        expected.1 += 1;
                    } else if !stays {
                        self.whole.entry(held.table).or_insert(hex);
                    }
                }
                (self.mark, self.email) = own;
            }
            // Tables that only name them, and archives that are read by their context: nothing hangs on those.
            self.whole.entry(held.table).or_insert_with(|| NONE.to_owned());
        }
    }
}

/// Each table: type and nullability of its columns, and the words of those that hold only some.
type Shapes = BTreeMap<String, Shape>;

#[derive(Clone)]
struct Shape {
    columns: BTreeMap<String, (String, bool)>,
    checks: BTreeMap<String, BTreeSet<String>>,
}

/// The tables, with texts told from JSON: SQLite calls both the same, and what a table was made with does not.
async fn shapes(sql: &Sql) -> Shapes {
    let mut made = BTreeMap::new();
    if sql.is_sqlite() {
        for row in sql.texts("SELECT name || '|' || sql FROM sqlite_master WHERE type = 'table'").await {
            let (name, text) = row.split_once('|').expect("a table");
            made.insert(
                name.to_owned(),
                text.replace([',', '(', '"'], " ").split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            );
        }
    }
    let shape = |(name, mut table): (String, Table)| {
        for (column, (ty, _)) in &mut table.columns {
            if sql.is_sqlite() && ty.eq_ignore_ascii_case("text") {
                let json = made[&name].windows(2).any(|two| two[0] == *column && two[1] == "TEXT");
                *ty = if json { "jsonb".into() } else { "text".into() };
            }
        }
        (name, Shape { columns: table.columns, checks: table.checks })
    };
    tables(sql).await.into_iter().map(shape).collect()
}

fn declared(table: &str) -> &'static Held {
    HELD.iter().flat_map(|(_, held)| held.iter()).find(|held| held.table == table).unwrap_or_else(|| panic!("{table}"))
}

/// Lets rows refer to what is not there: they are of this test alone.
async fn free(sql: &Sql) {
    sql.run(if sql.is_sqlite() { "PRAGMA foreign_keys = OFF" } else { "SET session_replication_role = replica" }).await;
}

/// Puts somebody into every table that can hold them; what erasing them leaves as it is says something else.
pub async fn put_everywhere(sql: &Sql, apart: (&'static str, &'static str)) -> (&'static str, &'static str) {
    free(sql).await;
    let (tables, records) = (shapes(sql).await, BTreeMap::new());
    let (whole, expected) = (BTreeMap::new(), BTreeMap::new());
    let (mark, email) = (MARK, EMAIL);
    let mut maker = Maker { sql, tables, made: 0, apart: Some(apart), mark, email, records, whole, expected };
    maker.people().await;
    maker.everywhere().await;
    (mark, email)
}

fn compare(archive: &Unpacked, maker: &Maker<'_>) {
    let mut missing = Vec::new();
    for (context, held) in HELD {
        for held in *held {
            let Some((all, named)) = maker.expected.get(held.table) else { continue };
            let rows = archive.rows(&format!("{context}/{}", held.table));
            let naming = rows.iter().filter(|row| !row["$part"].is_null()).count();
            if rows.len() < *all || naming < *named {
                missing.push(format!(
                    "{}: {} of {all}, {naming} of {named} that only name them",
                    held.table,
                    rows.len()
                ));
            }
            // What is whole theirs has what they wrote in it.
            let texts = |row: &&Value| row.to_string().contains(MARK);
            let columns = &maker.tables[held.table].columns;
            let checks = &maker.tables[held.table].checks;
            let tied: Vec<_> = held.ties.iter().flat_map(Tie::columns).collect();
            let writes = columns.iter().any(|(name, (ty, _))| {
                ty == "text"
                    && !checks.contains_key(name)
                    && !held.hidden.contains(&name.as_str())
                    && !tied.contains(&name.as_str())
            });
            if writes && all > named && rows.iter().filter(texts).count() == 0 {
                missing.push(format!("{}: none of their texts", held.table));
            }
        }
    }
    assert!(missing.is_empty(), "not in the archive:\n{}", missing.join("\n"));
}

both! {
    /// A row in every declared table by every tie, and as many of somebody else: all of the one and none of the other is given out.
    async fn a_marked_person_is_found_in_every_table(backend) {
        let mut desk = Desk::open_with(backend, Options::new().env("FRONTDESK_WORKERS", "off")).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        free(&sql).await;
        let all = shapes(&sql).await;
        let maker = |mark, email| Maker {
            sql: &sql,
            tables: all.clone(),
            made: 0,
            apart: None,
            mark,
            email,
            records: BTreeMap::new(),
            whole: BTreeMap::new(),
            expected: BTreeMap::new(),
        };
        let mut other = maker(OTHER, "other@example.com");
        other.people().await;
        let mut marked = maker(MARK, EMAIL);
        marked.people().await;
        marked.everywhere().await;
        let export = asked(&admin, EMAIL).await;
        desk.server.restart_with(Options::new().env("FRONTDESK_WORKERS", "on")).await;
        let archive = unpacked(&desk, &over(&admin, &export).await).await;
        compare(&archive, &marked);
        let text = archive.text();
        assert!(!text.contains(OTHER) && !text.contains("other@example.com"), "what is held on somebody else");
        assert!(!text.contains(HIDDEN), "what is nobody's to read");
    }
}
