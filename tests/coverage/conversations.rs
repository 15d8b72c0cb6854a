//! A conversation on a social platform, as coverage needs it.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::support::{ADMIN_EMAIL, chance};

/// A conversation and what is in it.
pub struct Conversation {
    /// It.
    pub id: String,
    /// Its message.
    pub message: String,
    /// The company's account that was written to.
    pub account: String,
    /// A reply that was suggested.
    pub reply: String,
    /// The id of each of them, without its kind.
    pub hex: String,
}

impl Conversation {
    /// Makes one that the administrator has.
    pub async fn make(home: &Home) -> Self {
        let hex: String = chance::bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
        // An id tells its time, as ids do.
        let hex = format!("0190a5f0000070008{}", &hex[17..]);
        rows(home, &hex, &format!("(SELECT id FROM users WHERE email = '{ADMIN_EMAIL}')")).await;
        super::social::rows(home, &hex).await;
        // Whoever follows conversations hears of this.
        let close = "mutation($id: ID!) { a: setConversationStatus(input: { conversationId: $id, status: CLOSED }) { errors { code } } \
            b: setConversationStatus(input: { conversationId: $id, status: ACTIVE }) { errors { code } } }";
        home.admin.run(close, json!({ "id": format!("cnv_{hex}") })).await.ok();
        let of = |kind: &str| format!("{kind}_{hex}");
        Self { id: of("cnv"), message: of("cvm"), account: of("sac"), reply: of("crp"), hex }
    }

    /// The one of a kind, by its prefix.
    pub fn of(&self, kind: &str) -> &str {
        match kind {
            "cnv" => &self.id,
            "cvm" => &self.message,
            _ => &self.account,
        }
    }
}

/// An account, a conversation on it that somebody has, and its message, as rows of this id.
pub async fn rows(home: &Home, hex: &str, assignee: &str) {
    let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (at, yes) = ("'2026-01-01T00:00:00+00:00'", if home.is_sqlite() { "1" } else { "true" });
    for sql in [
        format!(
            "INSERT INTO social_accounts (id, platform, account_id, account_name, status, metadata, connected_at, active, version, updated_at) \
             VALUES ({id}, 'facebook', 'page-{hex}', 'Shop', 'connected', '{{}}', {at}, {yes}, 1, {at})"
        ),
        format!(
            "INSERT INTO conversations (id, social_account_id, platform_conversation_id, participant_id, participant_name, status, \
                assignee_id, started_at, last_message_at, last_message_id, last_inbound_at, message_count, version, updated_at) \
             VALUES ({id}, {id}, 'ann', 'ann', 'Ann', 'active', {assignee}, {at}, {at}, {id}, {at}, 1, 1, {at})"
        ),
        format!(
            "INSERT INTO conversation_messages (id, conversation_id, platform_message_id, direction, content, received_at, metadata) \
             VALUES ({id}, {id}, 'm-{hex}', 'inbound', 'Hello', {at}, '{{}}')"
        ),
        format!(
            "INSERT INTO conversation_message_keys (social_account_id, platform_message_id, message_id, received_at, arrived) \
             VALUES ({id}, 'm-{hex}', {id}, {at}, {yes})"
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    let id = &own.conversation.id;
    Some(match root.name.as_str() {
        "conversation" => json!({ "id": id }),
        "conversations" => json!({}),
        "conversationEvents" => json!({ "after": "0" }),
        "assignConversation" => json!({ "input": { "conversationId": id, "assigneeId": own.staff } }),
        "assignConversations" => json!({ "input": { "conversationIds": [id], "assigneeId": own.staff } }),
        "setConversationStatus" => json!({ "input": { "conversationId": id, "status": "CLOSED" } }),
        "setConversationStatuses" => json!({ "input": { "conversationIds": [id], "status": "ACTIVE" } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("conversation", "id")
        | ("assignConversation" | "setConversationStatus", "input.conversationId")
        | ("assignConversations" | "setConversationStatuses", "input.conversationIds")
        | ("conversationEvents", "filter.conversationId") => &["cnv"],
        ("assignConversation" | "assignConversations", "input.assigneeId")
        | ("conversations", "filter.assigneeId.eq" | "filter.assigneeId.in") => &["stf"],
        ("conversations", "filter.tags.any" | "filter.tags.all" | "filter.tags.none") => &["tag"],
        ("conversations", "filter.accountId.eq" | "filter.accountId.in") => &["sac"],
        _ => return None,
    })
}

/// Arguments with which a change goes well; none for what goes well with the usual ones.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    match root.name.as_str() {
        "assignConversation" | "assignConversations" => {
            home.sql.run("UPDATE conversations SET assignee_id = NULL").await;
        }
        "setConversationStatus" => home.sql.run("UPDATE conversations SET status = 'active', closed_at = NULL").await,
        "setConversationStatuses" => {
            home.sql.run("UPDATE conversations SET status = 'closed', closed_at = started_at").await
        }
        _ => return None,
    }
    Some(arguments(root, own))
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = json!("cnv_0190a5f0000070008000000000000000");
    let nobody = json!("stf_0190a5f0000070008000000000000000");
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "assignConversation" => vec![with("input.conversationId", missing), with("input.assigneeId", nobody)],
        "assignConversations" => vec![with("input.conversationIds", json!([])), with("input.assigneeId", nobody)],
        "setConversationStatus" => vec![with("input.conversationId", missing)],
        "setConversationStatuses" => vec![with("input.conversationIds", json!([]))],
        _ => return None,
    })
}
