//! An error, its group and an operation that took long, as coverage needs them.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things, id};
use super::sdl::Root;
use crate::support::ADMIN_EMAIL;

/// What went wrong.
pub struct OfErrors {
    /// A kind of error.
    pub group: String,
    /// An error of that kind, of a request of the administrator's.
    pub log: String,
    /// An operation that took long.
    pub slow: String,
}

impl OfErrors {
    /// Makes them.
    pub async fn make(home: &Home) -> Self {
        let (group, row) = id(home, "erg");
        insert(home, &row, &group, &format!("(SELECT id FROM users WHERE email = '{ADMIN_EMAIL}')")).await;
        Self { log: group.replace("erg", "err"), slow: group.replace("erg", "slo"), group }
    }

    /// The one of a kind, by its prefix.
    pub fn of(&self, kind: &str) -> &str {
        match kind {
            "erg" => &self.group,
            "err" => &self.log,
            _ => &self.slow,
        }
    }
}

async fn insert(home: &Home, row: &str, name: &str, user: &str) {
    // Before whatever really is slow, or goes wrong, while the tests run.
    let (first, at) = ("'2026-01-01T00:00:00+00:00'", "'2126-01-01T00:00:00+00:00'");
    for sql in [
        format!(
            "INSERT INTO error_groups (id, fingerprint, source, level, code, message, count, first_seen_at, last_seen_at, status, \
                resolved_by_id, kept_since, kept_count) \
             VALUES ({row}, '{name}', 'job', 'error', 'PANIC', 'x', 1, {first}, {at}, 'open', {user}, {at}, 1)"
        ),
        format!(
            "INSERT INTO error_logs (id, group_id, at, level, source, code, message, user_id, request_id, correlation_id, created_at) \
             VALUES ({row}, {row}, {at}, 'error', 'job', 'PANIC', 'x', {user}, 'x', 'x', {at})"
        ),
        format!(
            "INSERT INTO slow_operations (id, at, document_hash, operation, cost, statements, duration_ms, user_id, request_id) \
             VALUES ({row}, {at}, 'x', 'Inbox', 1, 1, 1000, {user}, 'x')"
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// One of each as a row of this id, of the colleague of that id.
pub async fn rows(home: &Home, hex: &str) {
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    insert(home, &row, hex, &row).await;
}

/// Valid arguments with one's own things.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    Some(match root.name.as_str() {
        "errorGroups" | "errorLogs" | "slowOperations" => json!({}),
        "errorGroup" => json!({ "id": own.errors.group }),
        "resolveErrorGroup" | "reopenErrorGroup" => json!({ "input": { "groupId": own.errors.group } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("errorGroup", "id") | ("resolveErrorGroup" | "reopenErrorGroup", "input.groupId") => &["erg"],
        ("errorLogs", "filter.groupId.eq" | "filter.groupId.in") => &["erg"],
        ("errorLogs" | "slowOperations", "filter.userId.eq" | "filter.userId.in") => &["stf"],
        _ => return None,
    })
}

/// Arguments with which a mutation of a signed-in person is refused.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = || put(arguments(root, own), "input.groupId", json!("erg_0190a5f0000070008000000000000000"));
    matches!(root.name.as_str(), "resolveErrorGroup" | "reopenErrorGroup").then(|| vec![missing()])
}

/// Arguments with which a mutation goes well.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    let status = match root.name.as_str() {
        "resolveErrorGroup" => "open",
        "reopenErrorGroup" => "resolved",
        _ => return None,
    };
    home.sql
        .run(&format!("UPDATE error_groups SET status = '{status}' WHERE fingerprint = '{}'", own.errors.group))
        .await;
    Some(arguments(root, own))
}
