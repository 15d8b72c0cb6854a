//! Many tickets: found, ordered, tagged, and changed at once.

use serde_json::{Value, json};

use super::desk::{CONVERT, Desk};
use super::tickets::{came, change, client, history, id, make, plain, refused, team};
use crate::support::both;

const LIST: &str = "query List($filter: TicketFilter, $order: [TicketOrder!], $first: Int, $after: String) {
    tickets(filter: $filter, orderBy: $order, first: $first, after: $after) { totalCount nodes { title } pageInfo { endCursor hasNextPage } } }";
const MISSING: &str = "tkt_0190a5f0000070008000000000000000";

fn several(mutation: &str) -> String {
    let ty = mutation[..1].to_uppercase() + &mutation[1..];
    format!(
        "mutation Several($input: {ty}Input!) {{ {mutation}(input: $input) {{ \
        outcomes {{ isDone ticket {{ id status assignee {{ id }} tags {{ name }} }} errors {{ code path }} }} errors {{ code path }} }} }}"
    )
}

both! {
    /// Every filter and every order, through pages: what is never due comes last, and priority is no alphabet.
    async fn tickets_are_found_and_ordered(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, care) = (client(&desk, &admin, "ann").await, team(&admin, "Care").await);
        let one = make(&admin.client, json!({ "title": "one", "description": "A café burns", "priority": "HIGH", "dueAt": "2099-03-01T00:00:00Z", "requesterId": ann.id, "teamId": care })).await;
        make(&admin.client, json!({ "title": "two", "description": "x", "priority": "LOW", "category": "BUG", "assigneeId": admin.id })).await;
        make(&admin.client, json!({ "title": "three", "description": "x", "priority": "URGENT", "dueAt": "2099-01-01T00:00:00Z", "severity": "MAJOR", "parentId": one["id"] })).await;
        make(&ann.client, json!({ "title": "four", "description": "x" })).await;
        let list = async |filter: Value, order: Value| {
            let answer = admin.client.run(LIST, json!({ "filter": filter, "order": order, "first": 100 })).await.ok();
            let titles: Vec<_> = answer.list("tickets.nodes").iter().map(|node| node["title"].as_str().expect("a title").to_owned()).collect();
            assert_eq!(answer.data("tickets.totalCount"), titles.len());
            titles.join(" ")
        };
        for (order, expected) in [
            (json!({ "field": "PRIORITY" }), "three one four two"),
            (json!({ "field": "PRIORITY", "direction": "ASC" }), "two four one three"),
            (json!([{ "field": "DUE_AT", "direction": "ASC" }, { "field": "NUMBER", "direction": "ASC" }]), "three one two four"),
            (json!({ "field": "NUMBER" }), "four three two one"),
            (json!({ "field": "CREATED_AT", "direction": "ASC" }), "one two three four"),
            (Value::Null, "four three two one"),
        ] {
            assert_eq!(list(json!({}), order.clone()).await, expected, "{order}");
            // The same in pages of one.
            let (mut pages, mut after) = (Vec::new(), Value::Null);
            loop {
                let page = admin.client.run(LIST, json!({ "order": order, "first": 1, "after": after })).await.ok();
                pages.push(page.string("tickets.nodes.0.title"));
                after = page.data("tickets.pageInfo.endCursor").clone();
                if page.data("tickets.pageInfo.hasNextPage") == false {
                    break;
                }
            }
            assert_eq!(pages.join(" "), expected, "{order}");
        }
        let by_number = json!({ "field": "NUMBER", "direction": "ASC" });
        for (filter, expected) in [
            (json!({ "status": { "eq": "OPEN" } }), "one two three four"),
            (json!({ "status": { "ne": "OPEN" } }), ""),
            (json!({ "category": { "in": ["BUG"] } }), "two"),
            (json!({ "priority": { "in": ["HIGH", "URGENT"] } }), "one three"),
            (json!({ "severity": { "eq": "MAJOR" } }), "three"),
            (json!({ "requesterId": { "eq": ann.id } }), "one four"),
            (json!({ "requesterId": { "isNull": true } }), "two three"),
            (json!({ "assigneeId": { "eq": "me" } }), "two"),
            (json!({ "assigneeId": { "eq": "none" }, "teamId": { "isNull": true } }), "three four"),
            (json!({ "teamId": { "eq": care } }), "one"),
            (json!({ "createdById": { "eq": ann.id } }), "four"),
            (json!({ "createdById": { "eq": admin.id } }), "one two three"),
            (json!({ "parentId": { "eq": one["id"] } }), "three"),
            (json!({ "dueAt": { "lt": "2099-02-01T00:00:00Z" } }), "three"),
            (json!({ "createdAt": { "gt": "2099-02-01T00:00:00Z" } }), ""),
            (json!({ "updatedAt": { "lt": "2099-02-01T00:00:00Z" } }), "one two three four"),
            (json!({ "text": "cafe" }), "one"),
            (json!({ "text": one["number"] }), "one"),
            (json!({ "text": "thr" }), "three"),
            (json!({ "or": [{ "text": "two" }, { "teamId": { "eq": care } }] }), "one two"),
        ] {
            assert_eq!(list(filter.clone(), by_number.clone()).await, expected, "{filter}");
        }
        // Found by what it says now, and not by what it said.
        came(change(&admin.client, "updateTicket", json!({ "ticketId": one["id"], "description": "A theatre burns" })).await, "updateTicket");
        assert_eq!((list(json!({ "text": "cafe" }), Value::Null).await, list(json!({ "text": "theatre" }), Value::Null).await), (String::new(), "one".into()));
    }

    /// Of several tickets each that can be changed is, whatever comes of the others; tags and notes hang on tickets as on
    /// everything else, and the history tells of tags.
    async fn several_tickets_have_an_outcome_each(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let (one, two, merged) = (plain(&admin.client, "One").await, plain(&admin.client, "Two").await, plain(&admin.client, "Three").await);
        came(change(&admin.client, "mergeTickets", json!({ "fromId": merged, "intoId": two })).await, "mergeTickets");
        came(change(&admin.client, "setTicketStatus", json!({ "ticketId": one, "status": "RESOLVED" })).await, "setTicketStatus");
        let run = async |mutation: &str, input: Value| admin.client.run(&several(mutation), json!({ "input": input })).await;
        let outcomes = |answer: &crate::support::Answer, mutation: &str| -> Vec<Value> {
            let one = |outcome: &Value| json!([outcome["isDone"], outcome["ticket"]["id"], outcome["errors"][0]["code"], outcome["errors"][0]["path"]]);
            answer.list(&format!("{mutation}.outcomes")).iter().map(one).collect()
        };
        let ids = json!([two, MISSING, one, merged, two]);
        let at = |n: &str| json!(["input", "ticketIds", n]);
        let done = run("assignTickets", json!({ "ticketIds": ids, "assigneeId": bea.id })).await;
        assert_eq!(json!(outcomes(&done, "assignTickets")), json!([[true, two, null, null], [false, null, "NOT_AVAILABLE", at("1")],
            [true, one, null, null], [false, null, "NOT_ALLOWED", at("3")], [true, two, null, null]]));
        let done = run("setTicketStatuses", json!({ "ticketIds": ids, "status": "PENDING" })).await;
        assert_eq!(json!(outcomes(&done, "setTicketStatuses")), json!([[true, two, null, null], [false, null, "NOT_AVAILABLE", at("1")],
            [false, null, "NOT_ALLOWED", at("2")], [false, null, "NOT_ALLOWED", at("3")], [true, two, null, null]]));
        let tag = "mutation($name: String!) { createTag(input: { name: $name, color: \"#102030\" }) { tag { id } } }";
        let mut tags = Vec::new();
        for name in ["Hot", "Cold"] {
            tags.push(admin.client.run(tag, json!({ "name": name })).await.ok().string("createTag.tag.id"));
        }
        let done = run("tagTickets", json!({ "ticketIds": [one, MISSING, two], "add": tags })).await;
        assert_eq!(json!(outcomes(&done, "tagTickets")), json!([[true, one, null, null], [false, null, "NOT_AVAILABLE", at("1")], [true, two, null, null]]));
        let done = run("tagTickets", json!({ "ticketIds": [two], "remove": [tags[0]] })).await;
        assert_eq!(done.data("tagTickets.outcomes.0.ticket.tags"), &json!([{ "name": "Cold" }]));
        let found = admin.client.run(LIST, json!({ "filter": { "tags": { "all": tags } } })).await.ok();
        assert_eq!(found.data("tickets.nodes"), &json!([{ "title": "One" }]));
        let told: Vec<_> = history(&bea.client, &two).await.into_iter().filter(|row| row[1] == "TAG").map(|row| row[0].clone()).collect();
        assert_eq!(json!(told), json!(["TAGGED", "TAGGED", "UNTAGGED"]));

        let many: Vec<_> = (0..101).map(|n| format!("tkt_{n:032x}")).collect();
        for (mutation, input, code, path) in [
            ("assignTickets", json!({ "ticketIds": [] }), "BLANK", "input.ticketIds"),
            ("setTicketStatuses", json!({ "ticketIds": many, "status": "OPEN" }), "TOO_LONG", "input.ticketIds"),
            ("tagTickets", json!({ "ticketIds": [] }), "BLANK", "input.ticketIds"),
            ("assignTickets", json!({ "ticketIds": [one], "assigneeId": "stf_0190a5f0000070008000000000000000" }), "NOT_AVAILABLE", "input.assigneeId"),
        ] {
            let answer = run(mutation, input).await;
            let error = answer.user_errors(mutation).remove(0);
            assert_eq!((error.code.as_str(), error.path.as_str()), (code, path), "{mutation}");
        }

        // A draft and a note, found with the ticket; and a message that became it.
        let hang = "mutation($id: ID!, $who: [ID!]!) { saveDraft(input: { entityId: $id, content: \"Dear\" }) { draft { id } errors { message } } \
            addInternalNote(input: { entityId: $id, content: \"Look\", mentions: $who }) { internalNote { id } errors { message } } }";
        bea.client.run(hang, json!({ "id": one, "who": [admin.id] })).await.ok().string("addInternalNote.internalNote.id");
        let seen = "query($id: ID!) { ticket(id: $id) { draft { content } internalNotes { nodes { content } } } }";
        let seen = bea.client.run(seen, json!({ "id": one })).await.ok();
        assert_eq!(seen.data("ticket"), &json!({ "draft": { "content": "Dear" }, "internalNotes": { "nodes": [{ "content": "Look" }] } }));
        // Made of a message, with what that says and for whom it is from.
        let ann = client(&desk, &admin, "ann").await;
        let wrote = json!({ "name": "Ann", "email": "ann@clients.example", "content": "The cellar burns" });
        let wrote = desk.submit(wrote).await.string("submitMessage.receipt.messageId");
        let of_it = make(&admin.client, json!({ "title": "Fire", "messageId": wrote })).await;
        assert_eq!(json!([of_it["description"], of_it["requester"]["id"]]), json!(["The cellar burns", ann.id]));
        let look = "query($id: ID!) { message(id: $id) { status convertedTo { id } } }";
        let look = admin.client.run(look, json!({ "id": wrote })).await.ok();
        assert_eq!(look.data("message"), &json!({ "status": "CONVERTED", "convertedTo": { "id": of_it["id"] } }));
        // Whoever makes one of it once more is told which ticket it is.
        let again = change(&admin.client, "createTicket", json!({ "title": "Fire", "messageId": wrote })).await;
        refused(&again, "createTicket", "NOT_AVAILABLE", "messageId");
        let number = of_it["number"].as_str().expect("a number");
        assert!(again.user_errors("createTicket")[0].message.contains(number), "{again}");
        for (input, field, code) in [(json!({ "title": "T" }), "description", "BLANK"), (json!({ "title": "T", "messageId": "msg_0190a5f0000070008000000000000000" }), "messageId", "NOT_AVAILABLE")] {
            refused(&change(&admin.client, "createTicket", input).await, "createTicket", code, field);
        }
        let message = desk.message("Ann", "It burns").await;
        let became = admin.client.run(CONVERT, json!({ "input": { "messageId": message, "targetId": one } })).await.ok();
        assert_eq!(became.data("convertMessage.message.convertedTo"), &json!({ "__typename": "Ticket", "id": one }));
        assert_eq!(id(&became.data("convertMessage.message").clone()), message);
    }
}
