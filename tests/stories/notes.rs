//! What colleagues tell each other of a message, and nobody else.

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person, SOON};
use super::notifications::{assign, told};
use super::roles::{colleague, make_role, run};
use crate::support::both;

const ADD: &str = "mutation($input: AddInternalNoteInput!) { addInternalNote(input: $input) {
    internalNote { id content isPinned isOwn author { id } mentions { id } entityId } errors { code path message } } }";
const UPDATE: &str = "mutation($input: UpdateInternalNoteInput!) { updateInternalNote(input: $input) {
    internalNote { content isPinned mentions { id } } errors { code path } } }";
const REMOVE: &str =
    "mutation($id: ID!) { removeInternalNote(input: { internalNoteId: $id }) { internalNoteId errors { code } } }";
const NOTES: &str = "query($id: ID!, $after: String, $first: Int) { message(id: $id) { internalNotes(first: $first, after: $after) { totalCount
    nodes { id content } pageInfo { endCursor hasNextPage } } } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { ... on InternalNote { content } } }";

async fn note(by: &Person, of: &str, content: &str) -> String {
    let input = json!({ "entityId": of, "content": content });
    run(by, ADD, json!({ "input": input })).await.string("addInternalNote.internalNote.id")
}

async fn contents(by: &Person, of: &str) -> Vec<String> {
    let listed = run(by, NOTES, json!({ "id": of })).await;
    let notes = listed.list("message.internalNotes.nodes");
    assert_eq!(listed.data("message.internalNotes.totalCount"), &json!(notes.len()));
    notes.iter().map(|note| note["content"].as_str().expect("a text").to_owned()).collect()
}

both! {
    /// Notes stand the pinned ones first, then the newest, page by page. Only its author changes what one says; who works on
    /// the message pins it and takes it away; the trail keeps what it said, sealed.
    async fn pinned_notes_come_first(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let message = desk.message("Ann", "Hello").await;
        let first = note(&admin, &message, "First").await;
        for content in ["Second", "Third"] {
            note(&bea, &message, content).await;
        }
        run(&bea, UPDATE, json!({ "input": { "internalNoteId": first, "isPinned": true } })).await;
        assert_eq!(contents(&bea, &message).await, ["First", "Third", "Second"]);
        let mut paged = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = run(&bea, NOTES, json!({ "id": message, "first": 1, "after": after })).await;
            paged.push(page.string("message.internalNotes.nodes.0.content"));
            after = page.data("message.internalNotes.pageInfo.endCursor").clone();
            if page.data("message.internalNotes.pageInfo.hasNextPage") == &json!(false) {
                break;
            }
        }
        assert_eq!(paged, ["First", "Third", "Second"], "page by page");
        let last = "query($id: ID!) { message(id: $id) { internalNotes(last: 2) { nodes { content } } } }";
        let last = run(&bea, last, json!({ "id": message })).await;
        assert_eq!(last.data("message.internalNotes.nodes"), &json!([{ "content": "Third" }, { "content": "Second" }]));

        let mine = bea.client.run(UPDATE, json!({ "input": { "internalNoteId": first, "content": "Mine", "mentions": [] } })).await;
        let problems: Vec<_> = mine.user_errors("updateInternalNote").into_iter().map(|e| (e.code, e.path)).collect();
        assert_eq!(problems, ["content", "mentions"].map(|field| ("NOT_ALLOWED".to_owned(), format!("input.{field}"))));
        run(&admin, UPDATE, json!({ "input": { "internalNoteId": first, "content": "A secret of ours", "isPinned": false } })).await;
        assert_eq!(contents(&bea, &message).await, ["Third", "Second", "A secret of ours"]);
        assert_eq!(run(&bea, REMOVE, json!({ "id": first })).await.string("removeInternalNote.internalNoteId"), first);
        assert_eq!(contents(&admin, &message).await, ["Third", "Second"]);
        assert_eq!(run(&admin, NODE, json!({ "id": first })).await.data("node"), &Value::Null);
        for document in [REMOVE, "mutation($id: ID!) { updateInternalNote(input: { internalNoteId: $id, isPinned: true }) { errors { code } } }"] {
            assert_eq!(admin.client.run(document, json!({ "id": first })).await.error_code(), "NOT_FOUND");
        }
        let kept = "query($id: ID!) { auditLogs(first: 1, filter: { resourceId: $id, eventType: { eq: \"internal_note.changed\" } }) { nodes { \
            action oldValues newValues } } }";
        let kept = run(&admin, kept, json!({ "id": first })).await;
        assert_eq!(kept.data("auditLogs.nodes.0.oldValues.content"), "A secret of ours");
        assert_eq!((kept.data("auditLogs.nodes.0.action"), kept.data("auditLogs.nodes.0.newValues")), (&json!("DELETE"), &Value::Null));
        let sql = desk.sql().await;
        let clear = "FROM audit_logs WHERE CAST(old_values AS text) LIKE '%secret of ours%' OR CAST(new_values AS text) LIKE '%secret of ours%'";
        assert_eq!(sql.number(&format!("SELECT count(*) {clear}")).await, 0);
        assert_eq!(sql.number("SELECT count(*) FROM outbox WHERE CAST(payload AS text) LIKE '%secret of ours%'").await, 0);
    }

    /// A colleague who is mentioned is told, once, of the note and not of what it says; somebody who may not see the message
    /// cannot be mentioned, nor can a stranger, a client or anybody who has left.
    async fn who_is_mentioned_is_told(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let role = make_role(&admin, "Own", &["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ASSIGNED"]).await;
        let cal = colleague(&desk, &admin, "cal", &role, json!({})).await;
        let gone = desk.colleague("gone@example.com", "Gone", "STAFF").await;
        run(&admin, "mutation($id: ID!) { deactivateStaff(input: { staffId: $id }) { errors { code } } }", json!({ "id": gone.id })).await;
        let message = desk.message("Ann", "Hello").await;
        let mention = |who: &[&str]| json!({ "input": { "entityId": message, "content": "See this", "mentions": who } });
        for wrong in [cal.id.as_str(), gone.id.as_str(), "stf_0190a5f0000070008000000000000000"] {
            let refused = admin.client.run(ADD, mention(&[&bea.id, wrong])).await;
            let problem = &refused.user_errors("addInternalNote")[0];
            assert_eq!((problem.code.as_str(), problem.path.as_str()), ("NOT_AVAILABLE", "input.mentions"));
        }
        let many = admin.client.run(ADD, mention(&[bea.id.as_str(); 11])).await;
        assert_eq!(many.user_errors("addInternalNote")[0].code, "TOO_LONG");
        assert!(contents(&admin, &message).await.is_empty(), "nothing was written");

        let added = run(&admin, ADD, mention(&[&bea.id, &bea.id, &admin.id])).await;
        let id = added.string("addInternalNote.internalNote.id");
        assert_eq!(added.list("addInternalNote.internalNote.mentions").len(), 2, "each once");
        let rows = told(&bea, "MENTIONED", 1).await;
        assert_eq!((&rows[0]["resourceId"], &rows[0]["actor"]["id"]), (&json!(id), &json!(admin.id)));
        assert!(!rows[0].to_string().contains("See this"), "{rows:?}");
        assert_eq!(run(&bea, NODE, json!({ "id": id })).await.data("node.content"), "See this");
        // Who is in it already is not told again, and who sees it by now can be mentioned.
        assign(&admin, &message, &cal).await;
        run(&admin, UPDATE, json!({ "input": { "internalNoteId": id, "mentions": [bea.id, cal.id] } })).await;
        assert_eq!(told(&cal, "MENTIONED", 1).await[0]["resourceId"], json!(id));
        assert_eq!(told(&bea, "MENTIONED", 1).await.len(), 1);
        assert_eq!(run(&admin, super::notifications::FEED, json!({ "filter": { "type": { "eq": "MENTIONED" } } })).await.list("notifications.nodes").len(), 0, "who writes it needs no telling");
        // It leaves Cal's sight, and what he was told of it counts as unread no more.
        let unread = async || run(&cal, "{ unreadNotificationCount }", Value::Null).await.data("unreadNotificationCount").clone();
        assign(&admin, &message, &admin).await;
        crate::support::until("nothing is unread", SOON, async || (unread().await == json!(0)).then_some(())).await;
        assert_eq!(run(&cal, NODE, json!({ "id": id })).await.data("node"), &Value::Null);
    }

    /// No client and no visitor sees a note by any path, whatever a client were to hold; no colleague sees one of a message
    /// that they do not see; and those who follow the inbox hear of notes of what they see.
    async fn notes_are_among_colleagues(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ASSIGNED"]).await;
        let bea = colleague(&desk, &admin, "bea", &role, json!({})).await;
        make_role(&admin, "Everything", &["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ALL", "VIEW_STAFF"]).await;
        desk.colleague("client@example.com", "Client", "Everything").await;
        let sql = desk.sql().await;
        sql.run("UPDATE users SET kind = 'client', email_verified_at = created_at WHERE email = 'client@example.com'").await;
        let client = desk.sign_in("client@example.com", PASSWORD).await;
        let (message, hers) = (desk.message("Ann", "Hello").await, desk.message("Ulf", "Hot").await);
        assign(&admin, &hers, &bea).await;
        let follow = "subscription { inboxEvents(filter: { types: [MESSAGE_NOTED] }, after: \"0\") { ... on MessageNoted { message { id } \
            internalNote { content } internalNoteId } } }";
        let mut live = crate::support::Socket::connect(desk.server.base(), Some(&bea.access)).await;
        live.subscribe("1", follow, Value::Null).await;
        let (hidden, seen) = (note(&admin, &message, "Hidden").await, note(&admin, &hers, "Seen").await);
        let heard = live.next(SOON).await;
        assert_eq!(heard.data("inboxEvents"), &json!({ "message": { "id": hers }, "internalNote": { "content": "Seen" }, "internalNoteId": seen }));

        assert_eq!(run(&bea, NODE, json!({ "id": hidden })).await.data("node"), &Value::Null);
        let input = json!({ "input": { "entityId": message, "content": "x" } });
        assert_eq!(bea.client.run(ADD, input.clone()).await.error_code(), "NOT_FOUND");
        for document in [REMOVE, "mutation($id: ID!) { updateInternalNote(input: { internalNoteId: $id, isPinned: true }) { errors { code } } }"] {
            assert_eq!(bea.client.run(document, json!({ "id": hidden })).await.error_code(), "NOT_FOUND");
        }
        // A client who could read the message.
        assert_eq!(run(&client, "query($id: ID!) { message(id: $id) { name } }", json!({ "id": message })).await.data("message.name"), "Ann");
        assert!(contents(&client, &message).await.is_empty());
        let all = "query($id: ID!, $note: ID!) { node(id: $note) { id } nodes(ids: [$note]) { id } drafts { totalCount } tags { totalCount } \
            savedReplies { totalCount } message(id: $id) { tags { id } draft { id } internalNotes(last: 5) { totalCount edges { cursor } } } }";
        let nothing = run(&client, all, json!({ "id": message, "note": hidden })).await;
        assert_eq!(nothing.data(""), &json!({ "node": null, "nodes": [null], "drafts": { "totalCount": 0 }, "tags": { "totalCount": 0 },
            "savedReplies": { "totalCount": 0 }, "message": { "tags": [], "draft": null, "internalNotes": { "totalCount": 0, "edges": [] } } }));
        assert_eq!(client.client.run(ADD, input).await.error_code(), "FORBIDDEN");
        assert_eq!(client.client.run(REMOVE, json!({ "id": hidden })).await.error_code(), "NOT_FOUND");
        for document in [NODE, REMOVE] {
            assert_eq!(desk.web.run(document, json!({ "id": hidden })).await.error_code(), "UNAUTHENTICATED");
        }
    }
}
