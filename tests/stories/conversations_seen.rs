//! Who sees which conversations, and in which ways people find and follow them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::conversations::{ASSIGN, Social};
use super::desk::{Person, SOON};
use super::roles::{colleague, make_role, run};
use crate::support::told::{comment, direct, tell, written};
use crate::support::{Socket, both};

const FOLLOW: &str = "subscription Follow($filter: ConversationEventFilter, $after: String) {
    conversationEvents(filter: $filter, after: $after) { __typename sequence conversationId
      ... on ConversationStarted { conversation { id } }
      ... on ConversationMessageAdded { direction reopened message { content } }
      ... on ConversationMessageEdited { message { content } }
      ... on ConversationMessageDeleted { message { content } }
      ... on ConversationAssigned { actor { id } previousAssignee { id } newAssignee { id } }
      ... on ConversationStatusChanged { previousStatus newStatus } } }";

/// The ids that somebody finds in the list.
async fn listed(who: &Person, filter: Value) -> BTreeSet<String> {
    let query =
        "query($filter: ConversationFilter) { conversations(filter: $filter, first: 100) { totalCount nodes { id } } }";
    let found = run(who, query, json!({ "filter": filter })).await;
    let ids: BTreeSet<String> =
        found.list("conversations.nodes").iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(found.data("conversations.totalCount"), &json!(ids.len()));
    ids
}

async fn follows(social: &Social, who: &Person, variables: Value) -> Socket {
    let mut socket = Socket::connect(social.desk.server.base(), Some(&who.access)).await;
    socket.subscribe("live", FOLLOW, variables).await;
    socket
}

async fn next(socket: &mut Socket) -> Value {
    let frame = socket.next(SOON).await;
    assert_eq!(frame.kind, "next", "{frame:?}");
    frame.data("conversationEvents").clone()
}

async fn assign(social: &Social, conversation: &str, to: Value) {
    let input = json!({ "input": { "conversationId": conversation, "assigneeId": to } });
    run(&social.admin, ASSIGN, input).await;
}

both! {
    /// Who sees the own work alone sees their conversation and nobody else's: in the list, by its id, its messages, by words, by
    /// what hangs on it, in the explanation and live; and who has no permission sees none.
    async fn each_sees_their_own(backend) {
        let social = Social::open(backend).await;
        let admin = &social.admin;
        let own = make_role(admin, "Own", &["VIEW_CONVERSATIONS", "SEE_ASSIGNED"]).await;
        let blind = make_role(admin, "Blind", &["SEE_ALL", "VIEW_MESSAGES"]).await;
        let (ann, bob) = (colleague(&social.desk, admin, "ann", &own, json!({})).await, colleague(&social.desk, admin, "bob", &own, json!({})).await);
        let eve = colleague(&social.desk, admin, "eve", &blind, json!({})).await;
        social.told(&[written("page1", "alice", "m1", "For Ann", social.at(1)), written("page1", "boris", "m2", "For Bob", social.at(2))]).await;
        let all = social.all().await;
        let of = |participant: &str| all.iter().find(|one| one["participantId"] == participant).expect("it").clone();
        let (anns, bobs) = (of("alice"), of("boris"));
        let id = |one: &Value| one["id"].as_str().expect("an id").to_owned();
        assert!(listed(&ann, json!({})).await.is_empty(), "nobody's is not hers");
        let mut live = follows(&social, &ann, json!({})).await;
        assign(&social, &id(&anns), json!(ann.id)).await;
        assign(&social, &id(&bobs), json!(bob.id)).await;
        assert_eq!(listed(&ann, json!({})).await, BTreeSet::from([id(&anns)]));
        assert_eq!(listed(&ann, json!({ "text": "boris" })).await, BTreeSet::new());
        assert_eq!(listed(admin, json!({ "text": "Boris" })).await, BTreeSet::from([id(&bobs)]));
        let message = |one: &Value| one["messages"]["nodes"][0]["id"].as_str().expect("an id").to_owned();
        let node = "query($id: ID!) { node(id: $id) { id ... on ConversationMessage { content conversation { id } } } }";
        let single = "query($id: ID!) { conversation(id: $id) { id messages { nodes { content } } } }";
        for (who, id, sees) in [(&ann, id(&anns), true), (&ann, message(&anns), true), (&ann, id(&bobs), false),
            (&ann, message(&bobs), false), (&eve, id(&anns), false), (&eve, message(&anns), false), (admin, message(&bobs), true)] {
            let found = run(who, node, json!({ "id": id })).await;
            assert_eq!(found.data("node").is_object(), sees, "{id}");
            let why = "query($who: ID!, $id: ID!) { explainAccess(userId: $who, permission: VIEW_CONVERSATIONS, id: $id) { allowed rule } }";
            let explained = run(admin, why, json!({ "who": who.id, "id": id })).await;
            assert_eq!(explained.data("explainAccess.allowed"), &json!(sees), "{explained}");
        }
        // Who would not see it gets none.
        let blind = admin.client.run(ASSIGN, json!({ "input": { "conversationId": id(&anns), "assigneeId": eve.id } })).await;
        assert_eq!(blind.user_errors("assignConversation")[0].code, "NOT_AVAILABLE");
        assert!(run(&ann, single, json!({ "id": id(&bobs) })).await.data("conversation").is_null());
        for document in ["{ conversations { nodes { id } } }", "{ conversation(id: \"cnv_0190a5f0000070008000000000000000\") { id } }"] {
            assert_eq!(eve.client.run(document, Value::Null).await.error_code(), "FORBIDDEN");
            assert_eq!(social.desk.web.run(document, Value::Null).await.error_code(), "UNAUTHENTICATED");
        }
        let noting = "mutation($input: AddInternalNoteInput!) { addInternalNote(input: $input) { internalNote { id } errors { code } } }";
        let refused = ann.client.run(noting, json!({ "input": { "entityId": id(&anns), "content": "?" } })).await;
        assert_eq!(refused.error_code(), "FORBIDDEN", "who looks at them does not work on them");
        let refused = ann.client.run(ASSIGN, json!({ "input": { "conversationId": id(&anns), "assigneeId": null } })).await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        // Live she hears of hers, and that it left.
        let event = next(&mut live).await;
        assert_eq!((&event["__typename"], &event["conversationId"]), (&json!("ConversationAssigned"), &json!(id(&anns))));
        social.told(&[written("page1", "boris", "m3", "Not hers", social.at(3)), written("page1", "alice", "m4", "Hers", social.at(4))]).await;
        assert_eq!(next(&mut live).await["message"]["content"], "Hers");
        assign(&social, &id(&anns), json!(bob.id)).await;
        let event = next(&mut live).await;
        assert_eq!((&event["__typename"], &event["conversationId"]), (&json!("ConversationLeft"), &json!(id(&anns))));
        assert!(listed(&ann, json!({})).await.is_empty());
        // Who has no permission follows nothing.
        let mut eves = Socket::connect(social.desk.server.base(), Some(&eve.access)).await;
        eves.subscribe("live", FOLLOW, json!({})).await;
        assert!(eves.next(SOON).await.payload.to_string().contains("FORBIDDEN"));
    }

    /// Everything that happens is told in order, once, and to whoever was away from where they were.
    async fn what_happens_is_followed(backend) {
        let social = Social::open(backend).await;
        let mut live = follows(&social, &social.admin, json!({ "after": "0" })).await;
        social.told(&[written("page1", "alice", "m1", "Hello", social.at(1))]).await;
        let id = social.one().await["id"].clone();
        social.set_status(&id, "CLOSED").await;
        social.told(&[written("page1", "alice", "m2", "Again", social.at(2))]).await;
        social.told(&[crate::support::told::edited("page1", "alice", "m2", "Again!", social.at(3))]).await;
        social.told(&[crate::support::told::taken_back("page1", "alice", "m1", social.at(4))]).await;
        let (mut seen, mut reopened, mut cursor) = (Vec::new(), Vec::new(), Value::Null);
        while seen.len() < 6 {
            let event = next(&mut live).await;
            assert_eq!(event["conversationId"], id);
            if seen.len() == 1 {
                cursor = event["sequence"].clone();
            }
            reopened.extend(event["reopened"].as_bool());
            seen.push(event["__typename"].as_str().expect("a name").to_owned());
        }
        assert_eq!(seen, ["ConversationStarted", "ConversationMessageAdded", "ConversationStatusChanged", "ConversationMessageAdded",
            "ConversationMessageEdited", "ConversationMessageDeleted"]);
        assert_eq!(reopened, [false, true]);
        let filter = json!({ "types": ["CONVERSATION_MESSAGE_ADDED"], "conversationId": id });
        let mut away = follows(&social, &social.admin, json!({ "after": cursor, "filter": filter })).await;
        let event = next(&mut away).await;
        assert_eq!((&event["__typename"], &event["message"]["content"]), (&json!("ConversationMessageAdded"), &json!("Again!")));
    }

    /// The list is filtered by all that it shows, ordered both ways; tags, notes and drafts hang on a conversation; several are
    /// worked on at once.
    async fn found_and_worked_on(backend) {
        let social = Social::open(backend).await;
        let (admin, web) = (&social.admin, &social.desk.web);
        social.told(&[written("page1", "alice", "m1", "Hello", social.at(10))]).await;
        assert_eq!(tell(web, "x", &direct("100", ("9", "Nína Örn"), "100", "d1", "Hi", social.at(20))).await, 200);
        assert_eq!(tell(web, "linkedin", &comment("urn:li:organization:7", "COMMENT", "urn:li:person:p", "2", Some("Price?"), social.at(5))).await, 200);
        let all = social.all().await;
        let order: Vec<_> = all.iter().map(|one| one["platform"].as_str().expect("a platform")).collect();
        assert_eq!(order, ["X", "FACEBOOK", "LINKEDIN"], "the last written in first");
        let id = |platform: &str| all.iter().find(|one| one["platform"] == platform).expect("it")["id"].as_str().expect("an id").to_owned();
        let account = all[1]["accountId"].clone();
        assign(&social, &id("X"), json!(admin.id)).await;
        social.set_status(&json!(id("LINKEDIN")), "CLOSED").await;
        let making = "mutation($input: CreateTagInput!) { createTag(input: $input) { tag { id } errors { code } } }";
        let tag = run(admin, making, json!({ "input": { "name": "Price", "color": "#112233" } })).await.string("createTag.tag.id");
        let tagging = "mutation($input: TagsInput!) { addTags(input: $input) { errors { code } } }";
        run(admin, tagging, json!({ "input": { "entityId": id("LINKEDIN"), "tagIds": [tag] } })).await;
        let at = |n: usize| all[n]["lastMessageAt"].clone();
        for (filter, found) in [
            (json!({ "platform": { "eq": "X" } }), vec!["X"]),
            (json!({ "platform": { "in": ["X", "LINKEDIN"] } }), vec!["X", "LINKEDIN"]),
            (json!({ "status": { "eq": "CLOSED" } }), vec!["LINKEDIN"]),
            (json!({ "assigneeId": { "eq": "me" } }), vec!["X"]),
            (json!({ "assigneeId": { "eq": "none" } }), vec!["FACEBOOK", "LINKEDIN"]),
            (json!({ "accountId": { "eq": account } }), vec!["FACEBOOK"]),
            (json!({ "text": "nina orn" }), vec!["X"]),
            (json!({ "text": "alice" }), vec!["FACEBOOK"]),
            (json!({ "tags": { "any": [tag] } }), vec!["LINKEDIN"]),
            (json!({ "lastMessageAt": { "gt": at(1) } }), vec!["X"]),
            (json!({ "startedAt": { "lte": at(1) } }), vec!["FACEBOOK", "LINKEDIN"]),
            (json!({ "not": { "platform": { "eq": "X" } } }), vec!["FACEBOOK", "LINKEDIN"]),
        ] {
            let found: BTreeSet<_> = found.into_iter().map(id).collect();
            assert_eq!(listed(admin, filter.clone()).await, found, "{filter}");
        }
        let noting = "mutation($input: AddInternalNoteInput!) { addInternalNote(input: $input) { internalNote { id } errors { code } } }";
        run(admin, noting, json!({ "input": { "entityId": id("X"), "content": "An old friend" } })).await;
        let drafting = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { draft { id } errors { code } } }";
        run(admin, drafting, json!({ "input": { "entityId": id("X"), "content": "Dear Nína" } })).await;
        let hangs = "query($id: ID!) { conversation(id: $id) { tags { name } draft { content } internalNotes { nodes { content } } viewerCan { assign setStatus } } }";
        let x = run(admin, hangs, json!({ "id": id("X") })).await;
        assert_eq!(x.data("conversation.draft.content"), &json!("Dear Nína"));
        assert_eq!(x.data("conversation.internalNotes.nodes.0.content"), &json!("An old friend"));
        assert_eq!(x.data("conversation.viewerCan"), &json!({ "assign": true, "setStatus": true }));
        let several = "mutation($ids: [ID!]!, $to: ID) { assignConversations(input: { conversationIds: $ids, assigneeId: $to }) { outcomes { isDone conversation { id } errors { code path } } errors { code } } }";
        let nowhere = "cnv_0190a5f0000070008000000000000000";
        let done = run(admin, several, json!({ "ids": [id("X"), nowhere, id("FACEBOOK")], "to": admin.id })).await;
        let done: Vec<_> = done.list("assignConversations.outcomes").iter().map(|one| one["isDone"].clone()).collect();
        assert_eq!(done, [json!(true), json!(false), json!(true)]);
        let closing = "mutation($ids: [ID!]!) { setConversationStatuses(input: { conversationIds: $ids, status: CLOSED }) { outcomes { isDone } errors { code path } } }";
        run(admin, closing, json!({ "ids": [id("X"), id("FACEBOOK"), id("LINKEDIN")] })).await;
        assert_eq!(listed(admin, json!({ "status": { "eq": "CLOSED" } })).await.len(), 3);
        let none = admin.client.run(closing, json!({ "ids": [] })).await;
        assert_eq!(none.user_errors("setConversationStatuses")[0].code, "BLANK");
    }

    /// A colleague leaves who had a conversation that was closed: when the participant writes again it is nobody's, and who answers what
    /// waits for somebody sees it. Of who is still there it stays.
    async fn what_is_open_again_after_somebody_left_is_nobodys(backend) {
        let social = Social::open(backend).await;
        let admin = &social.admin;
        let rights = ["VIEW_CONVERSATIONS", "MANAGE_CONVERSATIONS", "SEE_ASSIGNED", "SEE_UNASSIGNED"];
        let desk = make_role(admin, "Desk", &rights).await;
        let (ann, bob) = (colleague(&social.desk, admin, "ann", &desk, json!({})).await, colleague(&social.desk, admin, "bob", &desk, json!({})).await);
        social.told(&[written("page1", "alice", "m1", "Hello", social.at(1)), written("page1", "boris", "m2", "Hello", social.at(2))]).await;
        let all = social.all().await;
        let of = |participant: &str| all.iter().find(|one| one["participantId"] == participant).expect("it")["id"].as_str().expect("an id").to_owned();
        let (anns, bobs) = (of("alice"), of("boris"));
        for (conversation, who) in [(&anns, &ann), (&bobs, &bob)] {
            assign(&social, conversation, json!(who.id)).await;
            let close = "mutation($id: ID!) { setConversationStatus(input: { conversationId: $id, status: CLOSED }) { errors { message } } }";
            run(admin, close, json!({ "id": conversation })).await;
        }
        run(admin, "mutation($id: ID!) { deactivateStaff(input: { staffId: $id }) { errors { message } } }", json!({ "id": ann.id })).await;
        assert!(listed(&bob, json!({ "status": { "eq": "ACTIVE" } })).await.is_empty());
        social.told(&[written("page1", "alice", "m3", "One more thing", social.at(3)), written("page1", "boris", "m4", "And I", social.at(4))]).await;
        assert_eq!(listed(&bob, json!({ "assigneeId": { "eq": "none" } })).await, BTreeSet::from([anns]));
        assert_eq!(listed(&bob, json!({ "assigneeId": { "eq": "me" } })).await, BTreeSet::from([bobs]));
    }
}
