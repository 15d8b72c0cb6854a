//! People are erased: planned, confirmed by another, done in batches whatever dies meanwhile, and proved; nothing of them is found.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::b2chat_sync::Company;
use super::chats;
use super::desk::{Desk, Person, SOON};
use super::files::id;
use super::leads::wrong;
use super::person_marked::put_everywhere;
use super::retention::{ago, done as retained, read_back, set as set_policy};
use super::roles::{colleague, make_role};
use super::trail::trail;
use crate::coverage::sql::Sql;
use crate::support::b2chat::contact;
use crate::support::{ADMIN_EMAIL, Answer, Backend, Options, PATIENCE, both, chance, until};

const PLAN: &str = "mutation($of: ID!, $scope: ErasureScope! = PERSON) { planErasure(input: { of: $of, scope: $scope }) { erasure { id status subject \
    records digest rowCount rowsDone plan { context table how why rows } externalTasks { number kind recordId doneAt } plannedBy { id } } \
    errors { code message path } } }";
const CONFIRM: &str = "mutation($id: ID!) { confirmErasure(input: { erasureId: $id }) { erasure { id status dueAt } errors { code message path } } }";
pub const CANCEL: &str = "mutation($id: ID!) { cancelErasure(input: { erasureId: $id }) { erasure { id status } errors { code message path } } }";
pub const HOLD: &str = "mutation($id: ID!) { placeLegalHold(input: { subjectId: $id, reason: \"Court case 12\" }) { legalHold { id } errors { message } } }";
pub const RELEASE: &str = "mutation($id: ID!) { releaseLegalHold(input: { holdId: $id, reason: \"It is over\" }) { legalHold { id } errors { message } } }";
const TASK: &str = "mutation($id: ID!, $task: Int!) { completeErasureTask(input: { erasureId: $id, task: $task }) { erasure { externalTasks { \
    number doneAt } } errors { code message path } } }";
const SET: &str = "mutation($key: String!, $value: JSON!) { setSetting(input: { key: $key, scope: SYSTEM, value: $value }) { errors { code message path } } }";
const STATE: &str = "query($id: ID!) { erasure(id: $id) { status rowCount rowsDone counts { table rows } kept { table how why rows } digest error \
    completedAt externalTasks { number doneAt } } }";

pub async fn plan(who: &Person, of: &str, scope: &str) -> Answer {
    who.client.run(PLAN, json!({ "of": of, "scope": scope })).await
}

async fn planned(who: &Person, of: &str, scope: &str) -> Value {
    plan(who, of, scope).await.ok().data("planErasure.erasure").clone()
}

async fn confirm(who: &Person, id: &Value) -> Answer {
    who.client.run(CONFIRM, json!({ "id": id })).await
}

/// One plans it and one confirms it; once more where something was on its way in between, such as a row of the trail.
pub async fn confirmed((who, second): (&Person, &Person), of: &str, scope: &str) -> Value {
    until("what was planned is all of it", SOON, async || {
        let erasure = planned(who, of, scope).await;
        let said = confirm(second, &erasure["id"]).await;
        let refused = said.user_errors("confirmErasure");
        assert!(refused.iter().all(|error| error.message.contains("Plan it again")), "{said}");
        refused.is_empty().then_some(erasure)
    })
    .await
}

/// Sets a setting of the company.
pub async fn set(who: &Person, key: &str, value: Value) {
    let done = who.client.run(SET, json!({ "key": key, "value": value })).await.ok();
    assert!(done.user_errors("setSetting").is_empty(), "{done}");
}

pub async fn see(who: &Person, id: &Value) -> Value {
    who.client.run(STATE, json!({ "id": id })).await.ok().data("erasure").clone()
}

pub async fn over(who: &Person, id: &Value) -> Value {
    until("the erasure is over", 2 * PATIENCE, async || {
        let found = see(who, id).await;
        (!found["completedAt"].is_null() || found["status"] == "FAILED").then_some(found)
    })
    .await
}

/// Another who may erase.
pub async fn second(desk: &Desk, admin: &Person, name: &str) -> Person {
    let all = &["MANAGE_PERSONAL_DATA", "SEE_ALL", "VIEW_STAFF", "VIEW_CLIENTS", "VIEW_MESSAGES", "VIEW_AUDIT_LOG"];
    let role = make_role(admin, &format!("Privacy {name}"), all).await;
    colleague(desk, admin, name, &role, json!({})).await
}

#[expect(clippy::disallowed_methods, reason = "the database is told what was long ago")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// Where a word stands in what the database and the server keep, once what was deleted is gone for good.
async fn places(desk: &mut Desk, sql: Sql, word: &str) -> Vec<String> {
    if sql.is_sqlite() {
        desk.server.terminate();
        desk.server.wait().await;
        sql.run("VACUUM").await;
        sql.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
        drop(sql);
        return desk.server.places_of(word);
    }
    sql.run("VACUUM FULL").await;
    let all = sql.everything().await;
    let mut places = desk.server.places_of(word);
    places.extend(all.lines().filter(|line| line.contains(word)).map(str::to_owned));
    places
}

both! {
    /// Somebody who is in every table that can hold them is erased: nothing that is theirs is found anywhere, not in the files of the
    /// database either; what only names them stays.
    async fn a_marked_person_is_found_nowhere(backend) {
        let mut desk = Desk::open_with(backend, Options::new().env("FRONTDESK_WORKERS", "off")).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        let sql = desk.sql().await;
        let (mark, email) = put_everywhere(&sql, ("Of somebody else", "else@example.com")).await;
        // What machines write, and nobody's: words of B2Chat's own, beginnings of keys, heads of columns.
        for set in ["b2chat_chats SET source_status = 'x', source_provider = 'x'", "lead_import_errors SET column_name = 'email'",
            "api_keys SET prefix = replace(prefix, 'Marked person', 'x')"] {
            sql.run(&format!("UPDATE {set}")).await;
        }
        // The bytes that files say that they have.
        sql.run("UPDATE tenant_usage SET storage_bytes = 1000").await;
        // Nobody works yet, so nothing comes of anything.
        let erasure = planned(&admin, email, "PERSON").await;
        assert_eq!((&erasure["status"], &erasure["subject"]), (&json!("PLANNED"), &Value::Null));
        assert!(erasure["rowCount"].as_i64() > Some(80), "{erasure}");
        let kept = erasure["plan"].as_array().expect("lines").iter().filter(|line| line["how"] == "KEPT");
        assert!(kept.clone().count() > 0 && kept.clone().all(|line| line["why"].is_string()), "each says why");
        let kinds: Vec<_> = erasure["externalTasks"].as_array().expect("tasks").iter().map(|task| task["kind"].clone()).collect();
        for kind in ["CRM_RECORD", "B2CHAT_CONTACT", "SOCIAL_CONVERSATION", "MAIL", "BACKUPS"] {
            assert!(kinds.contains(&json!(kind)), "{kinds:?}");
        }
        confirm(&sam, &erasure["id"]).await.ok();
        drop(sql);
        desk.server.restart_with(Options::new().env("FRONTDESK_WORKERS", "on")).await;
        let done = over(&admin, &erasure["id"]).await;
        assert_eq!((&done["status"], &done["error"]), (&json!("DONE"), &Value::Null), "{done}");
        let proof = &trail(&admin, json!({ "eventType": { "eq": "person.erased" } })).await[0];
        assert_eq!((&proof["details"]["plan"], &proof["details"]["keys"]), (&erasure["digest"], &json!(1)));
        assert!(!proof.to_string().contains(email) && !proof.to_string().contains(mark), "{proof}");
        // The rows of the trail that were put there by hand are in no chain: that it stays whole is told elsewhere.
        let sql = desk.sql().await;
        assert_eq!(sql.number("SELECT count(*) FROM erasures WHERE whose IS NOT NULL").await, 0);
        assert!(sql.everything().await.contains("Of somebody else"), "what is not theirs stays");
        let found = places(&mut desk, sql, mark).await;
        assert!(found.is_empty(), "{mark}: {found:?}");
        let sql = desk.sql().await;
        if backend == Backend::Postgres {
            let found = places(&mut desk, sql, email).await;
            assert!(found.is_empty(), "{email}: {found:?}");
        } else {
            let found = desk.server.places_of(email);
            assert!(found.is_empty(), "{email}: {found:?}");
        }
    }

    /// Who must not be erased is not, each with its reason; and what is out of date is not done.
    async fn who_must_not_be_erased_is_not(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        let refused = async |who: &Person, of: &str, scope: &str| {
            let answer = plan(who, of, scope).await;
            let error = answer.user_errors("planErasure").first().cloned();
            error.map(|error| (error.path, error.message)).unwrap_or_else(|| panic!("{answer}"))
        };
        let (path, why) = refused(&admin, &admin.id, "PERSON").await;
        assert!(path == "input.of" && why.contains("yourself"), "{path}: {why}");
        let (_, why) = refused(&sam, ADMIN_EMAIL, "PERSON").await;
        assert!(why.contains("last active administrator"), "{why}");
        let (_, why) = refused(&admin, &sam.id, "RECORD").await;
        assert!(why.contains("active colleague"), "{why}");
        let (_, why) = refused(&admin, &sam.id, "CLIENT_ACCOUNT").await;
        assert!(why.contains("no client"), "{why}");
        let (path, why) = refused(&admin, "nobody at all", "PERSON").await;
        assert!(path == "input.of" && why.contains("neither the id"), "{path}: {why}");
        assert_eq!(plan(&admin, "nobody@example.com", "PERSON").await.error_code(), "NOT_FOUND");
        let viewer = desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        assert_eq!(plan(&viewer, &sam.id, "PERSON").await.error_code(), "FORBIDDEN");

        desk.message("Ada", "Do you calculate?").await;
        let sql = desk.sql().await;
        let email = sql.texts("SELECT email FROM visitors LIMIT 1").await.remove(0);
        let erasure = planned(&admin, &email, "PERSON").await;
        assert_eq!(wrong(&confirm(&admin, &erasure["id"]).await, "confirmErasure"), ("input.erasureId".into(), "NOT_ALLOWED".into()));
        // She writes once more: what was planned is not all of it.
        desk.submit(json!({ "name": "Ada", "email": email, "content": "And again?" })).await.ok();
        let late = confirm(&sam, &erasure["id"]).await;
        assert!(late.user_errors("confirmErasure")[0].message.contains("Plan it again"), "{late}");
        // Something of theirs is held meanwhile: what was planned is more than may go.
        let erasure = planned(&admin, &email, "PERSON").await;
        let message = admin.client.run("{ messages(first: 1) { nodes { id } } }", Value::Null).await.ok().string("messages.nodes.0.id");
        let held = admin.client.run(HOLD, json!({ "id": message })).await.ok().string("placeLegalHold.legalHold.id");
        let late = confirm(&sam, &erasure["id"]).await;
        assert!(late.user_errors("confirmErasure")[0].message.contains("Plan it again"), "{late}");
        admin.client.run(RELEASE, json!({ "id": held })).await.ok();
        let days = "mutation { setSetting(input: { key: \"privacy.erasure_after_days\", scope: SYSTEM, value: 3 }) { errors { message } } }";
        admin.client.run(days, Value::Null).await.ok();
        let erasure = confirmed((&admin, &sam), &email, "PERSON").await;
        assert_eq!(see(&admin, &erasure["id"]).await["status"], "CONFIRMED");
        assert_eq!(wrong(&confirm(&sam, &erasure["id"]).await, "confirmErasure").1, "NOT_ALLOWED");
        let taken = admin.client.run(CANCEL, json!({ "id": erasure["id"] })).await.ok();
        assert_eq!(taken.string("cancelErasure.erasure.status"), "CANCELLED");
        assert_eq!(wrong(&admin.client.run(CANCEL, json!({ "id": erasure["id"] })).await, "cancelErasure").1, "NOT_ALLOWED");
        assert_eq!(sql.count("messages").await, 2);
        assert_eq!(sql.number("SELECT count(*) FROM erasures WHERE whose IS NOT NULL AND status = 'cancelled'").await, 0);
        // Where the company says so, one is enough.
        for set in ["key: \"privacy.erasure_needs_second\", scope: SYSTEM, value: false", "key: \"privacy.erasure_after_days\", scope: SYSTEM, value: 0"] {
            admin.client.run(&format!("mutation {{ setSetting(input: {{ {set} }}) {{ errors {{ message }} }} }}"), Value::Null).await.ok();
        }
        let erasure = confirmed((&admin, &admin), &email, "PERSON").await;
        assert_eq!(over(&admin, &erasure["id"]).await["status"], "DONE");
        assert_eq!((sql.count("messages").await, sql.number(&format!("SELECT count(*) FROM visitors WHERE email = '{email}'")).await), (0, 0));
        let nothing = admin.client.run(TASK, json!({ "id": erasure["id"], "task": 99 })).await;
        assert_eq!(wrong(&nothing, "completeErasureTask"), ("input.task".into(), "NOT_AVAILABLE".into()));
        admin.client.run(TASK, json!({ "id": erasure["id"], "task": 0 })).await.ok();
        assert!(!see(&admin, &erasure["id"]).await["externalTasks"][0]["doneAt"].is_null());
    }

    /// A plan that nobody confirms expires: the address goes, what was counted stays, and the trail says so. What waits for a shorter
    /// time, or was confirmed, does not; nor does what was begun.
    async fn a_plan_that_nobody_confirms_expires(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        for name in ["ada", "bob", "cleo", "dan", "eve"] {
            desk.submit(json!({ "name": name, "email": format!("{name}@example.com"), "content": "Hello" })).await.ok();
        }
        let sql = desk.sql().await;
        set(&admin, "privacy.erasure_after_days", json!(60)).await;
        let [old, new, refused, begun] = ["ada", "bob", "cleo", "dan"].map(|name| format!("{name}@example.com"));
        let (old, new) = (planned(&admin, &old, "PERSON").await, planned(&admin, &new, "PERSON").await);
        let (refused, begun) = (planned(&admin, &refused, "PERSON").await, planned(&admin, &begun, "PERSON").await);
        let kept = confirmed((&admin, &sam), "eve@example.com", "PERSON").await;
        let row = |erasure: &Value| id(&sql, erasure["id"].as_str().expect("an id"));
        let days = |days: i64| format!("'{}'", (now() - chrono::TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%S%.6f+00:00"));
        // What was refused when it was to begin waits as well; what has begun goes on some day, and has to know with whom.
        sql.run(&format!("UPDATE erasures SET status = 'failed', error_message = 'x', updated_at = {} WHERE id = {}", days(31), row(&refused))).await;
        sql.run(&format!(
            "UPDATE erasures SET status = 'failed', error_message = 'x', started_at = {0}, updated_at = {0} WHERE id = {1}", days(400), row(&begun)
        ))
        .await;
        sql.run(&format!("UPDATE erasures SET planned_at = {} WHERE id IN ({}, {})", days(31), row(&old), row(&kept))).await;
        sql.run(&format!("UPDATE erasures SET planned_at = {} WHERE id = {}", days(29), row(&new))).await;
        for erasure in [&old, &refused] {
            let expired = until("it expires", SOON, async || {
                let found = see(&admin, &erasure["id"]).await;
                (found["status"] == "EXPIRED").then_some(found)
            })
            .await;
            assert!(expired["completedAt"].is_string() && expired["rowCount"] == erasure["rowCount"] && expired["rowsDone"] == 0, "{expired}");
            assert_eq!(expired["digest"], erasure["digest"]);
        }
        let of = |which: &str| format!("SELECT count(*) FROM erasures WHERE whose IS {which} AND status = 'expired'");
        assert_eq!((sql.number(&of("NULL")).await, sql.number(&of("NOT NULL")).await), (2, 0));
        let rows = sql.texts(&format!("SELECT CAST(plan AS text) || CAST(tasks AS text) || coalesce(subject, '') FROM erasures WHERE id = {}", row(&old))).await;
        assert!(!rows[0].contains("ada"), "{rows:?}");
        for (erasure, status) in [(&new, "PLANNED"), (&begun, "FAILED"), (&kept, "CONFIRMED")] {
            assert_eq!(see(&admin, &erasure["id"]).await["status"], status);
        }
        assert_eq!(sql.number("SELECT count(*) FROM erasures WHERE whose IS NOT NULL").await, 3);
        let told = trail(&admin, json!({ "eventType": { "eq": "erasure.expired" } })).await;
        assert_eq!((told.len(), &told[0]["actor"]), (2, &Value::Null));
        assert!(!format!("{told:?}").contains("ada@"), "{told:?}");
        // It is over.
        let late = confirm(&sam, &old["id"]).await;
        assert!(late.user_errors("confirmErasure")[0].message.contains("plan it again"), "{late}");
        assert_eq!(wrong(&admin.client.run(CANCEL, json!({ "id": old["id"] })).await, "cancelErasure").1, "NOT_ALLOWED");
        // The days are the company's.
        set(&admin, "privacy.erasure_plan_days", json!(7)).await;
        until("it expires too", SOON, async || (see(&admin, &new["id"]).await["status"] == "EXPIRED").then_some(())).await;
        assert_eq!(sql.number("SELECT count(*) FROM messages WHERE email LIKE '%@example.com'").await, 5, "nobody was erased");
        let wrong_days = admin.client.run(SET, json!({ "key": "privacy.erasure_plan_days", "value": 0 })).await;
        assert_eq!(wrong_days.user_errors("setSetting")[0].path, "input.value", "{wrong_days}");
    }

    /// A client's account goes with its projects, tickets, all comments on them and its tokens; other clients' tickets stay, without
    /// the words that the client said on them.
    async fn an_account_of_a_client_goes_with_what_hangs_on_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        let made = "mutation($email: EmailAddress!) { createClient(input: { email: $email, name: \"Cleo\" }) { client { id } errors { message } } }";
        let client = async |email: &str| admin.client.run(made, json!({ "email": email })).await.ok().string("createClient.client.id");
        let (cleo, dora) = (client("cleo@example.com").await, client("dora@example.com").await);
        let ticket = "mutation($of: ID!, $title: String!) { createTicket(input: { title: $title, description: \"Words\", requesterId: $of }) { ticket { id } \
            errors { message path } } }";
        let comment = "mutation($id: ID!) { addTicketComment(input: { ticketId: $id, content: \"What colleagues said\", visibility: PUBLIC }) { errors { message } } }";
        for (who, title) in [(&cleo, "Hers"), (&cleo, "Hers too"), (&dora, "Not hers")] {
            let made = admin.client.run(ticket, json!({ "of": who, "title": title })).await.ok();
            admin.client.run(comment, json!({ "id": made.string("createTicket.ticket.id") })).await.ok();
        }
        let sql = desk.sql().await;
        // Cleo spoke on Dora's ticket as well.
        let id = |of: &str| {
            let hex = of.trim_start_matches("cli_");
            if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
        };
        let hers = format!("UPDATE ticket_comments SET author_id = {}, sender = 'client' WHERE ticket_id IN \
            (SELECT id FROM tickets WHERE requester_id = {})", id(&cleo), id(&dora));
        sql.run(&hers).await;
        let find = "{ tickets(filter: { text: \"colleagues\" }) { totalCount } }";
        assert_eq!(admin.client.run(find, Value::Null).await.ok().data("tickets.totalCount"), 3);
        let erasure = confirmed((&admin, &sam), &cleo, "CLIENT_ACCOUNT").await;
        assert_eq!(erasure["subject"], json!(cleo));
        let done = over(&admin, &erasure["id"]).await;
        assert_eq!(done["status"], "DONE", "{done}");
        assert_eq!((sql.count("tickets").await, sql.count("ticket_comments").await), (1, 1));
        assert_eq!(sql.texts("SELECT content FROM ticket_comments").await, ["erased person"]);
        assert_eq!(admin.client.run(find, Value::Null).await.ok().data("tickets.totalCount"), 0);
        let left = sql.texts("SELECT email || '|' || name FROM users WHERE kind = 'client' ORDER BY email DESC").await;
        assert!(left[0].starts_with("dora@example.com|") && left[1].ends_with("@erased.invalid|erased person"), "{left:?}");
        let again = plan(&admin, &cleo, "CLIENT_ACCOUNT").await.ok();
        assert_eq!(again.data("planErasure.erasure.rowCount"), &json!(2), "the rows that stay, and nothing more");
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }

    /// A ticket that was tied to one of a client's, and went into another, comes out again after that client was erased.
    async fn what_was_tied_to_their_tickets_comes_apart_again(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        let cleo = super::tickets::client(&desk, &admin, "cleo").await;
        let hers = super::tickets::plain(&cleo.client, "Hers").await;
        let (one, other) = (super::tickets::plain(&admin.client, "One").await, super::tickets::plain(&admin.client, "Other").await);
        for (mutation, input) in [
            ("linkTickets", json!({ "ticketId": one, "otherId": hers, "kind": "RELATED" })),
            ("mergeTickets", json!({ "fromId": one, "intoId": other })),
        ] {
            super::tickets::came(super::tickets::change(&admin.client, mutation, input).await, mutation);
        }
        let erasure = confirmed((&admin, &sam), &cleo.id, "CLIENT_ACCOUNT").await;
        assert_eq!(over(&admin, &erasure["id"]).await["status"], "DONE");
        let out = super::tickets::change(&admin.client, "unmergeTicket", json!({ "ticketId": one })).await;
        let out = super::tickets::came(out, "unmergeTicket");
        assert_eq!((&out["status"], &out["links"]), (&json!("OPEN"), &json!([])));
    }

    /// Who was erased is still with B2Chat, and does not come back: neither with the next run nor with a rebuild, as a contact or with
    /// chats; nor is an answer kept that tells of them.
    async fn a_contact_of_b2chat_does_not_come_back(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(2, 1), 8);
        company.b2chat.inclusive();
        company.b2chat.set_contacts((0..7).map(|n| contact(n, &format!("{} 10:00:0{n}", company.day(1)))).collect());
        let contacts = json!({ "entity": "CONTACTS", "operation": "MANUAL", "from": company.day(3), "to": company.day(0) });
        company.sync(contacts.clone()).await;
        let run = company.manual(2, 1).await;
        let sql = company.desk.sql().await;
        let (chats, whole) = (sql.count("b2chat_chats").await, sql.count("b2chat_contacts").await);
        let hers = sql.number("SELECT count(*) FROM b2chat_chats WHERE contact_id = (SELECT id FROM b2chat_contacts WHERE b2chat_id = '3')").await;
        assert!((chats, whole) == (16, 7) && hers > 0, "{chats} {whole} {hers}");
        company.set("privacy.erasure_needs_second", json!(false)).await;
        let erasure = confirmed((&company.admin, &company.admin), "c3@example.com", "PERSON").await;
        assert_eq!(over(&company.admin, &erasure["id"]).await["status"], "DONE");
        let nowhere = async |when: &str| {
            let found = sql.number("SELECT count(*) FROM b2chat_contacts WHERE b2chat_id = '3' OR email = 'c3@example.com' OR full_name LIKE '%Contact 3%'").await;
            assert_eq!((found, sql.count("b2chat_contacts").await), (0, whole), "{when}");
            assert_eq!(sql.count("b2chat_chats").await, chats, "{when}");
            let said = "SELECT count(*) FROM b2chat_messages WHERE chat_id IN (SELECT id FROM b2chat_chats WHERE b2chat_id LIKE 'erased person %')";
            assert_eq!(sql.number(said).await, 0, "{when}");
        };
        nowhere("at the end").await;
        // Answers that tell of the contact are not there: what is left of that run says nothing of it.
        let rebuilt = company.turn("rebuildFromRaw", run["id"].as_str().expect("an id")).await;
        if rebuilt.user_errors("rebuildFromRaw").is_empty() {
            company.over(&rebuilt.string("rebuildFromRaw.syncRun.id")).await;
        }
        nowhere("after a rebuild").await;
        company.sync(contacts).await;
        let again = company.manual(2, 1).await;
        assert_eq!(again["status"], "SUCCESS", "{again}");
        nowhere("after another run").await;
        let rebuilt = company.turn("rebuildFromRaw", again["id"].as_str().expect("an id")).await;
        if rebuilt.user_errors("rebuildFromRaw").is_empty() {
            company.over(&rebuilt.string("rebuildFromRaw.syncRun.id")).await;
        }
        nowhere("after a rebuild of that").await;
    }

    /// A process is killed again and again while it erases: it ends as if it never was.
    async fn an_erasure_outlives_kills(backend) {
        let quick = || Options::new().env("FRONTDESK_JOB_LEASE", "1s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let mut desk = Desk::open_with(backend, quick()).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        desk.message("Ada", "Do you calculate?").await;
        let other = desk.submit(json!({ "name": "Bob", "email": "bob@example.com", "content": "Mine" })).await.ok();
        drop(other);
        let sql = desk.sql().await;
        let email = sql.texts("SELECT email FROM messages WHERE name = 'Ada'").await.remove(0);
        let new = if sql.is_sqlite() { "randomblob(16)" } else { "gen_random_uuid()" };
        let columns = sql.texts(&columns(&sql, "messages")).await;
        let columns: Vec<_> = columns.into_iter().filter(|name| !["id", "search_id"].contains(&name.as_str())).collect();
        let list = columns.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let from = if sql.is_sqlite() {
            "messages m, (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i FROM n)"
        } else {
            "messages m, generate_series(1, 60000)"
        };
        sql.run(&format!("INSERT INTO messages (id, {list}) SELECT {new}, {list} FROM {from} WHERE m.name = 'Ada'")).await;
        let erasure = confirmed((&admin, &sam), &email, "PERSON").await;
        let total = erasure["rowCount"].as_i64().expect("a number");
        assert!(total > 60_000, "{total}");
        let (mut left, mut kills) = (sql.count("messages").await, 0);
        while kills < KILLS {
            let gone = until("it goes on", PATIENCE, async || {
                let now = sql.count("messages").await;
                (now < left).then_some(now)
            }).await;
            left = gone;
            sleep(Duration::from_millis(u64::from(u16::from_be_bytes(chance::bytes())) % 60)).await;
            if sql.number("SELECT count(*) FROM jobs WHERE kind = 'audit.erase'").await == 0 || left < 1_000 {
                break;
            }
            desk.server.kill9().await;
            kills += 1;
            left = sql.count("messages").await;
            desk.server.restart().await;
        }
        assert!(kills >= KILLS / 2, "killed {kills} times");
        let done = over(&admin, &erasure["id"]).await;
        assert_eq!((&done["status"], &done["rowsDone"]), (&json!("DONE"), &json!(total)), "each once: {done}");
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'person.erased'").await, 1);
        assert_eq!(sql.count("messages").await, 1);
        assert_eq!(sql.number("SELECT count(*) FROM jobs WHERE kind = 'audit.erase'").await, 0);
        until("all is sealed", SOON, async || {
            (sql.number("SELECT count(*) FROM outbox WHERE sequence IS NULL").await == 0).then_some(())
        }).await;
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }

    /// An erasure breaks off when the chats have gone that told whose lines are in an archive, and only then that archive is done: their
    /// lines go out of it all the same, and those of others stay.
    async fn what_is_archived_while_it_breaks_off_goes_too(backend) {
        let quick = Options::new().env("FRONTDESK_JOB_LEASE", "1s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let desk = Desk::open_with(backend, quick).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        chats::begin(&desk, "Eve", "The word is plover").await;
        chats::begin(&desk, "Bob", "The word is curlew").await;
        let sql = desk.sql().await;
        sql.run(&format!("UPDATE chat_messages SET created_at = {}", ago(&sql, "900"))).await;
        set_policy(&admin, json!({ "policy": "chat_messages", "action": "ARCHIVE" })).await.ok();
        let archived = retained(&admin, "runRetention", &["chat_messages"]).await;
        assert!(archived["rowsArchived"].as_i64() >= Some(2), "{archived}");
        assert!(words(&desk).contains("plover"));
        // The archive is being written, and visitors cannot go.
        let sealed = sql.texts("SELECT CAST(sealed_at AS text) FROM archives").await.remove(0);
        sql.run("UPDATE archives SET sealed_at = NULL").await;
        for statement in refusing(&sql) {
            sql.run(&statement).await;
        }
        let erasure = confirmed((&admin, &sam), "eve@visitors.example", "PERSON").await;
        until("the chat is gone", PATIENCE, async || (sql.count("chat_sessions").await == 1).then_some(())).await;
        sql.run(&format!("UPDATE archives SET sealed_at = '{sealed}'")).await;
        sql.run(if sql.is_sqlite() { "DROP TRIGGER not_now" } else { "DROP TRIGGER not_now ON visitors" }).await;
        let done = over(&admin, &erasure["id"]).await;
        assert_eq!(done["status"], "DONE", "{done}");
        let words = words(&desk);
        assert!(!words.contains("plover") && words.contains("curlew"), "{words}");
        assert_eq!(sql.number("SELECT count(*) FROM erasures WHERE whose IS NOT NULL").await, 0);
    }
}

/// What the lines of chats in all archives say.
fn words(desk: &Desk) -> String {
    let lines = read_back(desk, "chat_messages");
    lines.iter().map(|line| line["content"].to_string()).collect::<Vec<_>>().join("\n")
}

/// What has the database let no visitor go.
fn refusing(sql: &Sql) -> Vec<String> {
    if sql.is_sqlite() {
        return vec![
            "CREATE TRIGGER not_now BEFORE DELETE ON visitors BEGIN SELECT RAISE(ABORT, 'not now'); END".into(),
        ];
    }
    vec![
        "CREATE FUNCTION not_now() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$"
            .into(),
        "CREATE TRIGGER not_now BEFORE DELETE ON visitors FOR EACH ROW EXECUTE FUNCTION not_now()".into(),
    ]
}

/// So often it is killed.
const KILLS: usize = 20;

/// What asks for the columns of a table.
fn columns(sql: &Sql, table: &str) -> String {
    if sql.is_sqlite() {
        return format!("SELECT name FROM pragma_table_info('{table}')");
    }
    format!(
        "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = current_schema()"
    )
}
