//! The synchronisation with B2Chat, as coverage needs it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::fixtures::{arguments, put};
use super::harness::{Home, Things, id};
use super::sdl::Root;
use crate::support::b2chat::B2chat;
use crate::support::chance;

/// `{}` as zstd packs it.
const BODY: &str = "28B52FFD20021100007B7D";
const MISSING: &str = "syr_0190a5f0000070008000000000000000";

/// The B2Chat of each server, by the server's base.
static STARTED: Mutex<BTreeMap<String, B2chat>> = Mutex::const_new(BTreeMap::new());

/// A B2Chat that the company of a server may connect.
async fn b2chat(home: &Home) -> B2chat {
    let mut started = STARTED.lock().await;
    let base = home.visitor.base().to_owned();
    if !started.contains_key(&base) {
        let b2chat = B2chat::start().await;
        let set = "mutation($key: String!, $value: JSON!) { setSetting(input: { key: $key, value: $value }) { errors { message } } }";
        home.admin.run(set, json!({ "key": "b2chat.api_url", "value": b2chat.url })).await.ok();
        started.insert(base.clone(), b2chat);
    }
    started[&base].clone()
}

/// What belongs to the synchronisation.
pub struct OfSync {
    /// A run that is over.
    pub run: String,
    /// An answer of it.
    pub answer: String,
    /// An agent.
    pub agent: String,
}

impl OfSync {
    /// Makes them. Nothing is connected, so that nothing is read while the tests count what there is.
    pub async fn make(home: &Home) -> Self {
        let ((run, run_row), (answer, answer_row), (agent, agent_row)) =
            (id(home, "syr"), id(home, "arl"), id(home, "bag"));
        insert(home, &run_row, &answer_row, "NULL").await;
        let (at, no) = ("'2026-01-01T00:00:00+00:00'", if home.is_sqlite() { "0" } else { "false" });
        let key = chance::name("agent");
        let yes = if home.is_sqlite() { "1" } else { "true" };
        home.sql
            .run(&format!(
                "INSERT INTO b2chat_agents (id, b2chat_id, id_derived, name, name_order, is_active, is_deleted, created_at, updated_at) \
                 VALUES ({agent_row}, '{key}', {no}, 'x', 'x', {yes}, {no}, {at}, {at})"
            ))
            .await;
        Self { run, answer, agent }
    }

    /// The one of a kind, by its prefix.
    pub fn of(&self, kind: &str) -> &str {
        match kind {
            "syr" => &self.run,
            _ => &self.answer,
        }
    }
}

async fn insert(home: &Home, run: &str, answer: &str, by: &str) {
    let at = "'2026-01-01T00:00:00+00:00'";
    let body = if home.is_sqlite() { format!("x'{BODY}'") } else { format!("decode('{BODY}', 'hex')") };
    for sql in [
        format!(
            "INSERT INTO sync_runs (id, entity, operation, status, started_by_id, from_day, to_day, time_zone, page_size, cursor_day, cursor_offset, \
                cursor_pass, pass_new, day_count, days_done, incomplete_days, record_count, created_count, changed_count, failed_count, worked_ms, \
                attempts, version, started_at, completed_at, updated_at) \
             VALUES ({run}, 'chats', 'manual', 'partial', {by}, '2026-01-01', '2026-01-01', 'UTC', 200, '2026-01-01', 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 5, \
                0, 1, {at}, {at}, {at})"
        ),
        format!(
            "INSERT INTO sync_checkpoints (id, run_id, entity, day, processed_records, successful_records, failed_records, failure_details, checkpoint, \
                status, created_at, updated_at, completed_at) \
             VALUES ({run}, {run}, 'chats', '2026-01-01', 1, 0, 1, '[]', 'x', 'failed', {at}, {at}, {at})"
        ),
        format!(
            "INSERT INTO sync_failures (id, run_id, day, record_id, message, created_at) VALUES ({run}, {run}, '2026-01-01', 'x', 'x', {at})"
        ),
        format!(
            "INSERT INTO api_response_logs (id, run_id, endpoint, request_params, status, raw_response, response_size, stored_size, record_count, \
                api_timestamp, created_at) \
             VALUES ({answer}, {run}, '/chats/export', '{{}}', 200, {body}, 2, 11, 0, {at}, {at})"
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// A run with what hangs on it, as rows of this id, by the person of it.
pub async fn rows(home: &Home, hex: &str) {
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    insert(home, &row, &row, &row).await;
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    let run = || json!({ "input": { "syncRunId": own.sync.run } });
    Some(match root.name.as_str() {
        "b2chatConnection" | "syncRuns" | "syncStates" | "apiResponseLogs" | "disconnectB2Chat" | "testB2Chat" => {
            json!({})
        }
        "syncRun" | "progress" => json!({ "id": own.sync.run }),
        "apiResponseLog" | "apiResponseBody" => json!({ "id": own.sync.answer }),
        "syncCoverage" => json!({ "from": "2026-01-01", "to": "2026-01-31", "entity": "CHATS" }),
        "previewRebuild" => json!({ "syncRunId": own.sync.run }),
        "connectB2Chat" => {
            json!({ "input": { "username": chance::name("user"), "password": chance::name("password") } })
        }
        "startSync" => {
            json!({ "input": { "entity": "CHATS", "operation": "MANUAL", "from": "2026-01-01", "to": "2026-01-01" } })
        }
        "refetchSyncDays" => json!({ "input": { "entity": "CHATS", "from": "2026-01-01", "to": "2026-01-01" } }),
        "pauseSync" | "resumeSync" | "cancelSync" | "rebuildFromRaw" => run(),
        "deleteB2ChatRecord" => json!({ "input": { "id": own.sync.agent, "reason": "A test" } }),
        "undeleteB2ChatRecord" => json!({ "input": { "id": own.sync.agent } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("syncRun", "id") | ("previewRebuild", "syncRunId") => &["syr"],
        ("progress", "id") => &["syr", "exp", "efb", "lim", "rtn", "pex", "era"],
        ("apiResponseLog" | "apiResponseBody", "id") => &["arl"],
        ("pauseSync" | "resumeSync" | "cancelSync" | "rebuildFromRaw", "input.syncRunId") => &["syr"],
        ("apiResponseLogs", "filter.syncRunId.eq" | "filter.syncRunId.in") => &["syr"],
        ("deleteB2ChatRecord" | "undeleteB2ChatRecord", "input.id") => &["bag", "bch", "bct"],
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "connectB2Chat" => vec![with("input.username", json!(" ")), with("input.password", json!(" "))],
        "disconnectB2Chat" | "testB2Chat" | "startSync" | "refetchSyncDays" => vec![arguments(root, own)],
        "pauseSync" | "resumeSync" | "cancelSync" | "rebuildFromRaw" => {
            vec![with("input.syncRunId", json!(MISSING)), arguments(root, own)]
        }
        "deleteB2ChatRecord" => {
            vec![with("input.reason", json!(" ")), with("input.id", json!("bch_0190a5f0000070008000000000000000"))]
        }
        "undeleteB2ChatRecord" => vec![with("input.id", json!("bct_0190a5f0000070008000000000000000"))],
        _ => return None,
    })
}

/// Arguments with which a change goes well; none for what is about something else.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    let hex = |text: &str| {
        let hex = text.rsplit('_').next().unwrap_or_default();
        if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
    };
    let connect = async || {
        let b2chat = b2chat(home).await;
        let held = json!({ "username": b2chat.username, "password": b2chat.password });
        let document = "mutation($input: ConnectB2ChatInput!) { connectB2Chat(input: $input) { connection { status } errors { message } } }";
        home.admin.run(document, json!({ "input": held })).await.ok();
        // What is under way would be another's.
        home.sql
            .run("UPDATE sync_runs SET status = 'cancelled', completed_at = started_at WHERE completed_at IS NULL")
            .await;
    };
    let stands = async |status: &str| {
        let over = if matches!(status, "paused" | "in_progress") { "NULL" } else { "started_at" };
        home.sql
            .run("UPDATE sync_runs SET status = 'cancelled', completed_at = started_at WHERE completed_at IS NULL")
            .await;
        let run = hex(&own.sync.run);
        home.sql
            .run(&format!("UPDATE sync_runs SET status = '{status}', completed_at = {over} WHERE id = {run}"))
            .await;
    };
    Some(match root.name.as_str() {
        "connectB2Chat" => {
            let b2chat = b2chat(home).await;
            json!({ "input": { "username": b2chat.username, "password": b2chat.password } })
        }
        "disconnectB2Chat" | "testB2Chat" | "startSync" | "refetchSyncDays" => {
            connect().await;
            arguments(root, own)
        }
        "pauseSync" | "cancelSync" => {
            stands("in_progress").await;
            arguments(root, own)
        }
        "resumeSync" => {
            stands("paused").await;
            arguments(root, own)
        }
        "rebuildFromRaw" => {
            connect().await;
            stands("partial").await;
            home.sql.run("UPDATE api_response_logs SET record_count = 1").await;
            arguments(root, own)
        }
        "deleteB2ChatRecord" | "undeleteB2ChatRecord" => {
            let agent = hex(&own.sync.agent);
            let set = match (root.name.as_str(), home.is_sqlite()) {
                ("deleteB2ChatRecord", sqlite) => {
                    format!("is_deleted = {}, deleted_at = NULL", if sqlite { "0" } else { "false" })
                }
                (_, sqlite) => format!("is_deleted = {}, deleted_at = created_at", if sqlite { "1" } else { "true" }),
            };
            home.sql.run(&format!("UPDATE b2chat_agents SET {set} WHERE id = {agent}")).await;
            arguments(root, own)
        }
        _ => return None,
    })
}
