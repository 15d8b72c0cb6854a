//! What B2Chat told of is read: departments, agents, contacts, chats and their messages.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::coverage::sql::Sql;
use crate::stories::b2chat_rows::{B2ChatRows, Row, text};
use crate::support::{Answer, Backend, both};

const CHATS: &str = "query($filter: B2ChatChatFilter, $orderBy: [B2ChatChatOrder!], $first: Int, $after: String) { \
    b2chatChats(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount nodes { b2chatId } \
    pageInfo { hasNextPage endCursor } } }";
const CHAT: &str = "query($id: ID!) { b2chatChat(id: $id) { id b2chatId provider sourceProvider status sourceStatus isAgentAvailable alias \
    tags priority topic unreadCount resolutionNote viewerUrl createdAt openedAt pickedUpAt responseAt closedAt durationSeconds \
    sourceDurationSeconds responseSeconds firstResponseSeconds resolutionSeconds pickupSeconds unknownFields { name value } messageCount \
    isDeleted deletedAt deletionReason lastModifiedAt lastSyncAt syncVersion agent { name staff { id } department { name } } \
    contact { fullName } department { name ancestors { name } } \
    messages { nodes { type sourceType text isIncoming isBroadcasted imageUrl fileUrl caption location mediaState mediaAttempts file { id } \
    sentAt chat { id } } } } }";
const CONTACTS: &str =
    "query($filter: B2ChatContactFilter) { b2chatContacts(filter: $filter) { totalCount nodes { fullName } } }";

/// A time in SQL, of the first of May 2026.
fn at(time: &str) -> String {
    text(&format!("2026-05-01T{time}+00:00"))
}

fn of(column: &'static str, row: &Row) -> (&'static str, String) {
    (column, row.sql.clone())
}

async fn open(backend: Backend) -> (Desk, Person, Sql) {
    let desk = Desk::open(backend).await;
    let (admin, sql) = (desk.admin().await, desk.sql().await);
    (desk, admin, sql)
}

/// What a list shows of each, in its order.
fn shown(answer: &Answer, list: &str, field: &str) -> Vec<String> {
    let nodes = answer.list(&format!("{list}.nodes")).iter();
    nodes.map(|node| node[field].as_str().unwrap_or("-").to_owned()).collect()
}

async fn chats(person: &Person, filter: Value) -> Vec<String> {
    let answer = person.client.run(CHATS, json!({ "filter": filter })).await.ok();
    let mut found = shown(&answer, "b2chatChats", "b2chatId");
    assert_eq!(answer.data("b2chatChats.totalCount"), &json!(found.len()), "{filter}");
    found.sort();
    found
}

async fn contacts(person: &Person, filter: Value) -> Vec<String> {
    let answer = person.client.run(CONTACTS, json!({ "filter": filter })).await.ok();
    let mut found = shown(&answer, "b2chatContacts", "fullName");
    found.sort();
    found
}

both! {
    /// A chat is shown as it was told of, with our words and B2Chat's own beside them; what is not known took no time that anybody
    /// knows, and neither did what would be less than none.
    async fn a_chat_is_shown_as_it_was_told_of(backend) {
        let (_desk, admin, sql) = open(backend).await;
        let rows = B2ChatRows(&sql);
        let top = rows.department("Sales", &[], &[]).await;
        let shops = rows.department("Shops", &[&top], &[]).await;
        let staff = rows.key(admin.id.trim_start_matches("stf_"));
        let agent = rows.agent("Ada Agent", &[of("department_id", &shops), ("staff_id", staff)]).await;
        let contact = rows.contact("Carla Contact", &[], &[]).await;
        let said = [
            ("b2chat_id", text("c-1")),
            of("agent_id", &agent),
            of("contact_id", &contact),
            of("department_id", &shops),
            ("provider", text("other")),
            ("source_provider", text("CARRIERPIGEON")),
            ("status", text("closed")),
            ("source_status", text("LEFT_BY_CONTACT")),
            ("is_agent_available", rows.flag(true)),
            ("alias", text("Main line")),
            ("priority", text("urgent")),
            ("priority_order", "0".into()),
            ("topic", text("Refund")),
            ("unread_count", "3".into()),
            ("resolution_note", text("Paid back")),
            ("viewer_url", text("https://app.b2chat.io/viewer/a/b")),
            ("created_at", at("10:00:00")),
            ("opened_at", at("10:00:10")),
            ("picked_up_at", at("10:01:00")),
            ("response_at", at("10:02:00.900")),
            ("closed_at", at("11:00:00")),
            ("duration_seconds", "3600".into()),
            ("source_duration_seconds", "3601".into()),
            ("unknown_fields", text(r#"{"poll_response":{"stars":5},"nothing":null}"#)),
            ("last_modified_at", at("12:00:00")),
            ("sync_version", "4".into()),
        ];
        let chat = rows.chat(&["VIP", "Ärger"], &said).await;
        rows.message(&chat, &[("text", text("Hello?")), ("sent_at", at("09:59:59"))]).await;
        let place = [("type", text("other")), ("source_type", text("LOCATION")), ("location", text(r#"{"lat":1.5}"#)),
            ("incoming", rows.flag(false)), ("broadcasted", rows.flag(true)), ("sent_at", at("10:02:00"))];
        rows.message(&chat, &place).await;
        rows.media(&chat, "image", "https://media.invalid/a.png").await;

        let seen = admin.client.run(CHAT, json!({ "id": chat.id })).await.ok();
        let mut seen = seen.data("b2chatChat").clone();
        let messages = seen["messages"]["nodes"].take();
        let linked = json!({
            "agent": { "name": "Ada Agent", "staff": { "id": admin.id }, "department": { "name": "Shops" } },
            "contact": { "fullName": "Carla Contact" },
            "department": { "name": "Shops", "ancestors": [{ "name": "Sales" }] },
            "unknownFields": [{ "name": "nothing", "value": null }, { "name": "poll_response", "value": { "stars": 5 } }],
        });
        for (name, value) in linked.as_object().expect("an object") {
            assert_eq!(&seen[name], value, "{name}");
        }
        let plain = json!({
            "id": chat.id, "b2chatId": "c-1", "provider": "OTHER", "sourceProvider": "CARRIERPIGEON", "status": "CLOSED",
            "sourceStatus": "LEFT_BY_CONTACT", "isAgentAvailable": true, "alias": "Main line", "tags": ["VIP", "Ärger"], "priority": "URGENT",
            "topic": "Refund", "unreadCount": 3, "resolutionNote": "Paid back", "viewerUrl": "https://app.b2chat.io/viewer/a/b",
            "durationSeconds": 3600, "sourceDurationSeconds": 3601, "responseSeconds": 120, "firstResponseSeconds": 110,
            "resolutionSeconds": 3600, "pickupSeconds": 50, "messageCount": 3, "isDeleted": false, "deletedAt": null, "deletionReason": null,
            "syncVersion": 4,
        });
        for (name, value) in plain.as_object().expect("an object") {
            assert_eq!(&seen[name], value, "{name}");
        }
        let texts: Vec<_> = messages.as_array().expect("a list").iter().map(|message| message["sourceType"].clone()).collect();
        assert_eq!(texts, ["IMAGE", "TEXT", "LOCATION"], "as they were sent");
        assert_eq!(messages[1]["text"], "Hello?");
        let second = &messages[2];
        assert_eq!((&second["type"], &second["isIncoming"], &second["isBroadcasted"]), (&json!("OTHER"), &json!(false), &json!(true)));
        assert_eq!(second["location"], json!({ "lat": 1.5 }));
        assert_eq!((&second["mediaState"], &messages[0]["mediaState"]), (&json!("NONE"), &json!("WAITING")));
        assert_eq!(messages[0]["imageUrl"], "https://media.invalid/a.png");
        assert_eq!(messages[0]["chat"]["id"], json!(chat.id));

        // Closed before it began, answered before it was in the queue, and never taken.
        let odd = [("created_at", at("10:00:00")), ("opened_at", at("10:05:00")), ("response_at", at("10:01:00")),
            ("closed_at", at("09:00:00")), ("duration_seconds", "-3600".into())];
        let odd = rows.chat(&[], &odd).await;
        let seen = admin.client.run(CHAT, json!({ "id": odd.id })).await.ok();
        assert_eq!(seen.data("b2chatChat.responseSeconds"), 60);
        for none in ["durationSeconds", "firstResponseSeconds", "resolutionSeconds", "pickupSeconds", "agent", "contact", "department"] {
            assert!(seen.data(&format!("b2chatChat.{none}")).is_null(), "{none}: {seen}");
        }
    }

    /// Chats are found by all that they are asked for by; those that count as deleted only where the filter asks for them.
    async fn chats_are_found(backend) {
        let (_desk, admin, sql) = open(backend).await;
        let rows = B2ChatRows(&sql);
        let sales = rows.department("Sales", &[], &[]).await;
        let shops = rows.department("Shops", &[&sales], &[]).await;
        let corner = rows.department("Corner shop", &[&sales, &shops], &[]).await;
        let care = rows.department("Care", &[], &[]).await;
        let (ada, bea) = (rows.agent("Ada", &[]).await, rows.agent("Bea", &[]).await);
        let carla = rows.contact("Carla", &[], &[]).await;
        let name = |name: &str| ("b2chat_id", text(name));
        rows.chat(&["VIP", "refund"], &[name("a"), of("agent_id", &ada), of("contact_id", &carla), of("department_id", &sales),
            ("created_at", at("08:00:00")), ("alias", text("Main"))]).await;
        rows.chat(&["vip"], &[name("b"), of("agent_id", &bea), of("department_id", &corner), ("provider", text("telegram")),
            ("status", text("closed")), ("closed_at", at("09:30:00")), ("created_at", at("09:00:00")), ("topic", text("Refund"))]).await;
        rows.chat(&["Straße"], &[name("c"), of("department_id", &care), ("status", text("pending")), ("priority", text("urgent")),
            ("priority_order", "0".into()), ("unread_count", "2".into()), ("created_at", at("10:00:00")),
            ("last_modified_at", at("12:00:00"))]).await;
        rows.chat(&["vip"], &[name("d"), of("agent_id", &ada), ("is_deleted", rows.flag(true)), ("deleted_at", at("11:00:00")),
            ("deletion_reason", text("gone at B2Chat")), ("created_at", at("11:00:00"))]).await;
        let five = "2026-05-01T09:00:00Z";
        for (filter, found) in [
            (json!({}), "a b c"),
            (json!({ "status": { "eq": "OPEN" } }), "a"),
            (json!({ "status": { "in": ["OPEN", "PENDING"] } }), "a c"),
            (json!({ "provider": { "eq": "TELEGRAM" } }), "b"),
            (json!({ "provider": { "ne": "TELEGRAM" } }), "a c"),
            (json!({ "priority": { "eq": "URGENT" } }), "c"),
            (json!({ "status": { "eq": "PENDING" }, "priority": { "eq": "URGENT" }, "lastModifiedAt": { "gte": five } }), "c"),
            (json!({ "agentId": { "eq": ada.id } }), "a"),
            (json!({ "agentId": { "eq": ada.id }, "status": { "eq": "CLOSED" } }), ""),
            (json!({ "agentId": { "isNull": true } }), "c"),
            (json!({ "contactId": { "eq": carla.id } }), "a"),
            (json!({ "departmentId": { "eq": sales.id } }), "a"),
            (json!({ "departmentTree": sales.id }), "a b"),
            (json!({ "departmentTree": shops.id }), "b"),
            (json!({ "departmentTree": "bdp_0190a5f0000070008000000000000000" }), ""),
            (json!({ "tag": { "eq": "vIp" } }), "a b"),
            (json!({ "tag": { "eq": "STRASSE" } }), "c"),
            (json!({ "tag": { "in": ["refund", "strasse"] } }), "a c"),
            (json!({ "tag": { "ne": "Vip" } }), "c"),
            (json!({ "tag": { "eq": "vi" } }), ""),
            (json!({ "alias": { "eq": "Main" } }), "a"),
            (json!({ "topic": { "eq": "Refund" } }), "b"),
            (json!({ "hasUnread": true }), "c"),
            (json!({ "hasUnread": false }), "a b"),
            (json!({ "createdAt": { "gte": five, "lt": "2026-05-01T10:00:00Z" } }), "b"),
            (json!({ "closedAt": { "gt": five } }), "b"),
            (json!({ "b2chatId": { "eq": "c" } }), "c"),
            (json!({ "isDeleted": true }), "d"),
            (json!({ "isDeleted": false }), "a b c"),
            (json!({ "or": [{ "isDeleted": true }, { "isDeleted": false }] }), "a b c d"),
            (json!({ "and": [{ "tag": { "eq": "vip" } }, { "not": { "isDeleted": false } }] }), "d"),
        ] {
            let expected: Vec<_> = found.split_whitespace().map(str::to_owned).collect();
            assert_eq!(chats(&admin, filter.clone()).await, expected, "{filter}");
        }
        for (filter, field) in [
            (json!({ "agentId": { "eq": sales.id } }), "filter.agentId"),
            (json!({ "departmentTree": ada.id }), "filter.departmentTree"),
            (json!({ "createdAt": { "gte": "yesterday" } }), "filter.createdAt.gte"),
            (json!({ "tag": { "in": vec!["x"; 101] } }), "filter.tag.in"),
        ] {
            let refused = admin.client.run(CHATS, json!({ "filter": filter })).await;
            assert_eq!(refused.error_code(), "BAD_USER_INPUT", "{filter}");
            assert_eq!(refused.errors()[0]["extensions"]["fields"], json!([field]), "{refused}");
        }

        // Below those that they are of the deleted one is left out too, and the newest come first.
        let below = "query($agent: ID!, $department: ID!, $contact: ID!) { b2chatAgent(id: $agent) { chats { totalCount nodes { b2chatId } } } \
            b2chatDepartment(id: $department) { level isLeaf parent { name } ancestors { name } children { nodes { name } } \
            chats { nodes { b2chatId } } agents { nodes { name } } } b2chatContact(id: $contact) { chats { nodes { b2chatId } } } }";
        let seen = admin.client.run(below, json!({ "agent": ada.id, "department": shops.id, "contact": carla.id })).await.ok();
        assert_eq!(seen.data("b2chatAgent.chats"), &json!({ "totalCount": 1, "nodes": [{ "b2chatId": "a" }] }));
        let department = json!({ "level": 1, "isLeaf": false, "parent": { "name": "Sales" }, "ancestors": [{ "name": "Sales" }],
            "children": { "nodes": [{ "name": "Corner shop" }] }, "chats": { "nodes": [] }, "agents": { "nodes": [] } });
        assert_eq!(seen.data("b2chatDepartment"), &department);
        assert_eq!(seen.data("b2chatContact.chats.nodes.0.b2chatId"), "a");
    }

    /// Each order is walked through page by page, forth to its end, without a chat twice or left out, also where all are alike in it.
    async fn pages_of_chats_follow_one_another(backend) {
        let (_desk, admin, sql) = open(backend).await;
        let rows = B2ChatRows(&sql);
        for n in 0..7 {
            let priority = [("urgent", 0), ("normal", 2), ("low", 3)][n % 3];
            let said = [("b2chat_id", text(&n.to_string())), ("priority", text(priority.0)), ("priority_order", priority.1.to_string()),
                ("unread_count", (n % 2).to_string()), ("modified_order", at(&format!("1{}:00:00", 2 - n % 3)))];
            // Two of them are not over.
            let closed = (n % 4 != 3).then(|| [at(&format!("2{}:00:00", n % 4)), at(&format!("2{}:00:00", n % 4))]);
            let closed = closed.map(|[closed, order]| [("closed_at", closed), ("closed_order", order)]);
            let said: Vec<_> = said.into_iter().chain(closed.into_iter().flatten()).collect();
            rows.chat(&[], &said).await;
        }
        for field in ["CREATED_AT", "PRIORITY", "UNREAD_COUNT", "CLOSED_AT", "LAST_MODIFIED_AT"] {
            for direction in ["ASC", "DESC"] {
                let (mut found, mut after) = (Vec::new(), Value::Null);
                loop {
                    let asked = json!({ "orderBy": [{ "field": field, "direction": direction }], "first": 2, "after": after });
                    let page = admin.client.run(CHATS, asked).await.ok();
                    found.extend(shown(&page, "b2chatChats", "b2chatId"));
                    after = page.data("b2chatChats.pageInfo.endCursor").clone();
                    if page.data("b2chatChats.pageInfo.hasNextPage") == false {
                        break;
                    }
                }
                let key = |id: &String| {
                    let n: usize = id.parse().expect("a number");
                    match field {
                        "CREATED_AT" => 0,
                        "PRIORITY" => n % 3,
                        "CLOSED_AT" => n % 4,
                        "LAST_MODIFIED_AT" => 2 - n % 3,
                        _ => n % 2,
                    }
                };
                let keys: Vec<_> = found.iter().map(key).collect();
                let mut sorted = keys.clone();
                sorted.sort();
                if direction == "DESC" {
                    sorted.reverse();
                }
                assert_eq!(keys, sorted, "{field} {direction}: {found:?}");
                found.sort();
                assert_eq!(found, ["0", "1", "2", "3", "4", "5", "6"], "{field} {direction}");
            }
        }
    }

    /// Messages of all chats are found by their chat, which way they went, what they are and when they were sent; page follows page.
    async fn messages_of_all_chats_are_found(backend) {
        let (_desk, admin, sql) = open(backend).await;
        let rows = B2ChatRows(&sql);
        let (one, two) = (rows.chat(&[], &[]).await, rows.chat(&[], &[]).await);
        for n in 0..9 {
            let kind = ["text", "image", "other"][n % 3];
            // Some were sent at the same instant.
            let said = [("text", text(&n.to_string())), ("type", text(kind)), ("incoming", rows.flag(n % 2 == 0)), ("sent_at", at(&format!("10:0{}:00", n / 2)))];
            rows.message(if n < 5 { &one } else { &two }, &said).await;
        }
        let document = "query($filter: B2ChatMessageFilter, $orderBy: [B2ChatMessageOrder!], $first: Int, $after: String, $last: Int, $before: String) { \
            b2chatMessages(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) { totalCount \
            nodes { text chat { id } } pageInfo { hasNextPage endCursor hasPreviousPage startCursor } } }";
        let found = async |filter: Value| {
            let seen = admin.client.run(document, json!({ "filter": filter })).await.ok();
            let mut found = shown(&seen, "b2chatMessages", "text");
            assert_eq!(seen.data("b2chatMessages.totalCount"), &json!(found.len()), "{filter}");
            found.sort();
            found.concat()
        };
        for (filter, all) in [
            (json!({}), "012345678"),
            (json!({ "chatId": { "eq": one.id } }), "01234"),
            (json!({ "chatId": { "in": [one.id, two.id] } }), "012345678"),
            (json!({ "chatId": { "eq": "bch_0190a5f0000070008000000000000000" } }), ""),
            (json!({ "isIncoming": true }), "02468"),
            (json!({ "isIncoming": false, "chatId": { "eq": two.id } }), "57"),
            (json!({ "type": { "eq": "IMAGE" } }), "147"),
            (json!({ "type": { "in": ["IMAGE", "OTHER"] }, "isIncoming": true }), "248"),
            (json!({ "sentAt": { "gte": "2026-05-01T10:01:00Z", "lt": "2026-05-01T10:03:00Z" } }), "2345"),
            (json!({ "or": [{ "type": { "eq": "FILE" } }, { "not": { "sentAt": { "lt": "2026-05-01T10:04:00Z" } } }] }), "8"),
        ] {
            assert_eq!(found(filter.clone()).await, all, "{filter}");
        }
        // A chat that counts as deleted has its messages still.
        let deleted = format!("UPDATE b2chat_chats SET is_deleted = {}, deleted_at = {} WHERE id = {}", rows.flag(true), at("11:00:00"), two.sql);
        sql.run(&deleted).await;
        assert_eq!(found(json!({ "chatId": { "eq": two.id } })).await, "5678");
        for direction in [None, Some("DESC"), Some("ASC")] {
            let order = direction.map(|direction| json!([{ "field": "SENT_AT", "direction": direction }]));
            let (mut seen, mut after) = (Vec::new(), Value::Null);
            loop {
                let page = admin.client.run(document, json!({ "orderBy": order, "first": 2, "after": after })).await.ok();
                seen.extend(shown(&page, "b2chatMessages", "text"));
                after = page.data("b2chatMessages.pageInfo.endCursor").clone();
                if page.data("b2chatMessages.pageInfo.hasNextPage") == false {
                    break;
                }
            }
            let minutes: Vec<_> = seen.iter().map(|text| text.parse::<usize>().expect("a number") / 2).collect();
            let mut sorted = minutes.clone();
            sorted.sort_unstable();
            if direction != Some("ASC") {
                sorted.reverse();
            }
            assert_eq!(minutes, sorted, "{direction:?}: {seen:?}");
            seen.sort();
            assert_eq!(seen.concat(), "012345678", "{direction:?}");
            let back = admin.client.run(document, json!({ "orderBy": order, "last": 2, "before": after })).await.ok();
            assert_eq!(back.data("b2chatMessages.pageInfo.hasPreviousPage"), true);
        }
        for (filter, field) in [
            (json!({ "chatId": { "eq": admin.id } }), "filter.chatId"),
            (json!({ "sentAt": { "gte": "yesterday" } }), "filter.sentAt.gte"),
        ] {
            let refused = admin.client.run(document, json!({ "filter": filter })).await;
            assert_eq!(refused.error_code(), "BAD_USER_INPUT", "{filter}");
            assert_eq!(refused.errors()[0]["extensions"]["fields"], json!([field]), "{refused}");
        }
    }

    /// Contacts are found by words, in any spelling, and by their address and numbers; agents and departments by what they are called.
    async fn contacts_agents_and_departments_are_found(backend) {
        let (_desk, admin, sql) = open(backend).await;
        let rows = B2ChatRows(&sql);
        rows.contact("José Müller", &["+573001234567", "jose@example.com", "Bogotá"], &[("mobile", text("+573001234567")),
            ("email", text("jose@example.com")), ("city", text("Bogotá")), ("tags", text(r#"["gold"]"#)),
            ("custom_attributes", text(r#"{"plan":"big"}"#))]).await;
        rows.contact("Josefine Muster", &["6015550000", "ACME"], &[("phone_number", text("6015550000")), ("company", text("ACME"))]).await;
        rows.contact("Gone Gómez", &[], &[("is_deleted", rows.flag(true)), ("deleted_at", at("10:00:00"))]).await;
        let (jose, josefine, gone) = ("José Müller", "Josefine Muster", "Gone Gómez");
        for (filter, found) in [
            (json!({}), vec![josefine, jose]),
            (json!({ "text": "jose" }), vec![josefine, jose]),
            (json!({ "text": "JOSE mueller" }), vec![jose]),
            (json!({ "text": "JOSE muler" }), vec![]),
            (json!({ "text": "josé MULLER" }), vec![jose]),
            (json!({ "text": "bogota" }), vec![jose]),
            (json!({ "text": "acme jos" }), vec![josefine]),
            (json!({ "text": "gomez" }), vec![]),
            (json!({ "text": "gomez", "isDeleted": true }), vec![gone]),
            (json!({ "email": { "eq": "JOSE@Example.com" } }), vec![jose]),
            (json!({ "mobile": { "eq": "+573001234567" } }), vec![jose]),
            (json!({ "phoneNumber": { "eq": "6015550000" } }), vec![josefine]),
            (json!({ "createdAt": { "gt": "2026-02-01T00:00:00Z" } }), vec![]),
        ] {
            assert_eq!(contacts(&admin, filter.clone()).await, found, "{filter}");
        }
        let one = "{ b2chatContacts(filter: { text: \"müller\" }) { nodes { id mobile city tags customAttributes { name value } } } }";
        let seen = admin.client.run(one, Value::Null).await.ok();
        assert_eq!(seen.data("b2chatContacts.nodes.0.tags"), &json!(["gold"]));
        assert_eq!(seen.data("b2chatContacts.nodes.0.customAttributes"), &json!([{ "name": "plan", "value": "big" }]));
        let long = json!({ "filter": { "text": "x".repeat(201) } });
        assert_eq!(admin.client.run(CONTACTS, long).await.error_code(), "BAD_USER_INPUT");

        let sales = rows.department("Sales", &[], &[]).await;
        rows.department("Shops", &[&sales], &[("is_active", rows.flag(false))]).await;
        rows.department("Care", &[], &[]).await;
        rows.agent("Zoe", &[of("department_id", &sales), ("email", text("zoe@example.com")), ("username", text("zoe"))]).await;
        rows.agent("Ann", &[("is_active", rows.flag(false))]).await;
        rows.agent("Old", &[("is_deleted", rows.flag(true)), ("deleted_at", at("10:00:00"))]).await;
        for (filter, found) in [
            (json!({}), vec!["Ann", "Zoe"]),
            (json!({ "isActive": true }), vec!["Zoe"]),
            (json!({ "isDeleted": true }), vec!["Old"]),
            (json!({ "departmentId": { "eq": sales.id } }), vec!["Zoe"]),
            (json!({ "email": { "eq": "ZOE@example.com" } }), vec!["Zoe"]),
            (json!({ "username": { "eq": "zoe" } }), vec!["Zoe"]),
            (json!({ "text": "ZO" }), vec!["Zoe"]),
        ] {
            let agents = "query($filter: B2ChatAgentFilter) { b2chatAgents(filter: $filter) { nodes { name } } }";
            let seen = admin.client.run(agents, json!({ "filter": filter })).await.ok();
            assert_eq!(shown(&seen, "b2chatAgents", "name"), found, "{filter}");
        }
        for (filter, mut found) in [
            (json!({}), vec!["Care", "Sales", "Shops"]),
            (json!({ "parentId": { "isNull": true } }), vec!["Care", "Sales"]),
            (json!({ "parentId": { "eq": sales.id } }), vec!["Shops"]),
            (json!({ "isLeaf": true, "isActive": true }), vec!["Care"]),
            (json!({ "b2chatCode": { "eq": "Care" } }), vec!["Care"]),
            (json!({ "text": "sho" }), vec!["Shops"]),
        ] {
            let departments = "query($filter: B2ChatDepartmentFilter) { b2chatDepartments(filter: $filter) { nodes { name level } } }";
            let seen = admin.client.run(departments, json!({ "filter": filter })).await.ok();
            let mut names = shown(&seen, "b2chatDepartments", "name");
            let places = (names.iter().position(|name| name == "Sales"), names.iter().position(|name| name == "Shops"));
            assert!(!matches!(places, (Some(above), Some(below)) if above > below), "as the tree is read: {names:?}");
            names.sort();
            found.sort_unstable();
            assert_eq!(names, found, "{filter}");
        }
    }

    /// Who may not see it sees none of it, by no way; a client never, whatever they hold.
    async fn who_may_not_see_it_sees_none_of_it(backend) {
        let (desk, admin, sql) = open(backend).await;
        let rows = B2ChatRows(&sql);
        let (department, agent) = (rows.department("Sales", &[], &[]).await, rows.agent("Ada", &[]).await);
        let (contact, chat) = (rows.contact("Carla", &[], &[]).await, rows.chat(&[], &[]).await);
        let message = rows.message(&chat, &[]).await;
        let staff = desk.colleague("sam@example.com", "Sam", "STAFF").await;
        desk.colleague("bo@example.com", "Bo", "MANAGER").await;
        sql.run("UPDATE users SET kind = 'client', email_verified_at = created_at WHERE email = 'bo@example.com'").await;
        let buyer = desk.sign_in("bo@example.com", super::desk::PASSWORD).await.client;
        let lists = ["b2chatDepartments", "b2chatAgents", "b2chatContacts", "b2chatChats", "b2chatMessages"];
        for list in lists {
            let refused = staff.client.run(&format!("{{ {list} {{ nodes {{ id }} }} }}"), Value::Null).await;
            assert_eq!(refused.error_code(), "FORBIDDEN", "{list}");
            let seen = buyer.run(&format!("{{ {list} {{ nodes {{ id }} totalCount }} }}"), Value::Null).await;
            let nothing = seen.json["data"][list]["nodes"].as_array().is_none_or(Vec::is_empty);
            assert!(nothing && seen.json["data"][list]["totalCount"].as_i64().unwrap_or_default() == 0, "{list}: {seen}");
        }
        let find = "query($id: ID!) { node(id: $id) { __typename id } }";
        for (row, ty) in [(department, "B2ChatDepartment"), (agent, "B2ChatAgent"), (contact, "B2ChatContact"), (chat, "B2ChatChat"), (message, "B2ChatMessage")] {
            let seen = admin.client.run(find, json!({ "id": row.id })).await.ok();
            assert_eq!(seen.data("node"), &json!({ "__typename": ty, "id": row.id }));
            assert!(staff.client.run(find, json!({ "id": row.id })).await.ok().data("node").is_null(), "{ty}");
            assert!(buyer.run(find, json!({ "id": row.id })).await.json["data"]["node"].is_null(), "{ty}");
        }
    }
}
