//! Arguments for every root field, and of what kind the ids in them are. A root field without a row fails the tests.

use serde_json::{Value, json};

use super::sdl::Root;
use super::stand::Things;
use super::told::HOST;

/// Valid arguments with one's own things.
pub fn arguments(root: &Root, own: &Things) -> Value {
    match (root.operation, root.name.as_str()) {
        ("query", "viewer") => json!({}),
        ("query", "auditLogs" | "clients" | "messages" | "staffMembers" | "visitors") => json!({}),
        ("query", "node" | "message") => json!({ "id": own.message }),
        ("query", "nodes") => json!({ "ids": [own.message] }),
        ("query", "client") => json!({ "id": "cli_0190a5f0000070008000000000000000" }),
        ("query", "staff") => json!({ "id": own.staff }),
        ("query", "visitor") => json!({ "id": own.visitor }),
        ("query", "notifications" | "unreadNotificationCount" | "notificationPreferences") => json!({}),
        ("query", "notificationChannels" | "notificationDeliveries" | "ownTeamsChannel") => json!({}),
        ("mutation", "markNotificationsRead") => json!({ "input": { "ids": [own.told.notification] } }),
        ("mutation", "markAllNotificationsRead" | "testOwnTeamsChannel") => json!({}),
        ("mutation", "setNotificationPreference") => json!({ "input": { "type": "MESSAGE_ASSIGNED", "email": true } }),
        ("mutation", "createNotificationChannel") => {
            json!({ "input": { "name": "Another", "webhookUrl": format!("https://{HOST}/workflows/2?sig=secret") } })
        }
        ("mutation", "updateNotificationChannel") => {
            json!({ "input": { "channelId": own.told.channel, "name": "Renamed" } })
        }
        ("mutation", "setOwnTeamsChannel") => {
            json!({ "input": { "webhookUrl": format!("https://{HOST}/workflows/3?sig=secret") } })
        }
        ("mutation", "testNotificationChannel") => json!({ "input": { "channelId": own.told.channel } }),
        ("mutation", "retryNotificationDelivery") => json!({ "input": { "deliveryId": own.told.delivery } }),
        ("subscription", "notificationEvents") => json!({ "after": "0" }),
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
        ("subscription", "inboxEvents") => json!({ "after": "0" }),
        (operation, name) => panic!("{operation} {name} has no arguments in tests/coverage/fixtures.rs"),
    }
}

/// The prefixes of the ids that an argument takes.
pub fn kinds(root: &Root, place: &str) -> &'static [&'static str] {
    match (root.name.as_str(), place) {
        ("node" | "nodes", _) => &["msg", "vis", "rpl", "stf", "aud", "ntf", "nch", "ndl"],
        ("markNotificationsRead", "input.ids") => &["ntf"],
        ("updateNotificationChannel" | "testNotificationChannel", "input.channelId")
        | ("notificationDeliveries", "filter.channelId.eq" | "filter.channelId.in") => &["nch"],
        ("retryNotificationDelivery", "input.deliveryId") => &["ndl"],
        ("message", "id") | ("assignMessage" | "setMessageStatus" | "replyToMessage", "input.messageId") => &["msg"],
        ("visitor", "id") | ("messages", "filter.visitorId.eq" | "filter.visitorId.in") => &["vis"],
        ("client", "id") => &["cli"],
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
