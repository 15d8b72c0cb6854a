//! Cards reach their channel, once if the world is kind and under one name if it is not.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::notification_channels::{OWN, TEST, UPDATE, company, local};
use super::notifications::{PREFER, assign, told};
use crate::support::{Backend, Hook, PATIENCE, Reply, both, until};

const DELIVERIES: &str = "query Deliveries($filter: NotificationDeliveryFilter) { notificationDeliveries(filter: $filter) {
    totalCount nodes { id state attempts lastError nextTryAt sentAt channel { id name isActive failures lastError } } } }";
const RETRY: &str = "mutation Retry($id: ID!) { retryNotificationDelivery(input: { deliveryId: $id }) {
    delivery { id state } errors { code message } } }";
/// A desk with somebody who is handed messages, and a channel of the company's.
async fn desk(backend: Backend, hook: &Hook) -> (Desk, Person, Person, String) {
    let soon = local().env("FRONTDESK_JOB_LEASE", "5s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
    let desk = Desk::open_with(backend, soon).await;
    let admin = desk.admin().await;
    let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
    let channel = company(&admin, &hook.url("sig-of-the-company")).await;
    (desk, admin, bea, channel)
}

async fn hand_over(desk: &Desk, admin: &Person, bea: &Person) {
    let message = desk.message("Ann", "Hello").await;
    assign(admin, &message, bea).await;
}

/// Waits until so many deliveries are in a state, and returns them, newest first.
async fn deliveries(admin: &Person, state: &str, count: usize) -> Vec<Value> {
    let filter = json!({ "filter": { "state": { "eq": state } } });
    until(&format!("{count} {state}"), PATIENCE, async || {
        let found = admin.client.run(DELIVERIES, filter.clone()).await.ok();
        let rows = found.list("notificationDeliveries.nodes").to_vec();
        (rows.len() >= count).then_some(rows)
    })
    .await
}

both! {
    /// What fails is tried again under the same id, and seen meanwhile; what was taken is not sent again.
    async fn a_card_is_tried_again_until_it_is_taken(backend) {
        let hook = Hook::start().await;
        hook.script([Reply::Status(500), Reply::Later(1), Reply::Endless]);
        let (desk, admin, bea, channel) = desk(backend, &hook).await;
        hand_over(&desk, &admin, &bea).await;
        hook.wait(1, SOON).await;
        let waiting = until("the failure is seen", SOON, async || {
            let rows = deliveries(&admin, "PENDING", 1).await;
            rows[0]["lastError"].is_string().then(|| rows[0].clone())
        }).await;
        assert_eq!((&waiting["lastError"], &waiting["channel"]["id"]), (&json!("answered 500"), &json!(channel)));
        assert!(waiting["nextTryAt"].is_string());
        let sent = deliveries(&admin, "SENT", 1).await;
        assert_eq!((&sent[0]["attempts"], &sent[0]["lastError"], &sent[0]["nextTryAt"]), (&json!(3), &Value::Null, &Value::Null));
        let posted = hook.posted();
        assert_eq!(posted.len(), 3);
        assert!(posted.iter().all(|card| json!(card.delivery) == sent[0]["id"]), "{posted:#?}");
        assert!(posted[0].text().contains("Message assigned") && posted[0].text().contains("For Bea"), "{}", posted[0].text());
        assert!(!posted[0].text().contains("Ann"), "nothing that only some may read");
    }

    /// A redirect is a refusal: nobody goes where it leads.
    async fn a_redirect_is_not_followed(backend) {
        let (hook, elsewhere) = (Hook::start().await, Hook::start().await);
        hook.script([Reply::Redirect(elsewhere.url("x")), Reply::Redirect(elsewhere.url("x"))]);
        let (desk, admin, bea, channel) = desk(backend, &hook).await;
        hand_over(&desk, &admin, &bea).await;
        let failed = deliveries(&admin, "FAILED", 1).await;
        assert_eq!((&failed[0]["attempts"], &failed[0]["lastError"]), (&json!(1), &json!("answered 302: redirects are not followed")));
        let tested = admin.client.run(TEST, json!({ "id": channel })).await.ok();
        assert_eq!(tested.string("testNotificationChannel.refusal"), "answered 302: redirects are not followed");
        assert_eq!((hook.posted().len(), elsewhere.posted().len()), (2, 0));
    }

    /// A webhook that never answers costs its own card an attempt.
    async fn silence_is_a_failure(backend) {
        let hook = Hook::start().await;
        hook.script([Reply::Silence]);
        let (desk, admin, bea, _) = desk(backend, &hook).await;
        hand_over(&desk, &admin, &bea).await;
        let sent = deliveries(&admin, "SENT", 1).await;
        assert_eq!(sent[0]["attempts"], json!(2));
        assert_eq!(hook.posted().len(), 2);
    }

    /// After five cards that were given up a channel is switched off, and its keepers are told. Corrected and switched on
    /// again, a card that was given up goes out under the id that it had.
    async fn a_channel_that_fails_is_switched_off(backend) {
        let hook = Hook::start().await;
        hook.script((0..5).map(|_| Reply::Status(404)));
        let (desk, admin, bea, channel) = desk(backend, &hook).await;
        for _ in 0..5 {
            hand_over(&desk, &admin, &bea).await;
        }
        let rows = told(&admin, "CHANNEL_SWITCHED_OFF", 1).await;
        assert_eq!((&rows[0]["resourceId"], &rows[0]["level"]), (&json!(channel), &json!("ERROR")));
        // Nothing more is queued for it.
        hand_over(&desk, &admin, &bea).await;
        told(&bea, "MESSAGE_ASSIGNED", 6).await;
        let failed = until("all that was queued is given up", SOON, async || {
            let pending = json!({ "filter": { "state": { "eq": "PENDING" } } });
            let pending = admin.client.run(DELIVERIES, pending).await.ok();
            if pending.data("notificationDeliveries.totalCount") != &json!(0) {
                return None;
            }
            Some(deliveries(&admin, "FAILED", 5).await)
        }).await;
        assert_eq!((&failed[0]["channel"]["isActive"], &failed[0]["channel"]["failures"]), (&json!(false), &json!(5)));
        assert_eq!(hook.posted().len(), 5);
        let again = json!({ "id": failed[4]["id"] });
        let refused = admin.client.run(RETRY, again.clone()).await;
        assert_eq!(refused.user_errors("retryNotificationDelivery")[0].code, "NOT_ALLOWED");
        let on = admin.client.run(UPDATE, json!({ "input": { "channelId": channel, "isActive": true } })).await.ok();
        assert_eq!(on.data("updateNotificationChannel.channel.failures"), &json!(0));
        admin.client.run(RETRY, again.clone()).await.ok();
        let sent = deliveries(&admin, "SENT", 1).await;
        assert_eq!(sent[0]["id"], failed[4]["id"]);
        assert_eq!(json!(hook.posted()[5].delivery), failed[4]["id"]);
        let refused = admin.client.run(RETRY, again).await;
        assert_eq!(refused.user_errors("retryNotificationDelivery")[0].code, "NOT_ALLOWED", "it was sent");
    }

    /// What somebody wants in Teams goes to their own channel; what they do not want does not. The company's is the
    /// company's to decide.
    async fn preferences_decide_about_ones_own_channel(backend) {
        let (hers, ours) = (Hook::start().await, Hook::start().await);
        let (desk, admin, bea, _) = desk(backend, &ours).await;
        bea.client.run(OWN, json!({ "input": { "webhookUrl": hers.url("sig-of-bea") } })).await.ok();
        hand_over(&desk, &admin, &bea).await;
        hers.wait(1, SOON).await;
        let set = |teams: bool| json!({ "input": { "type": "MESSAGE_ASSIGNED", "teams": teams } });
        bea.client.run(PREFER, set(false)).await.ok();
        hand_over(&desk, &admin, &bea).await;
        told(&bea, "MESSAGE_ASSIGNED", 2).await;
        bea.client.run(PREFER, set(true)).await.ok();
        hand_over(&desk, &admin, &bea).await;
        hers.wait(2, SOON).await;
        ours.wait(3, SOON).await;
        deliveries(&admin, "SENT", 5).await;
        assert_eq!((hers.posted().len(), ours.posted().len()), (2, 3));
    }

    /// What becomes of the cards to somebody's own channel they see themselves.
    async fn ones_own_channel_says_what_failed(backend) {
        let hers = Hook::start().await;
        hers.script([Reply::Status(404)]);
        let desk = Desk::open_with(backend, local()).await;
        let (admin, bea) = (desk.admin().await, desk.colleague("bea@example.com", "Bea", "STAFF").await);
        bea.client.run(OWN, json!({ "input": { "webhookUrl": hers.url("sig-of-bea") } })).await.ok();
        let own = async || bea.client.run("{ ownTeamsChannel { isActive failures lastError } }", json!({})).await.ok();
        assert_eq!(own().await.data("ownTeamsChannel"), &json!({ "isActive": true, "failures": 0, "lastError": null }));
        hand_over(&desk, &admin, &bea).await;
        until("the failure is seen", SOON, async || {
            let seen = own().await;
            seen.data("ownTeamsChannel.lastError").as_str().is_some_and(|why| why.contains("404")).then_some(())
        })
        .await;
        hand_over(&desk, &admin, &bea).await;
        hers.wait(2, SOON).await;
        until("a card that was taken counts anew", SOON, async || {
            (own().await.data("ownTeamsChannel.failures") == &json!(0)).then_some(())
        })
        .await;
    }

    /// Not more than four cards a second go to one webhook.
    async fn cards_keep_their_distance(backend) {
        let hook = Hook::start().await;
        let (desk, admin, bea, _) = desk(backend, &hook).await;
        for _ in 0..9 {
            hand_over(&desk, &admin, &bea).await;
        }
        let began = std::time::Instant::now();
        hook.wait(1, SOON).await;
        let first = began.elapsed();
        hook.wait(9, SOON).await;
        let sent = deliveries(&admin, "SENT", 9).await;
        let at = |row: &Value| row["sentAt"].as_str().and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok()).expect("a time");
        let (from, to) = (sent.iter().map(at).min(), sent.iter().map(at).max());
        let took = to.zip(from).map(|(to, from)| (to - from).num_milliseconds()).unwrap_or_default();
        assert!(took >= 1750, "nine cards in {took} ms, the first after {first:?}");
    }

    /// A card for somebody's own channel that waits goes to nobody once they are deactivated; the company's go on.
    async fn nobody_gets_a_card_who_has_left(backend) {
        let hook = Hook::start().await;
        hook.script([Reply::Later(2), Reply::Later(2)]);
        let (desk, admin, bea, company) = desk(backend, &hook).await;
        let own = json!({ "input": { "webhookUrl": hook.url("sig-of-bea") } });
        let own = bea.client.run(OWN, own).await.ok().string("setOwnTeamsChannel.channel.id");
        hand_over(&desk, &admin, &bea).await;
        hook.wait(2, SOON).await;
        let leaves = "mutation($id: ID!) { deactivateStaff(input: { staffId: $id }) { errors { message } } }";
        admin.client.run(leaves, json!({ "id": bea.id })).await.ok();
        let (failed, sent) = (deliveries(&admin, "FAILED", 1).await, deliveries(&admin, "SENT", 1).await);
        assert_eq!((&failed[0]["channel"]["id"], &sent[0]["channel"]["id"]), (&json!(own), &json!(company)));
        assert_eq!(failed[0]["lastError"], json!("whose channel it is was deactivated"));
        assert_eq!(hook.posted().iter().filter(|card| card.path.contains("sig-of-bea")).count(), 1, "the one before");
    }

    /// The server is killed while the webhook thinks about a card that it then takes: after the restart the card comes
    /// again, under the same id, and once more only.
    async fn a_crash_repeats_the_same_card(backend) {
        let hook = Hook::start().await;
        hook.script([Reply::Slow(Duration::from_secs(2))]);
        let (mut desk, admin, bea, _) = desk(backend, &hook).await;
        hand_over(&desk, &admin, &bea).await;
        hook.wait(1, SOON).await;
        desk.server.kill9().await;
        desk.server.restart().await;
        let posted = hook.wait(2, PATIENCE).await;
        assert_eq!(posted[0].delivery, posted[1].delivery);
        assert_eq!(posted[0].body, posted[1].body);
        let sent = deliveries(&admin, "SENT", 1).await;
        assert_eq!(sent[0]["id"], json!(posted[0].delivery));
        assert_eq!(told(&bea, "MESSAGE_ASSIGNED", 1).await.len(), 1);
        assert_eq!(hook.posted().len(), 2);
    }
}
