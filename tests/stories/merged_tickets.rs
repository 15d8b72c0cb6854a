//! Tickets that went into others: whose they are, what is owed of them, and what comes back of them.

use serde_json::{Value, json};

use super::desk::Desk;
use super::ticket_comments::comment;
use super::tickets::{came, change, client, history, id, make, plain, refused, see};
use crate::support::{Client, PATIENCE, both, until};

async fn merge(by: &Client, from: &str, into: &str) -> Value {
    came(change(by, "mergeTickets", json!({ "fromId": from, "intoId": into })).await, "mergeTickets")
}

async fn unmerge(by: &Client, ticket: &str) -> Value {
    came(change(by, "unmergeTicket", json!({ "ticketId": ticket })).await, "unmergeTicket")
}

both! {
    /// A client's ticket goes only into one that is theirs; and whatever a ticket went into, an answer is written and shown only on
    /// what is the same client's.
    async fn an_answer_leads_to_nobody_elses_ticket(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bob) = (client(&desk, &admin, "ann").await, client(&desk, &admin, "bob").await);
        let own = id(&make(&ann.client, json!({ "title": "Hers", "description": "D" })).await);
        let bobs = id(&make(&bob.client, json!({ "title": "His", "description": "D" })).await);
        let (ours, spare) = (plain(&admin.client, "Secret plan").await, plain(&admin.client, "Spare").await);
        for into in [&bobs, &ours] {
            let answer = change(&admin.client, "mergeTickets", json!({ "fromId": own, "intoId": into })).await;
            refused(&answer, "mergeTickets", "NOT_ALLOWED", "intoId");
        }
        // Nor by a chain: what went into Bob's takes nothing more.
        merge(&admin.client, &spare, &bobs).await;
        let answer = change(&admin.client, "mergeTickets", json!({ "fromId": own, "intoId": spare })).await;
        refused(&answer, "mergeTickets", "NOT_ALLOWED", "intoId");

        // Merged before that was refused: into ours, and by ours into Bob's.
        let sql = desk.sql().await;
        let row = |ticket: &str| {
            let hex = ticket.trim_start_matches("tkt_");
            if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
        };
        for into in [&ours, &spare] {
            let merged = format!("UPDATE tickets SET status = 'closed', closed_at = created_at, merged_into_id = {} WHERE id = {}", row(into), row(&own));
            sql.run(&merged).await;
            let said = comment(&ann.client, &own, "Is anybody there?", json!({})).await.ok();
            assert!(said.user_errors("addTicketComment").is_empty(), "{said}");
            let on = said.string("addTicketComment.ticket.id");
            assert!(![&own, &bobs, &ours, &spare].contains(&&on), "{said}");
            let seen = see(&ann.client, &on).await;
            assert_eq!((&seen["requester"]["id"], &seen["links"][0]["relation"]), (&json!(ann.id), &json!("FOLLOW_UP_OF")));
        }
        let counts = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Ticket { commentCount } } }";
        let counts = admin.client.run(counts, json!({ "ids": [bobs, ours, spare] })).await.ok();
        assert_eq!(counts.data("nodes"), &json!([{ "commentCount": 0 }, { "commentCount": 0 }, { "commentCount": 0 }]));
        assert_eq!(sql.count("tickets").await, 5, "both answers are on one new ticket");
    }

    /// What a ticket was owed goes on where it stood once it comes out again, and where its policy is in use again; a client's own
    /// words are no answer, and what was told is not told again.
    async fn what_is_owed_comes_back(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = client(&desk, &admin, "ann").await;
        let policy = json!({ "name": "All", "position": 1, "firstResponseMinutes": 600, "nextResponseMinutes": 600, "resolutionMinutes": 6000, "businessHoursOnly": false });
        let make_policy = "mutation($input: CreateServiceLevelPolicyInput!) { createServiceLevelPolicy(input: $input) { serviceLevelPolicy { id } errors { message } } }";
        let policy = admin.client.run(make_policy, json!({ "input": policy })).await.ok().string("createServiceLevelPolicy.serviceLevelPolicy.id");
        let own = id(&make(&ann.client, json!({ "title": "Hers", "description": "D" })).await);
        let other = id(&make(&ann.client, json!({ "title": "Other", "description": "D" })).await);
        let owed = async || {
            let levels = "query($id: ID!) { ticket(id: $id) { serviceLevels { id kind startedAt metAt breachedAt } } }";
            let mut levels = admin.client.run(levels, json!({ "id": own })).await.ok().list("ticket.serviceLevels").to_vec();
            levels.sort_by_key(Value::to_string);
            json!(levels)
        };
        let say = async |who: &Client| {
            let said = comment(who, &own, "Hello", json!({})).await.ok();
            assert!(said.user_errors("addTicketComment").is_empty(), "{said}");
        };
        let out_and_in = async || {
            merge(&admin.client, &own, &other).await;
            unmerge(&admin.client, &own).await;
        };
        say(&ann.client).await;
        let before = owed().await;
        assert_eq!(before.as_array().map(Vec::len), Some(2), "{before}");
        out_and_in().await;
        assert_eq!(owed().await, before, "the first answer is owed still");

        say(&admin.client).await;
        say(&ann.client).await;
        let sql = desk.sql().await;
        let long_ago = "'2020-01-01T00:00:00.000000+00:00'";
        let hex = own.trim_start_matches("tkt_");
        let row = if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
        let breached = format!("UPDATE ticket_clocks SET started_at = {long_ago}, due_at = {long_ago}, breached_at = {long_ago}, next_at = NULL \
            WHERE kind = 'resolution' AND ticket_id = {row}");
        sql.run(&breached).await;
        let before = owed().await;
        assert_eq!(before.as_array().map(Vec::len), Some(3), "{before}");
        out_and_in().await;
        assert_eq!(owed().await, before);

        let turn = "mutation($id: ID!, $on: Boolean!) { updateServiceLevelPolicy(input: { serviceLevelPolicyId: $id, isActive: $on }) { errors { message } } }";
        admin.client.run(turn, json!({ "id": policy, "on": false })).await.ok();
        until("only what was met is left", PATIENCE, async || (owed().await.as_array().map(Vec::len) == Some(1)).then_some(())).await;
        admin.client.run(turn, json!({ "id": policy, "on": true })).await.ok();
        until("it is owed again", PATIENCE, async || (owed().await == before).then_some(())).await;
        assert_eq!(sql.number("SELECT count(*) FROM outbox WHERE kind = 'ticket.service_level_breached'").await, 0, "nobody is told twice");
    }

    /// Unmerging gives back all, in whatever order, and nothing that never was; the history of both says what happened; and what has
    /// parts goes nowhere, least of all into one of them.
    async fn all_of_a_merge_comes_back(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = client(&desk, &admin, "ann").await;
        let of = async |title: &str| id(&make(&ann.client, json!({ "title": title, "description": "D" })).await);
        let (a, b, c) = (of("A").await, of("B").await, of("C").await);
        for (ticket, hours) in [(&a, 5), (&b, 3)] {
            came(change(&admin.client, "updateTicket", json!({ "ticketId": ticket, "actualHours": hours })).await, "updateTicket");
        }
        came(change(&admin.client, "linkTickets", json!({ "ticketId": a, "otherId": b, "kind": "RELATED" })).await, "linkTickets");
        comment(&ann.client, &a, "Hello", json!({})).await.ok();
        let all = async || {
            let of = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Ticket { status actualHours lastRepliedAt links { relation ticket { id } } } } }";
            admin.client.run(of, json!({ "ids": [a, b, c] })).await.ok().data("nodes").clone()
        };
        let before = all().await;
        assert_eq!((&before[2]["actualHours"], &before[2]["lastRepliedAt"]), (&Value::Null, &Value::Null));
        merge(&admin.client, &a, &c).await;
        assert_eq!(all().await[2]["lastRepliedAt"], before[0]["lastRepliedAt"]);
        assert_eq!(merge(&admin.client, &b, &c).await["actualHours"], 8);
        for ticket in [&a, &b] {
            unmerge(&admin.client, ticket).await;
        }
        assert_eq!(all().await, before);
        let told: Vec<_> = history(&admin.client, &c).await.into_iter().filter(|row| row[1] == "LINK").collect();
        let expected = json!([["MERGED", "LINK", null, a], ["MERGED", "LINK", null, b], ["UNMERGED", "LINK", a, null], ["UNMERGED", "LINK", b, null]]);
        assert_eq!(json!(told), expected);
        assert!(history(&ann.client, &c).await.iter().all(|row| row[1] != "LINK"));

        // Along a chain the last is taken back first, and then nothing of the others is left at its end.
        merge(&admin.client, &a, &b).await;
        merge(&admin.client, &b, &c).await;
        let answer = change(&admin.client, "unmergeTicket", json!({ "ticketId": a })).await;
        refused(&answer, "unmergeTicket", "NOT_ALLOWED", "ticketId");
        assert_eq!(all().await[2]["actualHours"], 8);
        for ticket in [&b, &a] {
            unmerge(&admin.client, ticket).await;
        }
        assert_eq!(all().await, before);

        let part = json!({ "title": "Part", "description": "D", "requesterId": ann.id, "parentId": a });
        let part = id(&make(&admin.client, part).await);
        for into in [&part, &c] {
            let answer = change(&admin.client, "mergeTickets", json!({ "fromId": a, "intoId": into })).await;
            refused(&answer, "mergeTickets", "NOT_ALLOWED", "fromId");
        }
        merge(&admin.client, &part, &a).await;
    }
}
