//! What B2Chat tells of, as rows: for stories that are about what becomes of it and not about how it came.

use crate::coverage::sql::Sql;

/// When the first chat began.
pub const BEGAN: &str = "2026-03-29T00:30:00+00:00";

/// The tables of a company.
pub struct Rows<'a>(pub &'a Sql);

impl Rows<'_> {
    /// An id that ends in a number, in SQL.
    pub fn id(&self, number: u32) -> String {
        let hex = format!("0190a5f0000070008000{number:012x}");
        if self.0.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
    }

    fn flag(&self, yes: bool) -> &'static str {
        match (self.0.is_sqlite(), yes) {
            (true, true) => "1",
            (true, false) => "0",
            (false, true) => "true",
            (false, false) => "false",
        }
    }

    fn digest(&self) -> &'static str {
        if self.0.is_sqlite() { "x'00'" } else { "decode('00', 'hex')" }
    }

    /// Department 1 with department 2 below it, agents 1 (of 2) and 2, and contact 1.
    pub async fn people(&self, contact: &str) {
        let (yes, no, at) = (self.flag(true), self.flag(false), BEGAN);
        let (one, two) = (self.id(1), self.id(2));
        // As a path has it.
        let path = |number: u32| format!("0190a5f0000070008000{number:012x}/");
        for sql in [
            format!(
                "INSERT INTO b2chat_departments (id, code, code_derived, name, name_order, path, level, is_leaf, is_active, created_at, updated_at) \
                 VALUES ({one}, 'sales', {no}, 'Sales', 'sales', '{}', 0, {no}, {yes}, '{at}', '{at}')",
                path(1)
            ),
            format!(
                "INSERT INTO b2chat_departments (id, code, code_derived, name, name_order, parent_id, path, level, is_leaf, is_active, \
                    created_at, updated_at) VALUES ({two}, 'north', {no}, 'North', 'north', {one}, '{}{}', 1, {yes}, {yes}, '{at}', '{at}')",
                path(1),
                path(2)
            ),
            format!(
                "INSERT INTO b2chat_agents (id, b2chat_id, id_derived, name, name_order, email, department_id, is_active, is_deleted, \
                    created_at, updated_at) VALUES ({one}, 'bea', {no}, 'Bea', 'bea', 'bea@example.com', {two}, {yes}, {no}, '{at}', '{at}'), \
                    ({two}, 'cid', {no}, 'Cid', 'cid', NULL, NULL, {yes}, {no}, '{at}', '{at}')"
            ),
            format!(
                "INSERT INTO b2chat_contacts (id, b2chat_id, full_name, name_order, mobile, custom_attributes, tags, is_deleted, digest, \
                    created_at, updated_at) VALUES ({one}, 'c1', '{}', 'x', '+4915112345678', '{{}}', '[\"vip\",\"new\"]', {no}, {}, '{at}', \
                    '{at}')",
                contact.replace('\'', "''"),
                self.digest()
            ),
        ] {
            self.0.run(&sql).await;
        }
    }

    /// A chat of contact 1, told of by what differs: department and agent by number (0 for none), and seconds after [`BEGAN`].
    pub async fn chat(
        &self,
        number: u32,
        of: (u32, u32),
        topic: &str,
        [began, opened, response, closed]: [Option<i64>; 4],
    ) {
        let start = chrono::DateTime::parse_from_rfc3339(BEGAN).expect("an instant").to_utc();
        let at = |seconds: Option<i64>| match seconds {
            Some(seconds) => {
                format!("'{}+00:00'", (start + chrono::TimeDelta::seconds(seconds)).format("%Y-%m-%dT%H:%M:%S"))
            }
            None => "NULL".to_owned(),
        };
        let thing = |number: u32| if number == 0 { "NULL".to_owned() } else { self.id(number) };
        let status = if closed.is_some() { "closed" } else { "open" };
        self.0
            .run(&format!(
                "INSERT INTO b2chat_chats (id, b2chat_id, agent_id, contact_id, department_id, provider, source_provider, status, \
                    source_status, tags, priority, priority_order, topic, unread_count, created_at, opened_at, response_at, closed_at, \
                    unknown_fields, message_count, is_deleted, digest, sync_version) \
                 VALUES ({}, '{number}', {}, {}, {}, 'whatsapp', 'WHATSAPP', '{status}', '{}', '[]', 'normal', 2, '{}', 0, {}, {}, {}, {}, \
                    '{{}}', 1, {}, {}, 1)",
                self.id(number),
                thing(of.1),
                self.id(1),
                thing(of.0),
                status.to_uppercase(),
                topic.replace('\'', "''"),
                at(began.or(Some(0))),
                at(opened),
                at(response),
                at(closed),
                self.flag(false),
                self.digest()
            ))
            .await;
    }

    /// A message of a chat.
    pub async fn message(&self, number: u32, chat: u32, text: &str) {
        self.0
            .run(&format!(
                "INSERT INTO b2chat_messages (id, chat_id, source_key, text, type, source_type, incoming, broadcasted, media_state, \
                    media_attempts, sent_at) VALUES ({}, {}, {}, '{}', 'text', 'TEXT', {}, {}, 'none', 0, '{BEGAN}')",
                self.id(number),
                self.id(chat),
                self.digest(),
                text.replace('\'', "''"),
                self.flag(true),
                self.flag(false)
            ))
            .await;
    }

    /// So many chats at a second's distance.
    pub async fn many(&self, count: u32) {
        let (no, digest) = (self.flag(false), self.digest());
        let columns = "INSERT INTO b2chat_chats (id, b2chat_id, provider, source_provider, status, source_status, tags, priority, \
            priority_order, topic, unread_count, created_at, unknown_fields, message_count, is_deleted, digest, sync_version)";
        let values = format!(
            "'m' || n, 'telegram', 'TELEGRAM', 'open', 'OPENED', '[]', 'normal', 2, 'One of many', 0, '2026-02-01T00:00:00+00:00', '{{}}', 0, {no}, \
                {digest}, 1"
        );
        let sql = if self.0.is_sqlite() {
            format!(
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
                 {columns} SELECT randomblob(16), {values} FROM numbers"
            )
        } else {
            format!("{columns} SELECT gen_random_uuid(), {values} FROM generate_series(1, {count}) AS n")
        };
        self.0.run(&sql).await;
    }
}
