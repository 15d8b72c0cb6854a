//! Arguments for every root field, and of what kind the ids in them are. A root field without a row fails the tests.

use serde_json::{Value, json};

use super::sdl::Root;
use super::stand::Things;

/// The operations that answer people who are not signed in.
pub const PUBLIC: &str = include_str!("public.txt");

/// Valid arguments with one's own things.
pub fn arguments(root: &Root, own: &Things) -> Value {
    match (root.operation, root.name.as_str()) {
        ("query", "viewer") => json!({}),
        ("query", "sessions") => json!({}),
        ("query", "auditLogs" | "clients" | "messages" | "staffMembers" | "visitors") => json!({}),
        ("query", "node" | "message") => json!({ "id": own.message }),
        ("query", "nodes") => json!({ "ids": [own.message] }),
        ("query", "client") => json!({ "id": own.client }),
        ("query", "staff") => json!({ "id": own.staff }),
        ("query", "visitor") => json!({ "id": own.visitor }),
        ("mutation", "assignMessage") => json!({ "input": { "messageId": own.message, "assigneeId": own.staff } }),
        ("mutation", "setMessageStatus") => json!({ "input": { "messageId": own.message, "status": "CONVERTED" } }),
        ("mutation", "replyToMessage") => {
            json!({ "input": { "messageId": own.message, "content": "Yes, we do.", "sendEmail": false } })
        }
        ("mutation", "submitMessage") => {
            json!({ "input": { "name": "Eve", "email": "eve@example.com", "content": "Hello?" } })
        }
        ("mutation", "signIn") => json!({ "input": { "email": "nobody@example.com", "password": "something wrong" } }),
        ("mutation", "refreshSession") => json!({ "input": { "refreshToken": "fdr_nothing" } }),
        ("mutation", "signOut") => json!({}),
        ("mutation", "revokeSession") => json!({ "input": { "sessionId": own.session } }),
        ("mutation", "revokeAllSessions") => json!({ "input": { "exceptCurrent": true } }),
        ("mutation", "changePassword") => {
            json!({ "input": { "currentPassword": "something wrong", "newPassword": "something else entirely 4" } })
        }
        ("mutation", "beginTotpEnrolment") => json!({ "input": { "password": "something wrong" } }),
        ("mutation", "confirmTotp") => json!({ "input": { "code": "123456" } }),
        ("mutation", "disableTotp" | "regenerateRecoveryCodes") => {
            json!({ "input": { "password": "something wrong", "code": "123456" } })
        }
        ("mutation", "resetTotp") => json!({ "input": { "userId": own.client } }),
        ("subscription", "inboxEvents") => json!({ "after": "0" }),
        (operation, name) => panic!("{operation} {name} has no arguments in tests/coverage/fixtures.rs"),
    }
}

/// The prefixes of the ids that an argument takes.
pub fn kinds(root: &Root, place: &str) -> &'static [&'static str] {
    match (root.name.as_str(), place) {
        ("node" | "nodes", _) => &["msg", "vis", "rpl", "stf", "cli", "aud"],
        ("message", "id") | ("assignMessage" | "setMessageStatus" | "replyToMessage", "input.messageId") => &["msg"],
        ("visitor", "id") | ("messages", "filter.visitorId.eq" | "filter.visitorId.in") => &["vis"],
        ("client", "id") => &["cli"],
        ("sessions", "userId") | ("revokeAllSessions" | "resetTotp", "input.userId") => &["stf", "cli"],
        ("revokeSession", "input.sessionId") => &["ses"],
        ("staffMembers", "filter.teamId") => &["tem"],
        ("staff", "id")
        | ("assignMessage", "input.assigneeId")
        | ("messages", "filter.assigneeId.eq" | "filter.assigneeId.in")
        | ("auditLogs", "filter.actorId.eq" | "filter.actorId.in") => &["stf"],
        ("staffMembers", "filter.roleId.eq" | "filter.roleId.in") => &["rol"],
        ("staffMembers", "filter.departmentId.eq" | "filter.departmentId.in") => &["dep"],
        ("auditLogs", "filter.resourceId") | ("inboxEvents", "filter.messageId") => &["msg"],
        (name, place) => panic!("{name} takes an id at {place} that has no kind in tests/coverage/fixtures.rs"),
    }
}

/// Whether an operation answers people who are not signed in.
pub fn is_public(root: &Root) -> bool {
    let name = format!("{} {}", root.operation, root.name);
    PUBLIC.lines().any(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ") == name)
}

/// The arguments with a value put at a dotted place.
pub fn put(mut arguments: Value, place: &str, value: Value) -> Value {
    let mut at = &mut arguments;
    for step in place.split('.') {
        if at.is_null() {
            *at = json!({});
        }
        at = &mut at[step];
    }
    *at = value;
    arguments
}
