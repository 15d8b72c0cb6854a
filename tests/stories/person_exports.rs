//! What is held on a person is found from any record of theirs and given out as one archive: all of it, nothing of others, whole or
//! not at all, for a while, and for nobody but who asked.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::exports::link;
use super::files::{id, kept, send, used};
use super::leads::{make, wrong};
use super::ticket_comments::{buyer, said, ticket};
use crate::coverage::sql::Sql;
use crate::support::{Answer, Options, PATIENCE, both, chance, until};

const REQUEST: &str = "mutation($of: ID!) { requestPersonExport(input: { of: $of }) { personExport { id status subject downloadUrl } errors { code message path } } }";
const OWN: &str = "mutation { requestOwnExport { personExport { id isOwn subject } errors { code message path } } }";
const CANCEL: &str = "mutation($id: ID!) { cancelPersonExport(input: { personExportId: $id }) { personExport { id status } errors { code message path } } }";
const STATE: &str = "query($id: ID!) { personExport(id: $id) { status subject isOwn tableCount tablesDone rowsWritten recordCount fileCount \
    size error downloadUrl completedAt expiresAt } }";
const RECORDS: &str = "query($of: ID!) { personRecords(of: $of) { records { id kind name email reason foundBy } hints { id reason } emails isCut } }";

pub async fn request(who: &Person, of: &str) -> Answer {
    who.client.run(REQUEST, json!({ "of": of })).await
}

/// Asks, which is granted; returns the export's id.
pub async fn asked(who: &Person, of: &str) -> String {
    request(who, of).await.ok().string("requestPersonExport.personExport.id")
}

pub async fn see(who: &Person, export: &str) -> Value {
    who.client.run(STATE, json!({ "id": export })).await.ok().data("personExport").clone()
}

/// Waits until an export is over.
pub async fn over(who: &Person, export: &str) -> Value {
    until("the export is over", PATIENCE, async || {
        let found = see(who, export).await;
        (!found["completedAt"].is_null()).then_some(found)
    })
    .await
}

/// What an archive holds, by path.
pub struct Unpacked(pub BTreeMap<String, Vec<u8>>);

impl Unpacked {
    /// The rows of a table; none where it has no file.
    pub fn rows(&self, path: &str) -> Vec<Value> {
        self.0.get(&format!("data/{path}.json")).map_or_else(Vec::new, |bytes| {
            serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{path}: {error}"))
        })
    }

    /// All of it, as far as it is text.
    pub fn text(&self) -> String {
        self.0.iter().map(|(path, bytes)| format!("{path}\n{}\n", String::from_utf8_lossy(bytes))).collect()
    }
}

/// The archive of an export that is there.
pub async fn unpacked(desk: &Desk, done: &Value) -> Unpacked {
    assert_eq!(done["status"], "COMPLETED", "{done}");
    let answer = desk.web.request(Method::GET, &link(done)).send().await.expect("an answer");
    let bytes = answer.bytes().await.expect("bytes").to_vec();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut all = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let name = file.name().expect("a name").into_owned();
        assert!(file.enclosed_name().is_some(), "{name} leads out");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("its bytes");
        assert!(all.insert(name.clone(), bytes).is_none(), "{name} twice");
    }
    Unpacked(all)
}

async fn records(who: &Person, of: &str) -> Vec<Value> {
    who.client.run(RECORDS, json!({ "of": of })).await.ok().list("personRecords.records").to_vec()
}

/// A desk whose jobs wait, to be begun by [`work`].
async fn idle(backend: crate::support::Backend) -> Desk {
    let options = Options::new().env("FRONTDESK_WORKERS", "off").env("FRONTDESK_JOB_LEASE", "1s");
    Desk::open_with(backend, options.env("FRONTDESK_SWEEP_INTERVAL", "1s")).await
}

async fn work(desk: &mut Desk) {
    desk.server.restart_with(Options::new().env("FRONTDESK_WORKERS", "on")).await;
}

/// How often the process is killed.
const KILLS: usize = 20;
/// How many pages Ann looked at meanwhile.
const VISITS: usize = 6_000;

/// So many pages that a visitor looked at, each another one.
async fn visits(sql: &Sql, email: &str, pages: usize) {
    let (from, random) = if sql.is_sqlite() {
        (
            format!("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {pages})"),
            "randomblob(16)",
        )
    } else {
        (format!("WITH numbers AS (SELECT n FROM generate_series(1, {pages}) AS n)"), "gen_random_uuid()")
    };
    sql.run(&format!(
        "{from} INSERT INTO analytics_events (id, visitor_id, event_type, event_data, page_url, created_at) \
         SELECT {random}, (SELECT id FROM visitors WHERE email = '{email}'), 'page_view', '{{}}', 'https://example.com/' || n, \
            '2026-01-01T00:00:00+00:00' FROM numbers"
    ))
    .await;
}

both! {
    /// Ann writes from the website, becomes a lead and gets the newsletter. From any of it all of it is found; what is held on her is
    /// given out with it, on a page that shows what she wrote as text, and nothing of Bob.
    async fn what_is_held_on_a_visitor_is_given_out(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let input = json!({ "name": "<script>alert(1)</script>", "email": "ann@example.com", "content": "What Ann wrote" });
        desk.submit(input).await;
        desk.submit(json!({ "name": "Bob", "email": "bob@example.com", "content": "What Bob wrote" })).await;
        let visitors = admin.client.run("{ visitors { nodes { id email } } }", Value::Null).await.ok();
        let of = |email: &str| visitors.list("visitors.nodes").iter().find(|one| one["email"] == email).expect("a visitor")["id"].clone();
        let (ann, bob) = (of("ann@example.com"), of("bob@example.com"));
        let ann = ann.as_str().expect("an id");
        make(&admin, json!({ "name": "Ann", "email": "ann@example.com", "phone": "+4915112345678" })).await;
        make(&admin, json!({ "name": "Her twin", "email": "twin@example.com", "phone": "+4915112345678" })).await;
        let newsletter = "mutation { subscribeToNewsletter(input: { email: \"ann@example.com\" }) { errors { message } } }";
        desk.web.run(newsletter, Value::Null).await.ok();
        let sql = desk.sql().await;
        until("she is asked", SOON, async || (sql.count("newsletter_subscriptions").await == 1).then_some(())).await;

        let found = records(&admin, ann).await;
        let kinds: Vec<_> = found.iter().map(|one| one["kind"].as_str().expect("a kind")).collect();
        assert_eq!((kinds[0], found[0]["reason"].as_str()), ("VISITOR", Some("GIVEN")));
        for kind in ["LEAD", "SUBSCRIBER"] {
            assert!(kinds.contains(&kind), "{kind} in {found:?}");
        }
        for one in &found {
            let mut again: Vec<_> = records(&admin, one["id"].as_str().expect("an id")).await.iter().map(|one| one["id"].to_string()).collect();
            let mut all: Vec<_> = found.iter().map(|one| one["id"].to_string()).collect();
            again.sort();
            all.sort();
            assert_eq!(again, all, "from {one}");
        }
        let hints = admin.client.run(RECORDS, json!({ "of": "Ann@Example.com" })).await.ok();
        assert_eq!(hints.list("personRecords.hints").len(), 1, "her twin may be she: {hints}");
        assert_eq!(hints.data("personRecords.emails"), &json!(["ann@example.com"]));

        let export = asked(&admin, ann).await;
        let done = over(&admin, &export).await;
        let archive = unpacked(&desk, &done).await;
        assert_eq!(archive.rows("inbox/messages")[0]["content"], "What Ann wrote");
        assert_eq!((archive.rows("inbox/visitors").len(), archive.rows("crm-leads/leads").len()), (1, 1));
        assert_eq!(archive.rows("inbox/newsletter_subscriptions").len(), 1);
        let rows: usize = archive.0.keys().filter_map(|path| path.strip_prefix("data/")?.strip_suffix(".json")).map(|path| archive.rows(path).len()).sum();
        assert_eq!((json!(rows), &done["tablesDone"]), (done["recordCount"].clone(), &done["tableCount"]));
        let text = archive.text();
        for not in ["What Bob wrote", "bob@example.com", "Her twin", bob.as_str().expect("an id"), "token_hash", "confirm_hash"] {
            assert!(!text.contains(not), "{not}");
        }
        let page = String::from_utf8(archive.0["index.html"].clone()).expect("text");
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;") && page.contains("data/inbox/messages.json"), "{page}");
        assert!(!page.contains("http://") && !page.contains("https://"), "it loads nothing: {page}");

        for (kind, severity) in [("person_export.requested", "high"), ("person_export.finished", "low"), ("data.export", "medium")] {
            let count = format!("SELECT count(*) FROM audit_logs WHERE kind = '{kind}' AND severity = '{severity}' AND resource_id = {}", id(&sql, &export));
            assert_eq!(sql.number(&count).await, 1, "{kind}");
        }
        until("who asked is told", SOON, async || {
            let told = admin.client.run("{ notifications(first: 50) { nodes { type resourceId } } }", Value::Null).await.ok();
            told.list("notifications.nodes").iter().any(|one| one == &json!({ "type": "PERSON_EXPORT_FINISHED", "resourceId": export })).then_some(())
        })
        .await;
        // The next one holds that this one was made, and not its file.
        let again = unpacked(&desk, &over(&admin, &asked(&admin, ann).await).await).await;
        assert!(!again.0.keys().any(|path| path.ends_with(".zip")), "{:?}", again.0.keys());
    }

    /// Who is nobody, who may not ask, and who is being asked for already.
    async fn what_cannot_be_given_out_is_refused(backend) {
        let desk = idle(backend).await;
        let admin = desk.admin().await;
        for of in ["nobody", "@", "tkt_0190a5f0000070008000000000000000", "vis_1", ""] {
            assert_eq!(wrong(&request(&admin, of).await, "requestPersonExport"), ("input.of".into(), "INVALID_FORMAT".into()), "{of}");
        }
        for of in ["vis_0190a5f0000070008000000000000000", "nobody@example.com"] {
            assert_eq!(request(&admin, of).await.error_code(), "NOT_FOUND", "{of}");
            assert_eq!(admin.client.run(RECORDS, json!({ "of": of })).await.error_code(), "NOT_FOUND", "{of}");
        }
        let sql = desk.sql().await;
        assert_eq!(sql.number("SELECT (SELECT count(*) FROM person_exports) + (SELECT count(*) FROM jobs WHERE kind = 'audit.make_person_export')").await, 0);
        desk.submit(json!({ "name": "Ann", "email": "ann@example.com", "content": "x" })).await;
        let export = asked(&admin, "ann@example.com").await;
        assert_eq!(wrong(&request(&admin, "ANN@example.com").await, "requestPersonExport"), ("input.of".into(), "NOT_ALLOWED".into()));
        // It takes the permission, which managers have not.
        let manager = desk.colleague("mia@example.com", "Mia", "MANAGER").await;
        assert_eq!(request(&manager, "ann@example.com").await.error_code(), "FORBIDDEN");
        assert_eq!(manager.client.run(RECORDS, json!({ "of": "ann@example.com" })).await.error_code(), "FORBIDDEN");
        assert!(see(&manager, &export).await.is_null());
        assert_eq!(manager.client.run(CANCEL, json!({ "id": export })).await.error_code(), "NOT_FOUND");
        let taken = admin.client.run(CANCEL, json!({ "id": export })).await.ok();
        assert_eq!(taken.string("cancelPersonExport.personExport.status"), "CANCELLED");
        assert_eq!(wrong(&admin.client.run(CANCEL, json!({ "id": export })).await, "cancelPersonExport").0, "input.personExportId");
        asked(&admin, "ann@example.com").await;
    }

    /// Cleo, a client, takes along what is held on her: her ticket with her file, and nothing that colleagues keep among themselves.
    /// What has her address is hers once she proved the address.
    async fn a_client_takes_along_what_is_held_on_them(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (cleo, dan) = (buyer(&desk, &admin, "cleo").await, buyer(&desk, &admin, "dan").await);
        desk.submit(json!({ "name": "Cleo", "email": "cleo@clients.example", "content": "Before I was a client" })).await;
        let (hers, his) = (ticket(&cleo, "Her mast").await, ticket(&dan, "His mast").await);
        let file = async |who: &Person, name: &str, bytes: &str| send(&who.client, name, bytes).await.ok().string("uploadFile.file.id");
        let attach = "mutation($of: ID!, $file: ID!) { attachToTicket(input: { ticketId: $of, fileIds: [$file] }) { errors { message } } }";
        let photo = file(&cleo, "../photo of it.txt", "A broken mast").await;
        cleo.client.run(attach, json!({ "of": hers, "file": photo })).await.ok();
        said(&admin, &hers, "We will see", json!({})).await;
        let inner = file(&admin, "costs.txt", "What it costs us").await;
        said(&admin, &hers, "Among ourselves", json!({ "visibility": "INTERNAL", "fileIds": [inner] })).await;
        said(&admin, &his, "To Dan", json!({})).await;
        // What colleagues do with it among themselves leaves rows in many tables, and in the trail.
        make(&admin, json!({ "name": "May buy a second mast", "email": "cleo@clients.example", "notes": "Rich" })).await;
        let among = "mutation($hers: ID!, $his: ID!, $admin: ID!) {
            a: updateTicket(input: { ticketId: $hers, notes: \"She never pays\", actualHours: 12 }) { errors { message } }
            b: assignTicket(input: { ticketId: $hers, assigneeId: $admin }) { errors { message } }
            c: linkTickets(input: { ticketId: $hers, otherId: $his, kind: RELATED }) { errors { message } }
            d: addInternalNote(input: { entityId: $hers, content: \"A difficult one\" }) { errors { message } }
            e: placeLegalHold(input: { subjectId: $hers, reason: \"She may sue us\" }) { errors { message } } }";
        admin.client.run(among, json!({ "hers": hers, "his": his, "admin": admin.id })).await.ok();

        let own = cleo.client.run(OWN, Value::Null).await.ok();
        assert_eq!(own.data("requestOwnExport.personExport.isOwn"), &json!(true));
        let export = own.string("requestOwnExport.personExport.id");
        let archive = unpacked(&desk, &over(&cleo, &export).await).await;
        let text = archive.text();
        for held in ["Her mast", "We will see", "A broken mast", "Before I was a client"] {
            assert!(text.contains(held), "{held}");
        }
        let hex = |id: &str| uuid::Uuid::try_parse(id.rsplit_once('_').expect("an id").1).expect("an id").to_string();
        let (his, colleague) = (hex(&his), hex(&admin.id));
        for not in ["Among ourselves", "What it costs us", "His mast", "To Dan", "password_hash", "argon2", "May buy", "Rich", "led_", "never pays",
            "A difficult one", "sue us", "service_level", &his, &colleague] {
            assert!(!text.contains(not), "{not}: {:?}", archive.0.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(not)).map(|(path, _)| path).collect::<Vec<_>>());
        }
        // Of the trail what they did themselves, and of nothing what it was before.
        let trail = archive.rows("audit/audit_logs");
        assert!(trail.iter().any(|row| row["kind"] == "ticket.created") && trail.iter().all(|row| row["actor_id"] == hex(&cleo.id)), "{trail:?}");
        assert!(archive.rows("ticketing/tickets").iter().all(|row| row["comment_count"].is_null() && row["actual_hours"].is_null() && row["public_comment_count"] == 1));
        for table in ["legal_holds", "ticket_pauses", "ticket_links", "ticket_merges", "entity_tags", "outbox", "leads"] {
            assert!(!archive.0.keys().any(|path| path.contains(&format!("/{table}."))), "{table}");
        }
        let photo = archive.0.keys().find(|path| path.starts_with("files/") && path.ends_with("photo of it.txt"));
        assert!(photo.is_some_and(|path| path.split('/').count() == 3), "{:?}", archive.0.keys());
        // Nobody else sees it who may not; and of whose address is not proved only what is theirs otherwise.
        assert!(see(&dan, &export).await.is_null());
        let seen = see(&admin, &export).await;
        assert!(!seen.is_null() && seen["downloadUrl"].is_null(), "{seen}");
        desk.sql().await.run("UPDATE users SET email_verified_at = NULL WHERE email = 'cleo@clients.example'").await;
        let export = cleo.client.run(OWN, Value::Null).await.ok().string("requestOwnExport.personExport.id");
        let text = unpacked(&desk, &over(&cleo, &export).await).await.text();
        assert!(text.contains("Her mast") && !text.contains("Before I was a client"));
    }

    /// Whoever asks for their own again and again is asked to wait; a key is no person.
    async fn ones_own_is_given_out_a_few_times_a_day(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        let admin = desk.admin().await;
        for _ in 0..3 {
            let export = admin.client.run(OWN, Value::Null).await.ok().string("requestOwnExport.personExport.id");
            over(&admin, &export).await;
        }
        assert_eq!(admin.client.run(OWN, Value::Null).await.error_code(), "RATE_LIMITED");
        let key = "mutation { createApiKey(input: { name: \"All\", permissions: [MANAGE_PERSONAL_DATA] }) { key errors { code } } }";
        let key = admin.client.run(key, Value::Null).await.ok().string("createApiKey.key");
        assert_eq!(desk.web.bearer(&key).run(OWN, Value::Null).await.error_code(), "FORBIDDEN");
    }

    /// A process that is killed while it puts one together leaves none; another makes it anew, whole and once.
    async fn a_process_is_killed_while_it_is_put_together(backend) {
        let mut desk = idle(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        desk.submit(json!({ "name": "Ann", "email": "ann@example.com", "content": "x" })).await;
        visits(&sql, "ann@example.com", 40_000).await;
        let export = asked(&admin, "ann@example.com").await;
        work(&mut desk).await;
        until("it is being put together", PATIENCE, async || {
            (see(&admin, &export).await["rowsWritten"].as_i64().unwrap_or_default() > 0).then_some(())
        })
        .await;
        desk.server.kill9().await;
        desk.server.restart().await;
        let done = over(&admin, &export).await;
        let archive = unpacked(&desk, &done).await;
        let mut pages: Vec<_> = archive.rows("analytics-sync/analytics_events").iter().map(|row| row["page_url"].to_string()).collect();
        assert_eq!(pages.len(), 40_000);
        pages.sort_unstable();
        pages.dedup();
        assert_eq!(pages.len(), 40_000, "each once");
        assert_eq!(json!(used(&admin).await), done["size"]);
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'person_export.finished'").await, 1);
    }

    /// A process is killed again and again while it puts one together: what breaks off too often says so and leaves nothing, and whoever
    /// asks once more has it, whole and once.
    async fn exports_outlive_kills(backend) {
        let options = Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s");
        let mut desk = Desk::open_with(backend, options.env("FRONTDESK_LISTEN", format!("127.0.0.1:{}", chance::port()))).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        desk.submit(json!({ "name": "Ann", "email": "ann@example.com", "content": "x" })).await;
        visits(&sql, "ann@example.com", VISITS).await;
        let (mut export, mut all) = (String::new(), Vec::new());
        for kill in 0..KILLS {
            // One that broke off too often, or was faster than the last kill, is over: she asks once more.
            if export.is_empty() || !see(&admin, &export).await["completedAt"].is_null() {
                export = asked(&admin, "ann@example.com").await;
                all.push(export.clone());
            }
            // Now when it begins, now while rows are written, now when its bytes are kept.
            let row = id(&sql, &export);
            let count = match kill % 3 {
                0 => format!("SELECT count(*) FROM person_exports WHERE id = {row} AND status <> 'pending'"),
                1 => format!("SELECT count(*) FROM person_exports WHERE id = {row} AND (rows_written > 0 OR completed_at IS NOT NULL)"),
                _ => format!("SELECT (SELECT count(*) FROM files WHERE stored_at IS NULL AND expires_at <> '2026-01-01T00:00:00+00:00') + (SELECT count(*) FROM person_exports WHERE id = {row} AND completed_at IS NOT NULL)"),
            };
            until("it goes on", PATIENCE, async || (sql.number(&count).await > 0).then_some(())).await;
            desk.server.kill9().await;
            // Nobody waits for the lease of who is dead, nor for files that nobody keeps.
            sql.run("UPDATE jobs SET leased_until = '2026-01-01T00:00:00+00:00' WHERE leased_until IS NOT NULL").await;
            sql.run("UPDATE files SET expires_at = '2026-01-01T00:00:00+00:00' WHERE stored_at IS NULL").await;
            desk.server.restart().await;
        }
        let mut whole = Vec::new();
        for one in &all {
            let done = over(&admin, one).await;
            if done["status"] == "COMPLETED" {
                whole.push(done);
            } else {
                assert!(done["status"] == "FAILED" && done["error"].as_str().is_some_and(|why| why.contains("again and again")), "{done}");
            }
        }
        if whole.is_empty() {
            let last = asked(&admin, "ann@example.com").await;
            whole.push(over(&admin, &last).await);
            all.push(last);
        }
        for done in &whole {
            let archive = unpacked(&desk, done).await;
            let mut pages: Vec<_> = archive.rows("analytics-sync/analytics_events").iter().map(|row| row["page_url"].to_string()).collect();
            pages.sort_unstable();
            pages.dedup();
            assert_eq!((pages.len(), archive.rows("analytics-sync/analytics_events").len()), (VISITS, VISITS), "nothing lost, nothing twice");
        }
        let ended = async |kind: &str| sql.number(&format!("SELECT count(*) FROM audit_logs WHERE kind = '{kind}'")).await;
        assert_eq!(ended("person_export.finished").await, whole.len() as i64);
        assert_eq!(ended("person_export.failed").await, (all.len() - whole.len()) as i64);
        assert_eq!(sql.number("SELECT count(*) FROM jobs WHERE kind = 'audit.make_person_export'").await, 0);
        let bytes: f64 = whole.iter().map(|done| done["size"].as_f64().expect("bytes")).sum();
        sql.run("UPDATE files SET expires_at = '2026-01-01T00:00:00+00:00' WHERE stored_at IS NULL").await;
        until("what nobody keeps is gone", SOON, async || (kept(&desk.server).len() == whole.len()).then_some(())).await;
        assert_eq!(used(&admin).await, bytes);
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }

    /// A file ends, whoever has its link, and takes no room any more; what it was stays on record for 90 days.
    async fn the_file_ends(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let hours = "mutation { setSetting(input: { key: \"person_exports.expire_hours\", scope: SYSTEM, value: 2 }) { errors { message } } }";
        admin.client.run(hours, Value::Null).await.ok();
        desk.submit(json!({ "name": "Ann", "email": "ann@example.com", "content": "x" })).await;
        let export = asked(&admin, "ann@example.com").await;
        let done = over(&admin, &export).await;
        let at = |field: &str| chrono::DateTime::parse_from_rfc3339(done[field].as_str().expect("an instant")).expect("an instant");
        assert_eq!((at("expiresAt") - at("completedAt")).num_hours(), 2);
        let old = link(&done);
        assert_eq!(desk.web.request(Method::GET, &old).send().await.expect("an answer").status(), 200);
        let sql = desk.sql().await;
        let row = id(&sql, &export);
        sql.run(&format!("UPDATE person_exports SET expires_at = '2026-01-01T00:00:00+00:00' WHERE id = {row}")).await;
        let ended = see(&admin, &export).await;
        assert_eq!((&ended["status"], &ended["downloadUrl"]), (&json!("EXPIRED"), &Value::Null));
        until("it takes no room", SOON, async || (used(&admin).await == 0.0).then_some(())).await;
        assert_eq!(desk.web.get(&old).await.status, 404);
        until("its bytes go", SOON, async || kept(&desk.server).is_empty().then_some(())).await;
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'person_export.expired'").await, 1);
        sql.run(&format!("UPDATE person_exports SET created_at = '2026-01-01T00:00:00+00:00' WHERE id = {row}")).await;
        until("its row goes", SOON, async || (sql.count("person_exports").await == 0).then_some(())).await;
    }
}
