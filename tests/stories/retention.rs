//! How long rows are kept: counted, archived, removed, read back, held, and whatever happens on the way nothing lost.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::files::id;
use crate::coverage::sql::Sql;
use crate::support::{Answer, Options, PATIENCE, both, chance, until};

const STATE: &str = "query($id: ID!) { retentionRun(id: $id) { status isDryRun error rowsDue rowsHeld rowsRemoved rowsArchived bytes \
    finishedAt requestedBy { id } steps { policy rowsDue rowsHeld oldestAt newestAt rowsRemoved rowsArchived archivesCreated \
    archivesRemoved archivesHeld isOver } } }";
const SET: &str = "mutation($input: SetRetentionPolicyInput!) { setRetentionPolicy(input: $input) { policy { name hotDays totalDays action \
    isEnabled isDefault floorDays setting } errors { code message path } } }";
const ARCHIVES: &str = "query($table: String!) { archives(first: 100, filter: { table: { eq: $table } }, orderBy: { field: CREATED_AT, \
    direction: ASC }) { totalCount nodes { id path rowCount firstAt lastAt firstSequence lastSequence size sha256 removedAt } } }";
const SETTING: &str = "mutation($key: String!, $value: JSON!) { setSetting(input: { key: $key, value: $value }) { errors { code message } } }";

/// Asks for a run, or with a `preview` for its count.
pub async fn ask(who: &Person, field: &str, policies: &[&str]) -> Answer {
    let input = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let document = format!(
        "mutation($input: {input}!) {{ {field}(input: $input) {{ run {{ id }} errors {{ code message path }} }} }}"
    );
    who.client.run(&document, json!({ "input": { "policies": policies } })).await
}

/// Stops a run, lets it go on, or ends it.
async fn tell(who: &Person, field: &str, run: &str) -> Answer {
    let input = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let document = format!(
        "mutation($input: {input}!) {{ {field}(input: $input) {{ run {{ status }} errors {{ code message path }} }} }}"
    );
    who.client.run(&document, json!({ "input": { "runId": run } })).await
}

pub async fn state(who: &Person, run: &str) -> Value {
    who.client.run(STATE, json!({ "id": run })).await.ok().data("retentionRun").clone()
}

/// Waits until a run has come to this.
pub async fn comes_to(who: &Person, run: &str, status: &str) -> Value {
    until(&format!("the run is {status}"), PATIENCE, async || {
        let found = state(who, run).await;
        (found["status"] == status).then_some(found)
    })
    .await
}

/// Has policies counted or carried out, and waits for it.
pub async fn done(who: &Person, field: &str, policies: &[&str]) -> Value {
    let run = ask(who, field, policies).await.ok().string(&format!("{field}.run.id"));
    comes_to(who, &run, "COMPLETED").await
}

pub async fn set(who: &Person, input: Value) -> Answer {
    who.client.run(SET, json!({ "input": input })).await
}

async fn setting(who: &Person, key: &str, value: Value) {
    who.client.run(SETTING, json!({ "key": key, "value": value })).await.ok();
}

/// What was said against an input: the field and the words.
#[track_caller]
fn against(answer: &Answer, field: &str) -> (String, String, String) {
    let error = &answer.json["data"][field]["errors"][0];
    let path: Vec<_> = error["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (path.join("."), text("code"), text("message"))
}

/// So many days ago, in the words of both databases.
pub fn ago(sql: &Sql, days: &str) -> String {
    match sql.is_sqlite() {
        true => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-' || ({days}) || ' days')"),
        false => format!("now() - ({days}) * interval '1 day'"),
    }
}

/// So many events of the website of two years ago, of a visitor; each has its number as its page.
pub async fn events(sql: &Sql, rows: usize, visitor: Option<&str>) {
    let visitor = visitor.map_or("NULL".to_owned(), |visitor| id(sql, visitor));
    let (new, series, old) = match sql.is_sqlite() {
        true => (
            "randomblob(16)",
            format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"),
            ago(sql, "730 + i / 1000.0"),
        ),
        false => (
            "gen_random_uuid()",
            format!("WITH n AS (SELECT generate_series(1, {rows}) AS i)"),
            ago(sql, "730 + i / 1000.0"),
        ),
    };
    sql.run(&format!(
        "{series} INSERT INTO analytics_events (id, visitor_id, event_type, page_url, created_at) \
         SELECT {new}, {visitor}, 'page_view', 'https://example.com/' || i, {old} FROM n"
    ))
    .await;
}

/// The ids of all events, without hyphens.
async fn event_ids(sql: &Sql) -> BTreeSet<String> {
    let id = if sql.is_sqlite() { "lower(hex(id))" } else { "replace(id::text, '-', '')" };
    sql.texts(&format!("SELECT {id} FROM analytics_events")).await.into_iter().collect()
}

/// The rows of all archives of a table, as the command prints them.
pub fn read_back(desk: &Desk, table: &str) -> Vec<Value> {
    let printed = desk.cli_ok(&["archive", "read", "--table", table], "");
    printed.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// The ids of rows that were read back, without hyphens.
pub fn ids_of(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().expect("an id").replace('-', "")).collect()
}

pub async fn archives(who: &Person, table: &str) -> Vec<Value> {
    who.client.run(ARCHIVES, json!({ "table": table })).await.ok().list("archives.nodes").to_vec()
}

/// What somebody was told of a run.
async fn told(who: &Person, run: &str) -> Vec<String> {
    let found = who.client.run("{ notifications(first: 50) { nodes { type resourceId } } }", Value::Null).await.ok();
    let of = found.list("notifications.nodes").iter().filter(|one| one["resourceId"] == run);
    of.map(|one| one["type"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn desk(backend: crate::support::Backend) -> Desk {
    let quick = Options::new().env("FRONTDESK_SWEEP_INTERVAL", "1s").env("FRONTDESK_JOB_LEASE", "1s");
    Desk::open_with(backend, quick).await
}

both! {
    /// Rows of the trail are archived in the order of the chain and read back as they were; the chain is proved here and there; one
    /// byte changed is refused by name.
    async fn the_trail_is_archived_and_read_back(backend) {
        let desk = desk(backend).await;
        let admin = desk.admin().await;
        for name in ["Ada", "Bob", "Cleo"] {
            desk.message(name, "Hello").await;
        }
        let sql = desk.sql().await;
        setting(&admin, "retention.audit_floor_days", json!(30)).await;
        set(&admin, json!({ "policy": "audit_logs", "hotDays": 0, "totalDays": 30 })).await.ok();
        let sealed = async || (sql.count("audit_logs").await == sql.count("audit_chain").await).then_some(());
        until("all is sealed", SOON, sealed).await;
        let rows = "SELECT c.sequence || ' ' || a.kind FROM audit_chain c JOIN audit_logs a ON a.id = c.audit_log_id ORDER BY c.sequence";
        let before = sql.texts(rows).await;
        let run = done(&admin, "runRetention", &["audit_logs"]).await;
        assert!(run["rowsRemoved"].as_u64().is_some_and(|rows| rows as usize >= before.len()), "{run}");
        assert_eq!((&run["rowsRemoved"], &run["rowsRemoved"]), (&run["rowsArchived"], &run["rowsDue"]), "{run}");

        let back = read_back(&desk, "audit_logs");
        let shown = |row: &Value| format!("{} {}", row["sequence"], row["row"]["kind"].as_str().expect("a name"));
        assert_eq!(back.len() as u64, run["rowsRemoved"].as_u64().expect("a number"));
        assert_eq!(back.iter().take(before.len()).map(shown).collect::<Vec<_>>(), before, "as they were, in their order");
        assert!(back.iter().all(|row| row["row"]["actor_email"].is_null()), "what is sealed stays sealed");
        let first = sql.number("SELECT min(sequence) FROM audit_chain").await;
        assert_eq!(first, back.len() as i64 + 1, "what is not there is here");
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
        assert!(desk.cli_ok(&["audit", "verify", "--all"], "").starts_with("whole: "));

        // A second one goes on behind the first, and the chain leads from one to the other.
        let again = done(&admin, "runRetention", &["audit_logs"]).await;
        let both = read_back(&desk, "audit_logs");
        assert_eq!(both.len() as u64, run["rowsRemoved"].as_u64().expect("a number") + again["rowsRemoved"].as_u64().expect("a number"));
        let numbers: Vec<_> = both.iter().map(|row| row["sequence"].as_u64().expect("a number")).collect();
        assert_eq!(numbers, (1..=both.len() as u64).collect::<Vec<_>>());

        let made = archives(&admin, "audit_logs").await;
        assert_eq!(made[0]["firstSequence"], "1");
        let path = made[0]["path"].as_str().expect("a path").to_owned();
        let file = desk.server.dir().join("data/files").join(&path);
        let good = std::fs::read(&file).expect("the object");
        for at in [0, good.len() / 2, good.len() - 1] {
            let mut wrong = good.clone();
            wrong[at] ^= 1;
            std::fs::write(&file, wrong).expect("a folder");
            let refused = desk.cli(&["archive", "read", &path], "");
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert!(!refused.status.success() && said.contains(&path) && refused.stdout.is_empty(), "{at}: {said}");
        }
        std::fs::write(&file, good).expect("a folder");
        assert!(desk.cli(&["archive", "read", &path], "").status.success());
        assert!(!desk.cli(&["archive", "read", "nothing/of/it"], "").status.success());
        for (kind, most) in [("archive.created", 2), ("retention_run.finished", 2)] {
            let told = sql.number(&format!("SELECT count(*) FROM audit_logs WHERE kind = '{kind}'")).await;
            assert!(told >= 1 && told <= most, "{kind}: {told}");
        }
    }

    /// What is held is passed and counted, and goes once it is released; a count says what a run does; what went is read back as it was.
    async fn what_is_held_stays(backend) {
        let desk = desk(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        desk.message("Ada", "Hello").await;
        let visitors = admin.client.run("{ visitors(first: 1) { nodes { id } } }", Value::Null).await.ok();
        let visitor = visitors.list("visitors.nodes")[0]["id"].as_str().expect("an id").to_owned();
        events(&sql, 7, None).await;
        let others = event_ids(&sql).await;
        events(&sql, 3, Some(&visitor)).await;
        set(&admin, json!({ "policy": "analytics_events", "action": "ARCHIVE", "totalDays": 36_500 })).await.ok();
        let place = "mutation($input: PlaceLegalHoldInput!) { placeLegalHold(input: $input) { legalHold { id subjectType placedBy { id } } errors { code \
            message path } } }";
        let placed = admin.client.run(place, json!({ "input": { "subjectId": visitor, "reason": "A suit" } })).await.ok();
        assert_eq!(placed.data("placeLegalHold.legalHold.subjectType"), "Visitor");
        let hold = placed.string("placeLegalHold.legalHold.id");

        let counted = done(&admin, "previewRetention", &["analytics_events"]).await;
        assert_eq!((&counted["rowsDue"], &counted["rowsHeld"], &counted["rowsRemoved"]), (&json!(7), &json!(3), &json!(0)));
        assert!(counted["steps"][0]["oldestAt"].as_str() < counted["steps"][0]["newestAt"].as_str(), "{counted}");
        assert_eq!(sql.count("analytics_events").await, 10, "counting changes nothing");
        let run = done(&admin, "runRetention", &["analytics_events"]).await;
        assert_eq!((&run["rowsDue"], &run["rowsHeld"]), (&counted["rowsDue"], &counted["rowsHeld"]));
        assert_eq!((&run["rowsRemoved"], &run["rowsArchived"]), (&json!(7), &json!(7)));
        assert_eq!(sql.count("analytics_events").await, 3);
        let back = read_back(&desk, "analytics_events");
        assert_eq!(ids_of(&back).into_iter().collect::<BTreeSet<_>>(), others);
        assert!(back.iter().all(|row| row["event_type"] == "page_view" && row["page_url"].is_string()), "{back:?}");

        // What is not there, or was released, is not released.
        let release = "mutation($input: ReleaseLegalHoldInput!) { releaseLegalHold(input: $input) { legalHold { releasedAt releaseReason } errors { code \
            message path } } }";
        let nowhere = admin.client.run(release, json!({ "input": { "holdId": "hld_0190a5f0000070008000000000000000", "reason": "x" } })).await;
        assert!(nowhere.to_string().contains("NOT_FOUND"), "{nowhere}");
        let nobody = admin.client.run(place, json!({ "input": { "subjectId": "vis_0190a5f0000070008000000000000000", "reason": "x" } })).await;
        assert!(nobody.to_string().contains("NOT_FOUND"), "{nobody}");
        let unsaid = admin.client.run(release, json!({ "input": { "holdId": hold, "reason": " " } })).await;
        assert_eq!(against(&unsaid, "releaseLegalHold").0, "input.reason");
        admin.client.run(release, json!({ "input": { "holdId": hold, "reason": "Settled" } })).await.ok();
        let twice = admin.client.run(release, json!({ "input": { "holdId": hold, "reason": "Settled" } })).await;
        assert_eq!(against(&twice, "releaseLegalHold").1, "NOT_ALLOWED");
        let held = "{ legalHolds(filter: { isReleased: true }) { totalCount nodes { reason releaseReason } } }";
        assert_eq!(admin.client.run(held, Value::Null).await.ok().data("legalHolds.totalCount"), 1);

        done(&admin, "runRetention", &["analytics_events"]).await;
        assert_eq!(sql.count("analytics_events").await, 0);
        assert_eq!(read_back(&desk, "analytics_events").len(), 10);

        // An archive that has been kept as long as it is in all goes, unless it names something that is held.
        let again = admin.client.run(place, json!({ "input": { "subjectId": visitor, "reason": "Another" } })).await.ok();
        set(&admin, json!({ "policy": "analytics_events", "totalDays": 400 })).await.ok();
        let ended = done(&admin, "runRetention", &["analytics_events"]).await;
        assert_eq!((&ended["steps"][0]["archivesRemoved"], &ended["steps"][0]["archivesHeld"]), (&json!(1), &json!(1)), "{ended}");
        assert_eq!(read_back(&desk, "analytics_events").len(), 3);
        let hold = again.string("placeLegalHold.legalHold.id");
        admin.client.run(release, json!({ "input": { "holdId": hold, "reason": "Settled" } })).await.ok();
        done(&admin, "runRetention", &["analytics_events"]).await;
        assert!(archives(&admin, "analytics_events").await.iter().all(|archive| archive["removedAt"].is_string()));
        assert!(!desk.cli(&["archive", "read", "--table", "analytics_events"], "").status.success(), "nothing is left to read");
    }

    /// What the law asks for, days that are a setting's, and what is no policy are refused with the field and the reason.
    async fn a_policy_below_the_floor_is_refused(backend) {
        let desk = desk(backend).await;
        let admin = desk.admin().await;
        for (input, path, word) in [
            (json!({ "policy": "audit_logs", "totalDays": 2554 }), "input.totalDays", "retention.audit_floor_days"),
            (json!({ "policy": "audit_logs", "action": "DELETE" }), "input.hotDays", "retention.audit_floor_days"),
            (json!({ "policy": "conversation_messages", "hotDays": 30 }), "input.hotDays", "conversation.keep_days"),
            (json!({ "policy": "nothing", "hotDays": 30 }), "input.policy", "no policy"),
            (json!({ "policy": "drafts", "action": "ARCHIVE" }), "input.action", "drafts"),
            (json!({ "policy": "drafts", "hotDays": 40_000 }), "input.hotDays", "between"),
            (json!({ "policy": "audit_logs", "hotDays": 3000 }), "input.totalDays", "3000"),
        ] {
            let refused = set(&admin, input.clone()).await;
            let (at, _, why) = against(&refused, "setRetentionPolicy");
            assert!(at == path && why.contains(word), "{input}: {refused}");
        }
        let sql = desk.sql().await;
        assert_eq!(sql.count("retention_policies").await, 0, "nothing is half-written");
        let done = set(&admin, json!({ "policy": "audit_logs", "hotDays": 90, "totalDays": null })).await.ok();
        let policy = done.data("setRetentionPolicy.policy");
        assert_eq!((&policy["hotDays"], &policy["totalDays"], &policy["isDefault"]), (&json!(90), &Value::Null, &json!(false)));
        let list = "{ retentionPolicies { name table hotDays totalDays action choices isEnabled setting floorDays isDefault } }";
        let all = admin.client.run(list, Value::Null).await.ok();
        let of = |name: &str| all.list("retentionPolicies").iter().find(|one| one["name"] == name).expect("a policy").clone();
        assert_eq!((&of("audit_logs")["hotDays"], &of("audit_logs")["floorDays"]), (&json!(90), &json!(2555)));
        assert_eq!((&of("conversation_messages")["setting"], &of("drafts")["hotDays"]), (&json!("conversation.keep_days"), &json!(30)));
        // All policies can be counted as they stand.
        let run = ask(&admin, "previewRetention", &[]).await.ok().string("previewRetention.run.id");
        let counted = comes_to(&admin, &run, "COMPLETED").await;
        assert_eq!(counted["steps"].as_array().map(Vec::len), Some(all.list("retentionPolicies").len()));
        let bea = desk.colleague("bea@example.com", "Bea", "MANAGER").await;
        assert_eq!(set(&bea, json!({ "policy": "drafts", "hotDays": 1 })).await.error_code(), "FORBIDDEN");
    }

    /// Where the storage is away nothing is removed, and the run says why; when it is back, it goes on.
    async fn where_the_storage_is_away_nothing_is_removed(backend) {
        let desk = desk(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "MANAGER").await;
        let sql = desk.sql().await;
        events(&sql, 2_500, None).await;
        let all = event_ids(&sql).await;
        set(&admin, json!({ "policy": "analytics_events", "action": "ARCHIVE" })).await.ok();
        let tenant = format!("tnt_{}", tenant(&desk).await);
        let folder = desk.server.dir().join("data/files").join(tenant);
        std::fs::create_dir_all(&folder).expect("a folder");
        // No folder can be made where a file is.
        let away = folder.join("archives");
        std::fs::write(&away, "x").expect("a folder");
        let run = ask(&admin, "runRetention", &["analytics_events"]).await.ok().string("runRetention.run.id");
        let failed = comes_to(&admin, &run, "FAILED").await;
        assert!(failed["error"].as_str().is_some_and(|why| why.contains("storage of archives is away")), "{failed}");
        assert_eq!(event_ids(&sql).await, all);
        assert_eq!(sql.number("SELECT count(*) FROM archives WHERE sealed_at IS NOT NULL").await, 0);
        // Who may manage it is told, and nobody else.
        until("who manages it is told", SOON, async || (told(&admin, &run).await == ["RETENTION_FAILED"]).then_some(())).await;
        assert_eq!(told(&bea, &run).await, Vec::<String>::new());
        std::fs::remove_file(&away).expect("it is there");
        // By itself or because somebody has it go on.
        tell(&admin, "resumeRetention", &run).await;
        let done = comes_to(&admin, &run, "COMPLETED").await;
        assert_eq!((&done["rowsRemoved"], &done["rowsArchived"], &done["error"]), (&json!(2500), &json!(2500), &Value::Null));
        let back = ids_of(&read_back(&desk, "analytics_events"));
        assert_eq!((back.len(), back.into_iter().collect::<BTreeSet<_>>()), (2_500, all));
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'retention_run.failed'").await, 1);
        assert_eq!(told(&admin, &run).await, ["RETENTION_FAILED"], "once of each reason");
        let logged = "SELECT count(*) FROM error_logs WHERE code = 'retention_run.failed'";
        until("it is in the log", SOON, async || (sql.number(logged).await == 1).then_some(())).await;
    }

    /// A run is stopped for a while, goes on where it was, and is ended; there is one at a time.
    async fn a_run_is_stopped_and_goes_on(backend) {
        let desk = desk(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        // Half a minute's work.
        setting(&admin, "retention.rows_per_second", json!(500)).await;
        events(&sql, 15_000, None).await;
        let run = ask(&admin, "runRetention", &["analytics_events"]).await.ok().string("runRetention.run.id");
        let other = ask(&admin, "runRetention", &["drafts"]).await;
        assert_eq!(against(&other, "runRetention").1, "NOT_AVAILABLE", "{other}");
        until("it goes on", PATIENCE, async || (state(&admin, &run).await["rowsRemoved"].as_i64() > Some(0)).then_some(())).await;
        tell(&admin, "pauseRetention", &run).await.ok();
        let paused = comes_to(&admin, &run, "PAUSED").await;
        let left = sql.count("analytics_events").await;
        assert!(left > 0 && paused["rowsRemoved"] == json!(15_000 - left), "{paused}, {left}");
        setting(&admin, "retention.rows_per_second", json!(1_000_000)).await;
        tell(&admin, "resumeRetention", &run).await.ok();
        let done = comes_to(&admin, &run, "COMPLETED").await;
        assert_eq!((&done["rowsRemoved"], &done["rowsArchived"], &done["rowsDue"]), (&json!(15_000), &json!(0), &json!(15_000)));
        assert_eq!(sql.count("analytics_events").await, 0);
        let over = tell(&admin, "cancelRetention", &run).await;
        assert_eq!(against(&over, "cancelRetention"), ("input.runId".into(), "NOT_ALLOWED".into(), "the run is over".into()));
    }

    /// From the hour on that the company set, what is due is a run of the night, once.
    async fn the_night_has_its_run(backend) {
        let mut desk = desk(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        setting(&admin, "retention.hour", json!(0)).await;
        set(&admin, json!({ "policy": "audit_logs", "hotDays": 0 })).await.ok();
        desk.server.restart_with(Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s").env("FRONTDESK_RATE_LIMITS", "off")).await;
        let admin = desk.sign_in(crate::support::ADMIN_EMAIL, crate::support::ADMIN_PASSWORD).await;
        let list = "{ retentionRuns { nodes { id status isDryRun requestedBy { id } rowsArchived steps { policy } } } }";
        let runs = until("it is over", PATIENCE, async || {
            let runs = admin.client.run(list, Value::Null).await.ok().list("retentionRuns.nodes").to_vec();
            runs.iter().all(|run| run["status"] == "COMPLETED").then_some(runs).filter(|runs| !runs.is_empty())
        })
        .await;
        assert_eq!((runs.len(), &runs[0]["requestedBy"], &runs[0]["steps"][0]["policy"]), (1, &Value::Null, &json!("audit_logs")));
        assert!(runs[0]["rowsArchived"].as_i64() > Some(0), "{runs:?}");
        // What is cleaned up next is another night's.
        let drafts = ago(&sql, "31");
        sql.run(&format!("INSERT INTO exports (id, type, format, status, filter, options, file_name, rows_written, attempts, version, created_at, updated_at) \
            SELECT id, 'leads', 'csv', 'failed', '{{}}', '{{}}', 'x', 0, 1, 1, {}, {drafts} FROM retention_runs", ago(&sql, "91"))).await;
        until("what is swept is swept", PATIENCE, async || (sql.count("exports").await == 0).then_some(())).await;
        assert_eq!(sql.count("retention_runs").await, 1);
    }
}

/// The first tenant's id, without its prefix.
pub async fn tenant(desk: &Desk) -> String {
    let registry =
        Sql::open(desk.server.setting("FRONTDESK_DATABASE_URL").expect("a setting of the server"), None).await;
    let id = if registry.is_sqlite() { "lower(hex(id))" } else { "replace(id::text, '-', '')" };
    registry.texts(&format!("SELECT {id} FROM tenants WHERE slug = 'main'")).await.remove(0)
}

/// How often the process is killed.
const KILLS: usize = 20;
/// How many rows there are to archive.
const ROWS: usize = 60_000;

both! {
    /// A process is killed again and again while it archives: each row is in one archive, and none is lost.
    async fn archives_outlive_kills(backend) {
        let quick = Options::new()
            .env("FRONTDESK_SWEEP_INTERVAL", "1s")
            .env("FRONTDESK_JOB_LEASE", "1s")
            .env("FRONTDESK_LISTEN", format!("127.0.0.1:{}", chance::port()));
        let mut desk = Desk::open_with(backend, quick).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        events(&sql, ROWS, None).await;
        let all = event_ids(&sql).await;
        assert_eq!(all.len(), ROWS);
        set(&admin, json!({ "policy": "analytics_events", "action": "ARCHIVE" })).await.ok();
        // Slowly enough to be killed twenty times.
        setting(&admin, "retention.rows_per_second", json!(8_000)).await;
        let run = ask(&admin, "runRetention", &["analytics_events"]).await.ok().string("runRetention.run.id");
        let sealed = "SELECT count(*) FROM archives WHERE sealed_at IS NOT NULL";
        let begun = "SELECT count(*) FROM archives";
        for kill in 0..KILLS {
            // Now before an object is begun, now while it is written, now when it is sealed.
            let (count, before) = if kill % 2 == 0 { (begun, sql.number(begun).await) } else { (sealed, sql.number(sealed).await) };
            let over = sql.count("analytics_events").await == 0;
            if !over && kill % 3 != 2 {
                until("something happened", PATIENCE, async || (sql.number(count).await != before).then_some(())).await;
            }
            desk.server.kill9().await;
            desk.server.restart().await;
        }
        let done = comes_to(&admin, &run, "COMPLETED").await;
        assert_eq!((&done["rowsDue"], &done["rowsRemoved"], &done["rowsArchived"]), (&json!(ROWS), &json!(ROWS), &json!(ROWS)), "{done}");
        assert_eq!(sql.count("analytics_events").await, 0);
        let back = ids_of(&read_back(&desk, "analytics_events"));
        assert_eq!(back.len(), ROWS, "nothing twice");
        assert_eq!(back.into_iter().collect::<BTreeSet<_>>(), all, "nothing lost");
        assert_eq!(sql.number("SELECT count(*) FROM archives WHERE sealed_at IS NULL").await, 0);
        // Nor is anything in the storage that no row names: each has itself and the one beside it.
        let kept = super::files::kept(&desk.server).into_iter().filter(|file| file.to_string_lossy().contains("/archives/")).count();
        assert_eq!(kept as i64, 2 * sql.number(sealed).await);
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }
}
