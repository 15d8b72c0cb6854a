//! What B2Chat tells of, put into a company's tables by hand: for stories that read it and not of how it came.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::coverage::sql::Sql;

/// When all of it was made, unless a story says otherwise.
pub const AT: &str = "'2026-01-01T00:00:00+00:00'";

/// Ids of this run of the tests; each is another one.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Something that was put in.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id, as the API shows it.
    pub id: String,
    /// The same in the words of the database.
    pub sql: String,
    /// The same as a department's path has it.
    pub hex: String,
}

/// Writes rows into a company's tables.
pub struct B2ChatRows<'a>(pub &'a Sql);

/// A text in SQL.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl B2ChatRows<'_> {
    /// True or false in SQL.
    pub fn flag(&self, flag: bool) -> String {
        match (self.0.is_sqlite(), flag) {
            (true, flag) => u8::from(flag).to_string(),
            (false, flag) => flag.to_string(),
        }
    }

    /// Bytes in SQL.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        if self.0.is_sqlite() { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") }
    }

    /// An id in SQL.
    pub fn key(&self, hex: &str) -> String {
        if self.0.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
    }

    /// A new id, or the one that is said.
    fn row(&self, prefix: &str, said: &[(&str, String)]) -> Row {
        let said = said.iter().find(|(name, _)| *name == "id").and_then(|(_, sql)| sql.split('\'').nth(1));
        let new = || format!("0190a5f0000070008b2c{:012x}", NEXT.fetch_add(1, Ordering::Relaxed));
        let hex = said.map_or_else(new, ToOwned::to_owned);
        Row { id: format!("{prefix}_{hex}"), sql: self.key(&hex), hex }
    }

    /// What these texts are found by, as the database keeps it.
    pub fn words(&self, texts: &[&str]) -> (&'static str, String) {
        let words = text(&kernel::db::search::stored_words(texts.iter().copied()));
        match self.0.is_sqlite() {
            true => ("search_words", words),
            false => ("search_vector", format!("array_to_tsvector(string_to_array(nullif(trim({words}), ''), ' '))")),
        }
    }

    async fn insert(&self, table: &str, usual: &[(&str, String)], said: &[(&str, String)]) {
        let columns: BTreeMap<&str, &String> = usual.iter().chain(said).map(|(name, value)| (*name, value)).collect();
        let names: Vec<_> = columns.keys().map(|name| format!("\"{name}\"")).collect();
        let values: Vec<_> = columns.values().map(|value| value.as_str()).collect();
        self.0.run(&format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))).await;
    }

    /// A department below another.
    pub async fn department(&self, name: &str, above: &[&Row], said: &[(&str, String)]) -> Row {
        let row = self.row("bdp", said);
        let path: String = above.iter().copied().chain([&row]).map(|row| format!("{}/", row.hex)).collect();
        let parent = above.last().map_or("NULL".to_owned(), |parent| parent.sql.clone());
        let usual = [
            ("id", row.sql.clone()),
            ("code", text(name)),
            ("code_derived", self.flag(true)),
            ("name", text(name)),
            ("name_order", text(&name.to_lowercase())),
            ("parent_id", parent.clone()),
            ("path", text(&path)),
            ("level", above.len().to_string()),
            ("is_leaf", self.flag(true)),
            ("is_active", self.flag(true)),
            ("last_sync_at", AT.to_owned()),
            ("created_at", AT.to_owned()),
            ("updated_at", AT.to_owned()),
        ];
        self.insert("b2chat_departments", &usual, said).await;
        if !above.is_empty() {
            let no = self.flag(false);
            self.0.run(&format!("UPDATE b2chat_departments SET is_leaf = {no} WHERE id = {parent}")).await;
        }
        row
    }

    /// An agent.
    pub async fn agent(&self, name: &str, said: &[(&str, String)]) -> Row {
        let row = self.row("bag", said);
        let usual = [
            ("id", row.sql.clone()),
            ("b2chat_id", text(&format!("agent {name}"))),
            ("id_derived", self.flag(true)),
            ("name", text(name)),
            ("name_order", text(&name.to_lowercase())),
            ("is_active", self.flag(true)),
            ("is_deleted", self.flag(false)),
            ("last_sync_at", AT.to_owned()),
            ("created_at", AT.to_owned()),
            ("updated_at", AT.to_owned()),
        ];
        self.insert("b2chat_agents", &usual, said).await;
        row
    }

    /// A contact, found by their name and what else is said in `texts`.
    pub async fn contact(&self, name: &str, texts: &[&str], said: &[(&str, String)]) -> Row {
        let row = self.row("bct", said);
        let texts: Vec<_> = [name].into_iter().chain(texts.iter().copied()).collect();
        let usual = [
            ("id", row.sql.clone()),
            ("b2chat_id", text(&row.hex)),
            ("full_name", text(name)),
            ("name_order", text(&name.to_lowercase())),
            ("custom_attributes", text("{}")),
            ("tags", text("[]")),
            ("is_deleted", self.flag(false)),
            ("digest", self.bytes(b"digest")),
            ("last_sync_at", AT.to_owned()),
            ("created_at", AT.to_owned()),
            ("updated_at", AT.to_owned()),
            self.words(&texts),
        ];
        self.insert("b2chat_contacts", &usual, said).await;
        row
    }

    /// A chat with these tags.
    pub async fn chat(&self, tags: &[&str], said: &[(&str, String)]) -> Row {
        let row = self.row("bch", said);
        let usual = [
            ("id", row.sql.clone()),
            ("b2chat_id", text(&row.hex)),
            ("provider", text("whatsapp")),
            ("source_provider", text("WHATSAPPB2CHAT")),
            ("status", text("open")),
            ("source_status", text("PICKED_UP")),
            ("tags", text(&serde_json::json!(tags).to_string())),
            ("priority", text("normal")),
            ("priority_order", "2".to_owned()),
            ("unread_count", "0".to_owned()),
            ("created_at", AT.to_owned()),
            ("unknown_fields", text("{}")),
            ("message_count", "0".to_owned()),
            ("is_deleted", self.flag(false)),
            ("digest", self.bytes(b"digest")),
            ("last_sync_at", AT.to_owned()),
            ("sync_version", "1".to_owned()),
        ];
        self.insert("b2chat_chats", &usual, said).await;
        for tag in tags {
            let (id, folded, tag) = (&row.sql, text(&analytics_sync::folded_tag(tag)), text(tag));
            let sql = format!("INSERT INTO b2chat_chat_tags (chat_id, tag_folded, tag) VALUES ({id}, {folded}, {tag})");
            self.0.run(&sql).await;
        }
        row
    }

    /// A message of a chat.
    pub async fn message(&self, chat: &Row, said: &[(&str, String)]) -> Row {
        let row = self.row("bms", said);
        let usual = [
            ("id", row.sql.clone()),
            ("chat_id", chat.sql.clone()),
            ("source_key", self.bytes(row.hex.as_bytes())),
            ("type", text("text")),
            ("source_type", text("TEXT")),
            ("incoming", self.flag(true)),
            ("broadcasted", self.flag(false)),
            ("media_state", text("none")),
            ("media_attempts", "0".to_owned()),
            ("sent_at", AT.to_owned()),
            ("last_sync_at", AT.to_owned()),
        ];
        self.insert("b2chat_messages", &usual, said).await;
        let more = format!("UPDATE b2chat_chats SET message_count = message_count + 1 WHERE id = {}", chat.sql);
        self.0.run(&more).await;
        row
    }

    /// A message whose image (or file) waits to be copied.
    pub async fn media(&self, chat: &Row, kind: &str, url: &str) -> Row {
        let said = [
            ("type", text(kind)),
            ("source_type", text(&kind.to_uppercase())),
            (if kind == "image" { "image_url" } else { "file_url" }, text(url)),
            ("media_state", text("waiting")),
            ("media_next_at", AT.to_owned()),
        ];
        self.message(chat, &said).await
    }
}
