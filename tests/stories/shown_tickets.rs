//! When a ticket was last changed, as those see it who may: to a client by what they are shown, and by nothing else.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::ticket_comments::{buyer, said, ticket};
use super::tickets::{came, change, plain, team};
use crate::support::both;

/// When a ticket was last changed, to who asks.
async fn changed(who: &Person, ticket: &str) -> String {
    let find = "query($id: ID!) { ticket(id: $id) { updatedAt } }";
    who.client.run(find, json!({ "id": ticket })).await.ok().string("ticket.updatedAt")
}

/// The titles of the tickets that were changed after an instant, and of all by when they were changed, here and below the project.
async fn listed(who: &Person, since: &str, project: &str) -> Value {
    let list = "query($since: DateTime!, $project: ID!) { since: tickets(filter: { updatedAt: { gt: $since } }) { nodes { title } } \
        usual: tickets { nodes { title } } asked: tickets(orderBy: [{ field: UPDATED_AT, direction: ASC }]) { nodes { title } } \
        project(id: $project) { tickets { nodes { title } } } }";
    let found = who.client.run(list, json!({ "since": since, "project": project })).await.ok();
    let titles =
        |at: &str| -> Value { found.list(&format!("{at}.nodes")).iter().map(|node| node["title"].clone()).collect() };
    json!([titles("since"), titles("usual"), titles("asked"), titles("project.tickets")])
}

both! {
    /// Colleagues assign a ticket, note, tag, comment and file among themselves: a colleague sees that it was changed, its client by no
    /// path. What the client is shown of it moves it for them too.
    async fn what_is_among_colleagues_changes_nothing_for_a_client(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = buyer(&desk, &admin, "ann").await;
        let make = "mutation($of: ID!) { createProject(input: { title: \"Baths\", description: \"Twelve\", type: OTHER, clientId: $of }) { project { id } errors { message path } } }";
        let project = admin.client.run(make, json!({ "of": ann.id })).await.ok().string("createProject.project.id");
        let (first, second) = (ticket(&ann, "First").await, ticket(&ann, "Second").await);
        for one in [&first, &second] {
            came(change(&admin.client, "updateTicket", json!({ "ticketId": one, "projectId": project })).await, "updateTicket");
        }
        let (other, care) = (plain(&admin.client, "Among us").await, team(&admin, "Care").await);
        let (before, since) = (changed(&ann, &first).await, changed(&ann, &second).await);
        let as_it_was = json!([[], ["Second", "First"], ["First", "Second"], ["Second", "First"]]);
        assert_eq!(listed(&ann, &since, &project).await, as_it_was);

        for (mutation, input) in [
            ("assignTicket", json!({ "ticketId": first, "teamId": care })),
            ("updateTicket", json!({ "ticketId": first, "notes": "Beware", "estimatedHours": 2, "actualHours": 1, "parentId": other })),
            ("linkTickets", json!({ "ticketId": first, "otherId": other, "kind": "RELATED" })),
            ("watchTicket", json!({ "ticketId": first })),
        ] {
            came(change(&admin.client, mutation, input).await, mutation);
        }
        let file = super::files::send(&admin.client, "a.txt", "x").await.ok().string("uploadFile.file.id");
        said(&admin, &first, "Among us", json!({ "visibility": "INTERNAL", "fileIds": [file] })).await;
        let remove = "mutation($t: ID!, $f: ID!) { removeTicketAttachment(input: { ticketId: $t, fileId: $f }) { errors { message } } }";
        admin.client.run(remove, json!({ "t": first, "f": file })).await.ok();
        assert_eq!((changed(&ann, &first).await, listed(&ann, &since, &project).await), (before.clone(), as_it_was));
        assert!(changed(&admin, &first).await > before);
        assert_eq!(listed(&admin, &since, &project).await[3], json!(["First", "Second"]));
        assert_eq!(listed(&admin, &since, &project).await[0], json!(["First", "Among us"]));

        // What she is shown moves it for her as well, each time.
        let mut last = before;
        for (mutation, input) in [
            ("updateTicket", json!({ "ticketId": first, "severity": "MAJOR" })),
            ("setTicketStatus", json!({ "ticketId": first, "status": "PENDING" })),
            ("updateTicket", json!({ "ticketId": first, "dueAt": "2099-01-01T00:00:00Z" })),
        ] {
            came(change(&admin.client, mutation, input).await, mutation);
            let now = changed(&ann, &first).await;
            assert!(now > last, "{mutation}: {now} after {last}");
            last = now;
        }
        said(&admin, &first, "Hello", json!({})).await;
        let said_at = changed(&ann, &first).await;
        assert!(said_at > last);
        let file = super::files::send(&ann.client, "b.txt", "x").await.ok().string("uploadFile.file.id");
        let attach = "mutation($t: ID!, $f: ID!) { attachToTicket(input: { ticketId: $t, fileIds: [$f] }) { errors { message } } }";
        ann.client.run(attach, json!({ "t": first, "f": file })).await.ok();
        assert!(changed(&ann, &first).await > said_at);
        assert_eq!(listed(&ann, &since, &project).await, json!([["First"], ["First", "Second"], ["Second", "First"], ["First", "Second"]]));
    }
}
