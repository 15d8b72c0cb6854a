//! Why somebody may do something, what the viewer may do with a thing, and what a change of a role does.

use std::time::Duration;

use gateway::graphql::node::NOUNS;
use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person};
use super::notification_channels::{company, local};
use super::notifications::{assign, told};
use super::organisation::change;
use super::roles::{colleague, make_role, role, run};
use crate::support::{Hook, both, until, upload};

/// The longest that a right outlives what ended it.
const AT_ONCE: Duration = Duration::from_secs(5);
const WHY: &str = "query($who: ID!, $permission: Permission!, $id: ID) {
    explainAccess(userId: $who, permission: $permission, id: $id) { allowed rule reason role { name } } }";
const UPDATE_ROLE: &str = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) {
    role { permissions requiresTotp } errors { code path } } }";

/// Makes something, and returns its id.
async fn made(by: &Person, mutation: &str, thing: &str, input: Value) -> String {
    let answer = change(&by.client, mutation, input, &format!("{thing} {{ id }}")).await.ok();
    answer.string(&format!("{mutation}.{thing}.id"))
}

/// The first id that a list shows to somebody.
async fn first(who: &Person, list: &str, path: &str) -> String {
    until("there is one", AT_ONCE, async || {
        let answer = run(who, list, Value::Null).await;
        answer.list(path).first().and_then(|one| one["id"].as_str().map(str::to_owned))
    })
    .await
}

both! {
    /// For everything that has an id: who holds a permission and sees the thing may use it there, unless it has more
    /// permissions than they do. Who must do something else first may nothing.
    async fn why_somebody_may_is_told_for_everything(backend) {
        let hook = Hook::start().await;
        let desk = Desk::open_with(backend, local()).await;
        let admin = desk.admin().await;
        let plain_role = make_role(&admin, "Plain", &["VIEW_STAFF"]).await;
        let keeper_role = make_role(&admin, "Keepers", &["VIEW_STAFF", "MANAGE_STAFF", "MANAGE_ROLES"]).await;
        let channels_role = make_role(&admin, "Channels", &["MANAGE_NOTIFICATIONS"]).await;
        let all_role = make_role(&admin, "Access", &["VIEW_STAFF", "MANAGE_SESSIONS", "MANAGE_API_KEYS"]).await;
        let plain = colleague(&desk, &admin, "plain", &plain_role, json!({})).await;
        let keeper = colleague(&desk, &admin, "keeper", &keeper_role, json!({})).await;
        let channels = colleague(&desk, &admin, "channels", &channels_role, json!({})).await;
        let access = colleague(&desk, &admin, "access", &all_role, json!({})).await;

        let super_admin = role(&admin, "SUPER_ADMIN").await;
        let department = made(&admin, "createDepartment", "department", json!({ "name": "Care" })).await;
        let team = made(&admin, "createTeam", "team", json!({ "name": "Night" })).await;
        let client = made(&admin, "createClient", "client", json!({ "name": "Ada", "email": "ada@example.com" })).await;
        let invite = |role: &str| json!({ "email": format!("{role}@invited.example"), "roleId": role });
        let below = made(&admin, "inviteStaff", "invitation", invite(&plain_role)).await;
        let above = made(&admin, "inviteStaff", "invitation", invite(&super_admin)).await;
        let channel = company(&admin, &hook.url("sig-of-the-company")).await;
        let message = desk.message("Ann", "Hello").await;
        assign(&keeper_of(&admin, &desk).await, &message, &admin).await;
        let notification = told(&admin, "MESSAGE_ASSIGNED", 1).await[0]["id"].as_str().expect("an id").to_owned();
        let delivery = first(&admin, "{ notificationDeliveries { nodes { id } } }", "notificationDeliveries.nodes").await;
        let session = first(&admin, "{ viewer { sessions { nodes { id } } } }", "viewer.sessions.nodes").await;
        let own = first(&plain, "{ viewer { sessions { nodes { id } } } }", "viewer.sessions.nodes").await;
        let key = json!({ "name": "Report", "permissions": ["VIEW_STAFF"] });
        let key = made(&admin, "createApiKey", "apiKey", key).await;
        let event = first(&admin, "{ auditLogs(first: 1) { nodes { id } } }", "auditLogs.nodes").await;
        let send = "mutation($file: Upload!) { uploadFile(input: { file: $file }) { file { id } errors { message } } }";
        let file = run(&admin, send, json!({ "file": upload("own.txt", "Own") })).await.string("uploadFile.file.id");
        let visitor = first(&admin, "{ visitors { nodes { id } } }", "visitors.nodes").await;

        for (who, permission, id, rule) in [
            (&keeper, "MANAGE_STAFF", &plain.id, "ROLE"), (&keeper, "MANAGE_STAFF", &admin.id, "OUTRANKED"),
            (&keeper, "MANAGE_ROLES", &admin.id, "OUTRANKED"), (&keeper, "VIEW_STAFF", &admin.id, "ROLE"),
            (&channels, "MANAGE_NOTIFICATIONS", &admin.id, "NOT_VISIBLE"), (&keeper, "MANAGE_STAFF", &client, "NOT_VISIBLE"),
            (&keeper, "MANAGE_ROLES", &plain_role, "ROLE"), (&keeper, "MANAGE_ROLES", &super_admin, "OUTRANKED"),
            (&plain, "VIEW_STAFF", &super_admin, "ROLE"), (&channels, "MANAGE_NOTIFICATIONS", &plain_role, "NOT_VISIBLE"),
            (&plain, "VIEW_STAFF", &department, "ROLE"), (&channels, "MANAGE_NOTIFICATIONS", &department, "NOT_VISIBLE"),
            (&plain, "MANAGE_DEPARTMENTS", &department, "NOT_HELD"),
            (&plain, "VIEW_STAFF", &team, "ROLE"), (&channels, "MANAGE_NOTIFICATIONS", &team, "NOT_VISIBLE"),
            (&keeper, "MANAGE_STAFF", &below, "ROLE"), (&keeper, "MANAGE_STAFF", &above, "OUTRANKED"),
            (&plain, "VIEW_STAFF", &below, "NOT_VISIBLE"),
            (&channels, "MANAGE_NOTIFICATIONS", &channel, "ROLE"), (&keeper, "MANAGE_STAFF", &channel, "NOT_VISIBLE"),
            (&channels, "MANAGE_NOTIFICATIONS", &delivery, "ROLE"), (&keeper, "MANAGE_STAFF", &delivery, "NOT_VISIBLE"),
            (&keeper, "MANAGE_STAFF", &notification, "NOT_VISIBLE"), (&admin, "MANAGE_STAFF", &notification, "ROLE"),
            (&access, "MANAGE_SESSIONS", &session, "ROLE"), (&keeper, "MANAGE_STAFF", &session, "NOT_VISIBLE"),
            (&plain, "VIEW_STAFF", &own, "ROLE"),
            (&access, "MANAGE_API_KEYS", &key, "ROLE"), (&keeper, "MANAGE_STAFF", &key, "NOT_VISIBLE"),
            (&keeper, "MANAGE_STAFF", &event, "NOT_VISIBLE"), (&admin, "VIEW_AUDIT_LOG", &event, "ROLE"),
            (&keeper, "MANAGE_STAFF", &visitor, "NOT_VISIBLE"), (&admin, "VIEW_VISITORS", &visitor, "ROLE"),
            (&keeper, "MANAGE_STAFF", &file, "NOT_VISIBLE"), (&admin, "VIEW_STAFF", &file, "ROLE"),
        ] {
            let said = run(&admin, WHY, json!({ "who": who.id, "permission": permission, "id": id })).await;
            assert_eq!(said.string("explainAccess.rule"), rule, "{permission} {id}: {said}");
            assert_eq!(said.data("explainAccess.allowed"), &json!(rule == "ROLE"), "{said}");
        }
        // What is explained is what happens.
        let refused = change(&keeper.client, "deactivateStaff", json!({ "staffId": admin.id }), "staff { id }").await;
        let why = &refused.user_errors("deactivateStaff")[0];
        assert_eq!((why.code.as_str(), why.path.as_str()), ("NOT_ALLOWED", "input.staffId"));
        let refused = change(&keeper.client, "resendInvitation", json!({ "invitationId": above }), "invitation { id }").await;
        assert_eq!(refused.user_errors("resendInvitation")[0].code, "NOT_ALLOWED");

        for kind in NOUNS.iter().map(|noun| noun.prefix) {
            let id = format!("{kind}_0190a5f0000070008000000000000000");
            let said = run(&admin, WHY, json!({ "who": plain.id, "permission": "VIEW_STAFF", "id": id })).await;
            assert_eq!(said.data("explainAccess"), &Value::Null, "{id}");
        }
        let odd = admin.client.run(WHY, json!({ "who": plain.id, "permission": "VIEW_STAFF", "id": "job_1" })).await;
        assert_eq!(odd.error_code(), "BAD_USER_INPUT");

        // Who must do something else first is refused everywhere, whatever they hold.
        let fresh = json!({ "email": "fresh@example.com", "name": "Fresh", "roleId": plain_role, "password": PASSWORD });
        let fresh = made(&admin, "createStaff", "staff", fresh).await;
        run(&admin, UPDATE_ROLE, json!({ "input": { "roleId": keeper_role, "requiresTotp": true } })).await;
        for (who, words) in [(&fresh, "choose another password"), (&keeper.id, "set up a second factor")] {
            let said = run(&admin, WHY, json!({ "who": who, "permission": "VIEW_STAFF", "id": plain.id })).await;
            assert_eq!((said.string("explainAccess.rule").as_str(), said.data("explainAccess.allowed")), ("DUTY", &json!(false)));
            assert!(said.string("explainAccess.reason").contains(words), "{said}");
        }
        until("the duty holds", AT_ONCE, async || {
            let asked = keeper.client.run("{ staffMembers { totalCount } }", Value::Null).await;
            (!asked.errors().is_empty()).then(|| assert_eq!(asked.error_code(), "SECOND_FACTOR_REQUIRED"))
        }).await;
    }

    /// What the viewer may do with a thing is told with it, to each by what they hold; and the catalogue tells which
    /// permissions are theirs to give.
    async fn things_say_what_the_viewer_may_do(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let held = ["MANAGE_ROLES", "MANAGE_STAFF", "VIEW_CLIENTS", "VIEW_STAFF"];
        let keepers = make_role(&admin, "Keepers", &held).await;
        let plain = make_role(&admin, "Plain", &["VIEW_STAFF"]).await;
        let keeper = colleague(&desk, &admin, "keeper", &keepers, json!({})).await;
        let member = colleague(&desk, &admin, "member", &plain, json!({})).await;
        let department = made(&admin, "createDepartment", "department", json!({ "name": "Care" })).await;
        let team = made(&admin, "createTeam", "team", json!({ "name": "Night" })).await;
        let place = json!({ "teamId": team, "staffId": member.id, "role": "ADMIN" });
        change(&admin.client, "addTeamMember", place, "member { role }").await.ok();
        let client = made(&admin, "createClient", "client", json!({ "name": "Ada", "email": "ada@example.com" })).await;
        let invite = |role: &str| json!({ "email": format!("{role}@invited.example"), "roleId": role });
        let super_admin = role(&admin, "SUPER_ADMIN").await;
        let below = made(&admin, "inviteStaff", "invitation", invite(&plain)).await;
        let above = made(&admin, "inviteStaff", "invitation", invite(&super_admin)).await;
        let query = "query($ids: [ID!]!, $plain: ID!, $above: ID!) { nodes(ids: $ids) {
                ... on Staff { staffCan: viewerCan { update grantPermissions } } ... on Client { clientCan: viewerCan { update } }
                ... on Department { departmentCan: viewerCan { update } } ... on Team { teamCan: viewerCan { update manageMembers } }
                ... on Invitation { invitationCan: viewerCan { resend revoke } } }
            plain: role(id: $plain) { viewerCan { update give } } above: role(id: $above) { viewerCan { update give } } }";
        let ids = json!([admin.id, member.id, client, department, team, below, above]);
        let asked = json!({ "ids": ids, "plain": plain, "above": super_admin });
        let both = |yes: bool, one: &str, other: &str| json!({ one: yes, other: yes });
        let staff = |yes: bool| json!({ "staffCan": both(yes, "update", "grantPermissions") });
        let sent = |resend: bool, revoke: bool| json!({ "invitationCan": { "resend": resend, "revoke": revoke } });
        let of_role = |update: bool, give: bool| json!({ "viewerCan": { "update": update, "give": give } });

        let seen = run(&admin, query, asked.clone()).await;
        let all = json!([staff(true), staff(true), { "clientCan": { "update": true } }, { "departmentCan": { "update": true } },
            { "teamCan": { "update": true, "manageMembers": true } }, sent(true, true), sent(true, true)]);
        assert_eq!(seen.data("nodes"), &all);
        assert_eq!((seen.data("plain"), seen.data("above")), (&of_role(true, true), &of_role(false, true)));

        let seen = run(&keeper, query, asked.clone()).await;
        let some = json!([staff(false), staff(true), { "clientCan": { "update": false } }, { "departmentCan": { "update": false } },
            { "teamCan": { "update": false, "manageMembers": false } }, sent(true, true), sent(false, true)]);
        assert_eq!(seen.data("nodes"), &some);
        assert_eq!((seen.data("plain"), seen.data("above")), (&of_role(true, true), &of_role(false, false)));

        let seen = run(&member, query, asked).await;
        let few = json!([staff(false), staff(false), null, { "departmentCan": { "update": false } },
            { "teamCan": { "update": false, "manageMembers": true } }, null, null]);
        assert_eq!(seen.data("nodes"), &few);
        assert_eq!(seen.data("plain"), &of_role(false, false));

        let key = change(&admin.client, "createApiKey", json!({ "name": "Report", "permissions": ["VIEW_STAFF"] }),
            "key apiKey { id viewerCan { revoke } }").await.ok();
        assert_eq!(key.data("createApiKey.apiKey.viewerCan.revoke"), &json!(true));
        let program = desk.web.bearer(&key.string("createApiKey.key"));
        let keys = "{ apiKeys { nodes { viewerCan { revoke } } } }";
        assert_eq!(program.run(keys, Value::Null).await.ok().data("apiKeys.nodes.0.viewerCan.revoke"), &json!(false));
        change(&admin.client, "revokeApiKey", json!({ "apiKeyId": key.string("createApiKey.apiKey.id") }), "apiKey { id }").await.ok();
        assert_eq!(run(&admin, keys, Value::Null).await.data("apiKeys.nodes.0.viewerCan.revoke"), &json!(false));

        let catalog = "{ permissionCatalog { permission viewerHolds } }";
        let holds = |answer: &crate::support::Answer| {
            let all = answer.list("permissionCatalog").iter().filter(|row| row["viewerHolds"] == json!(true));
            let mut names: Vec<_> = all.filter_map(|row| row["permission"].as_str().map(str::to_owned)).collect();
            names.sort();
            names
        };
        assert_eq!(holds(&run(&keeper, catalog, Value::Null).await), held);
        let all = run(&admin, catalog, Value::Null).await;
        assert_eq!(holds(&all).len(), all.list("permissionCatalog").len());
    }

    /// Other permissions of a role are those of everybody who holds it, within seconds.
    async fn a_changed_role_changes_who_holds_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let plain = make_role(&admin, "Plain", &["VIEW_STAFF"]).await;
        let bea = colleague(&desk, &admin, "bea", &plain, json!({})).await;
        let (staff, messages) = ("{ staffMembers { totalCount } }", "{ messages { totalCount } }");
        run(&bea, staff, Value::Null).await;
        assert_eq!(bea.client.run(messages, Value::Null).await.error_code(), "FORBIDDEN");
        let input = json!({ "input": { "roleId": plain, "permissions": ["VIEW_MESSAGES", "SEE_ALL"] } });
        let saved = run(&admin, UPDATE_ROLE, input).await;
        assert_eq!(saved.data("updateRole.role.permissions"), &json!(["SEE_ALL", "VIEW_MESSAGES"]));
        until("the new permissions hold", AT_ONCE, async || {
            bea.client.run(messages, Value::Null).await.errors().is_empty().then_some(())
        }).await;
        assert_eq!(bea.client.run(staff, Value::Null).await.error_code(), "FORBIDDEN", "and what is gone is gone");
    }
}

/// Somebody else who may hand messages over: who takes one needs no telling.
async fn keeper_of(admin: &Person, desk: &Desk) -> Person {
    colleague(desk, admin, "hand", &role(admin, "ADMIN").await, json!({})).await
}
