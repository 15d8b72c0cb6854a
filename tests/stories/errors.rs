//! What goes wrong is in the log: without secrets, by kinds, told to who can do something about it, and resolved.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SIGN_IN, SOON};
use super::notification_channels::{company, local};
use super::roles::{colleague, make_role};
use crate::coverage::sql::Sql;
use crate::support::hook::Hook;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Backend, Client, Options, PATIENCE, both, chance, until};

const GROUPS: &str = "query Groups($filter: ErrorGroupFilter, $by: [ErrorGroupOrder!]) { errorGroups(first: 5, filter: $filter, orderBy: $by) { totalCount \
    nodes { id fingerprint source level code message count status firstSeenAt lastSeenAt resolvedAt reopenedAt alertedAt resolvedBy { id } \
        occurrences(first: 3) { totalCount nodes { id level message stackTrace requestId correlationId metadata user { id } group { id } } } } } }";
const LOGS: &str = "query Logs($filter: ErrorLogFilter) { errorLogs(filter: $filter) { totalCount nodes { id at level source code message \
    requestId correlationId metadata user { id } group { id status } } } }";
const RESOLVE: &str = "mutation($id: ID!) { resolveErrorGroup(input: { groupId: $id }) { group { id status resolvedAt resolvedBy { id } } \
    errors { code message path } } }";
const REOPEN: &str = "mutation($id: ID!) { reopenErrorGroup(input: { groupId: $id }) { group { id status reopenedAt } errors { code message path } } }";
const TOLD: &str = "{ notifications(first: 100) { nodes { type level body resourceId } } }";
const SLOW: &str = "query Slow($filter: SlowOperationFilter, $by: [SlowOperationOrder!]) { slowOperations(first: 5, filter: $filter, orderBy: $by) { \
    totalCount nodes { id at operation documentHash cost statements durationMs requestId user { id } } } }";
const SAVED: &str = "query Saved { savedReplies { nodes { id } } }";

/// A desk that looks for jobs every second, whoever put them there.
fn looking() -> Options {
    local().env("FRONTDESK_SWEEP_INTERVAL", "1s")
}

/// Puts a job there that no worker knows; with its last attempt before it.
async fn broken_job(sql: &Sql, kind: &str, attempts: i32) {
    let hex = chance::bytes::<16>().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let row = if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let at = "'2026-01-01T00:00:00+00:00'";
    sql.run(&format!(
        "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at) \
         VALUES ({row}, '{kind}', '{{}}', 'queued', {at}, {attempts}, {at})"
    ))
    .await;
}

async fn groups(who: &Person, filter: Value) -> Vec<Value> {
    let found = who.client.run(GROUPS, json!({ "filter": filter })).await.ok();
    found.list("errorGroups.nodes").to_vec()
}

/// Waits until errors of one source and code were counted so often.
async fn counted(who: &Person, source: &str, code: &str, count: i64) -> Value {
    until("the errors are counted", PATIENCE, async || {
        let found = groups(who, json!({ "source": { "eq": source }, "code": { "eq": code } })).await;
        found.into_iter().find(|group| group["count"].as_i64() >= Some(count))
    })
    .await
}

/// What somebody was told of a group, of a type.
async fn told(who: &Person, kind: &str, group: &str) -> usize {
    let found = who.client.run(TOLD, Value::Null).await.ok();
    found.list("notifications.nodes").iter().filter(|one| one["type"] == kind && one["resourceId"] == group).count()
}

/// Asks for what is not there for a moment.
async fn break_a_request(sql: &Sql, who: &Person, request: &str) -> Answer {
    sql.run("ALTER TABLE saved_replies RENAME TO saved_replies_away").await;
    let answer = who.client.header("x-request-id", request).run(SAVED, Value::Null).await;
    sql.run("ALTER TABLE saved_replies_away RENAME TO saved_replies").await;
    answer
}

/// The administrator of another company of the same installation.
async fn elsewhere(desk: &Desk) -> Client {
    desk.cli_ok(&["tenant", "create", "other", "--name", "Other", "--admin-email", ADMIN_EMAIL], ADMIN_PASSWORD);
    let web = desk.web.tenant("other");
    let signed_in =
        web.run(SIGN_IN, json!({ "input": { "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD } })).await.ok();
    web.bearer(&signed_in.string("signIn.session.accessToken"))
}

async fn open(backend: Backend) -> (Desk, Person, Sql) {
    let desk = Desk::open_with(backend, looking()).await;
    let admin = desk.admin().await;
    let sql = desk.sql().await;
    (desk, admin, sql)
}

both! {
    /// Jobs that are given up are one group of fatal errors: counted, some of them kept, told of once an hour, with no secret in any.
    async fn jobs_that_fail_are_counted_and_told_of_once_an_hour(backend) {
        let hook = Hook::start().await;
        let (desk, admin, sql) = open(backend).await;
        company(&admin, &hook.url("x")).await;
        for _ in 0..30 {
            broken_job(&sql, "broken.thing password=hunter2 of ada@example.com", 11).await;
        }
        let group = counted(&admin, "JOB", "INTERNAL_SERVER_ERROR", 30).await;
        let id = group["id"].as_str().expect("an id");
        assert_eq!((&group["level"], &group["status"], &group["count"]), (&json!("FATAL"), &json!("OPEN"), &json!(30)), "{group}");
        assert_eq!(group["occurrences"]["totalCount"], 20, "the rest of an hour is counted: {group}");
        let one = &group["occurrences"]["nodes"][0];
        assert_eq!((&one["metadata"]["attempt"], &one["metadata"]["givenUp"]), (&json!(12), &json!(true)), "{one}");
        assert_eq!((&one["group"]["id"], &one["user"]), (&json!(id), &Value::Null));
        let said = group["message"].as_str().expect("words");
        assert!(said.contains("broken.thing") && said.contains("no worker knows"), "{said}");
        for column in ["error_logs WHERE CAST(metadata AS text)", "error_logs WHERE message", "error_groups WHERE message"] {
            for secret in ["hunter2", "ada@example.com"] {
                assert_eq!(sql.number(&format!("SELECT count(*) FROM {column} LIKE '%{secret}%'")).await, 0, "{column} {secret}");
            }
        }

        // Of thirty within an hour people are told once, in their feed and through the channel, and not what it says.
        until("people are told", SOON, async || (told(&admin, "ERROR_ALERTED", id).await == 1).then_some(())).await;
        until("the channel is told", SOON, async || (!hook.posted().is_empty()).then_some(())).await;
        let card = hook.posted()[0].body.to_string();
        assert!(card.contains("Error that needs somebody") && !card.contains("broken.thing"), "{card}");

        // Within the hour nothing more is said; after it, once more.
        broken_job(&sql, "broken.thing password=hunter2 of ada@example.com", 11).await;
        counted(&admin, "JOB", "INTERNAL_SERVER_ERROR", 31).await;
        sql.run("UPDATE error_groups SET alerted_at = '2026-01-01T00:00:00+00:00'").await;
        broken_job(&sql, "broken.thing password=hunter2 of ada@example.com", 11).await;
        counted(&admin, "JOB", "INTERNAL_SERVER_ERROR", 32).await;
        until("people are told again", SOON, async || (told(&admin, "ERROR_ALERTED", id).await == 2).then_some(())).await;
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'error_group.alerted'").await, 2);

        // What will be tried again is an error that calls nobody.
        broken_job(&sql, "other.thing", 0).await;
        let other = until("it is noted", PATIENCE, async || {
            groups(&admin, json!({ "level": { "eq": "ERROR" } })).await.into_iter().next()
        })
        .await;
        assert!(other["alertedAt"].is_null() && other["message"].as_str().expect("words").starts_with("other.thing"), "{other}");
        let by_count = admin.client.run(GROUPS, json!({ "by": [{ "field": "COUNT" }] })).await.ok();
        assert_eq!(by_count.string("errorGroups.nodes.0.id"), id);

        // Another company knows nothing of it.
        let elsewhere = elsewhere(&desk).await;
        let theirs = elsewhere.run(GROUPS, Value::Null).await.ok();
        assert_eq!(theirs.data("errorGroups.totalCount"), &json!(0));
        let theirs = elsewhere.run("query($id: ID!) { errorGroup(id: $id) { id } }", json!({ "id": id })).await.ok();
        assert!(theirs.data("errorGroup").is_null());
    }

    /// A request that fails by a fault of ours is in the log with who asked, the request and the place; resolved and happening again, it is
    /// reopened, and people are told.
    async fn a_request_that_fails_is_resolved_and_reopened(backend) {
        let (desk, admin, sql) = open(backend).await;
        assert_eq!(break_a_request(&sql, &admin, "broken-1").await.error_code(), "INTERNAL_SERVER_ERROR");
        let group = counted(&admin, "API", "INTERNAL_SERVER_ERROR", 1).await;
        let id = group["id"].as_str().expect("an id").to_owned();
        assert_eq!((&group["level"], &group["status"]), (&json!("ERROR"), &json!("OPEN")));
        assert!(group["message"].as_str().expect("words").contains("saved_replies"), "{group}");
        let log = |request: &str| json!({ "filter": { "requestId": { "eq": request } } });
        let found = admin.client.run(LOGS, log("broken-1")).await.ok();
        let one = found.data("errorLogs.nodes.0");
        assert_eq!(found.data("errorLogs.totalCount"), &json!(1));
        assert_eq!((&one["user"]["id"], &one["group"]["id"]), (&json!(admin.id), &json!(id)));
        assert_eq!(one["metadata"], json!({ "transport": "http", "operation": "Saved", "path": "savedReplies" }));
        for filter in [
            json!({ "userId": { "eq": admin.id } }),
            json!({ "source": { "in": ["API", "JOB"] }, "level": { "ne": "WARN" } }),
            json!({ "correlationId": { "eq": one["correlationId"] } }),
            json!({ "groupId": { "eq": id }, "at": { "gte": "2026-01-01T00:00:00Z" } }),
        ] {
            let found = admin.client.run(LOGS, json!({ "filter": filter })).await.ok();
            assert_eq!(found.data("errorLogs.totalCount"), &json!(1), "{filter}");
        }

        // Who only reads does not resolve, and who has neither permission does not read.
        let role = make_role(&admin, "Watch", &["VIEW_ERROR_LOG"]).await;
        let sam = colleague(&desk, &admin, "sam", &role, json!({})).await;
        assert_eq!(groups(&sam, json!({ "status": { "eq": "OPEN" } })).await.len(), 1);
        assert_eq!(sam.client.run(RESOLVE, json!({ "id": id })).await.error_code(), "FORBIDDEN");
        let viewer = desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        assert_eq!(viewer.client.run(GROUPS, Value::Null).await.error_code(), "FORBIDDEN");
        assert_eq!(admin.client.run(REOPEN, json!({ "id": id })).await.user_errors("reopenErrorGroup")[0].code, "NOT_ALLOWED");

        let done = admin.client.run(RESOLVE, json!({ "id": id })).await.ok();
        let resolved = done.data("resolveErrorGroup.group");
        assert_eq!((&resolved["status"], &resolved["resolvedBy"]["id"]), (&json!("RESOLVED"), &json!(admin.id)));
        let again = admin.client.run(RESOLVE, json!({ "id": id })).await;
        assert_eq!(again.user_errors("resolveErrorGroup")[0].path, "input.groupId", "{again}");

        break_a_request(&sql, &admin, "broken-2").await;
        let group = counted(&admin, "API", "INTERNAL_SERVER_ERROR", 2).await;
        assert_eq!((&group["id"], &group["status"]), (&json!(id), &json!("REOPENED")), "{group}");
        for who in [&admin, &sam] {
            until("who sees it is told", SOON, async || (told(who, "ERROR_REOPENED", &id).await == 1).then_some(())).await;
        }
        assert_eq!(told(&viewer, "ERROR_REOPENED", &id).await, 0);
        admin.client.run(RESOLVE, json!({ "id": id })).await.ok();
        let taken_back = admin.client.run(REOPEN, json!({ "id": id })).await.ok();
        assert_eq!(taken_back.data("reopenErrorGroup.group.status"), &json!("REOPENED"));
        for (kind, count) in [("error_group.resolved", 2), ("error_group.reopened", 2), ("error_group.alerted", 0)] {
            let rows = sql.number(&format!("SELECT count(*) FROM audit_logs WHERE kind = '{kind}' AND success")).await;
            assert_eq!(rows, count, "{kind}");
        }
        assert_eq!(told(&sam, "ERROR_REOPENED", &id).await, 1, "what a person reopens is told to nobody");
    }

    /// What is given up elsewhere is in the log as well: an export that could not be made.
    async fn what_is_given_up_is_in_the_log(backend) {
        let mut desk = Desk::open_with(backend, looking().env("FRONTDESK_WORKERS", "off")).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["EXPORT_DATA", "VIEW_LEADS", "SEE_ASSIGNED"]).await;
        let sam = colleague(&desk, &admin, "sam", &role, json!({})).await;
        let input = json!({ "type": "LEADS", "format": "CSV", "options": { "columns": ["name"] } });
        super::exports::asked(&sam, input).await;
        desk.cli_ok(&["staff", "deactivate", "sam@example.com"], "");
        desk.server.restart_with(looking().env("FRONTDESK_WORKERS", "on")).await;
        let admin = desk.admin().await;
        let group = counted(&admin, "EXPORT", "export.failed", 1).await;
        assert_eq!((&group["count"], &group["level"]), (&json!(1), &json!("ERROR")), "{group}");
        assert!(group["message"].as_str().expect("words").contains("not active"), "{group}");
    }

    /// An operation that takes as long as the company's setting says is kept, with what it cost.
    async fn what_is_slow_is_kept(backend) {
        let (desk, admin, sql) = open(backend).await;
        let set = "mutation($ms: JSON!) { setSetting(input: { key: \"observability.slow_operation_ms\", value: $ms }) { errors { code } } }";
        assert_eq!(admin.client.run(set, json!({ "ms": 9 })).await.user_errors("setSetting").len(), 1);
        admin.client.run(set, json!({ "ms": 10 })).await.ok();
        // Hashing a password takes its time.
        let input = json!({ "input": { "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD } });
        let request = "slow-1";
        let filter = json!({ "operation": { "eq": "SignIn" }, "requestId": { "eq": request }, "durationMsFrom": 10 });
        let slow = until("it is noted", PATIENCE, async || {
            desk.web.header("x-request-id", request).run(SIGN_IN, input.clone()).await.ok();
            let found = admin.client.run(SLOW, json!({ "filter": filter, "by": [{ "field": "DURATION_MS" }] })).await.ok();
            found.list("slowOperations.nodes").first().cloned()
        })
        .await;
        let hash: String = kernel::crypto::sha256(SIGN_IN.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((&slow["documentHash"], &slow["user"]), (&json!(hash), &Value::Null), "{slow}");
        let number = |field: &str| slow[field].as_f64().expect("a number");
        assert!(number("durationMs") >= 10.0 && number("cost") > 0.0 && number("statements") > 0.0, "{slow}");
        let shorter = admin.client.run(SLOW, json!({ "filter": { "durationMsFrom": 600_000 } })).await.ok();
        assert_eq!(shorter.data("slowOperations.totalCount"), &json!(0));
        assert_eq!(sql.number("SELECT count(*) FROM slow_operations WHERE duration_ms < 10").await, 0);
        let viewer = desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        assert_eq!(viewer.client.run(SLOW, Value::Null).await.error_code(), "FORBIDDEN");
        let theirs = elsewhere(&desk).await.run(SLOW, Value::Null).await.ok();
        assert_eq!(theirs.data("slowOperations.totalCount"), &json!(0));
    }

    /// Errors are kept for 90 days, groups for as long after their newest, slow operations for 30.
    async fn what_is_old_is_removed(backend) {
        let desk = Desk::open_with(backend, looking().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let sql = desk.sql().await;
        let now = kernel::Source::system().now();
        let ago = |days: i64| format!("'{}'", (now - chrono::TimeDelta::days(days)).to_rfc3339());
        let row = |n: u8| if sql.is_sqlite() { format!("x'{:032x}'", u128::from(n)) } else { format!("'{:032x}'::uuid", u128::from(n)) };
        for (n, first, last) in [(1, 200, 1), (2, 200, 89)] {
            sql.run(&format!(
                "INSERT INTO error_groups (id, fingerprint, source, level, message, count, first_seen_at, last_seen_at, status, kept_since, \
                    kept_count) VALUES ({}, '{n}', 'job', 'error', 'x', 2, {}, {}, 'open', {}, 1)",
                row(n), ago(first), ago(last), ago(first)
            ))
            .await;
        }
        for (n, group, days) in [(1, 1, 91), (2, 2, 91), (3, 2, 89)] {
            sql.run(&format!(
                "INSERT INTO error_logs (id, group_id, at, level, source, message, created_at) VALUES ({}, {}, {}, 'error', 'job', 'x', {})",
                row(n), row(group), ago(days), ago(days)
            ))
            .await;
        }
        sql.run(&format!("UPDATE error_groups SET last_seen_at = {} WHERE fingerprint = '1'", ago(91))).await;
        for (n, days) in [(1, 31), (2, 29)] {
            sql.run(&format!(
                "INSERT INTO slow_operations (id, at, document_hash, cost, statements, duration_ms, request_id) VALUES ({}, {}, 'x', 1, 1, 1000, 'x')",
                row(n), ago(days)
            ))
            .await;
        }
        let left = "SELECT 10000 * (SELECT count(*) FROM error_groups WHERE fingerprint IN ('1', '2')) + 100 * (SELECT count(*) FROM error_logs \
            WHERE message = 'x') + (SELECT count(*) FROM slow_operations WHERE document_hash = 'x')";
        until("what is old is gone", PATIENCE, async || (sql.number(left).await == 10_101).then_some(())).await;
    }
}
