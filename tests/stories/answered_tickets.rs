//! What a client's answer does to the ticket that they answer.

use std::sync::Arc;

use gateway::{config::Config, wiring::app::App, wiring::tickets::House};
use kernel::{Cx, Source, id::TicketId};
use serde_json::json;

use super::desk::Desk;
use super::tickets::{came, change, client, history, id, make, see};
use crate::support::both;

/// The application beside the server, on its database, to answer as whatever takes comments does.
async fn beside(desk: &Desk) -> (Arc<App>, Cx) {
    let setting = |name: &str| desk.server.setting(name).expect("a setting").to_owned();
    let config = Config {
        database_url: setting("FRONTDESK_DATABASE_URL"),
        secret_key: Some(setting("FRONTDESK_SECRET_KEY")),
        mail_dir: desk.server.dir().join("beside"),
        ..Config::default()
    };
    let app = App::new(&config, Arc::new(Source::system())).await.expect("an application");
    let tenant = app.db.tenants().await.expect("tenants").remove(0);
    let cx = app.system(Arc::new(tenant));
    (app, cx)
}

async fn answer(app: &App, cx: &Cx, ticket: &str) -> String {
    let (id, catalog): (TicketId, _) = (ticket.parse().expect("an id"), &app.catalog);
    let cx = &cx.at_present();
    let work = |tx| async move { ticketing::answered_by_client(&tx, &House(&tx, catalog), cx, id).await };
    app.db.transact(cx, "test.answer", work).await.expect("a ticket").id.to_string()
}

both! {
    /// B4: an answer opens what waits or is resolved, within the company's days; after them it begins a follow-up, once for each;
    /// what went into another is answered there.
    async fn an_answer_finds_its_ticket(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = client(&desk, &admin, "ann").await;
        let (app, cx) = beside(&desk).await;
        let sql = desk.sql().await;
        let own = id(&make(&ann.client, json!({ "title": "Help", "description": "It burns", "category": "BUG", "priority": "HIGH" })).await);
        let set = async |ticket: &str, status: &str| came(change(&admin.client, "setTicketStatus", json!({ "ticketId": ticket, "status": status })).await, "setTicketStatus");
        for (status, then) in [("IN_PROGRESS", "IN_PROGRESS"), ("ON_HOLD", "ON_HOLD"), ("PENDING", "OPEN"), ("RESOLVED", "OPEN"), ("CLOSED", "OPEN")] {
            set(&own, status).await;
            assert_eq!(answer(&app, &cx, &own).await, own, "{status}");
            assert_eq!(see(&admin.client, &own).await["status"], then, "{status}");
        }
        set(&own, "RESOLVED").await;
        let long_ago = if sql.is_sqlite() { "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-15 days')" } else { "now() - interval '15 days'" };
        sql.run(&format!("UPDATE tickets SET resolved_at = {long_ago}")).await;
        let next = answer(&app, &cx, &own).await;
        assert_ne!(next, own);
        let seen = see(&ann.client, &next).await;
        assert_eq!(json!([seen["title"], seen["status"], seen["category"], seen["priority"], seen["requester"]["id"], seen["links"]]),
            json!(["Help", "OPEN", "BUG", "HIGH", ann.id, [{ "relation": "FOLLOW_UP_OF", "ticket": { "id": own } }]]));
        let old = see(&ann.client, &own).await;
        assert_eq!(json!([old["status"], old["links"]]), json!(["RESOLVED", [{ "relation": "FOLLOWED_UP_BY", "ticket": { "id": next } }]]));
        assert_eq!(history(&admin.client, &next).await[0], json!(["CREATED", null, null, null]));

        // What went into another is answered there, and stays where it is.
        let into = id(&make(&ann.client, json!({ "title": "Other", "description": "D" })).await);
        came(change(&admin.client, "mergeTickets", json!({ "fromId": next, "intoId": into })).await, "mergeTickets");
        set(&into, "RESOLVED").await;
        assert_eq!(answer(&app, &cx, &next).await, into);
        assert_eq!((&see(&ann.client, &into).await["status"], &see(&ann.client, &next).await["status"]), (&json!("OPEN"), &json!("CLOSED")));
    }

    /// After the days an answer begins one new ticket, of the same project; the next ones go to that, opened again or not, and
    /// not to what a colleague tied that is another client's.
    async fn later_answers_go_to_the_follow_up_that_is_there(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bob) = (client(&desk, &admin, "ann").await, client(&desk, &admin, "bob").await);
        let (app, cx) = beside(&desk).await;
        let sql = desk.sql().await;
        let project = "mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id } errors { path message } } }";
        let input = json!({ "title": "Garden", "type": "OTHER", "clientId": ann.id });
        let project = admin.client.run(project, json!({ "input": input })).await.ok().string("createProject.project.id");
        let own = json!({ "title": "Help", "description": "D", "requesterId": ann.id, "projectId": project });
        let own = id(&make(&admin.client, own).await);
        let bobs = id(&make(&bob.client, json!({ "title": "Bob's", "description": "D" })).await);
        let tie = json!({ "ticketId": bobs, "otherId": own, "kind": "FOLLOW_UP_OF" });
        came(change(&admin.client, "linkTickets", tie).await, "linkTickets");
        let resolve = async |ticket: &str| {
            came(change(&admin.client, "setTicketStatus", json!({ "ticketId": ticket, "status": "RESOLVED" })).await, "setTicketStatus");
        };
        resolve(&own).await;
        let long_ago = if sql.is_sqlite() { "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-15 days')" } else { "now() - interval '15 days'" };
        let age = format!("UPDATE tickets SET resolved_at = {long_ago} WHERE resolved_at IS NOT NULL");
        sql.run(&age).await;
        let next = answer(&app, &cx, &own).await;
        assert!(next != own && next != bobs);
        let of = "query($id: ID!) { ticket(id: $id) { project { id } } }";
        assert_eq!(ann.client.run(of, json!({ "id": next })).await.ok().data("ticket.project.id"), &json!(project));
        assert_eq!(answer(&app, &cx, &own).await, next, "it is open");
        resolve(&next).await;
        assert_eq!(answer(&app, &cx, &own).await, next, "it is opened again");
        assert_eq!(see(&ann.client, &next).await["status"], "OPEN");
        resolve(&next).await;
        sql.run(&age).await;
        let third = answer(&app, &cx, &own).await;
        assert!(third != next && third != own, "it goes on with what went on with it");
        assert_eq!(answer(&app, &cx, &own).await, third);
        assert_eq!(answer(&app, &cx, &next).await, third);
        assert_eq!(sql.count("tickets").await, 4);
    }
}
