//! Accounts on social platforms and replies in conversations, as coverage needs them.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;

/// A suggested reply to the message of this id.
pub async fn rows(home: &Home, hex: &str) {
    let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (at, no) = ("'2026-01-01T00:00:00+00:00'", if home.is_sqlite() { "0" } else { "false" });
    home.sql
        .run(&format!(
            "INSERT INTO conversation_replies (id, conversation_id, message_id, message_received_at, source, status, content, confidence, \
                is_automatic, generated_at, attempts, version, updated_at) \
             VALUES ({id}, {id}, {id}, {at}, 'suggestion', 'pending', 'Hello, Ann', 0.5, {no}, {at}, 0, 1, {at})"
        ))
        .await;
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    let (account, conversation, reply) = (&own.conversation.account, &own.conversation.id, &own.conversation.reply);
    Some(match root.name.as_str() {
        "platforms" | "socialAccounts" | "conversationReplies" => json!({}),
        "socialAccount" => json!({ "id": account }),
        "conversationReply" => json!({ "id": reply }),
        "updatePlatform" => json!({ "input": { "platform": "X", "displayName": "X, once Twitter" } }),
        "connectSocialAccount" => json!({ "input": { "platform": "X" } }),
        "completeSocialAccount" => json!({ "input": { "state": "nobody's", "code": "none" } }),
        "chooseSocialAccounts" => json!({ "input": { "state": "nobody's", "accountIds": ["page1"] } }),
        "disconnectSocialAccount" | "verifySocialAccount" => json!({ "input": { "socialAccountId": account } }),
        "replyToConversation" => json!({ "input": { "conversationId": conversation, "content": "Good day" } }),
        "approveConversationReply" | "rejectConversationReply" | "retryConversationReply" => {
            json!({ "input": { "conversationReplyId": reply } })
        }
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("socialAccount", "id") | ("disconnectSocialAccount" | "verifySocialAccount", "input.socialAccountId") => {
            &["sac"]
        }
        ("conversationReply", "id") => &["crp"],
        ("replyToConversation", "input.conversationId") => &["cnv"],
        ("chooseSocialAccounts", "input.accountIds") => &[],
        (
            "approveConversationReply" | "rejectConversationReply" | "retryConversationReply",
            "input.conversationReplyId",
        ) => &["crp"],
        _ => return None,
    })
}

/// Somebody is sent to a platform, and is back.
async fn back(home: &Home, platform: &str) -> (String, String) {
    let connect =
        "mutation($p: SocialPlatform!) { connectSocialAccount(input: { platform: $p }) { authorizationUrl } }";
    let sent = home.admin.run(connect, json!({ "p": platform })).await.ok();
    home.platforms.visit(&sent.string("connectSocialAccount.authorizationUrl"))
}

/// Arguments with which a change goes well; none for what goes well with the usual ones.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    let complete =
        "mutation($state: String!, $code: String!) { completeSocialAccount(input: { state: $state, code: $code }) {
        socialAccounts { id } } }";
    let now = if home.is_sqlite() { "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')" } else { "now()" };
    let id = &own.conversation.hex;
    let id = if home.is_sqlite() { format!("x'{id}'") } else { format!("'{id}'::uuid") };
    match root.name.as_str() {
        "completeSocialAccount" => {
            let (state, code) = back(home, "X").await;
            return Some(json!({ "input": { "state": state, "code": code } }));
        }
        "chooseSocialAccounts" => {
            let (state, code) = back(home, "FACEBOOK").await;
            home.admin.run(complete, json!({ "state": state, "code": code })).await.ok();
            return Some(json!({ "input": { "state": state, "accountIds": ["page1"] } }));
        }
        "verifySocialAccount" => {
            let (state, code) = back(home, "X").await;
            let done = home.admin.run(complete, json!({ "state": state, "code": code })).await.ok();
            let account = done.data("completeSocialAccount.socialAccounts.0.id").clone();
            return Some(json!({ "input": { "socialAccountId": account } }));
        }
        "disconnectSocialAccount"
        | "replyToConversation"
        | "approveConversationReply"
        | "rejectConversationReply"
        | "retryConversationReply" => {
            let yes = if home.is_sqlite() { "1" } else { "true" };
            home.sql.run(&format!("UPDATE social_accounts SET status = 'connected', active = {yes}")).await;
            let open = format!("UPDATE conversations SET status = 'active', closed_at = NULL, last_inbound_at = {now}");
            home.sql.run(&open).await;
            let status = if root.name == "retryConversationReply" { "failed" } else { "pending" };
            let set =
                format!("UPDATE conversation_replies SET status = '{status}', attempted_at = NULL WHERE id = {id}");
            home.sql.run(&set).await;
        }
        _ => return None,
    }
    Some(arguments(root, own))
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = |prefix: &str| json!(format!("{prefix}_0190a5f0000070008000000000000000"));
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "updatePlatform" => vec![with("input.displayName", json!(" "))],
        "connectSocialAccount" => {
            vec![json!({ "input": { "platform": "X", "redirectUri": "https://elsewhere.example" } })]
        }
        "completeSocialAccount" | "chooseSocialAccounts" => vec![arguments(root, own)],
        "disconnectSocialAccount" | "verifySocialAccount" => vec![with("input.socialAccountId", missing("sac"))],
        "replyToConversation" => vec![with("input.conversationId", missing("cnv")), with("input.content", json!(" "))],
        "approveConversationReply" | "rejectConversationReply" | "retryConversationReply" => {
            vec![with("input.conversationReplyId", missing("crp"))]
        }
        _ => return None,
    })
}
