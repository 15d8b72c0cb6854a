//! Arguments for every root field, and of what kind the ids in them are. A root field without a row fails the tests.

use serde_json::{Value, json};

use super::sdl::Root;
use super::stand::Things;
use crate::support::{chance, svix};

/// Valid arguments with one's own things.
pub fn arguments(root: &Root, own: &Things) -> Value {
    match (root.operation, root.name.as_str()) {
        ("query", "viewer") => json!({}),
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
        ("query", "identityProviders" | "signInWays") => json!({}),
        ("mutation", "createIdentityProvider") => {
            let mapped = json!({ "value": "boss", "id": own.elsewhere.role });
            json!({ "input": { "name": chance::name("provider"), "webhookSecret": svix::secret(), "creates": "STAFF",
                "createsWith": own.elsewhere.role, "mappedRoles": mapped } })
        }
        ("mutation", "updateIdentityProvider") => {
            let mapped = json!({ "value": "boss", "id": own.elsewhere.role });
            json!({ "input": { "identityProviderId": own.elsewhere.provider, "mappedRoles": mapped, "trustsMfa": true } })
        }
        ("mutation", "deactivateIdentityProvider") => {
            json!({ "input": { "identityProviderId": own.elsewhere.provider } })
        }
        ("mutation", "beginOidcSignIn") => json!({ "input": { "providerId": own.elsewhere.provider } }),
        ("mutation", "completeOidcSignIn") => {
            json!({ "input": { "flowToken": "fdf_nothing", "state": "fds_nothing", "code": "nothing" } })
        }
        ("mutation", "unlinkExternalIdentity") => json!({ "input": { "externalIdentityId": own.elsewhere.identity } }),
        ("mutation", "signOut") => json!({}),
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
        ("staffMembers", "filter.teamId") => &["tem"],
        ("staff", "id")
        | ("assignMessage", "input.assigneeId")
        | ("messages", "filter.assigneeId.eq" | "filter.assigneeId.in")
        | ("auditLogs", "filter.actorId.eq" | "filter.actorId.in") => &["stf"],
        ("staffMembers", "filter.roleId.eq" | "filter.roleId.in") => &["rol"],
        ("staffMembers", "filter.departmentId.eq" | "filter.departmentId.in") => &["dep"],
        ("auditLogs", "filter.resourceId") | ("inboxEvents", "filter.messageId") => &["msg"],
        ("beginOidcSignIn", "input.providerId")
        | ("updateIdentityProvider" | "deactivateIdentityProvider", "input.identityProviderId") => &["idp"],
        ("unlinkExternalIdentity", "input.externalIdentityId") => &["xid"],
        ("createIdentityProvider", "input.createsWith" | "input.mappedRoles.id")
        | ("updateIdentityProvider", "input.mappedRoles.id") => &["rol"],
        // What it creates is clients, whose role is another.
        ("updateIdentityProvider", "input.createsWith") => &[],
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
