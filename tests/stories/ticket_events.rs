//! Tickets, live: for colleagues those they see, for a client their own, and nothing that is among colleagues.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::roles::{colleague, make_role, run};
use super::ticket_comments::{EDIT, buyer, said, ticket};
use crate::support::{Socket, both};

const FOLLOW: &str = "subscription($ticket: ID, $after: String) { ticketEvents(ticketId: $ticket, after: $after) { __typename sequence ticketId
    ... on TicketUpdated { fields } ... on TicketAssigned { newAssignee { id } } ... on TicketStatusChanged { previousStatus newStatus }
    ... on TicketCommentAdded { comment { id content } ticket { status } } ... on TicketCommentEdited { comment { content } }
    ... on TicketFilesChanged { addedIds removedIds } } }";
const ASSIGN: &str =
    "mutation($t: ID!, $s: ID) { assignTicket(input: { ticketId: $t, assigneeId: $s }) { errors { message } } }";
const UPDATE: &str = "mutation($input: UpdateTicketInput!) { updateTicket(input: $input) { errors { message } } }";

async fn follow(desk: &Desk, who: &Person, variables: Value) -> Socket {
    let mut socket = Socket::connect(desk.server.base(), Some(&who.access)).await;
    socket.subscribe("live", FOLLOW, variables).await;
    socket
}

/// The next event, which is one of this type; returns it.
async fn next(live: &mut Socket, kind: &str) -> Value {
    let frame = live.next(SOON).await;
    let event = frame.data("ticketEvents").clone();
    assert_eq!(event["__typename"], json!(kind), "{frame:?}");
    event
}

both! {
    /// A client hears of their own, and nothing of what is internal; a colleague of all they see, and that it left; a stranger
    /// of nothing. Resumed across a restart nothing is missed and nothing comes twice.
    async fn each_hears_of_what_they_see(backend) {
        let mut desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_TICKETS", "VIEW_STAFF", "SEE_ASSIGNED"]).await;
        let cal = colleague(&desk, &admin, "cal", &role, json!({})).await;
        let (ann, bob) = (buyer(&desk, &admin, "ann").await, buyer(&desk, &admin, "bob").await);
        let hers = ticket(&ann, "Help").await;
        let mut anns = follow(&desk, &ann, json!({ "after": "0" })).await;
        let mut bobs = follow(&desk, &bob, json!({ "after": "0" })).await;
        assert_eq!(next(&mut anns, "TicketCreated").await["ticketId"], json!(hers));

        run(&admin, ASSIGN, json!({ "t": hers, "s": cal.id })).await;
        // What is Cal's by now he hears of from its beginning.
        let mut cals = follow(&desk, &cal, json!({ "after": "0" })).await;
        run(&admin, UPDATE, json!({ "input": { "ticketId": hers, "notes": "Beware", "estimatedHours": 3 } })).await;
        let hidden = said(&admin, &hers, "Among us", json!({ "visibility": "INTERNAL" })).await;
        run(&admin, EDIT, json!({ "input": { "commentId": hidden, "content": "Among us only" } })).await;
        run(&admin, UPDATE, json!({ "input": { "ticketId": hers, "priority": "HIGH", "notes": "Beware!" } })).await;
        let shown = said(&admin, &hers, "Hello", json!({})).await;
        // What is Bob's comes to Bob, so he would have heard what came before.
        let his = ticket(&bob, "Mine").await;

        assert_eq!(next(&mut anns, "TicketUpdated").await["fields"], json!(["PRIORITY"]));
        let moved = next(&mut anns, "TicketStatusChanged").await;
        assert_eq!((&moved["previousStatus"], &moved["newStatus"]), (&json!("OPEN"), &json!("IN_PROGRESS")));
        let heard = next(&mut anns, "TicketCommentAdded").await;
        assert_eq!(heard["comment"], json!({ "id": shown, "content": "Hello" }));
        assert_eq!(next(&mut bobs, "TicketCreated").await["ticketId"], json!(his));
        for (kind, at, value) in [
            ("TicketCreated", "/ticketId", json!(hers)),
            ("TicketAssigned", "/newAssignee/id", json!(cal.id)),
            ("TicketUpdated", "/ticketId", json!(hers)),
            ("TicketCommentAdded", "/comment/id", json!(hidden)),
            ("TicketCommentEdited", "/comment/content", json!("Among us only")),
            ("TicketUpdated", "/ticketId", json!(hers)),
            ("TicketStatusChanged", "/newStatus", json!("IN_PROGRESS")),
            ("TicketCommentAdded", "/comment/id", json!(shown)),
        ] {
            assert_eq!(next(&mut cals, kind).await.pointer(at), Some(&value), "{kind}");
        }
        run(&admin, ASSIGN, json!({ "t": hers, "s": admin.id })).await;
        assert_eq!(next(&mut cals, "TicketLeft").await["ticketId"], json!(hers));

        // Ann sleeps, the server goes and comes, and she goes on where she was.
        drop(anns);
        let after = heard["sequence"].clone();
        let missed = said(&admin, &hers, "Are you there?", json!({})).await;
        said(&admin, &hers, "She is not", json!({ "visibility": "INTERNAL" })).await;
        let file = super::files::send(&ann.client, "a.txt", "x").await.ok().string("uploadFile.file.id");
        let attach = "mutation($input: AttachToTicketInput!) { attachToTicket(input: $input) { errors { message } } }";
        run(&ann, attach, json!({ "input": { "ticketId": hers, "fileIds": [file] } })).await;
        desk.server.restart().await;
        let mut anns = follow(&desk, &ann, json!({ "after": after, "ticket": hers })).await;
        assert_eq!(next(&mut anns, "TicketCommentAdded").await["comment"]["id"], json!(missed));
        assert_eq!(next(&mut anns, "TicketFilesChanged").await["addedIds"], json!([file]));
        let last = said(&ann, &hers, "I am", json!({})).await;
        assert_eq!(next(&mut anns, "TicketCommentAdded").await["comment"]["id"], json!(last));

        // One ticket of somebody else's is followed in silence; who may see no tickets and who is signed out may follow none.
        let mut none = follow(&desk, &bob, json!({ "after": "0", "ticket": hers })).await;
        let mut all = follow(&desk, &bob, json!({ "after": "0" })).await;
        assert_eq!(next(&mut all, "TicketCreated").await["ticketId"], json!(his));
        none.subscribe("other", FOLLOW, json!({ "after": "0", "ticket": his })).await;
        let frame = none.next(SOON).await;
        assert_eq!((frame.id.as_str(), frame.data("ticketEvents.ticketId")), ("other", &json!(his)));
        let role = make_role(&admin, "No tickets", &["VIEW_MESSAGES", "SEE_ALL"]).await;
        let nobody = colleague(&desk, &admin, "dan", &role, json!({})).await;
        let mut refused = follow(&desk, &nobody, json!({})).await;
        assert!(refused.next(SOON).await.payload.to_string().contains("FORBIDDEN"));
        let wrong = ann.client.stream(FOLLOW, json!({ "ticket": "msg_1" })).await.next(SOON).await.expect("an answer").json();
        assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{wrong}");
    }

    /// What happens around a ticket is told as well: links, watchers, tags, merges and their end. Its client hears of it that it is
    /// closed, and stands where it stood again.
    async fn what_is_around_a_ticket_is_told(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = buyer(&desk, &admin, "ann").await;
        let (hers, other) = (ticket(&ann, "Help").await, ticket(&ann, "Help!").await);
        let tag = "mutation { createTag(input: { name: \"Urgent\", color: \"#ff0000\" }) { tag { id } errors { message } } }";
        let tag = run(&admin, tag, Value::Null).await.string("createTag.tag.id");
        let mut ours = follow(&desk, &admin, json!({ "ticket": hers, "after": "0" })).await;
        let mut anns = follow(&desk, &ann, json!({ "ticket": hers, "after": "0" })).await;
        // Whoever follows the other one of two alone hears of both sides of it.
        let mut others = follow(&desk, &admin, json!({ "ticket": other, "after": "0" })).await;
        for live in [&mut ours, &mut anns, &mut others] {
            next(live, "TicketCreated").await;
        }
        let tie = json!({ "ticketId": hers, "otherId": other, "kind": "RELATED" });
        for (mutation, input, fields) in [
            ("linkTickets(input: $input) { errors { message } }", tie.clone(), json!(["LINK"])),
            ("unlinkTickets(input: $input) { errors { message } }", tie, json!(["LINK"])),
            ("watchTicket(input: $input) { errors { message } }", json!({ "ticketId": hers }), json!(["WATCHER"])),
            ("unwatchTicket(input: $input) { errors { message } }", json!({ "ticketId": hers }), json!(["WATCHER"])),
            ("addTags(input: $input) { errors { message } }", json!({ "entityId": hers, "tagIds": [tag] }), json!(["TAG"])),
            ("removeTags(input: $input) { errors { message } }", json!({ "entityId": hers, "tagIds": [tag] }), json!(["TAG"])),
            ("mergeTickets(input: $input) { errors { message } }", json!({ "fromId": hers, "intoId": other }), json!(["STATUS", "MERGED_INTO"])),
            ("unmergeTicket(input: $input) { errors { message } }", json!({ "ticketId": hers }), json!(["STATUS", "MERGED_INTO"])),
        ] {
            let name = mutation.split('(').next().unwrap_or_default();
            let ty = match name {
                "unlinkTickets" => "LinkTickets".to_owned(),
                "unwatchTicket" => "WatchTicket".to_owned(),
                "addTags" | "removeTags" => "Tags".to_owned(),
                name => name[..1].to_uppercase() + &name[1..],
            };
            run(&admin, &format!("mutation($input: {ty}Input!) {{ {mutation} }}"), json!({ "input": input })).await;
            let told = next(&mut ours, "TicketUpdated").await;
            assert_eq!((&told["ticketId"], &told["fields"]), (&json!(hers), &fields), "{mutation}");
            if name.contains("link") || name.contains("merge") {
                let told = next(&mut others, "TicketUpdated").await;
                assert_eq!((&told["ticketId"], &told["fields"]), (&json!(other), &json!(["LINK"])), "{mutation}");
            }
        }
        for _ in 0..2 {
            assert_eq!(next(&mut anns, "TicketUpdated").await["fields"], json!(["STATUS"]));
        }
        // Hours that go over are told with it, and that another ticket goes on with one.
        run(&admin, UPDATE, json!({ "input": { "ticketId": hers, "actualHours": 2 } })).await;
        run(&admin, "mutation($input: MergeTicketsInput!) { mergeTickets(input: $input) { errors { message } } }", json!({ "input": { "fromId": hers, "intoId": other } })).await;
        assert_eq!(next(&mut others, "TicketUpdated").await["fields"], json!(["LINK", "ACTUAL_HOURS"]));
        let never = "mutation { setSetting(input: { key: \"ticketing.reopen_within_days\", value: 0 }) { errors { message } } }";
        run(&admin, never, Value::Null).await;
        run(&admin, "mutation($t: ID!) { setTicketStatus(input: { ticketId: $t, status: CLOSED }) { errors { message } } }", json!({ "t": other })).await;
        next(&mut others, "TicketStatusChanged").await;
        said(&ann, &other, "It burns again", json!({})).await;
        assert_eq!(next(&mut others, "TicketUpdated").await["fields"], json!(["LINK"]));
    }
}
