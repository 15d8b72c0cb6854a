//! What is under a legal hold stays when the rest of somebody is erased, and goes by itself when the hold is released.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::erasures::{CANCEL, HOLD, RELEASE, confirmed, over, see, set};
use super::files::send;
use super::leads::wrong;
use super::ticket_comments::{buyer, said, ticket};
use super::trail::trail;
use crate::coverage::sql::Sql;
use crate::support::{ADMIN_PASSWORD, PATIENCE, both, until};

const NOTE: &str = "mutation($id: ID!, $text: String!) { addInternalNote(input: { entityId: $id, content: $text }) { errors { message } } }";
const SIGN_IN: &str = "mutation($email: EmailAddress!, $password: String!) { signIn(input: { email: $email, password: $password }) { \
    session { accessToken } errors { code } } }";

async fn held(admin: &Person, thing: &str) -> String {
    admin.client.run(HOLD, json!({ "id": thing })).await.ok().string("placeLegalHold.legalHold.id")
}

async fn release(admin: &Person, hold: &str) {
    let done = admin.client.run(RELEASE, json!({ "id": hold })).await.ok();
    assert!(done.user_errors("releaseLegalHold").is_empty(), "{done}");
}

async fn waits(admin: &Person, id: &Value) -> Value {
    until("the erasure waits", 2 * PATIENCE, async || {
        let found = see(admin, id).await;
        (found["status"] == "HELD" && found["completedAt"].is_null()).then_some(found)
    })
    .await
}

/// How many rows of a table holds keep.
fn kept(erasure: &Value, table: &str) -> i64 {
    let lines = erasure["kept"].as_array().expect("lines").iter().filter(|line| line["table"] == table);
    lines.map(|line| line["rows"].as_i64().expect("a number")).sum()
}

async fn contents(sql: &Sql) -> Vec<String> {
    sql.texts("SELECT content FROM messages ORDER BY content").await
}

both! {
    /// Three of ten messages are held: seven go, three stay as they were, with their notes, their visitor and what the trail says; each
    /// is named with the reason. Every release has the erasure go on by itself, and the last one ends it.
    async fn what_is_held_stays_until_it_is_released(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        set(&admin, "privacy.erasure_needs_second", json!(false)).await;
        let sql = desk.sql().await;
        let mut ids = Vec::new();
        for n in 0..10 {
            let sent = desk.submit(json!({ "name": "Ada", "email": "ada@example.com", "content": format!("Ada's {n}") })).await;
            ids.push(sent.string("submitMessage.receipt.messageId"));
        }
        desk.submit(json!({ "name": "Bob", "email": "bob@example.com", "content": "Bob's" })).await;
        for id in &ids[..4] {
            admin.client.run(NOTE, json!({ "id": id, "text": "A note of ours" })).await.ok();
        }
        let mut holds = Vec::new();
        for id in &ids[..3] {
            holds.push(held(&admin, id).await);
        }
        let before = sql.texts("SELECT name || '|' || email FROM visitors WHERE email = 'ada@example.com'").await;
        let erasure = confirmed((&admin, &admin), "ada@example.com", "PERSON").await;
        let waiting = waits(&admin, &erasure["id"]).await;
        assert_eq!(contents(&sql).await, ["Ada's 0", "Ada's 1", "Ada's 2", "Bob's"]);
        assert_eq!((kept(&waiting, "messages"), kept(&waiting, "internal_notes"), kept(&waiting, "visitors")), (3, 3, 1), "{waiting}");
        assert_eq!((sql.count("internal_notes").await, kept(&waiting, "personal_keys") > 0), (3, true));
        assert_eq!(sql.texts("SELECT name || '|' || email FROM visitors WHERE email = 'ada@example.com'").await, before);
        let why: Vec<_> = waiting["kept"].as_array().expect("lines").iter().map(|line| line["why"].to_string()).collect();
        assert!(why.iter().all(|why| holds.iter().all(|hold| why.contains(hold.as_str())) && why.contains("Court case 12")), "{why:?}");
        assert!(waiting["rowsDone"].as_i64() >= erasure["rowCount"].as_i64(), "all that may go is gone: {waiting}");
        let told = trail(&admin, json!({ "eventType": { "eq": "erasure.held" } })).await;
        assert_eq!((told.len(), &told[0]["details"]["kept"]["messages"]), (1, &json!(3)));
        assert!(!format!("{told:?}").contains("ada@"), "{told:?}");
        let over_yet = trail(&admin, json!({ "eventType": { "eq": "person.erased" } })).await;
        assert!(over_yet.is_empty(), "{over_yet:?}");
        // It has begun: there is no way back.
        assert_eq!(wrong(&admin.client.run(CANCEL, json!({ "id": erasure["id"] })).await, "cancelErasure").1, "NOT_ALLOWED");

        release(&admin, &holds[0]).await;
        until("one more goes", SOON, async || (contents(&sql).await == ["Ada's 1", "Ada's 2", "Bob's"]).then_some(())).await;
        let waiting = until("that is said", SOON, async || {
            let found = waits(&admin, &erasure["id"]).await;
            (kept(&found, "messages") == 2).then_some(found)
        })
        .await;
        assert_eq!(kept(&waiting, "visitors"), 1);
        for hold in &holds[1..] {
            release(&admin, hold).await;
        }
        let done = over(&admin, &erasure["id"]).await;
        assert_eq!((&done["status"], &done["kept"]), (&json!("DONE"), &json!([])), "{done}");
        assert_eq!(contents(&sql).await, ["Bob's"]);
        assert_eq!((sql.count("internal_notes").await, sql.number("SELECT count(*) FROM visitors WHERE email = 'ada@example.com'").await), (0, 0));
        assert_eq!(sql.number("SELECT count(*) FROM erasures WHERE whose IS NOT NULL").await, 0);
        let proof = trail(&admin, json!({ "eventType": { "eq": "person.erased" } })).await;
        assert_eq!((proof.len(), &proof[0]["details"]["rows"]["messages"]), (1, &json!(10)));
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }

    /// A hold on a record of theirs holds all that is theirs: nothing goes, and it may be taken back, until that is released.
    async fn a_hold_on_a_person_keeps_all_of_them(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        set(&admin, "privacy.erasure_needs_second", json!(false)).await;
        let sql = desk.sql().await;
        for name in ["ada", "bob"] {
            desk.submit(json!({ "name": name, "email": format!("{name}@example.com"), "content": format!("{name}'s") })).await;
        }
        let visitor = async |name: &str| {
            let found = admin.client.run("query($of: ID!) { personRecords(of: $of) { records { id } } }", json!({ "of": format!("{name}@example.com") }));
            let found = found.await.ok();
            let ids = found.list("personRecords.records").iter().filter_map(|one| one["id"].as_str().map(str::to_owned));
            ids.into_iter().find(|id| id.starts_with("vis_")).expect("a visitor")
        };
        let (ada, bob) = (held(&admin, &visitor("ada").await).await, held(&admin, &visitor("bob").await).await);
        let forgotten = desk.cli(&["audit", "forget", &visitor("ada").await], "");
        let said = String::from_utf8_lossy(&forgotten.stderr).into_owned();
        assert!(!forgotten.status.success() && said.contains(&ada) && said.contains("Court case 12"), "{said}");
        let mut both = Vec::new();
        for name in ["ada", "bob"] {
            let erasure = confirmed((&admin, &admin), &format!("{name}@example.com"), "PERSON").await;
            assert_eq!(erasure["rowCount"], 0, "{erasure}");
            let waiting = waits(&admin, &erasure["id"]).await;
            assert_eq!((&waiting["rowsDone"], kept(&waiting, "messages")), (&json!(0), 1), "{waiting}");
            both.push(erasure["id"].clone());
        }
        let taken = admin.client.run(CANCEL, json!({ "id": both[1] })).await.ok();
        assert_eq!(taken.string("cancelErasure.erasure.status"), "CANCELLED");
        for hold in [&ada, &bob] {
            release(&admin, hold).await;
        }
        assert_eq!(over(&admin, &both[0]).await["status"], "DONE");
        assert_eq!(contents(&sql).await, ["bob's"]);
    }

    /// A client's held ticket stays with what was said on it and by whom, and its client does not get in any more; the others go.
    async fn a_held_ticket_stays_and_its_client_is_shut_out(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        set(&admin, "privacy.erasure_needs_second", json!(false)).await;
        let sql = desk.sql().await;
        let cleo = buyer(&desk, &admin, "cleo").await;
        let (hers, other) = (ticket(&cleo, "Her mast").await, ticket(&cleo, "Her sail").await);
        for on in [&hers, &other] {
            said(&admin, on, "What colleagues said", json!({ "visibility": "PUBLIC" })).await;
            said(&cleo, on, "What she said", json!({})).await;
        }
        send(&admin.client, "plan.txt", "nobody's of them").await.ok();
        let hold = held(&admin, &hers).await;
        let erasure = confirmed((&admin, &admin), &cleo.id, "CLIENT_ACCOUNT").await;
        let waiting = waits(&admin, &erasure["id"]).await;
        assert_eq!(sql.texts("SELECT title FROM tickets").await, ["Her mast"]);
        assert_eq!(sql.number("SELECT count(*) FROM files WHERE name = 'plan.txt'").await, 1, "files of others stay");
        assert_eq!((sql.count("ticket_comments").await, kept(&waiting, "ticket_comments"), kept(&waiting, "users")), (2, 2, 1), "{waiting}");
        assert_eq!(sql.number("SELECT count(*) FROM users WHERE email = 'cleo@clients.example' AND name = 'cleo'").await, 1);
        let input = json!({ "email": "cleo@clients.example", "password": ADMIN_PASSWORD });
        let refused = desk.web.run(SIGN_IN, input).await;
        assert!(refused.json["data"]["signIn"]["session"].is_null(), "{refused}");
        assert_eq!(sql.count("sessions").await, sql.number("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.kind = 'staff'").await);
        release(&admin, &hold).await;
        assert_eq!(over(&admin, &erasure["id"]).await["status"], "DONE");
        assert_eq!((sql.count("tickets").await, sql.count("ticket_comments").await), (0, 0));
        assert_eq!(sql.number("SELECT count(*) FROM users WHERE email = 'cleo@clients.example' OR name = 'cleo'").await, 0);
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }

    /// What somebody said on a ticket of somebody else's stays as long as that is held, and loses its words when it no longer is.
    async fn what_was_said_on_a_held_ticket_of_others_stays(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        set(&admin, "privacy.erasure_needs_second", json!(false)).await;
        let sql = desk.sql().await;
        let (cleo, dora) = (buyer(&desk, &admin, "cleo").await, buyer(&desk, &admin, "dora").await);
        let (doras, free) = (ticket(&dora, "Dora's mast").await, ticket(&dora, "Dora's sail").await);
        for on in [&doras, &free] {
            said(&admin, on, "What Cleo said", json!({ "visibility": "PUBLIC" })).await;
        }
        let client = format!("(SELECT id FROM users WHERE email = '{}@clients.example')", "cleo");
        sql.run(&format!("UPDATE ticket_comments SET author_id = {client}, sender = 'client'")).await;
        let hold = held(&admin, &doras).await;
        let erasure = confirmed((&admin, &admin), &cleo.id, "CLIENT_ACCOUNT").await;
        let waiting = waits(&admin, &erasure["id"]).await;
        assert_eq!(kept(&waiting, "ticket_comments"), 1, "{waiting}");
        let words = async || sql.texts("SELECT content FROM ticket_comments ORDER BY content").await;
        assert_eq!(words().await, ["What Cleo said", "erased person"]);
        release(&admin, &hold).await;
        assert_eq!(over(&admin, &erasure["id"]).await["status"], "DONE");
        assert_eq!(words().await, ["erased person", "erased person"]);
    }
}
