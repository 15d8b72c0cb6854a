//! Arguments for every root field, and of what kind the ids in them are. A root field without a row fails the tests.

use serde_json::{Value, json};

use super::sdl::Root;
use super::stand::Things;

/// A picture of one pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// Valid arguments with one's own things.
pub fn arguments(root: &Root, own: &Things) -> Value {
    match (root.operation, root.name.as_str()) {
        ("query", "viewer") => json!({}),
        ("query", "auditLogs" | "clients" | "invitations" | "messages" | "staffMembers" | "visitors") => json!({}),
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
        ("mutation", "signOut" | "removeAvatar") => json!({}),
        ("mutation", "registerClient") => {
            json!({ "input": { "email": "eve@example.com", "name": "Eve", "password": "a harbour of old kettles" } })
        }
        ("mutation", "requestEmailVerification" | "requestPasswordReset") => {
            json!({ "input": { "email": "nobody@example.com" } })
        }
        ("mutation", "verifyEmail" | "confirmEmailChange") => json!({ "input": { "token": "fdo_nothing" } }),
        ("mutation", "resetPassword") => {
            json!({ "input": { "token": "fdo_nothing", "newPassword": "a harbour of old kettles" } })
        }
        ("mutation", "acceptInvitation") => {
            json!({ "input": { "token": "fdi_nothing", "name": "Eve", "password": "a harbour of old kettles" } })
        }
        ("mutation", "requestEmailChange") => {
            json!({ "input": { "newEmail": "other@example.com", "password": "something wrong" } })
        }
        ("mutation", "updateProfile") => json!({ "input": { "name": "Eve" } }),
        ("mutation", "setAvatar") => json!({ "input": { "image": PIXEL } }),
        ("mutation", "inviteStaff") => json!({ "input": { "email": "new@example.com", "roleId": own.role } }),
        ("mutation", "resendInvitation" | "revokeInvitation") => {
            json!({ "input": { "invitationId": own.invitation } })
        }
        ("subscription", "inboxEvents") => json!({ "after": "0" }),
        (operation, name) => panic!("{operation} {name} has no arguments in tests/coverage/fixtures.rs"),
    }
}

/// The prefixes of the ids that an argument takes.
pub fn kinds(root: &Root, place: &str) -> &'static [&'static str] {
    match (root.name.as_str(), place) {
        ("node" | "nodes", _) => &["msg", "vis", "rpl", "stf", "cli", "inv", "aud"],
        ("message", "id") | ("assignMessage" | "setMessageStatus" | "replyToMessage", "input.messageId") => &["msg"],
        ("visitor", "id") | ("messages", "filter.visitorId.eq" | "filter.visitorId.in") => &["vis"],
        ("client", "id") => &["cli"],
        ("staffMembers", "filter.teamId") => &["tem"],
        ("inviteStaff", "input.roleId") => &["rol"],
        ("inviteStaff", "input.departmentId") => &["dep"],
        ("resendInvitation" | "revokeInvitation", "input.invitationId") => &["inv"],
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
