//! What a message became, and several messages at once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{CONVERT, Desk, SET_STATUS, SOON};
use crate::support::both;

const CREATE: &str =
    "mutation Create($input: CreateClientInput!) { createClient(input: $input) { client { id } errors { message } } }";
const ASSIGN_ALL: &str = "mutation Assign($input: AssignMessagesInput!) { assignMessages(input: $input) {
    outcomes { isDone message { id assignee { id } } errors { code path } } errors { code path } } }";
const SET_ALL: &str = "mutation Set($input: SetMessageStatusesInput!) { setMessageStatuses(input: $input) {
    outcomes { isDone message { id status } errors { code path } } errors { code path } } }";
const MISSING: &str = "msg_0190a5f0000070008000000000000000";

both! {
    /// A message is converted by saying what it became, and by nothing else: what became of old ones stays as it is.
    async fn a_message_is_converted_by_what_it_became(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ann", "I take it").await;
        let make = async |name: &str| {
            let input = json!({ "email": format!("{name}@clients.example"), "name": name });
            admin.client.run(CREATE, json!({ "input": input })).await.ok().string("createClient.client.id")
        };
        let (ann, company) = (make("ann").await, make("company").await);
        let mut live = desk.follow(&admin, json!({ "filter": { "types": ["MESSAGE_CONVERTED"] }, "after": "0" })).await;
        let by_hand = admin.client.run(SET_STATUS, json!({ "input": { "messageId": message, "status": "CONVERTED" } })).await;
        let error = by_hand.user_errors("setMessageStatus").remove(0);
        assert_eq!((error.path.as_str(), error.code.as_str()), ("input.status", "NOT_ALLOWED"));
        let disguised = admin.id.replace("stf_", "cli_");
        for (target, code) in [
            (MISSING, "INVALID_FORMAT"),
            ("led_0190a5f0000070008000000000000000", "NOT_AVAILABLE"),
            ("tkt_0190a5f0000070008000000000000000", "NOT_AVAILABLE"),
            ("", "INVALID_FORMAT"),
            ("cli_0190a5f0000070008000000000000000", "NOT_AVAILABLE"),
            (disguised.as_str(), "NOT_AVAILABLE"),
        ] {
            let refused = admin.client.run(CONVERT, json!({ "input": { "messageId": message, "targetId": target } })).await;
            let error = refused.user_errors("convertMessage").remove(0);
            assert_eq!((error.path.as_str(), error.code.as_str()), ("input.targetId", code), "{target}");
        }
        for (client, times) in [(&ann, 2), (&company, 1)] {
            for _ in 0..times {
                let done = admin.client.run(CONVERT, json!({ "input": { "messageId": message, "targetId": client } })).await.ok();
                let expected = json!({ "id": message, "status": "CONVERTED", "convertedTo": { "__typename": "Client", "id": client } });
                assert_eq!(done.data("convertMessage.message"), &expected);
            }
            let told = live.next(SOON).await;
            assert_eq!(told.data("inboxEvents.convertedTo.id"), &json!(client), "{told:?}");
        }
        let trail = "{ auditLogs(filter: { eventType: { eq: \"message.converted\" } }) { nodes { success oldValues newValues } } }";
        let trail = admin.client.run(trail, Value::Null).await.ok();
        assert_eq!(trail.data("auditLogs.nodes.0"), &json!({ "success": true, "oldValues": { "status": "converted", "convertedTo": ann },
            "newValues": { "status": "converted", "convertedTo": company } }));
        // It may be worked on again, and what it became is still known; who sees no clients sees none here either.
        admin.client.run(SET_STATUS, json!({ "input": { "messageId": message, "status": "IN_PROGRESS" } })).await.ok();
        let look = "query($id: ID!) { message(id: $id) { status convertedTo { id } } }";
        let seen = admin.client.run(look, json!({ "id": message })).await.ok();
        assert_eq!(seen.data("message"), &json!({ "status": "IN_PROGRESS", "convertedTo": { "id": company } }));
        let role = "mutation { createRole(input: { name: \"Inbox\", permissions: [VIEW_MESSAGES, MANAGE_MESSAGES, SEE_ALL] }) { role { id } errors { message } } }";
        admin.client.run(role, Value::Null).await.ok();
        let bea = desk.colleague("bea@example.com", "Bea", "Inbox").await;
        assert_eq!(bea.client.run(look, json!({ "id": message })).await.ok().data("message.convertedTo"), &Value::Null);
        let refused = bea.client.run(CONVERT, json!({ "input": { "messageId": message, "targetId": ann } })).await;
        assert_eq!(refused.user_errors("convertMessage")[0].code, "NOT_AVAILABLE");
    }

    /// Of several messages each that can be changed is, whatever comes of the others, and each is told of by itself.
    async fn several_messages_have_an_outcome_each(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let mut ids = Vec::new();
        for name in ["Ann", "Bob", "Cem"] {
            ids.push(desk.message(name, "Hello").await);
        }
        let mut live = desk.follow(&admin, json!({ "filter": { "types": ["MESSAGE_ASSIGNED"] }, "after": "0" })).await;
        let input = json!({ "messageIds": [ids[2], MISSING, ids[0], ids[2]], "assigneeId": bea.id });
        let key = admin.client.idempotency_key("bulk");
        let done = key.run(ASSIGN_ALL, json!({ "input": input })).await.ok();
        let right = |id: &str| json!({ "isDone": true, "message": { "id": id, "assignee": { "id": bea.id } }, "errors": [] });
        let wrong = json!({ "isDone": false, "message": null, "errors": [{ "code": "NOT_AVAILABLE", "path": ["input", "messageIds", "1"] }] });
        assert_eq!(done.data("assignMessages.outcomes"), &json!([right(&ids[2]), wrong, right(&ids[0]), right(&ids[2])]));
        assert_eq!(key.run(ASSIGN_ALL, json!({ "input": input })).await.ok().json["data"], done.json["data"]);
        let mut told = [live.next(SOON).await, live.next(SOON).await];
        told.sort_by_key(|frame| frame.data("inboxEvents.message.id").to_string());
        let mut assigned = [&ids[0], &ids[2]].map(|id| json!(id));
        assigned.sort_by_key(Value::to_string);
        for (frame, id) in told.iter().zip(&assigned) {
            assert_eq!((frame.data("inboxEvents.__typename"), frame.data("inboxEvents.message.id")), (&json!("MessageAssigned"), id));
        }

        let set = async |ids: Value, status: &str| admin.client.run(SET_ALL, json!({ "input": { "messageIds": ids, "status": status } })).await;
        let done = set(json!(ids), "ARCHIVED").await.ok();
        assert!(done.list("setMessageStatuses.outcomes").iter().all(|outcome| outcome["message"]["status"] == "ARCHIVED"), "{done}");
        // Nothing is changed that is so already.
        let changes = "{ auditLogs(filter: { eventType: { eq: \"message.status_changed\" } }) { totalCount } }";
        set(json!(ids), "ARCHIVED").await.ok();
        assert_eq!(admin.client.run(changes, Value::Null).await.ok().data("auditLogs.totalCount"), 3);

        let many: Vec<_> = (0..101).map(|n| format!("msg_{n:032x}")).collect();
        for (ids, status, path, code) in [
            (json!([]), "ARCHIVED", "input.messageIds", "BLANK"),
            (json!(many), "ARCHIVED", "input.messageIds", "TOO_LONG"),
            (json!(ids), "NEW", "input.status", "NOT_ALLOWED"),
            (json!(ids), "CONVERTED", "input.status", "NOT_ALLOWED"),
        ] {
            let refused = set(ids, status).await;
            let error = refused.user_errors("setMessageStatuses").remove(0);
            assert_eq!((error.path.as_str(), error.code.as_str()), (path, code));
            assert_eq!(refused.data("setMessageStatuses.outcomes"), &Value::Null);
        }
        assert_eq!(set(json!(many[..100]), "ARCHIVED").await.ok().list("setMessageStatuses.outcomes").len(), 100);
        let nobody = json!({ "messageIds": ids, "assigneeId": "stf_0190a5f0000070008000000000000000" });
        let refused = admin.client.run(ASSIGN_ALL, json!({ "input": nobody })).await;
        assert_eq!(refused.user_errors("assignMessages")[0].path, "input.assigneeId");
        // Whoever sees only their own changes nothing else.
        let role = "mutation { createRole(input: { name: \"Own\", permissions: [VIEW_MESSAGES, MANAGE_MESSAGES, SEE_ASSIGNED, VIEW_STAFF] }) { role { id } errors { message } } }";
        admin.client.run(role, Value::Null).await.ok();
        let cem = desk.colleague("cem@example.com", "Cem", "Own").await;
        admin.client.run(ASSIGN_ALL, json!({ "input": { "messageIds": [ids[1]], "assigneeId": cem.id } })).await.ok();
        let done = cem.client.run(SET_ALL, json!({ "input": { "messageIds": ids, "status": "IN_PROGRESS" } })).await.ok();
        let outcomes: Vec<_> = done.list("setMessageStatuses.outcomes").iter().map(|outcome| outcome["isDone"].clone()).collect();
        assert_eq!(outcomes, [false, true, false]);
    }

    /// Many change the same messages at once, in every order: each change is whole.
    async fn several_changes_of_the_same_messages_wait_for_each_other(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut ids = Vec::new();
        for n in 0..5_u32 {
            ids.push(desk.message(&format!("Visitor {n}"), "Hello").await);
        }
        let set = |n: usize| {
            let mut ids = ids.clone();
            ids.rotate_left(n % 5);
            let status = if n.is_multiple_of(2) { "ARCHIVED" } else { "IN_PROGRESS" };
            admin.client.run(SET_ALL, json!({ "input": { "messageIds": ids, "status": status } }))
        };
        for answer in join_all((0..12).map(set)).await {
            let answer = answer.ok();
            let seen: Vec<_> = answer.list("setMessageStatuses.outcomes").iter().map(|o| o["message"]["status"].clone()).collect();
            assert!(seen.iter().all(|status| status == &seen[0]), "{answer}");
        }
        let last = admin.client.run("{ messages { nodes { status } } }", Value::Null).await.ok();
        let all = last.list("messages.nodes");
        assert!(all.iter().all(|message| message == &all[0]), "{last}");
    }
}
