//! Tickets that went into others: whose they are, what is owed of them, and what comes back of them.

use serde_json::{Value, json};

use super::desk::Desk;
use super::ticket_comments::comment;
use super::tickets::{came, change, client, id, make, plain, refused, see};
use crate::support::{Client, both};

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
}
