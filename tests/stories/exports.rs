//! Data are exported: made in the background as who asked sees them then, whole or not at all, there for a while and for nobody else.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::files::{id, kept, limit, path, used};
use super::leads::{make, wrong};
use super::roles::{colleague, make_role};
use crate::stories::export_rows::Rows;
use crate::support::{Answer, Options, PATIENCE, both, until};

const REQUEST: &str = "mutation Request($input: RequestExportInput!) { requestExport(input: $input) { export { id status fileName recordCount \
    downloadUrl requestedBy { id } } errors { code message path } } }";
const CANCEL: &str = "mutation Cancel($id: ID!) { cancelExport(input: { exportId: $id }) { export { id status } errors { code message path } } }";
const STATE: &str = "query($id: ID!) { export(id: $id) { status type format fileName recordCount rowsWritten totalCount size error downloadUrl \
    completedAt expiresAt } }";
const LIST: &str = "{ exports { totalCount nodes { id status downloadUrl } } }";
const TOLD: &str = "{ notifications(first: 50) { nodes { type body resourceId } } }";
/// Who may export leads, of which they see their own.
const OWN: &[&str] = &["EXPORT_DATA", "VIEW_LEADS", "SEE_ASSIGNED"];

pub async fn request(who: &Person, input: Value) -> Answer {
    who.client.run(REQUEST, json!({ "input": input })).await
}

/// Asks, which is granted; returns the export's id.
pub async fn asked(who: &Person, input: Value) -> String {
    request(who, input).await.ok().string("requestExport.export.id")
}

pub async fn see(who: &Person, export: &str) -> Value {
    who.client.run(STATE, json!({ "id": export })).await.ok().data("export").clone()
}

/// Waits until an export is over.
pub async fn over(who: &Person, export: &str) -> Value {
    until("the export is over", PATIENCE, async || {
        let found = see(who, export).await;
        (!found["completedAt"].is_null()).then_some(found)
    })
    .await
}

/// The path of the file of an export that is there.
#[track_caller]
pub fn link(export: &Value) -> String {
    path(export["downloadUrl"].as_str().unwrap_or_else(|| panic!("no file: {export}")))
}

/// Asks for a file and reads it.
pub async fn exported(desk: &Desk, who: &Person, input: Value) -> String {
    let done = over(who, &asked(who, input).await).await;
    assert_eq!(done["status"], "COMPLETED", "{done}");
    desk.web.get(&link(&done)).await.text
}

async fn told(who: &Person, export: &str) -> Vec<String> {
    let found = who.client.run(TOLD, Value::Null).await.ok();
    let of = found.list("notifications.nodes").iter().filter(|one| one["resourceId"] == export);
    of.map(|one| one["type"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A desk whose jobs wait, to be begun by [`work`].
async fn idle(backend: crate::support::Backend) -> Desk {
    Desk::open_with(
        backend,
        Options::new()
            .env("FRONTDESK_WORKERS", "off")
            .env("FRONTDESK_JOB_LEASE", "1s")
            .env("FRONTDESK_SWEEP_INTERVAL", "1s"),
    )
    .await
}

async fn work(desk: &mut Desk) {
    desk.server.restart_with(Options::new().env("FRONTDESK_WORKERS", "on")).await;
}

fn leads() -> Value {
    json!({ "type": "LEADS", "format": "CSV", "options": { "columns": ["name", "email"] } })
}

#[expect(clippy::disallowed_methods, reason = "who looks at a link has a clock of their own")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

both! {
    /// It is asked for, made, told of, downloaded, counted and on record; of nothing it is a file that says so.
    async fn a_file_is_asked_for_made_and_downloaded(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        make(&admin, json!({ "name": "Ada", "email": "ada@example.com" })).await;
        let granted = request(&admin, leads()).await.ok();
        let export = granted.string("requestExport.export.id");
        assert_eq!(granted.data("requestExport.export.requestedBy.id"), &json!(admin.id));
        let done = over(&admin, &export).await;
        assert_eq!(
            (&done["status"], &done["recordCount"], &done["rowsWritten"], &done["totalCount"], &done["error"]),
            (&json!("COMPLETED"), &json!(1), &json!(1), &json!(1), &Value::Null),
            "{done}"
        );
        let at = |field: &str| chrono::DateTime::parse_from_rfc3339(done[field].as_str().expect("an instant")).expect("an instant");
        assert_eq!((at("expiresAt") - at("completedAt")).num_hours(), 24);
        let file = desk.web.get(&link(&done)).await;
        assert_eq!((file.status, file.text.as_str()), (200, "name,email\r\nAda,ada@example.com\r\n"));
        assert!(file.header("content-disposition").contains(done["fileName"].as_str().expect("a name")));
        assert_eq!(json!(used(&admin).await), done["size"]);
        until("who asked is told", SOON, async || (told(&admin, &export).await == ["EXPORT_FINISHED"]).then_some(())).await;

        // Of nothing.
        let nothing = asked(&admin, json!({ "type": "CHATS", "format": "CSV", "options": { "columns": ["id", "status"] } })).await;
        let done = over(&admin, &nothing).await;
        assert_eq!((&done["status"], &done["recordCount"]), (&json!("COMPLETED"), &json!(0)));
        assert_eq!(desk.web.get(&link(&done)).await.text, "id,status\r\n");
        let says = until("it says so", SOON, async || {
            let found = admin.client.run(TOLD, Value::Null).await.ok();
            found.list("notifications.nodes").iter().find(|one| one["resourceId"] == json!(nothing)).cloned()
        })
        .await;
        assert!(says["body"].as_str().expect("words").contains("nothing to export"), "{says}");
        let list = admin.client.run(LIST, Value::Null).await.ok();
        let ids: Vec<_> = list.list("exports.nodes").iter().map(|one| one["id"].clone()).collect();
        assert_eq!(ids, [json!(nothing), json!(export)]);

        let sql = desk.sql().await;
        for (kind, rows) in [("export.requested", 2), ("export.finished", 2), ("data.export", 2)] {
            let count = format!("SELECT count(*) FROM audit_logs WHERE kind = '{kind}' AND success");
            assert_eq!(sql.number(&count).await, rows, "{kind}");
        }
        let taken = format!("SELECT count(*) FROM audit_logs WHERE kind = 'data.export' AND resource_id = {}", id(&sql, &export));
        assert_eq!(sql.number(&taken).await, 1);
    }

    /// What cannot be exported is refused where it stands, and nothing is half-written; no more than five wait.
    async fn what_is_no_export_is_refused(backend) {
        let desk = idle(backend).await;
        let admin = desk.admin().await;
        let csv = |kind: &str, more: Value| {
            let mut input = json!({ "type": kind, "format": "CSV" });
            input.as_object_mut().expect("fields").extend(more.as_object().cloned().unwrap_or_default());
            input
        };
        for (input, path, code) in [
            (csv("CHATS", json!({ "options": { "columns": ["id", "colour"] } })), "input.options.columns.1", "NOT_AVAILABLE"),
            (csv("CHATS", json!({ "options": { "columns": ["id", "id"] } })), "input.options.columns.1", "NOT_ALLOWED"),
            (csv("CHATS", json!({ "options": { "groupBy": "DAY" } })), "input.options.groupBy", "NOT_ALLOWED"),
            (csv("CUSTOM_REPORT", json!({ "options": { "groupBy": "DAY", "columns": ["topic"] } })), "input.options.columns.0", "NOT_AVAILABLE"),
            (csv("LEADS", json!({ "filter": { "includeDeleted": true } })), "input.filter.includeDeleted", "NOT_ALLOWED"),
            (csv("TICKETS", json!({ "filter": { "status": "OPEN" } })), "input.filter.status", "NOT_ALLOWED"),
            (csv("AGENTS", json!({ "filter": { "from": "2026-01-01T00:00:00Z" } })), "input.filter.from", "NOT_ALLOWED"),
            (csv("CHATS", json!({ "filter": { "from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z" } })), "input.filter.until", "NOT_ALLOWED"),
            (json!({ "type": "LEADS", "format": "XLSX", "options": { "byteOrderMark": true } }), "input.options.byteOrderMark", "NOT_ALLOWED"),
            (csv("CHATS", json!({ "options": { "columns": vec!["id"; 101] } })), "input.options.columns", "TOO_LONG"),
        ] {
            assert_eq!(wrong(&request(&admin, input.clone()).await, "requestExport"), (path.into(), code.into()), "{input}");
        }
        // A page is read by somebody.
        let sql = desk.sql().await;
        Rows(&sql).many(5_001).await;
        let refused = request(&admin, json!({ "type": "CHATS", "format": "PDF" })).await;
        assert_eq!(wrong(&refused, "requestExport"), ("input.format".into(), "TOO_LONG".into()));
        assert!(refused.user_errors("requestExport")[0].message.contains("use CSV"), "{refused}");
        assert_eq!(sql.number("SELECT (SELECT count(*) FROM exports) + (SELECT count(*) FROM jobs WHERE kind = 'analytics.make_export')").await, 0);
        for _ in 0..5 {
            asked(&admin, leads()).await;
        }
        assert_eq!(wrong(&request(&admin, leads()).await, "requestExport").1, "NOT_ALLOWED");
        assert_eq!(sql.count("exports").await, 5);
        // It takes the permission, and that of what is exported.
        let viewer = desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        assert_eq!(request(&viewer, leads()).await.error_code(), "FORBIDDEN");
        let role = make_role(&admin, "Exports", &["EXPORT_DATA"]).await;
        let sam = colleague(&desk, &admin, "sam", &role, json!({})).await;
        for kind in ["AGENTS", "CONTACTS", "CHATS", "MESSAGES", "LEADS", "TICKETS", "CUSTOM_REPORT"] {
            assert_eq!(request(&sam, csv(kind, json!({}))).await.error_code(), "FORBIDDEN", "{kind}");
        }
    }

    /// Who sees less gets less; whose export it is alone is given its file.
    async fn who_sees_less_gets_less(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", OWN).await;
        let sam = colleague(&desk, &admin, "sam", &role, json!({})).await;
        make(&admin, json!({ "name": "Ada", "email": "ada@example.com" })).await;
        make(&admin, json!({ "name": "Sam's", "email": "own@example.com", "ownerId": sam.id })).await;
        assert_eq!(exported(&desk, &admin, leads()).await.lines().count(), 3);
        assert_eq!(exported(&desk, &sam, leads()).await, "name,email\r\nSam's,own@example.com\r\n");
        let hers = asked(&admin, leads()).await;
        over(&admin, &hers).await;
        assert!(see(&sam, &hers).await.is_null());
        assert_eq!(wrong_or_code(&sam.client.run(CANCEL, json!({ "id": hers })).await), "NOT_FOUND");
        let own = sam.client.run(LIST, Value::Null).await.ok();
        assert_eq!(own.data("exports.totalCount"), &json!(1));
        // Who sees everybody's work sees that there is one, and is given only what is their own.
        let all = admin.client.run(LIST, Value::Null).await.ok();
        assert_eq!(all.data("exports.totalCount"), &json!(3));
        let sams = own.string("exports.nodes.0.id");
        for export in all.list("exports.nodes") {
            assert_eq!(export["downloadUrl"].is_null(), export["id"] == json!(sams), "{export}");
        }
        // A key that holds less than its person gets less, too.
        let key = "mutation { createApiKey(input: { name: \"Less\", permissions: [EXPORT_DATA, VIEW_LEADS] }) { key errors { code } } }";
        let key = admin.client.run(key, Value::Null).await.ok().string("createApiKey.key");
        let robot = Person { client: desk.web.bearer(&key), ..admin.clone() };
        assert_eq!(exported(&desk, &robot, leads()).await, "name,email\r\n");
    }

    /// It is made as who asked sees things then: what they may do no more is not done for them, and it says why.
    async fn a_permission_taken_away_before_it_is_made(backend) {
        let mut desk = idle(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", OWN).await;
        let sam = colleague(&desk, &admin, "sam", &role, json!({})).await;
        make(&admin, json!({ "name": "Sam's", "email": "own@example.com", "ownerId": sam.id })).await;
        let export = asked(&sam, leads()).await;
        let gone = colleague(&desk, &admin, "gone", &role, json!({})).await;
        let theirs = asked(&gone, leads()).await;
        desk.cli_ok(&["staff", "deactivate", "gone@example.com"], "");
        let less = "mutation($id: ID!) { updateRole(input: { roleId: $id, permissions: [EXPORT_DATA, SEE_ASSIGNED] }) { errors { message } } }";
        admin.client.run(less, json!({ "id": role })).await.ok();
        work(&mut desk).await;
        let done = over(&sam, &export).await;
        assert_eq!((&done["status"], &done["recordCount"], &done["downloadUrl"]), (&json!("FAILED"), &Value::Null, &Value::Null));
        assert!(done["error"].as_str().expect("words").contains("VIEW_LEADS"), "{done}");
        until("who asked is told", SOON, async || (told(&sam, &export).await == ["EXPORT_FAILED"]).then_some(())).await;
        let done = over(&admin, &theirs).await;
        assert!(done["error"].as_str().expect("words").contains("not active"), "{done}");
        assert_eq!(kept(&desk.server).len(), 0);
    }

    /// A process that is killed while it makes one leaves none; another makes it anew, whole and once.
    async fn a_process_is_killed_while_it_is_made(backend) {
        let mut desk = idle(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        Rows(&sql).many(60_000).await;
        let export = asked(&admin, json!({ "type": "CHATS", "format": "CSV", "options": { "columns": ["b2chat_id"] } })).await;
        work(&mut desk).await;
        until("it is being made", PATIENCE, async || {
            let found = see(&admin, &export).await;
            (found["rowsWritten"].as_i64().unwrap_or_default() > 0).then_some(())
        })
        .await;
        desk.server.kill9().await;
        desk.server.restart().await;
        let idle = megabytes(&desk, "VmRSS:");
        let done = over(&admin, &export).await;
        assert_eq!((&done["status"], &done["recordCount"]), (&json!("COMPLETED"), &json!(60_000)));
        // However many rows there are, a batch of them is in memory. A process that just began takes about 60 MB beside that for its
        // first work: what it runs is read in, and each connection keeps some pages. All rows at once would take as much again.
        let most = megabytes(&desk, "VmHWM:");
        assert!(most - idle < 96, "{idle} MB before, {most} MB at most");
        let text = desk.web.get(&link(&done)).await.text;
        let mut rows: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(rows.len(), 60_000);
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), 60_000, "each once");
        assert_eq!(json!(used(&admin).await), done["size"]);
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'export.finished'").await, 1);
    }

    /// One that was taken back is not made, and nothing of it is left.
    async fn an_export_is_taken_back(backend) {
        let mut desk = idle(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let waits = asked(&admin, leads()).await;
        let taken = admin.client.run(CANCEL, json!({ "id": waits })).await.ok();
        assert_eq!(taken.string("cancelExport.export.status"), "CANCELLED");
        assert_eq!(wrong(&admin.client.run(CANCEL, json!({ "id": waits })).await, "cancelExport").0, "input.exportId");
        Rows(&sql).many(60_000).await;
        let large = asked(&admin, json!({ "type": "CHATS", "format": "CSV" })).await;
        work(&mut desk).await;
        until("it is being made", PATIENCE, async || {
            let found = see(&admin, &large).await;
            (found["rowsWritten"].as_i64().unwrap_or_default() > 0).then_some(())
        })
        .await;
        admin.client.run(CANCEL, json!({ "id": large })).await.ok();
        until("nobody makes it any more", PATIENCE, async || {
            (sql.number("SELECT count(*) FROM jobs WHERE kind = 'analytics.make_export'").await == 0).then_some(())
        })
        .await;
        for export in [&waits, &large] {
            let found = see(&admin, export).await;
            assert_eq!((&found["status"], &found["downloadUrl"], &found["recordCount"]), (&json!("CANCELLED"), &Value::Null, &Value::Null));
        }
        assert_eq!((kept(&desk.server).len(), used(&admin).await), (0, 0.0));
    }

    /// A file ends, whoever has its link, and takes no room any more; what it was stays on record for 90 days.
    async fn a_file_ends(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let hours = "mutation { setSetting(input: { key: \"exports.expire_hours\", scope: SYSTEM, value: 2 }) { errors { message } } }";
        admin.client.run(hours, Value::Null).await.ok();
        let export = asked(&admin, leads()).await;
        let done = over(&admin, &export).await;
        let at = |field: &str| chrono::DateTime::parse_from_rfc3339(done[field].as_str().expect("an instant")).expect("an instant");
        assert_eq!((at("expiresAt") - at("completedAt")).num_hours(), 2);
        let old = link(&done);
        assert_eq!(desk.web.get(&old).await.status, 200);
        let sql = desk.sql().await;
        let row = id(&sql, &export);
        sql.run(&format!("UPDATE exports SET expires_at = '2026-01-01T00:00:00+00:00' WHERE id = {row}")).await;
        let ended = see(&admin, &export).await;
        assert_eq!((&ended["status"], &ended["downloadUrl"], &ended["recordCount"]), (&json!("EXPIRED"), &Value::Null, &json!(0)));
        until("it takes no room", SOON, async || (used(&admin).await == 0.0).then_some(())).await;
        assert_eq!(desk.web.get(&old).await.status, 404);
        assert_eq!(see(&admin, &export).await["status"], "EXPIRED");
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'export.expired'").await, 1);
        sql.run(&format!("UPDATE exports SET created_at = '2026-01-01T00:00:00+00:00' WHERE id = {row}")).await;
        until("its row goes", SOON, async || (sql.count("exports").await == 0).then_some(())).await;
    }

    /// A link ends with the file, where that is sooner than links end: also before anything is cleaned up. Then the bytes go.
    async fn a_link_ends_with_the_file(backend) {
        let mut desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let export = asked(&admin, leads()).await;
        over(&admin, &export).await;
        let sql = desk.sql().await;
        let end = now() + chrono::TimeDelta::seconds(6);
        let row = id(&sql, &export);
        sql.run(&format!("UPDATE exports SET expires_at = '{}' WHERE id = {row}", end.format("%Y-%m-%dT%H:%M:%S%.6f+00:00"))).await;
        let link = link(&see(&admin, &export).await);
        assert_eq!(desk.web.get(&link).await.status, 200);
        until("the link ends", SOON, async || (desk.web.get(&link).await.status == 404).then_some(())).await;
        // A link ends with a whole second.
        assert!(now() >= end - chrono::TimeDelta::seconds(1), "not before its time");
        let ended = until("so does the file", SOON, async || {
            let found = see(&admin, &export).await;
            (found["status"] == "EXPIRED").then_some(found)
        })
        .await;
        assert_eq!(ended["downloadUrl"], Value::Null);
        assert_eq!(kept(&desk.server).len(), 1, "nothing was cleaned up yet");
        desk.server.restart_with(Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        until("its bytes go", SOON, async || kept(&desk.server).is_empty().then_some(())).await;
        assert_eq!((used(&admin).await, desk.web.get(&link).await.status), (0.0, 404));
    }

    /// Where there is no room, it says so, and nothing is left; with room again another is made.
    async fn there_is_no_room_for_a_file(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        make(&admin, json!({ "name": "Ada", "email": "ada@example.com" })).await;
        limit(&desk, 20).await;
        let full = until("the limit is known", SOON, async || {
            let export = asked(&admin, leads()).await;
            let done = over(&admin, &export).await;
            (done["status"] == "FAILED").then_some(done)
        })
        .await;
        assert!(full["error"].as_str().expect("words").contains("no room"), "{full}");
        limit(&desk, 1_000_000).await;
        until("there is room", SOON, async || {
            let done = over(&admin, &asked(&admin, leads()).await).await;
            (done["status"] == "COMPLETED").then_some(())
        })
        .await;
    }
}

/// A line of what the kernel says of the server's memory.
fn megabytes(desk: &Desk, line: &str) -> i64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", desk.server.pid())).expect("it runs");
    let found = status.lines().find_map(|one| one.strip_prefix(line)).and_then(|rest| rest.split_whitespace().next());
    found.and_then(|kilobytes| kilobytes.parse::<i64>().ok()).expect("a number") / 1024
}

/// The code of an error, wherever it stands.
fn wrong_or_code(answer: &Answer) -> String {
    match answer.errors() {
        [] => wrong(answer, "cancelExport").1,
        _ => answer.error_code().to_owned(),
    }
}
