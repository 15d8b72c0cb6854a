//! What is around a ticket: watchers, links, and others that went into it.

use serde_json::{Value, json};

use super::desk::Desk;
use super::tickets::{came, change, client, history, id, make, of_role, plain, refused, see};
use crate::support::both;

fn with(ticket: &Value) -> Value {
    let mut links: Vec<_> = ticket["links"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|link| json!([link["relation"], link["ticket"]["id"]]))
        .collect();
    links.sort_by_key(Value::to_string);
    json!(links)
}

both! {
    /// Whoever sees a ticket watches it; colleagues let others watch it who see it. Links are seen from both sides.
    async fn tickets_are_watched_and_tied(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bea) = (client(&desk, &admin, "ann").await, desk.colleague("bea@example.com", "Bea", "STAFF").await);
        let free = of_role(&desk, &admin, "free", &["VIEW_TICKETS", "SEE_UNASSIGNED"]).await;
        let own = id(&make(&admin.client, json!({ "title": "Own", "description": "D", "requesterId": ann.id, "assigneeId": admin.id })).await);
        for who in [json!(bea.id), Value::Null, json!(ann.id), json!(bea.id)] {
            came(change(&admin.client, "watchTicket", json!({ "ticketId": own, "userId": who })).await, "watchTicket");
        }
        assert_eq!(see(&bea.client, &own).await["watchers"], json!([{ "id": bea.id }, { "id": admin.id }, { "id": ann.id }]));
        for nobody in [&free.id, "stf_0190a5f0000070008000000000000000", "cli_0190a5f0000070008000000000000000"] {
            let answer = change(&admin.client, "watchTicket", json!({ "ticketId": own, "userId": nobody })).await;
            refused(&answer, "watchTicket", "NOT_AVAILABLE", "userId");
        }
        assert_eq!(change(&free.client, "watchTicket", json!({ "ticketId": own })).await.error_code(), "NOT_FOUND");
        let list = "{ tickets(filter: { isWatched: true }) { totalCount } }";
        assert_eq!(bea.client.run(list, Value::Null).await.ok().data("tickets.totalCount"), 1);
        came(change(&bea.client, "unwatchTicket", json!({ "ticketId": own })).await, "unwatchTicket");
        // A client who is active no more is a client still.
        desk.sql().await.run("UPDATE users SET is_active = (1 = 0) WHERE kind = 'client'").await;
        came(change(&bea.client, "unwatchTicket", json!({ "ticketId": own, "userId": ann.id })).await, "unwatchTicket");
        let again = change(&bea.client, "unwatchTicket", json!({ "ticketId": own, "userId": ann.id })).await;
        refused(&again, "unwatchTicket", "NOT_AVAILABLE", "userId");
        assert_eq!(see(&bea.client, &own).await["watchers"], json!([{ "id": admin.id }]));
        let told: Vec<_> = history(&bea.client, &own).await.into_iter().filter(|row| row[1] == "WATCHER").collect();
        assert_eq!(json!(told[2..]), json!([["WATCHED", "WATCHER", null, ann.id], ["UNWATCHED", "WATCHER", bea.id, null], ["UNWATCHED", "WATCHER", ann.id, null]]));

        let (one, other) = (plain(&admin.client, "One").await, plain(&admin.client, "Other").await);
        let tie = |ticket: &str, other: &str, kind: &str| json!({ "ticketId": ticket, "otherId": other, "kind": kind });
        for input in [tie(&one, &other, "RELATED"), tie(&other, &one, "RELATED"), tie(&one, &own, "DUPLICATE_OF")] {
            came(change(&bea.client, "linkTickets", input).await, "linkTickets");
        }
        let mut links = vec![json!(["DUPLICATE_OF", own]), json!(["RELATED", other])];
        links.sort_by_key(Value::to_string);
        assert_eq!(with(&see(&bea.client, &one).await), json!(links));
        assert_eq!(with(&see(&bea.client, &other).await), json!([["RELATED", one]]));
        assert_eq!(with(&see(&bea.client, &own).await), json!([["DUPLICATED_BY", one]]));
        // Who does not see the other sees no link to it.
        assert_eq!(with(&see(&free.client, &one).await), json!([["RELATED", other]]));
        refused(&change(&bea.client, "linkTickets", tie(&one, &one, "RELATED")).await, "linkTickets", "NOT_ALLOWED", "otherId");
        refused(&change(&bea.client, "linkTickets", tie(&own, &one, "DUPLICATE_OF")).await, "linkTickets", "NOT_ALLOWED", "otherId");
        refused(&change(&bea.client, "unlinkTickets", tie(&one, &other, "DUPLICATE_OF")).await, "unlinkTickets", "NOT_AVAILABLE", "otherId");
        came(change(&bea.client, "unlinkTickets", tie(&other, &one, "RELATED")).await, "unlinkTickets");
        assert_eq!(with(&see(&bea.client, &one).await), json!([["DUPLICATE_OF", own]]));
        let told: Vec<_> = history(&bea.client, &other).await.into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(json!(told), json!(["CREATED", "LINKED", "UNLINKED"]));
    }

    /// B28, B29, B30: a ticket that goes into another is closed and points at it; of links to a third there is one; hours add
    /// up; and all of it can be taken back.
    async fn a_ticket_goes_into_another_and_comes_out_again(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bob) = (client(&desk, &admin, "ann").await, client(&desk, &admin, "bob").await);
        let of = async |title: &str, who: Option<&str>| id(&make(&admin.client, json!({ "title": title, "description": "D", "requesterId": who })).await);
        let (a, c, p, q) = (of("A", Some(&ann.id)).await, of("C", Some(&ann.id)).await, of("P", None).await, of("Q", Some(&bob.id)).await);
        for (ticket, hours) in [(&a, 51), (&c, 26)] {
            came(change(&admin.client, "updateTicket", json!({ "ticketId": ticket, "actualHours": hours })).await, "updateTicket");
        }
        for (ticket, other) in [(&a, &p), (&c, &p), (&a, &c), (&a, &q)] {
            came(change(&admin.client, "linkTickets", json!({ "ticketId": ticket, "otherId": other, "kind": "RELATED" })).await, "linkTickets");
        }
        came(change(&admin.client, "watchTicket", json!({ "ticketId": a })).await, "watchTicket");
        came(change(&admin.client, "setTicketStatus", json!({ "ticketId": a, "status": "PENDING" })).await, "setTicketStatus");
        let before = (see(&admin.client, &a).await, see(&admin.client, &c).await);

        let merge = |from: &str, into: &str| change(&admin.client, "mergeTickets", json!({ "fromId": from, "intoId": into }));
        refused(&merge(&a, &a).await, "mergeTickets", "NOT_ALLOWED", "intoId");
        refused(&merge(&a, &q).await, "mergeTickets", "NOT_ALLOWED", "intoId");
        let into = came(merge(&a, &c).await, "mergeTickets");
        assert_eq!((&into["id"], &into["actualHours"]), (&json!(c), &json!(77)));
        let mut links = vec![json!(["RELATED", p]), json!(["RELATED", q])];
        links.sort_by_key(Value::to_string);
        assert_eq!((with(&into), &into["watchers"]), (json!(links), &json!([{ "id": admin.id }])));
        let gone = see(&admin.client, &a).await;
        assert_eq!(json!([gone["status"], gone["mergedInto"]["id"], gone["closedAt"].is_string(), gone["links"]]), json!(["CLOSED", c, true, []]));
        assert_eq!(gone["viewerCan"], json!({ "update": false, "manage": true, "setStatus": [] }));
        assert_eq!(see(&ann.client, &a).await["mergedInto"]["id"], c, "its client is led to the other");
        // It is what it is until it is taken out again.
        refused(&merge(&a, &p).await, "mergeTickets", "NOT_ALLOWED", "fromId");
        refused(&merge(&p, &a).await, "mergeTickets", "NOT_ALLOWED", "intoId");
        for (mutation, input, field) in [("setTicketStatus", json!({ "ticketId": a, "status": "OPEN" }), "status"),
            ("updateTicket", json!({ "ticketId": a, "title": "X" }), "ticketId"), ("assignTicket", json!({ "ticketId": a, "assigneeId": admin.id }), "ticketId")] {
            refused(&change(&admin.client, mutation, input).await, mutation, "NOT_ALLOWED", field);
        }
        refused(&change(&admin.client, "updateTicket", json!({ "ticketId": p, "parentId": a })).await, "updateTicket", "NOT_ALLOWED", "parentId");

        let out = came(change(&admin.client, "unmergeTicket", json!({ "ticketId": a })).await, "unmergeTicket");
        for (now, was) in [(&out, &before.0), (&see(&admin.client, &c).await, &before.1)] {
            for field in ["status", "closedAt", "mergedInto", "actualHours", "watchers"] {
                assert_eq!(now[field], was[field], "{field}");
            }
            assert_eq!(with(now), with(was));
        }
        refused(&change(&admin.client, "unmergeTicket", json!({ "ticketId": a })).await, "unmergeTicket", "NOT_ALLOWED", "ticketId");
        let told: Vec<_> = history(&admin.client, &a).await.into_iter().filter(|row| row[1] == "MERGED_INTO").collect();
        assert_eq!(json!(told), json!([["MERGED", "MERGED_INTO", null, c], ["UNMERGED", "MERGED_INTO", c, null]]));
        // Two who merge each into the other: one of them does.
        let (one, other) = tokio::join!(merge(&a, &c), merge(&c, &a));
        let well = [one, other].iter().filter(|answer| answer.user_errors("mergeTickets").is_empty()).count();
        assert_eq!(well, 1);
    }
}
