//! The inbox, live: whoever follows it hears everything once and in order, also after having been away.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{ASSIGN, Desk, FOLLOW, PASSWORD, Person, SET_STATUS, SOON, number};
use crate::support::{Frame, Socket, both};

both! {
    /// Somebody's train goes through a tunnel. When they are back they name the last event they saw, and get what they
    /// missed, all of it, once, in order, and then go on live.
    async fn what_was_missed_comes_first(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut live = desk.follow(&admin, json!({ "after": "0" })).await;
        let before = desk.message("Before", "Hello").await;
        let seen = event(&live.next(SOON).await);
        assert_eq!(seen["message"]["id"], json!(before));
        live.close().await;

        let mut missed = Vec::new();
        for n in 0..130 {
            missed.push(desk.message(&format!("Missed {n}"), "Hello").await);
            if n % 10 == 0 {
                // Events of other topics take numbers too, and are nobody's here.
                desk.admin().await;
            }
        }
        let mut live = desk.follow(&admin, json!({ "after": seen["sequence"] })).await;
        let mut last = number(&seen["sequence"]);
        for expected in &missed {
            let event = event(&live.next(SOON).await);
            assert_eq!(event["message"]["id"], json!(expected));
            assert!(number(&event["sequence"]) > last, "{event}");
            last = number(&event["sequence"]);
        }
        let now = desk.message("Now", "Hello").await;
        assert_eq!(event(&live.next(SOON).await)["message"]["id"], json!(now));
    }

    /// Sixteen visitors write at once, while a colleague's connection breaks again and again. In the end they have seen
    /// exactly what the audit trail holds, under the same numbers, and the trail has no gap.
    async fn nothing_is_skipped_among_many_writers(backend) {
        const WRITERS: usize = 16;
        const EACH: usize = 12;
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let writing = join_all((0..WRITERS).map(|writer| {
            let desk = &desk;
            async move {
                for n in 0..EACH {
                    desk.message(&format!("Writer {writer} {n}"), "Hello").await;
                }
            }
        }));
        let reading = async {
            let mut seen: Vec<(i64, String)> = Vec::new();
            while seen.len() < WRITERS * EACH {
                let after = seen.last().map_or(0, |(sequence, _)| *sequence);
                let mut live = desk.follow(&admin, json!({ "after": after.to_string() })).await;
                let until = (seen.len() + 17).min(WRITERS * EACH);
                while seen.len() < until {
                    let event = event(&live.next(SOON).await);
                    seen.push((number(&event["sequence"]), event["message"]["id"].as_str().unwrap_or_default().to_owned()));
                }
                // Gone without a word, as in a tunnel.
                drop(live);
            }
            seen
        };
        let (_, seen) = tokio::join!(writing, reading);
        assert!(seen.is_sorted_by(|a, b| a.0 < b.0), "in order and none twice: {seen:?}");
        assert_eq!(seen.iter().map(|(_, id)| id).collect::<HashSet<_>>().len(), WRITERS * EACH);

        let trail = trail(&admin).await;
        let received: Vec<_> = trail.iter().filter(|(_, kind)| kind == "message.received").map(|(sequence, _)| *sequence).collect();
        assert_eq!(seen.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>(), received);
        assert!(trail.iter().map(|(sequence, _)| *sequence).eq(1..=trail.len() as i64), "no gap: {trail:?}");
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }

    /// Somebody follows one conversation only, somebody else assignments only.
    async fn a_filter_leaves_what_it_says(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (one, other) = (desk.message("One", "Hello").await, desk.message("Other", "Hello").await);
        let mut by_message = desk.follow(&admin, json!({ "after": "0", "filter": { "messageId": other } })).await;
        let mut by_type = desk.follow(&admin, json!({ "after": "0", "filter": { "types": ["MESSAGE_ASSIGNED", "MESSAGE_STATUS_CHANGED"] } })).await;
        let mut by_both = desk.follow(&admin, json!({ "after": "0", "filter": { "types": ["MESSAGE_ASSIGNED"], "messageId": other } })).await;
        for message in [&one, &other] {
            admin.client.run(ASSIGN, json!({ "input": { "messageId": message, "assigneeId": admin.id } })).await.ok();
            admin.client.run(SET_STATUS, json!({ "input": { "messageId": message, "status": "ARCHIVED" } })).await.ok();
        }
        admin.client.run(ASSIGN, json!({ "input": { "messageId": other, "assigneeId": null } })).await.ok();
        let of = |kind: &str, message: &String| (kind.to_owned(), message.clone());
        let assigned = "MessageAssigned";
        let changed = "MessageStatusChanged";
        assert_eq!(heard(&mut by_message, 4).await, [of("MessageReceived", &other), of(assigned, &other), of(changed, &other), of(assigned, &other)]);
        assert_eq!(heard(&mut by_type, 5).await, [of(assigned, &one), of(changed, &one), of(assigned, &other), of(changed, &other), of(assigned, &other)]);
        assert_eq!(heard(&mut by_both, 2).await, [of(assigned, &other), of(assigned, &other)]);
    }

    /// Server-sent events tell the same as a WebSocket, from the same place on.
    async fn both_transports_tell_the_same(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut socket = desk.follow(&admin, json!({ "after": "0" })).await;
        let message = desk.message("Ann", "Hello").await;
        let first = socket.next(SOON).await;
        let mut stream = admin.client.stream(FOLLOW, json!({ "after": event(&first)["sequence"] })).await;
        admin.client.run(ASSIGN, json!({ "input": { "messageId": message, "assigneeId": admin.id } })).await.ok();
        let reply = json!({ "messageId": message, "content": "Hello yourself", "sendEmail": false });
        admin.client.run(super::desk::REPLY, json!({ "input": reply })).await.ok();
        desk.message("Bob", "Hello").await;
        for kind in ["MessageAssigned", "MessageReplied", "MessageReceived"] {
            let (frame, sent) = (socket.next(SOON).await, stream.next(SOON).await.expect("an event"));
            assert_eq!((sent.event.as_str(), &sent.json()["data"]), ("next", &frame.payload["data"]));
            assert_eq!(event(&frame)["__typename"], json!(kind));
        }
    }

    /// A number that is none of this tenant's is refused in words; nobody is let in who may not read messages.
    async fn not_everybody_may_listen(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        desk.message("Ann", "Hello").await;
        for after in ["-1", "999999", "", "abc", "1.5", "99999999999999999999999", "1 OR 1=1"] {
            let mut socket = desk.follow(&admin, json!({ "after": after })).await;
            let refused = socket.next(SOON).await;
            assert_eq!(refusal(&refused), "BAD_USER_INPUT", "{after:?}: {refused:?}");
        }
        let mut wrong = desk.follow(&admin, json!({ "filter": { "messageId": admin.id } })).await;
        assert_eq!(refusal(&wrong.next(SOON).await), "BAD_USER_INPUT");
        let mut nobody = Socket::connect(desk.server.base(), None).await;
        nobody.subscribe("1", FOLLOW, json!({})).await;
        assert_eq!(refusal(&nobody.next(SOON).await), "UNAUTHENTICATED");
        desk.cli_ok(&["staff", "add", "client@example.com", "--name", "A client", "--role", "STAFF"], PASSWORD);
        let client = "UPDATE users SET kind = 'client', email_verified_at = created_at, \
            role_id = (SELECT id FROM roles WHERE name = 'CLIENT') WHERE email = 'client@example.com'";
        desk.sql().await.run(client).await;
        let client = desk.sign_in("client@example.com", PASSWORD).await;
        let mut client = desk.follow(&client, json!({ "after": "0" })).await;
        assert_eq!(refusal(&client.next(SOON).await), "FORBIDDEN");
    }
}

#[track_caller]
fn event(frame: &Frame) -> Value {
    assert_eq!(frame.kind, "next", "{frame:?}");
    frame.data("inboxEvents").clone()
}

/// The next events: their types and messages.
async fn heard(live: &mut Socket, count: usize) -> Vec<(String, String)> {
    let mut heard = Vec::new();
    for _ in 0..count {
        let event = event(&live.next(SOON).await);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        heard.push((text(&event["__typename"]), text(&event["message"]["id"])));
    }
    heard
}

/// The code of a refused operation, whichever way the protocol says it.
#[track_caller]
fn refusal(frame: &Frame) -> String {
    let errors = if frame.kind == "error" { &frame.payload } else { &frame.payload["errors"] };
    errors[0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no refusal: {frame:?}")).to_owned()
}

/// The whole audit trail: sequences and kinds, in order of the sequences.
async fn trail(admin: &Person) -> Vec<(i64, String)> {
    let query = "query Trail($after: String) { auditLogs(first: 100, after: $after) {
        nodes { sequence eventType } pageInfo { hasNextPage endCursor } } }";
    let (mut trail, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = admin.client.run(query, json!({ "after": after })).await.ok();
        trail.extend(
            page.list("auditLogs.nodes")
                .iter()
                .map(|row| (number(&row["sequence"]), row["eventType"].to_string().replace('"', ""))),
        );
        if page.data("auditLogs.pageInfo.hasNextPage") == &json!(false) {
            trail.sort_unstable();
            return trail;
        }
        after = page.data("auditLogs.pageInfo.endCursor").clone();
    }
}
