//! What somebody saw and sees no more, and events that are no longer kept: nobody is left with a list that is wrong.

use serde_json::{Value, json};

use super::desk::{ASSIGN, Desk, Person, SOON, number};
use super::roles::{colleague, make_role, run};
use crate::support::{Options, both, until};

const UNREAD: &str = "{ unreadNotificationCount }";

async fn assign(admin: &Person, message: &str, to: &Person) {
    run(admin, ASSIGN, json!({ "input": { "messageId": message, "assigneeId": to.id } })).await;
}

async fn unread(who: &Person) -> Value {
    run(who, UNREAD, Value::Null).await.json["data"]["unreadNotificationCount"].clone()
}

both! {
    /// Who sees their own work only is told when a message leaves them, its id and nothing else, and what they were told of
    /// it counts as unread no more. Who still sees it hears of the assignment, as before.
    async fn who_may_see_it_no_more_is_told_that_it_left(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_MESSAGES", "SEE_ASSIGNED"]).await;
        let ann = colleague(&desk, &admin, "ann", &role, json!({})).await;
        let bob = colleague(&desk, &admin, "bob", &role, json!({})).await;
        let message = desk.message("Vera", "The boiler is cold.").await;
        let left = "subscription($filter: InboxEventFilter, $after: String) { inboxEvents(filter: $filter, after: $after) { \
            __typename sequence actor { name } ... on MessageLeft { messageId } ... on MessageAssigned { message { id } } } }";
        let mut anns = crate::support::Socket::connect(desk.server.base(), Some(&ann.access)).await;
        let moves = json!({ "after": "0", "filter": { "types": ["MESSAGE_ASSIGNED", "MESSAGE_LEFT"] } });
        anns.subscribe("1", left, moves).await;
        let mut admins = desk.follow(&admin, json!({ "after": "0" })).await;

        assign(&admin, &message, &ann).await;
        let got = anns.next(SOON).await;
        assert_eq!(got.data("inboxEvents.message.id"), &json!(message), "{got:?}");
        until("ann was told", SOON, async || (unread(&ann).await == json!(1)).then_some(())).await;

        assign(&admin, &message, &bob).await;
        let got = anns.next(SOON).await;
        let event = got.data("inboxEvents");
        assert_eq!((&event["__typename"], &event["messageId"]), (&json!("MessageLeft"), &json!(message)), "{got:?}");
        assert_eq!(run(&ann, "query($id: ID!) { message(id: $id) { id } }", json!({ "id": message })).await
            .data("message"), &Value::Null);
        until("ann's unread falls", SOON, async || (unread(&ann).await == json!(0)).then_some(())).await;
        until("bob was told", SOON, async || (unread(&bob).await == json!(1)).then_some(())).await;
        for expected in ["MessageReceived", "MessageAssigned", "MessageAssigned"] {
            assert_eq!(admins.next(SOON).await.data("inboxEvents.__typename"), expected);
        }

        // Only what is asked for: those who do not want to know are not told.
        let only = json!({ "after": "0", "filter": { "types": ["MESSAGE_LEFT"] } });
        let mut anns = crate::support::Socket::connect(desk.server.base(), Some(&ann.access)).await;
        anns.subscribe("1", left, only.clone()).await;
        assert_eq!(anns.next(SOON).await.data("inboxEvents.__typename"), "MessageLeft");
        // Bob, who has it, never lost it.
        let other = desk.message("Other", "Hello").await;
        assign(&admin, &other, &bob).await;
        assign(&admin, &other, &ann).await;
        let mut bobs = crate::support::Socket::connect(desk.server.base(), Some(&bob.access)).await;
        bobs.subscribe("1", left, only).await;
        assert_eq!(bobs.next(SOON).await.data("inboxEvents.messageId"), &json!(other));
    }

    /// Somebody follows, falls asleep for longer than events are kept, and comes back: they are told that there is a gap and
    /// where to begin again, and from there on miss nothing. What is younger is kept.
    async fn who_slept_too_long_is_told_so(backend) {
        let mut desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        desk.message("One", "Hello").await;
        let mut live = desk.follow(&admin, json!({ "after": "0" })).await;
        let seen = number(&live.next(SOON).await.data("inboxEvents")["sequence"]);
        drop(live);
        desk.message("Two", "Hello").await;
        desk.message("Three", "Hello").await;
        until("all is numbered", SOON, async || {
            let waiting = desk.sql().await.number("SELECT count(*) FROM outbox WHERE sequence IS NULL").await;
            (waiting == 0).then_some(())
        }).await;
        // Forty days pass, but for the last event.
        let sql = desk.sql().await;
        let head = sql.number("SELECT max(sequence) FROM outbox").await;
        let old = if sql.is_sqlite() { "'2026-01-01T00:00:00+00:00'" } else { "now() - interval '40 days'" };
        sql.run(&format!("UPDATE outbox SET at = {old} WHERE sequence <= {}", head - 1)).await;
        until("what is old is gone", SOON, async || {
            (sql.number("SELECT min(sequence) FROM outbox").await == head).then_some(())
        }).await;

        // A server remembers the newest events for those who follow; another one does not.
        desk.server.restart().await;
        let mut live = desk.follow(&admin, json!({ "after": seen.to_string() })).await;
        let told = live.next(SOON).await;
        let error = &told.payload["errors"][0]["extensions"];
        assert_eq!((&error["code"], &error["retryable"]), (&json!("EVENTS_EXPIRED"), &json!(false)), "{told:?}");
        let resume = error["resumeAfter"].as_str().expect("where to begin again").to_owned();
        assert!(resume.parse::<i64>().expect("a number") >= head);

        let mut live = desk.follow(&admin, json!({ "after": resume })).await;
        let four = desk.message("Four", "Hello").await;
        assert_eq!(live.next(SOON).await.data("inboxEvents.message.id"), &json!(four));
        // What is still there can be followed from.
        let mut live = desk.follow(&admin, json!({ "after": (head - 1).to_string() })).await;
        live.next(SOON).await.data("inboxEvents.sequence");

        // All of it gone, with an end that is known: nobody waits in silence for what was removed.
        until("all is gone", SOON, async || {
            // What was read is told of up to half a second later.
            sql.run(&format!("UPDATE outbox SET at = {old}")).await;
            (sql.count("outbox").await == 0).then_some(())
        }).await;
        desk.server.restart().await;
        let mut live = desk.follow(&admin, json!({ "after": seen.to_string() })).await;
        let told = live.next(SOON).await;
        assert_eq!(told.payload["errors"][0]["extensions"]["code"], "EVENTS_EXPIRED", "{told:?}");
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "), "the trail stays whole");
    }
}
