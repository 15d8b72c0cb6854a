//! What the migrations made, as each database itself describes it.

use std::collections::{BTreeMap, BTreeSet};

use super::sql::Sql;

/// One table.
#[derive(Debug, Default)]
pub struct Table {
    /// Type and nullability of each column.
    pub columns: BTreeMap<String, (String, bool)>,
    /// Columns that refer to another table.
    pub references: BTreeSet<String>,
    /// Columns that an index begins with.
    pub indexed: BTreeSet<String>,
    /// Columns that may hold only these texts.
    pub checks: BTreeMap<String, BTreeSet<String>>,
}

/// The tables of a schema, without the migrations' own and what belongs to a full-text index.
pub async fn tables(sql: &Sql) -> BTreeMap<String, Table> {
    let [columns, references, indexed, checks] = if sql.is_sqlite() { SQLITE } else { POSTGRES };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let split = |row: &str| row.split('|').map(str::to_owned).collect::<Vec<_>>();
    for row in sql.texts(columns).await {
        let row = split(&row);
        let table = tables.entry(row[0].clone()).or_default();
        table.columns.insert(row[1].clone(), (row[2].clone(), row[3] == "null"));
    }
    for row in sql.texts(references).await {
        let row = split(&row);
        tables.entry(row[0].clone()).or_default().references.insert(row[1].clone());
    }
    for row in sql.texts(indexed).await {
        let row = split(&row);
        tables.entry(row[0].clone()).or_default().indexed.insert(row[1].clone());
    }
    for row in sql.texts(checks).await {
        let (table, text) = row.split_once('|').expect("a table and its words");
        let found = tables.entry(table.to_owned()).or_default();
        found.checks.extend(checks_in(text));
    }
    let begins = [
        "seaql_",
        "sqlite_",
        "messages_search",
        "consultations_search",
        "chat_messages_search",
        "conversations_search",
        // PostgreSQL's months.
        "conversation_messages_",
        "help_texts_search",
        "chat_sessions_search",
        "tickets_search",
        "leads_search",
        "b2chat_contacts_search",
        "visitor_words_search",
    ];
    let internal = |name: &str| begins.iter().any(|begins| name.starts_with(begins));
    tables.retain(|name, _| !internal(name));
    tables
}

/// The columns and texts of `CHECK (status IN ('new', …))` and of how PostgreSQL puts it.
fn checks_in(text: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for check in text.split("CHECK (").skip(1) {
        let check = check.trim_start_matches('(');
        let column: String = check.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let end = check.find([')', ']']).unwrap_or(check.len());
        let values: BTreeSet<_> = check[..end].split('\'').skip(1).step_by(2).map(str::to_owned).collect();
        if !values.is_empty() {
            found.push((column, values));
        }
    }
    found
}

const POSTGRES: [&str; 4] = [
    "SELECT table_name || '|' || column_name || '|' || data_type || '|' || CASE is_nullable WHEN 'YES' THEN 'null' \
        ELSE 'not null' END \
     FROM information_schema.columns WHERE table_schema = current_schema()",
    "SELECT t.relname || '|' || a.attname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (c.conkey) \
     WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace",
    "SELECT t.relname || '|' || a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] WHERE t.relnamespace = current_schema()::regnamespace",
    "SELECT t.relname || '|' || pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
     WHERE c.contype = 'c' AND t.relnamespace = current_schema()::regnamespace",
];

const SQLITE: [&str; 4] = [
    "SELECT m.name || '|' || p.name || '|' || p.type || '|' || CASE WHEN p.\"notnull\" OR p.pk THEN 'not null' ELSE \
        'null' END \
     FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'",
    "SELECT m.name || '|' || f.\"from\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    "SELECT m.name || '|' || i.name FROM sqlite_master m, pragma_index_list(m.name) l, pragma_index_info(l.name) i \
     WHERE m.type = 'table' AND i.seqno = 0 AND i.name IS NOT NULL",
    "SELECT name || '|' || sql FROM sqlite_master WHERE type = 'table'",
];
