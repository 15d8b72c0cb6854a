//! Listening ends when the right to listen does.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::desk::{Desk, FOLLOW, Person, SIGN_OUT, SOON};
use super::notifications::assign;
use super::organisation::change;
use super::roles::colleague;
use super::tokens::{Key, part};
use crate::support::{Socket, Sse, both, until};

/// The longest that an open connection outlives what ended its session.
const AT_ONCE: Duration = Duration::from_secs(5);

both! {
    /// A colleague is let go while they listen by WebSocket and by server-sent events: both end, and what visitors write
    /// from then on they do not hear.
    async fn who_is_let_go_stops_hearing(backend) {
        let desk = Desk::open(backend).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let (mut stays, _stream) = listen(&desk, &desk.admin().await).await;
        let (mut socket, mut stream) = listen(&desk, &bea).await;
        desk.cli_ok(&["staff", "deactivate", "bea@example.com"], "");
        let since = Instant::now();
        // The connections may still stand.
        until("what let them in is believed no longer", AT_ONCE, async || (!bea.is_in().await).then_some(())).await;
        let message = desk.message("Later", "Hello").await;
        ends(&mut socket, &mut stream, since).await;
        while stays.next(SOON).await.data("inboxEvents.message.id") != &json!(message) {}
        let mut again = Socket::open(desk.server.base(), &[]).await;
        again.send(json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {}", bea.access) } })).await;
        assert!(matches!(again.close_code().await, 4401 | 4403), "and does not get in again");
    }

    /// Rights change while somebody listens: from then on they hear what they still may see, and when they may listen no
    /// more the subscription ends, and the socket stays.
    async fn what_is_heard_changes_with_the_rights(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let input = |name: &str, permissions: Value| json!({ "name": name, "permissions": permissions });
        let wide = input("Wide", json!(["VIEW_MESSAGES", "SEE_ALL"]));
        let wide = change(&admin.client, "createRole", wide, "role { id }").await.ok().string("createRole.role.id");
        let bea = colleague(&desk, &admin, "bea", &wide, json!({})).await;
        // From here on, however late the server comes to follow it.
        let cursor = bea.client.run("{ eventCursor }", Value::Null).await.ok().string("eventCursor");
        let mut socket = desk.follow(&bea, json!({ "after": cursor })).await;
        let heard = async |socket: &mut Socket, id: &str| while socket.next(SOON).await.data("inboxEvents.message.id") != &json!(id) {};
        let first = desk.message("First", "Hello").await;
        heard(&mut socket, &first).await;

        // Only what is hers, from now on.
        let own = json!({ "roleId": wide, "permissions": ["VIEW_MESSAGES", "SEE_ASSIGNED"] });
        change(&admin.client, "updateRole", own, "role { id }").await.ok();
        holds(&bea, &["SEE_ASSIGNED", "VIEW_MESSAGES"]).await;
        let (hidden, hers) = (desk.message("Hidden", "Hello").await, desk.message("Hers", "Hello").await);
        assign(&admin, &hers, &bea).await;
        let next = socket.next(SOON).await;
        assert_eq!(next.data("inboxEvents.message.id"), &json!(hers), "and nothing of {hidden}: {next:?}");

        let nothing = json!({ "roleId": wide, "permissions": ["SEE_ASSIGNED"] });
        change(&admin.client, "updateRole", nothing, "role { id }").await.ok();
        holds(&bea, &["SEE_ASSIGNED"]).await;
        change(&admin.client, "setMessageStatus", json!({ "messageId": hers, "status": "ARCHIVED" }), "message { id }").await.ok();
        let mut last = socket.next(SOON).await;
        while last.kind == "next" && last.payload["errors"].is_null() {
            assert_ne!(last.data("inboxEvents.__typename"), &json!("MessageStatusChanged"), "{last:?}");
            last = socket.next(SOON).await;
        }
        assert!(last.payload.to_string().contains("FORBIDDEN"), "{last:?}");
    }

    /// A session that was signed out ends its connections; the same person's other session listens on.
    async fn signing_out_ends_listening(backend) {
        let desk = Desk::open(backend).await;
        let (admin, other) = (desk.admin().await, desk.admin().await);
        let (mut stays, _stream) = listen(&desk, &other).await;
        let (mut socket, mut stream) = listen(&desk, &admin).await;
        admin.client.run(SIGN_OUT, json!({})).await.ok();
        let since = Instant::now();
        ends(&mut socket, &mut stream, since).await;
        let message = desk.message("Later", "Hello").await;
        while stays.next(SOON).await.data("inboxEvents.message.id") != &json!(message) {}
    }

    /// A connection is not longer good than the token it was opened with.
    async fn listening_ends_with_the_token(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut claims = part(&admin.access, 1);
        // The server's clock in whole seconds, from a session that has just begun.
        let now = part(&desk.admin().await.access, 1)["iat"].as_i64().expect("a time");
        claims["exp"] = json!(now + 4);
        let access = Key::of(&desk).sign(&claims);
        let short = Person { client: desk.web.bearer(&access), access, ..admin };
        let (mut socket, mut stream) = listen(&desk, &short).await;
        ends(&mut socket, &mut stream, Instant::now() + Duration::from_secs(4)).await;
    }
}

/// Waits until the server believes that somebody may this and no more.
async fn holds(person: &Person, permissions: &[&str]) {
    until("their rights are these", AT_ONCE, async || {
        let seen = person.client.run("{ viewer { permissions } }", Value::Null).await.ok();
        let mut held: Vec<_> = seen.list("viewer.permissions").iter().filter_map(Value::as_str).collect();
        held.sort_unstable();
        (held == permissions).then_some(())
    })
    .await;
}

/// Listens both ways, and has heard something.
async fn listen(desk: &Desk, person: &Person) -> (Socket, Sse) {
    let mut socket = desk.follow(person, json!({ "after": "0" })).await;
    let mut stream = person.client.stream(FOLLOW, json!({ "after": "0" })).await;
    let message = desk.message("Earlier", "Hello").await;
    let id = json!(message);
    while socket.next(SOON).await.data("inboxEvents.message.id") != &id {}
    while stream.next(SOON).await.expect("an event").json()["data"]["inboxEvents"]["message"]["id"] != id {}
    (socket, stream)
}

/// Both end in time, without another event; what they say last is that nobody is signed in.
async fn ends(socket: &mut Socket, stream: &mut Sse, since: Instant) {
    let telling = |payload: &Value| !payload["data"]["inboxEvents"].is_null();
    while let Some(frame) = socket.next_or_closed(SOON).await {
        assert!(!telling(&frame.payload), "{frame:?}");
    }
    let code = socket.close_code().await;
    assert!(matches!(code, 4401 | 4403), "closed with {code}");
    while let Some(event) = stream.next(SOON).await {
        assert!(!telling(&event.json()), "{event:?}");
    }
    assert!(since.elapsed() < AT_ONCE, "ended after {:?}", since.elapsed());
}
