//! A legal hold on anything of somebody's stops their erasure, whatever kind of thing it is.

use serde_json::{Value, json};

use super::b2chat_sync::Company;
use super::desk::Person;
use super::erasures::{HOLD, RELEASE, plan};
use super::ticket_comments::{buyer, said, ticket};
use crate::support::b2chat::contact;
use crate::support::both;

/// Holds a thing; nobody plans the erasure until that is released.
async fn stops(admin: &Person, thing: &str, of: &str, scope: &str) {
    let placed = admin.client.run(HOLD, json!({ "id": thing })).await.ok();
    let held = placed.string("placeLegalHold.legalHold.id");
    let refused = plan(admin, of, scope).await.ok();
    let errors = refused.user_errors("planErasure");
    assert!(errors.first().is_some_and(|error| error.message.contains(&held)), "{thing}: {refused}");
    admin.client.run(RELEASE, json!({ "id": held })).await.ok();
    let planned = plan(admin, of, scope).await.ok();
    assert!(planned.user_errors("planErasure").is_empty(), "{thing}: {planned}");
}

both! {
    /// Notes on what somebody wrote, comments on their tickets, rows of the trail, chats and messages at B2Chat: each stops it.
    async fn a_hold_on_anything_of_theirs_stops_it(backend) {
        let company = Company::open(backend).await;
        let (desk, admin) = (&company.desk, &company.admin);
        desk.submit(json!({ "name": "Ada", "email": "ada@example.com", "content": "Do you calculate?" })).await.ok();
        let message = admin.client.run("{ messages(first: 1) { nodes { id } } }", Value::Null).await.ok().string("messages.nodes.0.id");
        let note = "mutation($id: ID!) { addInternalNote(input: { entityId: $id, content: \"She may sue\" }) { internalNote { id } errors { message } } }";
        let note = admin.client.run(note, json!({ "id": message })).await.ok().string("addInternalNote.internalNote.id");
        for thing in [message, note] {
            stops(admin, &thing, "ada@example.com", "PERSON").await;
        }

        let cleo = buyer(desk, admin, "cleo").await;
        let hers = ticket(&cleo, "Her mast").await;
        let inner = said(admin, &hers, "Among ourselves", json!({ "visibility": "INTERNAL" })).await;
        let row = admin.client.run("{ auditLogs(filter: { eventType: { eq: \"ticket.created\" } }) { nodes { id } } }", Value::Null).await.ok();
        for thing in [hers, inner, row.string("auditLogs.nodes.0.id")] {
            stops(admin, &thing, &cleo.id, "CLIENT_ACCOUNT").await;
        }

        company.b2chat.fill(&company.days(2, 1), 8);
        company.b2chat.set_contacts((0..7).map(|n| contact(n, &format!("{} 10:00:0{n}", company.day(1)))).collect());
        company.sync(json!({ "entity": "CONTACTS", "operation": "MANUAL", "from": company.day(3), "to": company.day(0) })).await;
        company.manual(2, 1).await;
        let chats = "{ b2chatContacts(filter: { email: { eq: \"c3@example.com\" } }) { nodes { id chats(first: 1) { nodes { id messages(first: 1) { nodes { id } } } } } } }";
        let seen = admin.client.run(chats, Value::Null).await.ok();
        let chat = "b2chatContacts.nodes.0.chats.nodes.0";
        for thing in ["b2chatContacts.nodes.0.id".into(), format!("{chat}.id"), format!("{chat}.messages.nodes.0.id")] {
            stops(admin, &seen.string(&thing), "c3@example.com", "PERSON").await;
        }
    }
}
