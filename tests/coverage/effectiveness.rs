//! Analyses of chats, as coverage needs them. The chats are put into the tables: B2Chat tells of them.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;
use super::sql::Sql;
use crate::support::chance;

/// Chats, analyses and batches.
pub struct Effectiveness {
    department: String,
    agent: String,
    chat: String,
    analysis: String,
    running: String,
    stopped: String,
}

/// An id of a row, as SQL has it.
fn row(sql: &Sql, hex: &str) -> String {
    if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
}

/// A new id.
fn fresh() -> String {
    let digits: String = chance::name("").bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("0190a5f000007000{:0>16}", &digits[digits.len().saturating_sub(15)..])
}

fn bytes(sql: &Sql, hex: &str) -> String {
    if sql.is_sqlite() { format!("x'{hex}'") } else { format!("decode('{hex}', 'hex')") }
}

/// A department and an agent of this id.
pub async fn put_agent(sql: &Sql, hex: &str) {
    let (id, at) = (row(sql, hex), "'2026-01-01T00:00:00+00:00'");
    let (yes, no) = ("(1 = 1)", "(1 = 0)");
    for sql_text in [
        format!(
            "INSERT INTO b2chat_departments (id, code, code_derived, name, name_order, path, level, is_leaf, is_active, created_at, \
                updated_at) VALUES ({id}, '{hex}', {no}, 'Care', 'care', '{hex}/', 0, {yes}, {yes}, {at}, {at})"
        ),
        format!(
            "INSERT INTO b2chat_agents (id, b2chat_id, id_derived, name, name_order, department_id, is_active, is_deleted, created_at, \
                updated_at) VALUES ({id}, '{hex}', {no}, 'Agent {hex}', 'agent {hex}', {id}, {yes}, {no}, {at}, {at})"
        ),
    ] {
        sql.run(&sql_text).await;
    }
}

/// A chat of this id that the agent of that one has, closed after it was answered in a minute; what begins with `>` is the company's.
pub async fn put_chat(sql: &Sql, hex: &str, agent: &str, lines: &[&str]) {
    let (id, agent, no) = (row(sql, hex), row(sql, agent), "(1 = 0)");
    let digest = bytes(sql, &"00".repeat(32));
    let chat = format!(
        "INSERT INTO b2chat_chats (id, b2chat_id, agent_id, department_id, provider, source_provider, status, source_status, tags, \
            priority, priority_order, unread_count, created_at, opened_at, response_at, closed_at, unknown_fields, message_count, \
            is_deleted, digest, sync_version) \
         VALUES ({id}, '{hex}', {agent}, {agent}, 'whatsapp', 'whatsapp', 'closed', 'CLOSED', '[]', 'normal', 2, 0, \
            '2026-01-01T10:00:00+00:00', '2026-01-01T10:00:00+00:00', '2026-01-01T10:01:00+00:00', '2026-01-01T11:00:00+00:00', '{{}}', \
            {count}, {no}, {digest}, 1)",
        count = lines.len(),
    );
    sql.run(&chat).await;
    for (n, line) in lines.iter().enumerate() {
        let own = format!("{:032x}", u128::from_str_radix(hex, 16).expect("an id") + ((n as u128 + 1) << 64));
        let incoming = if line.starts_with('>') { no } else { "(1 = 1)" };
        let text = line.trim_start_matches("> ").replace('\'', "''");
        let message = format!(
            "INSERT INTO b2chat_messages (id, chat_id, source_key, text, type, source_type, incoming, broadcasted, media_state, \
                media_attempts, sent_at) VALUES ({}, {id}, {}, '{text}', 'text', 'TEXT', {incoming}, {no}, 'none', 0, \
                '2026-01-01T10:{n:02}:00+00:00')",
            row(sql, &own),
            bytes(sql, &own),
        );
        sql.run(&message).await;
    }
}

/// A batch of this id in this state, of which one chat is left and which nobody is at.
async fn put_batch(sql: &Sql, hex: &str, state: &str) {
    let (id, at) = (row(sql, hex), "'2026-01-01T00:00:00+00:00'");
    let finished = if state == "running" { "NULL" } else { at };
    let batch = format!(
        "INSERT INTO effectiveness_batches (id, state, provider, filter, again, total_count, done_count, cached_count, failed_count, \
            spent_tokens, reserved_tokens, cost_micros, version, created_at, updated_at, finished_at) \
         VALUES ({id}, '{state}', 'builtin', '{{}}', (1 = 0), 1, 0, 0, 0, 0, 0, 0, 1, {at}, {at}, {finished})"
    );
    sql.run(&batch).await;
}

impl Effectiveness {
    /// Makes them.
    pub async fn make(home: &Home, b2chat: &super::b2chat::OfB2Chat) -> Self {
        let (agent, chat, running, stopped) = (fresh(), fresh(), fresh(), fresh());
        put_agent(&home.sql, &agent).await;
        put_chat(&home.sql, &chat, &agent, &["Hello?", "> Hello.", "Thanks"]).await;
        put_batch(&home.sql, &running, "running").await;
        put_batch(&home.sql, &stopped, "cancelled").await;
        let analyse =
            "mutation($id: ID!) { analyseChat(input: { chatId: $id }) { analysis { id } errors { message } } }";
        let asked = home.admin.run(analyse, json!({ "id": format!("bch_{chat}") })).await.ok();
        let own = |id: &str| row(&home.sql, id.rsplit('_').next().unwrap_or_default());
        // It counts as one of the chat that all else is about.
        let of_batch = format!(
            "UPDATE effectiveness_analyses SET batch_id = {}, chat_id = {}, agent_id = {}, department_id = {}",
            row(&home.sql, &running),
            own(&b2chat.chat),
            own(&b2chat.agent),
            own(&b2chat.department),
        );
        home.sql.run(&of_batch).await;
        Self {
            department: format!("bdp_{agent}"),
            agent: format!("bag_{agent}"),
            chat: format!("bch_{chat}"),
            analysis: asked.string("analyseChat.analysis.id"),
            running: format!("efb_{running}"),
            stopped: format!("efb_{stopped}"),
        }
    }

    /// The one of a kind, by its prefix.
    pub fn of(&self, kind: &str) -> &str {
        match kind {
            "efa" => &self.analysis,
            "efb" => &self.running,
            "bdp" => &self.department,
            "bag" => &self.agent,
            _ => &self.chat,
        }
    }
}

/// One of each as rows of this id, of the colleague and the chat of that id.
pub async fn rows(home: &Home, hex: &str) {
    let sql = &home.sql;
    put_batch(sql, hex, "done").await;
    let (id, at) = (row(sql, hex), "'2026-01-01T00:00:00+00:00'");
    for text in [
        format!("UPDATE effectiveness_batches SET created_by_id = {id}, failed_count = 1 WHERE id = {id}"),
        format!(
            "INSERT INTO effectiveness_batch_chats (batch_id, chat_id, state, attempts, reserved_tokens, failure) \
             VALUES ({id}, {id}, 'failed', 1, 0, 'refused')"
        ),
        format!(
            "INSERT INTO effectiveness_analyses (id, chat_id, agent_id, department_id, user_id, actor_kind, batch_id, \
                effectiveness_score, response_time_score, resolution_score, provider, analyzed_messages, analysis_data, created_at) \
             VALUES ({id}, {id}, {id}, {id}, {id}, 'person', {id}, 50, 100, 50, 'builtin', 2, '{{}}', {at})"
        ),
    ] {
        sql.run(&text).await;
    }
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    let of = |kind: &str| own.effectiveness.of(kind).to_owned();
    Some(match root.name.as_str() {
        "effectivenessAnalysis" => json!({ "id": of("efa") }),
        "effectivenessBatch" => json!({ "id": of("efb") }),
        "effectivenessAnalyses" | "effectivenessBatches" => json!({}),
        "effectivenessByAgent" => {
            json!({ "from": "2026-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z", "departmentId": of("bdp") })
        }
        "analyseChat" => json!({ "input": { "chatId": of("bch"), "again": true } }),
        "analyseChats" => json!({ "input": { "filter": { "agentId": of("bag") }, "again": true, "limit": 1 } }),
        "cancelEffectivenessBatch" => json!({ "input": { "batchId": of("efb") } }),
        "resumeEffectivenessBatch" => json!({ "input": { "batchId": own.effectiveness.stopped } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place.trim_end_matches(".eq").trim_end_matches(".in")) {
        ("effectivenessAnalysis", "id") => &["efa"],
        ("effectivenessBatch", "id") => &["efb"],
        ("cancelEffectivenessBatch" | "resumeEffectivenessBatch", "input.batchId") => &["efb"],
        ("effectivenessAnalyses", "filter.batchId") => &["efb"],
        ("effectivenessAnalyses", "filter.chatId") | ("analyseChat", "input.chatId") => &["bch"],
        ("effectivenessAnalyses", "filter.agentId") | ("analyseChats", "input.filter.agentId") => &["bag"],
        ("effectivenessAnalyses", "filter.departmentId")
        | ("analyseChats", "input.filter.departmentId")
        | ("effectivenessByAgent", "departmentId") => &["bdp"],
        _ => return None,
    })
}

/// Arguments with which a change of these goes well; none where that needs nothing special.
pub async fn going_well(root: &Root, home: &Home) -> Option<Value> {
    let state = match root.name.as_str() {
        "cancelEffectivenessBatch" => "running",
        "resumeEffectivenessBatch" => "cancelled",
        _ => return None,
    };
    let batch = fresh();
    put_batch(&home.sql, &batch, state).await;
    Some(json!({ "input": { "batchId": format!("efb_{batch}") } }))
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = |kind: &str| json!(format!("{kind}_0190a5f0000070008000000000000000"));
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "analyseChat" => vec![with("input.chatId", missing("bch")), with("input.provider", json!("ANTHROPIC"))],
        "analyseChats" => vec![
            with("input.limit", json!(0)),
            with("input.budget", json!(0)),
            with("input.filter.departmentId", missing("bdp")),
            with("input.filter.agentId", missing("bag")),
            with("input.provider", json!("ANTHROPIC")),
        ],
        "cancelEffectivenessBatch" => {
            vec![with("input.batchId", missing("efb")), with("input.batchId", json!(own.effectiveness.stopped))]
        }
        "resumeEffectivenessBatch" => {
            vec![with("input.batchId", missing("efb")), with("input.batchId", json!(own.effectiveness.running))]
        }
        _ => return None,
    })
}
