//! What a client does with tickets, and what nobody else's client sees.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::tickets::{came, change, client, history, id, make, plain, refused, see};
use crate::support::{Client, both, until};

const LIST: &str = "query List($filter: TicketFilter) { tickets(filter: $filter) { totalCount nodes { id } } }";

both! {
    /// A program makes tickets for clients whom it need not see.
    async fn a_key_makes_tickets_for_clients(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = client(&desk, &admin, "ann").await;
        let key = "mutation { createApiKey(input: { name: \"Shop\", permissions: [VIEW_TICKETS, MANAGE_TICKETS, SEE_ALL] }) { key errors { message } } }";
        let shop = desk.web.bearer(&admin.client.run(key, json!({})).await.ok().string("createApiKey.key"));
        let sell = "mutation($who: ID!) { createTicket(input: { title: \"Sold\", description: \"A mast\", requesterId: $who }) { \
            ticket { id requester { id } } errors { path } } }";
        let sold = shop.run(sell, json!({ "who": ann.id })).await.ok();
        assert_eq!(sold.data("createTicket.ticket.requester"), &Value::Null, "clients are not shown to it");
        assert_eq!(see(&ann.client, &sold.string("createTicket.ticket.id")).await["requester"]["id"], json!(ann.id));
        // What is no client who is active is refused as before.
        let gone = "mutation($id: ID!) { deactivateClient(input: { clientId: $id }) { errors { message } } }";
        admin.client.run(gone, json!({ "id": ann.id })).await.ok();
        for wrong in [ann.id.as_str(), &admin.id.replace("stf_", "cli_")] {
            let refused = shop.run(sell, json!({ "who": wrong })).await.user_errors("createTicket");
            assert_eq!(refused[0].path, "input.requesterId", "{wrong}");
        }
    }

    /// A client makes, reads and changes their own, by every way there is; what is another's, or nobody's, is not there; and
    /// what colleagues keep for themselves is not shown.
    async fn a_client_has_their_own_tickets_and_no_others(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bob) = (client(&desk, &admin, "ann").await, client(&desk, &admin, "bob").await);
        let own = make(&ann.client, json!({ "title": "Help", "description": "It burns", "category": "BUG", "priority": "HIGH" })).await;
        assert_eq!((&own["requester"]["id"], &own["createdBy"]["id"], &own["severity"]), (&json!(ann.id), &json!(ann.id), &json!("NORMAL")));
        assert_eq!(own["viewerCan"], json!({ "update": true, "manage": false, "setStatus": [] }));
        for (field, value) in [("severity", json!("MAJOR")), ("assigneeId", json!(admin.id)), ("notes", json!("x")), ("dueAt", json!("2099-01-01T00:00:00Z")),
            ("estimatedHours", json!(1)), ("requesterId", json!(bob.id)), ("parentId", own["id"].clone())] {
            let mut input = json!({ "title": "T", "description": "D" });
            input[field] = value;
            refused(&change(&ann.client, "createTicket", input).await, "createTicket", "NOT_ALLOWED", field);
        }
        let (own, inner) = (id(&own), plain(&admin.client, "Inner").await);
        let bobs = id(&make(&admin.client, json!({ "title": "Bob's", "description": "Burns too", "requesterId": bob.id })).await);
        let kept = json!({ "ticketId": own, "notes": "A difficult one", "estimatedHours": 3, "actualHours": 4, "severity": "MAJOR", "dueAt": "2099-01-31T12:00:00+00:00", "parentId": inner });
        came(change(&admin.client, "updateTicket", kept).await, "updateTicket");
        came(change(&admin.client, "assignTicket", json!({ "ticketId": own, "assigneeId": admin.id })).await, "assignTicket");
        let around = "mutation($id: ID!, $other: ID!) { createTag(input: { name: \"Difficult\", color: \"#102030\" }) { tag { id } } \
            addInternalNote(input: { entityId: $id, content: \"Beware\" }) { errors { message } } \
            linkTickets(input: { ticketId: $id, otherId: $other, kind: RELATED }) { errors { message } } \
            watchTicket(input: { ticketId: $id }) { errors { message } } }";
        let tag = admin.client.run(around, json!({ "id": own, "other": bobs })).await.ok().string("createTag.tag.id");
        let tagged = "mutation($id: ID!, $tag: ID!) { addTags(input: { entityId: $id, tagIds: [$tag] }) { tags { name } errors { message } } }";
        assert_eq!(admin.client.run(tagged, json!({ "id": own, "tag": tag })).await.ok().data("addTags.tags.0.name"), "Difficult");

        let seen = see(&ann.client, &own).await;
        for hidden in ["notes", "estimatedHours", "actualHours", "assignee", "team", "parent"] {
            assert_eq!(seen[hidden], Value::Null, "{hidden}");
        }
        assert_eq!(json!([seen["tags"], seen["links"], seen["watchers"], seen["dueAt"]]), json!([[], [], [], "2099-01-31T12:00:00+00:00"]));
        let notes = "query($id: ID!) { ticket(id: $id) { internalNotes { totalCount nodes { id } } draft { id } } }";
        let notes = ann.client.run(notes, json!({ "id": own })).await.ok();
        assert_eq!(notes.data("ticket"), &json!({ "internalNotes": { "totalCount": 0, "nodes": [] }, "draft": null }));
        let shown = [json!(["CREATED", null, null, null]), json!(["UPDATED", "SEVERITY", "NORMAL", "MAJOR"]), json!(["UPDATED", "DUE_AT", null, "2099-01-31T12:00:00+00:00"])];
        assert_eq!(history(&ann.client, &own).await, shown);
        assert!(history(&admin.client, &own).await.len() > 6);

        // By every way, for the one whose it is and for another.
        let find = "query($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { id } ticket(id: $id) { id } }";
        let number = see(&ann.client, &own).await["number"].clone();
        let by_number = "query($n: String!) { ticketByNumber(number: $n) { id } }";
        // What is a client's hangs on them too, for themselves and for colleagues who see it.
        let hanging = "query($id: ID!) { node(id: $id) { ... on Client { tickets { totalCount nodes { id } } } } }";
        for (who, of, theirs) in [(&ann, &ann, &own), (&admin, &ann, &own), (&admin, &bob, &bobs)] {
            let found = who.client.run(hanging, json!({ "id": of.id })).await.ok();
            assert_eq!(found.data("node.tickets"), &json!({ "totalCount": 1, "nodes": [{ "id": theirs }] }));
        }
        assert!(ann.client.run(hanging, json!({ "id": bob.id })).await.ok().data("node").is_null());
        for (person, theirs, others) in [(&ann, &own, [&bobs, &inner]), (&bob, &bobs, [&own, &inner])] {
            let list = person.client.run(LIST, json!({})).await.ok();
            assert_eq!(list.data("tickets"), &json!({ "totalCount": 1, "nodes": [{ "id": theirs }] }));
            let there = person.client.run(find, json!({ "id": theirs })).await.ok();
            assert_eq!(there.json["data"], json!({ "node": { "__typename": "Ticket", "id": theirs }, "nodes": [{ "id": theirs }], "ticket": { "id": theirs } }));
            for other in others {
                let nothing = person.client.run(find, json!({ "id": other })).await.ok();
                assert_eq!(nothing.json["data"], json!({ "node": null, "nodes": [null], "ticket": null }));
                for (mutation, input) in [("updateTicket", json!({ "ticketId": other, "title": "X" })), ("watchTicket", json!({ "ticketId": other })),
                    ("setTicketStatus", json!({ "ticketId": other, "status": "CLOSED" }))] {
                    assert_eq!(change(&person.client, mutation, input).await.error_code(), "NOT_FOUND", "{mutation}");
                }
            }
            // Words of others are found by nobody else, and what is kept from them cannot be found out by asking for it.
            let words = person.client.run(LIST, json!({ "filter": { "text": "burns" } })).await.ok();
            assert_eq!(words.data("tickets.nodes"), &json!([{ "id": theirs }]));
            let inner_words = person.client.run(LIST, json!({ "filter": { "text": "difficult" } })).await.ok();
            assert_eq!(inner_words.data("tickets.totalCount"), 0);
            let found = person.client.run(by_number, json!({ "n": number })).await.ok();
            assert_eq!(found.data("ticketByNumber").is_null(), person.id == bob.id);
        }
        for (mutation, input) in [("assignTicket", json!({ "ticketId": own })), ("mergeTickets", json!({ "fromId": own, "intoId": bobs })),
            ("linkTickets", json!({ "ticketId": own, "otherId": bobs, "kind": "RELATED" })), ("watchTicket", json!({ "ticketId": own, "userId": bob.id }))] {
            assert_eq!(change(&ann.client, mutation, input).await.error_code(), "FORBIDDEN", "{mutation}");
        }
        let note = "mutation($id: ID!) { addInternalNote(input: { entityId: $id, content: \"Mine\" }) { errors { message } } }";
        assert_eq!(ann.client.run(note, json!({ "id": own })).await.error_code(), "FORBIDDEN");

        // Nor by a filter, however it is put: what each gives is the same whatever is there.
        for hidden in [json!({ "assigneeId": { "eq": admin.id } }), json!({ "assigneeId": { "isNull": true } }), json!({ "assigneeId": { "isNull": false } }),
            json!({ "teamId": { "isNull": true } }), json!({ "createdById": { "eq": ann.id } }), json!({ "parentId": { "eq": inner } }),
            json!({ "parentId": { "isNull": false } }), json!({ "tags": { "any": [tag] } }), json!({ "tags": { "none": [tag] } })] {
            let found = ann.client.run(LIST, json!({ "filter": hidden })).await.ok();
            assert_eq!(found.data("tickets.totalCount"), 0, "{hidden}");
            let not = ann.client.run(LIST, json!({ "filter": { "not": hidden } })).await.ok();
            assert_eq!(not.data("tickets.totalCount"), 1, "not {hidden}");
        }

        // They change what they wrote, watch it, and nothing else.
        let changed = came(change(&ann.client, "updateTicket", json!({ "ticketId": own, "title": "Help!", "priority": "URGENT" })).await, "updateTicket");
        assert_eq!((&changed["title"], &changed["priority"]), (&json!("Help!"), &json!("URGENT")));
        refused(&change(&ann.client, "updateTicket", json!({ "ticketId": own, "notes": "x" })).await, "updateTicket", "NOT_ALLOWED", "notes");
        let watched = came(change(&ann.client, "watchTicket", json!({ "ticketId": own })).await, "watchTicket");
        assert_eq!(watched["watchers"], json!([{ "id": ann.id }]), "colleagues who watch it are not shown to them");
        let mine = ann.client.run(LIST, json!({ "filter": { "isWatched": true } })).await.ok();
        assert_eq!(mine.data("tickets.totalCount"), 1);
        came(change(&ann.client, "unwatchTicket", json!({ "ticketId": own })).await, "unwatchTicket");
        assert_eq!(ann.client.run(LIST, json!({ "filter": { "isWatched": true } })).await.ok().data("tickets.totalCount"), 0);
    }

    /// A client closes what is resolved, or opens it again for as many days as the company says; and nothing else.
    async fn a_client_opens_a_resolved_ticket_again_for_some_days(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = client(&desk, &admin, "ann").await;
        let own = id(&make(&ann.client, json!({ "title": "Help", "description": "It burns" })).await);
        let sql = desk.sql().await;
        let set = async |client: &Client, status: &str| change(client, "setTicketStatus", json!({ "ticketId": own, "status": status })).await;
        for status in ["CLOSED", "RESOLVED", "IN_PROGRESS", "PENDING"] {
            refused(&set(&ann.client, status).await, "setTicketStatus", "NOT_ALLOWED", "status");
        }
        came(set(&admin.client, "RESOLVED").await, "setTicketStatus");
        assert_eq!(see(&ann.client, &own).await["viewerCan"]["setStatus"], json!(["OPEN", "CLOSED"]));
        assert_eq!(came(set(&ann.client, "OPEN").await, "setTicketStatus")["resolvedAt"], Value::Null);
        came(set(&admin.client, "RESOLVED").await, "setTicketStatus");
        came(set(&ann.client, "CLOSED").await, "setTicketStatus");
        refused(&change(&ann.client, "updateTicket", json!({ "ticketId": own, "title": "X" })).await, "updateTicket", "NOT_ALLOWED", "ticketId");
        came(set(&ann.client, "OPEN").await, "setTicketStatus");
        came(set(&admin.client, "RESOLVED").await, "setTicketStatus");
        // Long ago.
        let at = if sql.is_sqlite() { "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-3 days')" } else { "now() - interval '3 days'" };
        sql.run(&format!("UPDATE tickets SET resolved_at = {at}")).await;
        let days = "mutation($days: JSON!) { setSetting(input: { key: \"ticketing.reopen_within_days\", value: $days }) { errors { message } } }";
        for (days_given, well) in [(2, false), (0, false), (4, true)] {
            admin.client.run(days, json!({ "days": days_given })).await.ok();
            let answer = set(&ann.client, "OPEN").await;
            if well {
                assert_eq!(came(answer, "setTicketStatus")["status"], "OPEN");
            } else {
                refused(&answer, "setTicketStatus", "NOT_ALLOWED", "status");
            }
        }
        let too_many = admin.client.run(days, json!({ "days": 366 })).await;
        assert_eq!(too_many.user_errors("setSetting").len(), 1);
    }

    /// Where the company lets them, clients who buy for one company see each other's tickets and change none of them; only what
    /// colleagues wrote of their company counts, and it ends when that does.
    async fn clients_of_one_company_see_each_others_tickets_where_they_may(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bob, eve) = (client(&desk, &admin, "ann").await, client(&desk, &admin, "bob").await, client(&desk, &admin, "eve").await);
        let buys = "mutation($id: ID!, $for: String) { updateClient(input: { clientId: $id, company: $for }) { errors { message } } }";
        for who in [&ann, &bob] {
            admin.client.run(buys, json!({ "id": who.id, "for": "Lane & Co" })).await.ok();
        }
        // Whoever says so themselves proves nothing.
        let says = "mutation { updateProfile(input: { company: \"Lane & Co\" }) { errors { message } } }";
        eve.client.run(says, Value::Null).await.ok();
        let own = id(&make(&ann.client, json!({ "title": "Ann's", "description": "It burns" })).await);
        make(&bob.client, json!({ "title": "Bob's", "description": "Too" })).await;
        make(&eve.client, json!({ "title": "Eve's", "description": "Three" })).await;
        let count = async |person: &Person| person.client.run(LIST, json!({})).await.ok().data("tickets.totalCount").as_i64().expect("a number");
        let soon = async |person: &Person, expected: i64| {
            until("rights are read again", SOON, async || (count(person).await == expected).then_some(())).await;
        };
        for person in [&ann, &bob, &eve] {
            assert_eq!(count(person).await, 1);
        }
        let set = "mutation($on: JSON!) { setSetting(input: { key: \"ticketing.clients_see_company\", value: $on }) { errors { message } } }";
        admin.client.run(set, json!({ "on": true })).await.ok();
        soon(&bob, 2).await;
        soon(&ann, 2).await;
        assert_eq!(see(&bob.client, &own).await["viewerCan"], json!({ "update": false, "manage": false, "setStatus": [] }));
        assert_eq!(change(&bob.client, "updateTicket", json!({ "ticketId": own, "title": "Mine" })).await.error_code(), "FORBIDDEN");
        came(change(&bob.client, "watchTicket", json!({ "ticketId": own })).await, "watchTicket");
        let why = "query($who: ID!, $do: Permission!, $id: ID!) { explainAccess(userId: $who, permission: $do, id: $id) { allowed rule reason } }";
        for (who, may, rule) in [
            (&ann, "VIEW_TICKETS", "SEE_OWN"),
            (&bob, "VIEW_TICKETS", "SEE_OWN"),
            (&eve, "VIEW_TICKETS", "NOT_HELD"),
            (&ann, "MANAGE_TICKETS", "NOT_HELD"),
        ] {
            let said = admin.client.run(why, json!({ "who": who.id, "do": may, "id": own })).await.ok();
            let found = (said.string("explainAccess.rule"), said.data("explainAccess.allowed"));
            assert_eq!(found, (rule.to_owned(), &json!(rule == "SEE_OWN")), "{may}: {said}");
        }
        assert_eq!(count(&eve).await, 1);
        bob.client.run(says, Value::Null).await.ok();
        assert_eq!(count(&bob).await, 2, "what he says of himself changes nothing where it says the same");
        admin.client.run(buys, json!({ "id": bob.id, "for": "Hill & Co" })).await.ok();
        soon(&bob, 1).await;
        soon(&ann, 1).await;
    }
}
