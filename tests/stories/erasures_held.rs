//! A legal hold on anything of somebody's keeps it, whatever kind of thing it is; and what counted of them counts no more.

use serde_json::{Value, json};

use super::b2chat_sync::Company;
use super::desk::{Desk, Person};
use super::erasures::{HOLD, RELEASE, confirmed, over, plan, second};
use super::exports::{self, link};
use super::leads::make;
use super::metrics::{by, one, recount};
use super::organisation::change;
use super::ticket_comments::{buyer, said, ticket};
use crate::support::b2chat::contact;
use crate::support::{PATIENCE, both, until};

/// Holds a thing; the plan keeps it and says why, until that is released.
async fn keeps(admin: &Person, thing: &str, of: &str, scope: &str) {
    let placed = admin.client.run(HOLD, json!({ "id": thing })).await.ok();
    let hold = placed.string("placeLegalHold.legalHold.id");
    let kept = async || {
        let planned = plan(admin, of, scope).await.ok();
        assert!(planned.user_errors("planErasure").is_empty(), "{thing}: {planned}");
        let lines = planned.list("planErasure.erasure.plan").to_vec();
        let named =
            |line: &Value| line["why"].as_str().is_some_and(|why| why.contains(&hold) && why.contains("Court case 12"));
        lines.iter().filter(|line| named(line)).map(|line| line["how"].clone()).collect::<Vec<_>>()
    };
    let lines = kept().await;
    assert!(!lines.is_empty() && lines.iter().all(|how| how == "KEPT"), "{thing}: {lines:?}");
    admin.client.run(RELEASE, json!({ "id": hold })).await.ok();
    assert!(kept().await.is_empty(), "{thing}");
}

both! {
    /// Notes on what somebody wrote, comments on their tickets, rows of the trail, chats and messages at B2Chat: each is kept.
    async fn a_hold_on_anything_of_theirs_keeps_it(backend) {
        let company = Company::open(backend).await;
        let (desk, admin) = (&company.desk, &company.admin);
        desk.submit(json!({ "name": "Ada", "email": "ada@example.com", "content": "Do you calculate?" })).await.ok();
        let message = admin.client.run("{ messages(first: 1) { nodes { id } } }", Value::Null).await.ok().string("messages.nodes.0.id");
        let note = "mutation($id: ID!) { addInternalNote(input: { entityId: $id, content: \"She may sue\" }) { internalNote { id } errors { message } } }";
        let note = admin.client.run(note, json!({ "id": message })).await.ok().string("addInternalNote.internalNote.id");
        for thing in [message, note] {
            keeps(admin, &thing, "ada@example.com", "PERSON").await;
        }

        let cleo = buyer(desk, admin, "cleo").await;
        let hers = ticket(&cleo, "Her mast").await;
        let inner = said(admin, &hers, "Among ourselves", json!({ "visibility": "INTERNAL" })).await;
        let row = admin.client.run("{ auditLogs(filter: { eventType: { eq: \"ticket.created\" } }) { nodes { id } } }", Value::Null).await.ok();
        for thing in [hers, inner, row.string("auditLogs.nodes.0.id")] {
            keeps(admin, &thing, &cleo.id, "CLIENT_ACCOUNT").await;
        }

        company.b2chat.fill(&company.days(2, 1), 8);
        company.b2chat.set_contacts((0..7).map(|n| contact(n, &format!("{} 10:00:0{n}", company.day(1)))).collect());
        company.sync(json!({ "entity": "CONTACTS", "operation": "MANUAL", "from": company.day(3), "to": company.day(0) })).await;
        company.manual(2, 1).await;
        let chats = "{ b2chatContacts(filter: { email: { eq: \"c3@example.com\" } }) { nodes { id chats(first: 1) { nodes { id messages(first: 1) { nodes { id } } } } } } }";
        let seen = admin.client.run(chats, Value::Null).await.ok();
        let chat = "b2chatContacts.nodes.0.chats.nodes.0";
        for thing in ["b2chatContacts.nodes.0.id".into(), format!("{chat}.id"), format!("{chat}.messages.nodes.0.id")] {
            keeps(admin, &seen.string(&thing), "c3@example.com", "PERSON").await;
        }
    }
    /// Numbers after an erasure are those of a recount: tickets that are gone count no more, nor tags of B2Chat's chats, and those have
    /// no messages.
    async fn what_is_erased_counts_no_more(backend) {
        let company = Company::open(backend).await;
        let (desk, admin) = (&company.desk, &company.admin);
        let sql = desk.sql().await;
        company.set("privacy.erasure_needs_second", json!(false)).await;
        company.b2chat.fill(&company.days(2, 1), 8);
        company.b2chat.set_contacts((0..7).map(|n| contact(n, &format!("{} 10:00:0{n}", company.day(1)))).collect());
        company.sync(json!({ "entity": "CONTACTS", "operation": "MANUAL", "from": company.day(3), "to": company.day(0) })).await;
        company.manual(2, 1).await;
        let cleo = buyer(desk, admin, "cleo").await;
        ticket(&cleo, "Her mast").await;
        let tickets = "SELECT count(*) FROM metric_facts WHERE kind = 'ticket'";
        until("the ticket counts", PATIENCE, async || (sql.number(tickets).await == 1).then_some(())).await;
        for (of, scope) in [("c3@example.com", "PERSON"), (cleo.id.as_str(), "CLIENT_ACCOUNT")] {
            let erasure = confirmed((admin, admin), of, scope).await;
            assert_eq!(over(admin, &erasure["id"]).await["status"], "DONE");
        }
        assert_eq!(sql.number(tickets).await, 0);
        let hers = "SELECT id FROM b2chat_chats WHERE b2chat_id LIKE 'erased person %'";
        assert_eq!(sql.number(&format!("SELECT count(*) FROM metric_fact_tags WHERE thing_id IN ({hers})")).await, 0);
        assert_eq!(sql.number("SELECT count(*) FROM b2chat_chats WHERE b2chat_id LIKE 'erased person %' AND message_count = 0").await, 2);
        let filter = json!({ "from": company.day(3), "to": company.day(0) });
        let numbers = async || (by(admin, &filter, "TAG", "VOLUME", "count").await, one(admin, &filter, "VOLUME").await);
        let before = numbers().await;
        assert_eq!(before.1["count"], json!(16), "the chats stay");
        recount(admin, &sql).await;
        assert_eq!(numbers().await, before);
    }
    /// Files that were exported before end with the erasure, whoever is in them; the plan says how many.
    async fn what_was_exported_before_ends(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        desk.submit(json!({ "name": "Ada", "email": "ada@example.com", "content": "Hello" })).await.ok();
        make(&admin, json!({ "name": "Ada", "email": "ada@example.com" })).await;
        let export = exports::asked(&admin, json!({ "type": "LEADS", "format": "CSV" })).await;
        let file = link(&exports::over(&admin, &export).await);
        let set = "mutation { setSetting(input: { key: \"privacy.erasure_needs_second\", scope: SYSTEM, value: false }) { errors { message } } }";
        admin.client.run(set, Value::Null).await.ok();
        let erasure = confirmed((&admin, &admin), "ada@example.com", "PERSON").await;
        let line = json!({ "context": "analytics-sync", "table": "exports", "how": "DELETED", "why": null, "rows": 1 });
        assert!(erasure["plan"].as_array().is_some_and(|lines| lines.contains(&line)), "{erasure}");
        assert_eq!(over(&admin, &erasure["id"]).await["status"], "DONE");
        assert_eq!(exports::see(&admin, &export).await["status"], "EXPIRED");
        assert_eq!(desk.web.get(&file).await.status, 404);
    }

    /// Somebody who was erased stays nobody: neither a colleague nor a client is brought back or named anew, and whoever comes with
    /// the same address is somebody new.
    async fn who_was_erased_does_not_come_back(backend) {
        let desk = Desk::open(backend).await;
        let (admin, staff) = (desk.admin().await, "bea@example.com");
        let sam = second(&desk, &admin, "sam").await;
        let bea = desk.colleague(staff, "Bea", "STAFF").await;
        change(&admin.client, "deactivateStaff", json!({ "staffId": bea.id }), "staff { id }").await.ok();
        let client = json!({ "email": "cleo@example.com", "name": "Cleo" });
        let cleo = change(&admin.client, "createClient", client, "client { id }").await.ok().string("createClient.client.id");
        for who in [&bea.id, &cleo] {
            let erasure = confirmed((&admin, &sam), who, "PERSON").await;
            assert_eq!(over(&admin, &erasure["id"]).await["status"], "DONE");
        }
        for (mutation, input, field) in [
            ("reactivateStaff", json!({ "staffId": bea.id }), "staffId"),
            ("updateStaff", json!({ "staffId": bea.id, "name": "Bea again" }), "staffId"),
            ("reactivateClient", json!({ "clientId": cleo }), "clientId"),
            ("updateClient", json!({ "clientId": cleo, "name": "Cleo again" }), "clientId"),
        ] {
            let refused = change(&admin.client, mutation, input, "__typename").await;
            let error = &refused.user_errors(mutation)[0];
            assert_eq!((error.code.as_str(), error.path.as_str()), ("NOT_ALLOWED", format!("input.{field}").as_str()), "{refused}");
        }
        let left = "query($s: ID!, $c: ID!) { staff(id: $s) { name isActive viewerCan { update } } client(id: $c) { name isActive viewerCan { update } } }";
        let left = admin.client.run(left, json!({ "s": bea.id, "c": cleo })).await.ok();
        let nobody = json!({ "name": "erased person", "isActive": false, "viewerCan": { "update": false } });
        assert_eq!((left.data("staff"), left.data("client")), (&nobody, &nobody));
        assert_ne!(desk.colleague(staff, "Bea", "STAFF").await.id, bea.id);
    }
}
