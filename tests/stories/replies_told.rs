//! What becomes of replies in conversations is told live: to those who see the conversation, and once to whoever was away.

use serde_json::{Value, json};

use super::ai_tasks::set;
use super::conversation_replies::{APPROVE, REJECT, Talk};
use super::conversations::ASSIGN;
use super::desk::{Person, SOON};
use super::roles::{colleague, make_role, run};
use crate::support::told::{page, tell, written};
use crate::support::{Socket, both, until};

const FOLLOW: &str = "subscription Follow($filter: ConversationEventFilter, $after: String) {
    conversationEvents(filter: $filter, after: $after) { __typename sequence conversationId
      ... on ConversationReplyAdded { source status actor { id } reply { id content status } conversation { id } }
      ... on ConversationReplyChanged { previousStatus newStatus isEdited actor { id } reply { id errorMessage } } } }";

async fn follows(talk: &Talk, who: &Person, variables: Value) -> Socket {
    let mut socket = Socket::connect(talk.desk.server.base(), Some(&who.access)).await;
    socket.subscribe("live", FOLLOW, variables).await;
    socket
}

/// The next event.
async fn next(socket: &mut Socket) -> Value {
    let frame = socket.next(SOON).await;
    assert_eq!(frame.kind, "next", "{frame:?}");
    frame.data("conversationEvents").clone()
}

/// Of the next changes of replies so many: which reply, from where, to where, whether edited.
async fn changes(socket: &mut Socket, count: usize) -> Vec<(String, String, String, bool)> {
    let mut seen = Vec::new();
    for _ in 0..count {
        let event = next(socket).await;
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("a text in {event}")).to_owned();
        assert_eq!(event["__typename"], "ConversationReplyChanged", "{event}");
        let edited = event["isEdited"].as_bool().expect("whether it was edited");
        let (from, to) = (text(&event["previousStatus"]), text(&event["newStatus"]));
        seen.push((text(&event["reply"]["id"]), from, to, edited));
    }
    seen
}

/// The participant asks for the price, and an answer is suggested; its id.
async fn suggested(talk: &Talk, message: &str, hours: i64) -> String {
    let pending = "{ conversationReplies(filter: { status: { eq: PENDING } }) { nodes { id } } }";
    let all = async || {
        let found = talk.admin.client.run(pending, Value::Null).await.ok();
        let ids = found.list("conversationReplies.nodes").iter();
        ids.map(|reply| reply["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    let before = all().await;
    let wants = "What is your pricing for teams? We have a budget and need a quote.";
    let told = page("page1", &[written("page1", "ann", message, wants, Talk::ago(hours))]);
    assert_eq!(tell(&talk.desk.web, "facebook", &told).await, 200);
    until("an answer is suggested", SOON, async || all().await.into_iter().find(|id| !before.contains(id))).await
}

/// The next event of this kind.
async fn heard(live: &mut Socket, kind: &str) {
    while next(live).await["__typename"] != kind {}
}

both! {
    /// A reply is suggested, changed and sent; another is rejected; a colleague's is sent, and one is given up: each is told in its
    /// order, by whom, and once, also to whoever was away.
    async fn what_becomes_of_replies_is_followed(backend) {
        let talk = Talk::open(backend).await;
        let client = &talk.admin.client;
        set(&talk.admin, "ai.suggest_replies", json!(true)).await;
        let save = "mutation { createSavedReply(input: { title: \"Pricing for teams\", content: \"Our pricing for teams begins at 9 a month.\", \
            isGlobal: true }) { savedReply { id } errors { message } } }";
        client.run(save, Value::Null).await.ok();
        let only = json!({ "types": ["CONVERSATION_REPLY_ADDED", "CONVERSATION_REPLY_CHANGED"] });
        let mut live = follows(&talk, &talk.admin, json!({ "filter": only })).await;

        let first = suggested(&talk, "m1", 3).await;
        let added = next(&mut live).await;
        assert_eq!((&added["__typename"], &added["source"], &added["status"]), (&json!("ConversationReplyAdded"), &json!("SUGGESTION"), &json!("PENDING")));
        assert_eq!((&added["reply"]["id"], &added["actor"]), (&json!(first), &Value::Null));
        assert!(added["reply"]["content"].as_str().expect("a text").contains("begins at 9"), "{added}");
        let conversation = added["conversation"]["id"].as_str().expect("an id").to_owned();
        assert_eq!(added["conversationId"], json!(conversation));
        let input = json!({ "input": { "conversationReplyId": first, "content": "From 8 a month." } });
        client.run(APPROVE, input).await.ok();
        let of = |id: &str, from: &str, to: &str, edited: bool| (id.to_owned(), from.to_owned(), to.to_owned(), edited);
        let approved = next(&mut live).await;
        assert_eq!((&approved["newStatus"], &approved["isEdited"]), (&json!("APPROVED"), &json!(true)));
        assert_eq!(approved["actor"]["id"], json!(talk.admin.id));
        assert_eq!(changes(&mut live, 1).await, [of(&first, "APPROVED", "SENT", true)]);

        let second = suggested(&talk, "m2", 2).await;
        assert_eq!(next(&mut live).await["reply"]["id"], json!(second));
        client.run(REJECT, json!({ "input": { "conversationReplyId": second } })).await.ok();
        assert_eq!(changes(&mut live, 1).await, [of(&second, "PENDING", "REJECTED", false)]);

        set(&talk.admin, "ai.suggest_replies", json!(false)).await;
        let third = talk.reply(&conversation, "Anything else?").await;
        let added = next(&mut live).await;
        assert_eq!((&added["source"], &added["status"], &added["actor"]["id"]), (&json!("PERSON"), &json!("APPROVED"), &json!(talk.admin.id)));
        assert_eq!(changes(&mut live, 1).await, [of(&third, "APPROVED", "SENT", false)]);

        talk.platforms.outside("ann");
        let fourth = talk.reply(&conversation, "Too late").await;
        assert_eq!(next(&mut live).await["reply"]["id"], json!(fourth));
        let failed = next(&mut live).await;
        assert_eq!((&failed["previousStatus"], &failed["newStatus"]), (&json!("APPROVED"), &json!("FAILED")));
        assert!(failed["reply"]["errorMessage"].is_string(), "{failed}");

        // Whoever saw the first and went away hears the rest, in the same order and once.
        let filter = json!({ "types": ["CONVERSATION_REPLY_CHANGED"], "conversationId": conversation });
        let mut away = follows(&talk, &talk.admin, json!({ "after": approved["sequence"], "filter": filter })).await;
        let rest = [
            of(&first, "APPROVED", "SENT", true),
            of(&second, "PENDING", "REJECTED", false),
            of(&third, "APPROVED", "SENT", false),
            of(&fourth, "APPROVED", "FAILED", false),
        ];
        assert_eq!(changes(&mut away, 4).await, rest);
        // What is told of next is what happens next.
        talk.sql.run("UPDATE conversations SET status = 'active'").await;
        let fifth = talk.reply(&conversation, "Still too late").await;
        assert_eq!(changes(&mut away, 1).await, [of(&fifth, "APPROVED", "FAILED", false)]);
    }

    /// Who sees the own work alone hears of replies in their conversations only, and of none any more when one went to somebody else.
    async fn replies_are_told_to_who_sees_the_conversation(backend) {
        let talk = Talk::open(backend).await;
        let own = make_role(&talk.admin, "Own", &["VIEW_CONVERSATIONS", "SEE_ASSIGNED"]).await;
        let eve = colleague(&talk.desk, &talk.admin, "eve", &own, json!({})).await;
        // Who may hear of something is decided when it is told: so each is told to somebody before the next happens.
        let mut all = follows(&talk, &talk.admin, json!({ "after": "0" })).await;
        let conversation = talk.ann(1).await;
        heard(&mut all, "ConversationStarted").await;
        let mut live = follows(&talk, &eve, json!({})).await;
        let assign = async |to: Value| {
            run(&talk.admin, ASSIGN, json!({ "input": { "conversationId": conversation, "assigneeId": to } })).await;
        };
        let unseen = talk.reply(&conversation, "Not for her eyes").await;
        talk.becomes(&unseen, "SENT").await;
        heard(&mut all, "ConversationReplyChanged").await;
        assign(json!(eve.id)).await;
        assert_eq!(next(&mut live).await["__typename"], "ConversationAssigned", "of what was before she hears nothing");
        let hers = talk.reply(&conversation, "For her").await;
        talk.becomes(&hers, "SENT").await;
        heard(&mut all, "ConversationReplyChanged").await;
        let added = next(&mut live).await;
        assert_eq!((&added["reply"]["id"], &added["reply"]["content"]), (&json!(hers), &json!("For her")));
        assert_eq!(next(&mut live).await["__typename"], "ConversationMessageAdded");
        let sent = next(&mut live).await;
        assert_eq!((&sent["newStatus"], &sent["reply"]["id"]), (&json!("SENT"), &json!(hers)));
        assign(Value::Null).await;
        assert_eq!(next(&mut live).await["__typename"], "ConversationLeft");
        let gone = talk.reply(&conversation, "Not hers any more").await;
        talk.becomes(&gone, "SENT").await;
        heard(&mut all, "ConversationReplyChanged").await;
        assign(json!(eve.id)).await;
        assert_eq!(next(&mut live).await["__typename"], "ConversationAssigned");
    }
}
