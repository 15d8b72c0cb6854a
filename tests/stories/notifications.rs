//! Everybody is told what concerns them, at once, and nobody what concerns others.

use serde_json::{Value, json};

use super::desk::{ASSIGN, Desk, PASSWORD, Person, SIGN_IN, SOON, credentials, number};
use super::organisation::change;
use super::own_access::enrol;
use super::roles::{colleague, make_role, role};
use super::self_service::{PUBLIC, options, token_of};
use crate::support::{Backend, Fault, Frame, Options, Smtp, Socket, both, until};

pub const FEED: &str =
    "query Feed($filter: NotificationFilter) { unreadNotificationCount notifications(filter: $filter) {
    totalCount nodes { id type level title body resourceId createdAt readAt actor { id } } } }";
const LIVE: &str =
    "subscription Feed($after: String) { notificationEvents(after: $after) { __typename sequence at unreadCount
    ... on NotificationReceived { notification { id type level resourceId actor { id } } }
    ... on NotificationsRead { ids } } }";
const READ: &str =
    "mutation Read($ids: [ID!]!) { markNotificationsRead(input: { ids: $ids }) { unreadCount errors { code path } } }";
const READ_ALL: &str = "mutation ReadAll { markAllNotificationsRead { unreadCount errors { code } } }";
pub const PREFER: &str =
    "mutation Prefer($input: SetNotificationPreferenceInput!) { setNotificationPreference(input: $input) {
    preference { type email teams } errors { code } } }";

pub async fn assign(by: &Person, message: &str, to: &Person) {
    by.client.run(ASSIGN, json!({ "input": { "messageId": message, "assigneeId": to.id } })).await.ok();
}

/// Waits until somebody's feed has so many rows of a type, and returns them, newest first.
pub async fn told(person: &Person, kind: &str, count: usize) -> Vec<Value> {
    let filter = json!({ "filter": { "type": { "eq": kind } } });
    until("the feed tells of it", SOON, async || {
        let feed = person.client.run(FEED, filter.clone()).await.ok();
        let rows = feed.list("notifications.nodes").to_vec();
        (rows.len() >= count).then_some(rows)
    })
    .await
}

async fn live(desk: &Desk, person: &Person, after: &str) -> Socket {
    let mut socket = Socket::connect(desk.server.base(), Some(&person.access)).await;
    socket.subscribe("feed", LIVE, json!({ "after": after })).await;
    socket
}

#[track_caller]
fn event(frame: &Frame) -> Value {
    assert_eq!(frame.kind, "next", "{frame:?}");
    frame.data("notificationEvents").clone()
}

both! {
    /// A message is handed to Bea: she hears it at once, reads it in one window and sees it read in the other. Who takes
    /// a message needs no telling, and nobody hears what others are told.
    async fn who_gets_a_message_is_told_at_once(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let (mut hers, mut his) = (live(&desk, &bea, "0").await, live(&desk, &admin, "0").await);
        let (first, second) = (desk.message("Ann", "Hello").await, desk.message("Bob", "Hello").await);
        assign(&admin, &first, &admin).await;
        assign(&admin, &first, &bea).await;
        assign(&admin, &second, &bea).await;
        let mut heard = Vec::new();
        for n in 1..=2 {
            let event = event(&hers.next(SOON).await);
            assert_eq!(event["__typename"], "NotificationReceived", "{event}");
            assert!(event["unreadCount"].as_i64().is_some_and(|unread| unread >= n), "{event}");
            let told = event["notification"].clone();
            assert_eq!((&told["type"], &told["level"], &told["actor"]["id"]), (&json!("MESSAGE_ASSIGNED"), &json!("INFO"), &json!(admin.id)));
            heard.push(told["id"].clone());
            assert_eq!(told["resourceId"], json!(if n == 1 { &first } else { &second }));
        }

        let feed = bea.client.run(FEED, json!({})).await.ok();
        assert_eq!((feed.data("unreadNotificationCount"), feed.data("notifications.totalCount")), (&json!(2), &json!(2)));
        let listed: Vec<_> = feed.list("notifications.nodes").iter().map(|row| row["id"].clone()).collect();
        assert_eq!(listed, [heard[1].clone(), heard[0].clone()], "newest first");
        // Nothing that only some may read is in the feed itself.
        assert!(!feed.text.contains("Ann") && !feed.text.contains("Hello"), "{feed}");

        // One's own together with somebody else's: nothing is read.
        let cleo = desk.colleague("cleo@example.com", "Cleo", "STAFF").await;
        assign(&admin, &desk.message("Cid", "Hello").await, &cleo).await;
        let hers_not = told(&cleo, "MESSAGE_ASSIGNED", 1).await[0]["id"].clone();
        let mixed = bea.client.run(READ, json!({ "ids": [heard[0], hers_not] })).await;
        assert_eq!(mixed.error_code(), "NOT_FOUND");
        for (person, unread) in [(&bea, 2), (&cleo, 1)] {
            let feed = person.client.run(FEED, json!({})).await.ok();
            assert_eq!(feed.data("unreadNotificationCount"), &json!(unread));
        }

        let read = bea.client.run(READ, json!({ "ids": [heard[0]] })).await.ok();
        assert_eq!(read.data("markNotificationsRead.unreadCount"), &json!(1));
        let seen = event(&hers.next(SOON).await);
        assert_eq!((&seen["__typename"], &seen["ids"], &seen["unreadCount"]), (&json!("NotificationsRead"), &json!([heard[0]]), &json!(1)));
        for (filter, left) in [
            (json!({ "isUnread": true }), vec![heard[1].clone()]),
            (json!({ "isUnread": false }), vec![heard[0].clone()]),
            (json!({ "level": { "in": ["ERROR", "WARNING"] } }), vec![]),
            (json!({ "not": { "type": { "eq": "MESSAGE_ASSIGNED" } } }), vec![]),
        ] {
            let rows = bea.client.run(FEED, json!({ "filter": filter })).await.ok();
            let ids: Vec<_> = rows.list("notifications.nodes").iter().map(|row| row["id"].clone()).collect();
            assert_eq!(ids, left, "{filter}");
        }
        let all = bea.client.run(READ_ALL, json!({})).await.ok();
        assert_eq!(all.data("markAllNotificationsRead.unreadCount"), &json!(0));
        let seen = event(&hers.next(SOON).await);
        assert_eq!((&seen["ids"], &seen["unreadCount"]), (&Value::Null, &json!(0)));

        // The administrator, who may do everything, sees nothing of it.
        let feed = admin.client.run(FEED, json!({})).await.ok();
        assert_eq!((feed.data("unreadNotificationCount"), feed.data("notifications.totalCount")), (&json!(0), &json!(0)));
        let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let ids = json!({ "ids": heard });
        assert_eq!(admin.client.run(nodes, ids.clone()).await.ok().data("nodes"), &json!([null, null]));
        assert_eq!(bea.client.run(nodes, ids.clone()).await.ok().list("nodes").len(), 2);
        assert_eq!(admin.client.run(READ, ids).await.error_code(), "NOT_FOUND");
        // What he hears first is what he is told himself.
        assign(&bea, &first, &admin).await;
        let own = event(&his.next(SOON).await);
        assert_eq!((&own["notification"]["type"], &own["notification"]["resourceId"]), (&json!("MESSAGE_ASSIGNED"), &json!(first)));
    }

    /// What was missed comes first, once; a number that is none is refused, and so is who is not signed in.
    async fn the_feed_goes_on_where_it_was_left(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let mut hers = live(&desk, &bea, "0").await;
        for name in ["One", "Two", "Three"] {
            let message = desk.message(name, "Hello").await;
            assign(&admin, &message, &bea).await;
        }
        let first = event(&hers.next(SOON).await);
        hers.close().await;
        told(&bea, "MESSAGE_ASSIGNED", 3).await;
        let mut again = live(&desk, &bea, first["sequence"].as_str().unwrap_or_default()).await;
        let (second, third) = (event(&again.next(SOON).await), event(&again.next(SOON).await));
        assert!(number(&first["sequence"]) < number(&second["sequence"]) && number(&second["sequence"]) < number(&third["sequence"]));
        let ids = [&first, &second, &third].map(|event| event["notification"]["id"].clone());
        assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
        for after in ["-1", "999999", "x"] {
            let refused = live(&desk, &bea, after).await.next(SOON).await;
            assert!(format!("{refused:?}").contains("BAD_USER_INPUT"), "{refused:?}");
        }
        let mut nobody = Socket::connect(desk.server.base(), None).await;
        nobody.subscribe("feed", LIVE, json!({})).await;
        assert!(format!("{:?}", nobody.next(SOON).await).contains("UNAUTHENTICATED"));
    }

    /// A sign-in with another program is told, and mailed unless the person decided otherwise; the first one of all, and
    /// those with a known program, are not.
    async fn a_sign_in_with_a_new_program_is_told(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let sign_in = async |program: &str| {
            desk.web.header("user-agent", program).run(SIGN_IN, credentials("bea@example.com", PASSWORD)).await.ok();
        };
        sign_in("Firefox <b>9</b>").await;
        let rows = told(&bea, "NEW_SIGN_IN", 1).await;
        assert_eq!(rows[0]["level"], "WARNING");
        assert!(rows[0]["body"].as_str().is_some_and(|body| body.contains("Firefox <b>9</b>")), "{rows:?}");
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.to, ["bea@example.com"]);
        assert!(mail.text().contains("Firefox"), "{}", mail.text());
        let set = json!({ "input": { "type": "NEW_SIGN_IN", "email": false } });
        let set = bea.client.run(PREFER, set).await.ok();
        assert_eq!(set.data("setNotificationPreference.preference"), &json!({ "type": "NEW_SIGN_IN", "email": false, "teams": false }));
        sign_in("Firefox <b>9</b>").await;
        sign_in("Opera").await;
        let rows = told(&bea, "NEW_SIGN_IN", 2).await;
        assert_eq!(rows.len(), 2);
        assert!(rows[0]["body"].as_str().is_some_and(|body| body.contains("Opera")), "{rows:?}");
        // A later mail is the next one, so there was none between.
        let message = desk.message("Ann", "Hello").await;
        desk.admin().await.reply(&message, "Hello yourself").await;
        assert!(smtp.next_mail(SOON).await.text().contains("Hello yourself"));
    }

    /// Whoever wrote a reply, and whoever has its message, are told that it did not go out.
    async fn a_reply_that_failed_is_told_to_author_and_assignee(backend) {
        let smtp = Smtp::start().await;
        smtp.script([Fault::RefuseRecipients(550)]);
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let message = desk.message("Ann", "Hello").await;
        assign(&admin, &message, &bea).await;
        let reply = admin.reply(&message, "Hello yourself").await;
        for person in [&admin, &bea] {
            let rows = told(person, "REPLY_FAILED", 1).await;
            assert_eq!((&rows[0]["level"], &rows[0]["resourceId"]), (&json!("ERROR"), &json!(reply)));
            let body = rows[0]["body"].as_str().unwrap_or_default();
            assert!(!body.contains("550") && !body.contains("example"), "the server's words may name the visitor: {body}");
        }
        let why = "query($id: ID!) { node(id: $id) { ... on MessageReply { emailError } } }";
        let why = bea.client.run(why, json!({ "id": reply })).await.ok();
        assert!(why.string("node.emailError").contains("550"), "the reply tells who may read it");
    }

    /// Whoever wants a mail gets one, which leads to the desk; one that cannot go out is seen where the card would be.
    async fn who_wants_mail_is_mailed(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let mailed = async |person: &Person, state: &str| {
            until(state, SOON, async || {
                let all = person.client.run("{ notifications { nodes { mailState mailError resourceId } } }", json!({})).await.ok();
                let newest = all.list("notifications.nodes").first()?.clone();
                (newest["mailState"] == state).then_some(newest)
            })
            .await
        };
        let first = desk.message("Ann", "Hello").await;
        assign(&admin, &first, &bea).await;
        assert_eq!(told(&bea, "MESSAGE_ASSIGNED", 1).await.len(), 1);
        let prefer = json!({ "input": { "type": "MESSAGE_ASSIGNED", "email": true } });
        bea.client.run(PREFER, prefer).await.ok();
        let second = desk.message("Bob", "Hello").await;
        assign(&admin, &second, &bea).await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!((mail.to.as_slice(), mail.subject().as_str()), (["bea@example.com".to_owned()].as_slice(), "Message assigned"));
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated".into()));
        assert!(mail.text().contains(&format!("{PUBLIC}/?tenant=main")) && !mail.text().contains("Bob"), "{}", mail.text());
        let row = mailed(&bea, "SENT").await;
        assert_eq!((&row["resourceId"], &row["mailError"]), (&json!(second), &Value::Null));
        assert_eq!(smtp.mails().len(), 1, "the first one was told before she asked for mail");
        let feed = bea.client.run("{ notifications(last: 1) { nodes { mailState resourceId } } }", json!({})).await.ok();
        assert_eq!(feed.data("notifications.nodes.0"), &json!({ "mailState": null, "resourceId": first }));

        smtp.script([Fault::RefuseRecipients(451), Fault::RefuseRecipients(550)]);
        assign(&admin, &first, &admin).await;
        assign(&admin, &first, &bea).await;
        let waiting = until("the first try is seen", SOON, async || {
            let row = mailed(&bea, "PENDING").await;
            row["mailError"].is_string().then_some(row)
        }).await;
        assert!(waiting["mailError"].as_str().is_some_and(|why| why.contains("451")), "{waiting}");
        let failed = mailed(&bea, "FAILED").await;
        assert!(failed["mailError"].as_str().is_some_and(|why| why.contains("550")), "{failed}");
        assert_eq!(smtp.mails().len(), 1);
    }

    /// Every way in which somebody's access changes is told to them, and to nobody else.
    async fn who_may_more_or_less_is_told(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let plain = make_role(&admin, "Plain", &["VIEW_STAFF"]).await;
        let bea = colleague(&desk, &admin, "bea", &plain, json!({})).await;
        let staff = role(&admin, "STAFF").await;
        let one = json!({ "staffId": bea.id, "permission": "VIEW_MESSAGES" });
        for (n, (mutation, input, ty, says)) in [
            ("grantPermission", one.clone(), "PersonPermissionInput", "granted the permission VIEW_MESSAGES"),
            ("revokePermission", one, "PersonPermissionInput", "VIEW_MESSAGES was taken back"),
            ("updateRole", json!({ "roleId": plain, "permissions": ["VIEW_CLIENTS", "VIEW_STAFF"] }), "UpdateRoleInput", "your role Plain were changed"),
            ("updateStaff", json!({ "staffId": bea.id, "roleId": staff }), "UpdateStaffInput", "Your role was changed"),
        ].into_iter().enumerate() {
            let document = format!("mutation($input: {ty}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}");
            admin.client.run(&document, json!({ "input": input })).await.ok();
            let rows = told(&bea, "ACCESS_CHANGED", n + 1).await;
            assert_eq!((rows.len(), &rows[0]["level"], &rows[0]["actor"]), (n + 1, &json!("WARNING"), &json!({ "id": admin.id })));
            assert!(rows[0]["body"].as_str().is_some_and(|body| body.contains(says)), "{mutation}: {rows:?}");
        }
        // Neither another name of a role nor another name of hers is a change of access.
        change(&admin.client, "updateRole", json!({ "roleId": plain, "name": "Simple" }), "role { id }").await.ok();
        change(&admin.client, "updateStaff", json!({ "staffId": bea.id, "name": "Bea B." }), "staff { id }").await.ok();
        let message = desk.message("Ann", "Hello").await;
        assign(&admin, &message, &bea).await;
        told(&bea, "MESSAGE_ASSIGNED", 1).await;
        assert_eq!(told(&bea, "ACCESS_CHANGED", 4).await.len(), 4);
        let others = admin.client.run(FEED, json!({ "filter": { "type": { "eq": "ACCESS_CHANGED" } } })).await.ok();
        assert_eq!(others.data("notifications.totalCount"), &json!(0));
    }

    /// Whose second factor goes, by themselves or by a colleague, and for whom an API key is made, is told: whoever found an open
    /// window does none of it unseen.
    async fn what_lets_somebody_in_is_told(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let says = async |count: usize, part: &str| {
            let rows = told(&bea, "ACCESS_CHANGED", count).await;
            assert_eq!(rows.len(), count);
            assert!(rows[0]["body"].as_str().is_some_and(|body| body.contains(part)), "{part}: {rows:?}");
        };
        change(&bea.client, "createApiKey", json!({ "name": "Mine", "permissions": ["VIEW_MESSAGES"] }), "key").await.ok();
        says(1, "An API key was made").await;
        let code = enrol(&bea, PASSWORD).await.code(1);
        let disable = "mutation($p: String!, $c: String!) { disableTotp(input: { password: $p, code: $c }) { errors { code } } }";
        bea.client.run(disable, json!({ "p": PASSWORD, "c": code })).await.ok();
        says(2, "was given up").await;
        enrol(&bea, PASSWORD).await;
        let reset = "mutation($id: ID!) { resetTotp(input: { userId: $id }) { errors { code } } }";
        admin.client.run(reset, json!({ "id": bea.id })).await.ok();
        says(3, "taken away by a colleague").await;
    }

    /// Whoever invited somebody is told when they have come.
    async fn an_accepted_invitation_is_good_news(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let input = json!({ "email": "bea@example.com", "roleId": role(&admin, "STAFF").await });
        change(&admin.client, "inviteStaff", input, "invitation { id }").await.ok();
        let token = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        let accept = json!({ "token": token, "name": "Bea", "password": PASSWORD });
        change(&desk.web, "acceptInvitation", accept, "email").await.ok();
        let rows = told(&admin, "INVITATION_ACCEPTED", 1).await;
        let bea = desk.sign_in("bea@example.com", PASSWORD).await;
        assert_eq!((&rows[0]["level"], &rows[0]["resourceId"]), (&json!("SUCCESS"), &json!(bea.id)));
        let good = admin.client.run(FEED, json!({ "filter": { "level": { "eq": "SUCCESS" } } })).await.ok();
        assert_eq!(good.data("notifications.totalCount"), &json!(1));
    }

    /// Everybody finds every type with what holds, and changes one of them for themselves alone.
    async fn preferences_are_ones_own(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let query = "{ notificationPreferences { type description level email teams } }";
        let before = bea.client.run(query, json!({})).await.ok();
        let set = json!({ "input": { "type": "MESSAGE_ASSIGNED", "email": true, "teams": false } });
        bea.client.run(PREFER, set).await.ok();
        let changed = bea.client.run(query, json!({})).await.ok();
        let of = |answer: &crate::support::Answer| {
            let all = answer.list("notificationPreferences").to_vec();
            all.into_iter().find(|row| row["type"] == "MESSAGE_ASSIGNED").expect("the type")
        };
        assert_eq!((&of(&before)["email"], &of(&before)["teams"]), (&json!(false), &json!(true)));
        assert_eq!((&of(&changed)["email"], &of(&changed)["teams"]), (&json!(true), &json!(false)));
        assert_eq!(admin.client.run(query, json!({})).await.ok().data("notificationPreferences"), before.data("notificationPreferences"));
        let nobody = desk.web.run(query, json!({})).await;
        assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
    }
}

/// Several servers follow the events of one database; everybody is told once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_tell_once() {
    let desk = Desk::open(Backend::Postgres).await;
    let setting = |name: &str| desk.server.setting(name).unwrap_or_default().to_owned();
    let beside = Options::new()
        .database(setting("FRONTDESK_DATABASE_URL"))
        .env("FRONTDESK_SECRET_KEY", setting("FRONTDESK_SECRET_KEY"))
        .env("FRONTDESK_RATE_LIMITS", "off");
    let _second = crate::support::Server::start(Backend::Postgres, beside.clone()).await;
    let mut third = crate::support::Server::start(Backend::Postgres, beside).await;
    let admin = desk.admin().await;
    let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
    for n in 0..30 {
        let message = desk.message(&format!("Visitor {n}"), "Hello").await;
        assign(&admin, &message, &bea).await;
        if n == 15 {
            third.restart().await;
        }
    }
    let filter = json!({});
    until("all are told", SOON, async || {
        let feed = bea.client.run(FEED, filter.clone()).await.ok();
        (feed.data("notifications.totalCount") == &json!(30)).then_some(())
    })
    .await;
    // Whatever comes afterwards is told after everything before: had anything been told twice, it would be there now.
    let message = desk.message("Last", "Hello").await;
    assign(&admin, &message, &bea).await;
    until("the last is told", SOON, async || {
        let feed = bea.client.run(FEED, filter.clone()).await.ok();
        (feed.data("notifications.nodes.0.resourceId") == &json!(message)).then_some(())
    })
    .await;
    let feed = bea.client.run(FEED, filter).await.ok();
    assert_eq!(feed.data("notifications.totalCount"), &json!(31));
}

both! {
    /// What a notification is about is there for programs too, by name.
    async fn a_notification_says_what_it_is_about(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let message = desk.message("Ann", "Hello").await;
        assign(&admin, &message, &bea).await;
        let grant = "mutation($s: ID!) { grantPermission(input: { staffId: $s, permission: VIEW_ANALYTICS }) { errors { code } } }";
        admin.client.run(grant, json!({ "s": bea.id })).await.ok();
        for (kind, about) in [
            ("MESSAGE_ASSIGNED", json!({ "messageId": message })),
            ("ACCESS_CHANGED", json!({ "permission": "VIEW_ANALYTICS", "granted": true })),
        ] {
            told(&bea, kind, 1).await;
            let feed = "query($kind: NotificationType!) { notifications(filter: { type: { eq: $kind } }) { nodes { metadata } } }";
            let feed = bea.client.run(feed, json!({ "kind": kind })).await.ok();
            assert_eq!(feed.data("notifications.nodes"), &json!([{ "metadata": about }]), "nothing comes of what comes with a role");
        }
    }

    /// What was read is kept for thirty days, what nobody read for ninety, and a feed has an end.
    async fn what_nobody_read_ends_too(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let mut messages = Vec::new();
        for name in ["Young", "Old", "Read"] {
            messages.push(desk.message(name, "Hello").await);
            assign(&admin, messages.last().expect("one"), &bea).await;
        }
        let rows = told(&bea, "MESSAGE_ASSIGNED", 3).await;
        let read = rows.iter().find(|row| row["resourceId"] == json!(messages[2])).expect("it")["id"].clone();
        bea.client.run(READ, json!({ "ids": [read] })).await.ok();
        let sql = desk.sql().await;
        let ago = |days: u32| match sql.is_sqlite() {
            true => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-{days} days')"),
            false => format!("now() - interval '{days} days'"),
        };
        for (message, days) in messages.iter().zip([89, 91, 31]) {
            sql.run(&format!("UPDATE notifications SET created_at = {} WHERE resource = '{message}'", ago(days))).await;
        }
        until("what ended is gone", SOON, async || (sql.count("notifications").await == 1).then_some(())).await;
        let left = bea.client.run(FEED, json!({})).await.ok();
        assert_eq!((left.data("unreadNotificationCount"), left.data("notifications.nodes.0.resourceId")), (&json!(1), &json!(messages[0])));
    }
}
