//! Who may do what: people, roles, single permissions, and whose work somebody sees.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person};
use super::organisation::change;
use crate::coverage::sql::Sql;
use crate::support::{Answer, both, until};

/// The longest that a right outlives what ended it.
const AT_ONCE: Duration = Duration::from_secs(5);
const MESSAGES: &str = "{ messages(first: 100) { totalCount nodes { id } } }";

pub async fn run(who: &Person, document: &str, variables: Value) -> Answer {
    who.client.run(document, variables).await.ok()
}

/// The id of a role.
pub async fn role(admin: &Person, name: &str) -> String {
    let all = run(admin, "{ roles(first: 100) { nodes { id name } } }", Value::Null).await;
    let found = all.list("roles.nodes").iter().find(|role| role["name"] == name).expect("a role").clone();
    found["id"].as_str().expect("an id").to_owned()
}

/// Makes a role of the company's own; returns its id.
pub async fn make_role(admin: &Person, name: &str, permissions: &[&str]) -> String {
    let input = json!({ "name": name, "permissions": permissions });
    let document =
        "mutation($input: CreateRoleInput!) { createRole(input: $input) { role { id } errors { message } } }";
    run(admin, document, json!({ "input": input })).await.string("createRole.role.id")
}

/// Adds a colleague with a password that they need not change, and signs them in.
pub async fn colleague(desk: &Desk, admin: &Person, name: &str, role_id: &str, more: Value) -> Person {
    let mut input =
        json!({ "email": format!("{name}@example.com"), "name": name, "roleId": role_id, "password": PASSWORD });
    input.as_object_mut().expect("fields").extend(more.as_object().cloned().unwrap_or_default());
    let document =
        "mutation($input: CreateStaffInput!) { createStaff(input: $input) { staff { id } errors { message } } }";
    let id = run(admin, document, json!({ "input": input })).await.string("createStaff.staff.id");
    let document = "mutation($id: ID!) { updateStaff(input: { staffId: $id, mustChangePassword: false }) { errors { message \
        } } }";
    run(admin, document, json!({ "id": id })).await;
    desk.sign_in(&format!("{name}@example.com"), PASSWORD).await
}

/// The tables of the desk's company.
async fn tables(desk: &Desk) -> Sql {
    let url = desk.server.setting("FRONTDESK_DATABASE_URL").expect("a setting");
    let registry = Sql::open(url, None).await;
    let schemas = registry.texts("SELECT schema_name FROM tenants").await;
    Sql::open(url, Some(&schemas[0])).await
}

/// Puts people into one team.
async fn make_team(desk: &Desk, emails: &[&str]) {
    let (sql, at) = (tables(desk).await, "'2026-01-01T00:00:00+00:00'");
    let id = "0190a5f0000070008000000000000000";
    let id = if sql.is_sqlite() { format!("x'{id}'") } else { format!("'{id}'::uuid") };
    sql.run(&format!("INSERT INTO teams (id, name, created_at, updated_at) VALUES ({id}, 'Heating', {at}, {at})"))
        .await;
    for email in emails {
        sql.run(&format!(
            "INSERT INTO team_members (team_id, user_id, role, created_at) \
             SELECT {id}, id, 'member', {at} FROM users WHERE email = '{email}'"
        ))
        .await;
    }
}

async fn assign(admin: &Person, message: &str, to: Option<&str>) {
    let document = "mutation($id: ID!, $to: ID) { assignMessage(input: { messageId: $id, assigneeId: $to }) { errors { \
        message } } }";
    run(admin, document, json!({ "id": message, "to": to })).await;
}

/// The messages that somebody finds: in the list, counted, by their ids, and by a search.
async fn found(who: &Person, all: &[&str]) -> Vec<String> {
    let list = run(who, MESSAGES, Value::Null).await;
    let mut listed: Vec<String> =
        list.list("messages.nodes").iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect();
    listed.sort();
    assert_eq!(list.json["data"]["messages"]["totalCount"], json!(listed.len()), "the count sees what the list sees");
    let by_id = run(who, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": all })).await;
    let mut nodes: Vec<String> =
        by_id.list("nodes").iter().filter_map(|node| node["id"].as_str().map(Into::into)).collect();
    nodes.sort();
    assert_eq!(nodes, listed, "nodes sees what the list sees");
    let search = "{ messages(first: 100, filter: { text: \"boiler\" }) { nodes { id } } }";
    let searched = run(who, search, Value::Null).await;
    assert_eq!(searched.list("messages.nodes").len(), listed.len(), "the search sees what the list sees");
    for id in all {
        let one = run(who, "query($id: ID!) { message(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(one.json["data"]["message"].is_object(), listed.iter().any(|known| known == id), "message({id})");
    }
    listed
}

both! {
    /// All, one's team's, one's own, nobody's: the four ways to see work, and every way to look for it agrees. Of a visitor's
    /// messages, too, only those are shown; and nothing that is not seen can be worked on.
    async fn work_is_seen_by_whose_it_is(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let roles = [
            ("own", vec!["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ASSIGNED"]),
            ("team", vec!["VIEW_MESSAGES", "VIEW_VISITORS", "SEE_TEAM"]),
            ("free", vec!["VIEW_MESSAGES", "SEE_UNASSIGNED"]),
            ("none", vec!["VIEW_MESSAGES"]),
        ];
        let mut people = Vec::new();
        for (name, permissions) in &roles {
            let id = make_role(&admin, name, permissions).await;
            people.push(colleague(&desk, &admin, name, &id, json!({})).await);
        }
        let mate = colleague(&desk, &admin, "mate", &role(&admin, "STAFF").await, json!({})).await;
        make_team(&desk, &["team@example.com", "mate@example.com"]).await;
        // A new session knows of the team at once.
        people[1] = desk.sign_in("team@example.com", PASSWORD).await;
        let [own, team, free, none] = &people[..] else { panic!("four people") };

        let mut ids = Vec::new();
        for to in [Some(&own.id), Some(&team.id), Some(&mate.id), Some(&admin.id), None] {
            // One visitor writes them all.
            let input = json!({ "name": "Vera", "email": "vera@visitors.example", "content": "The boiler is cold." });
            let id = desk.submit(input).await.string("submitMessage.receipt.messageId");
            assign(&admin, &id, to.map(String::as_str)).await;
            ids.push(id);
        }
        let all: Vec<&str> = ids.iter().map(String::as_str).collect();
        let of = |which: &[usize]| {
            let mut some: Vec<String> = which.iter().map(|&n| ids[n].clone()).collect();
            some.sort();
            some
        };
        assert_eq!(found(&admin, &all).await, of(&[0, 1, 2, 3, 4]));
        assert_eq!(found(own, &all).await, of(&[0]));
        assert_eq!(found(team, &all).await, of(&[1, 2]));
        assert_eq!(found(free, &all).await, of(&[4]));
        assert_eq!(found(none, &all).await, of(&[]));

        let below = "{ visitors { nodes { messages(first: 10) { totalCount nodes { id } } messageCount } } }";
        let seen = run(team, below, Value::Null).await;
        assert_eq!(seen.list("visitors.nodes.0.messages.nodes").len(), 2, "{seen}");
        assert_eq!(seen.json["data"]["visitors"]["nodes"][0]["messages"]["totalCount"], 2);
        assert_eq!(seen.json["data"]["visitors"]["nodes"][0]["messageCount"], 2);

        let take = "mutation($id: ID!) { setMessageStatus(input: { messageId: $id, status: ARCHIVED }) { message { id } \
            errors { code } } }";
        let hidden = own.client.run(take, json!({ "id": ids[3] })).await;
        let missing = own.client.run(take, json!({ "id": "msg_0190a5f0000070008000000000000000" })).await;
        assert_eq!((hidden.error_code(), missing.error_code()), ("NOT_FOUND", "NOT_FOUND"));
        run(own, take, json!({ "id": ids[0] })).await.string("setMessageStatus.message.id");

        // Why, in the administrator's words.
        let why = "query($who: ID!, $id: ID!) { explainAccess(userId: $who, permission: VIEW_MESSAGES, id: $id) { allowed \
            rule } }";
        for (who, message, rule) in [
            (&admin, 3, "SEE_ALL"),
            (own, 0, "SEE_ASSIGNED"),
            (own, 3, "NOT_VISIBLE"),
            (team, 2, "SEE_TEAM"),
            (team, 4, "NOT_VISIBLE"),
            (free, 4, "SEE_UNASSIGNED"),
            (none, 4, "NOT_VISIBLE"),
        ] {
            let said = run(&admin, why, json!({ "who": who.id, "id": ids[message] })).await;
            assert_eq!(said.string("explainAccess.rule"), rule, "{said}");
            assert_eq!(said.json["data"]["explainAccess"]["allowed"], json!(rule != "NOT_VISIBLE"));
        }
    }

    /// Nobody gives what they do not hold: not by a role, not by a grant, not to themselves; and nobody touches somebody who
    /// has more. A grant and its end hold within seconds.
    async fn nobody_gives_what_they_do_not_hold(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let keeper = ["VIEW_STAFF", "MANAGE_STAFF", "MANAGE_ROLES"];
        let keeper_role = make_role(&admin, "Keepers", &keeper).await;
        let keeper = colleague(&desk, &admin, "keeper", &keeper_role, json!({})).await;
        let plain_role = make_role(&admin, "Plain", &["VIEW_STAFF"]).await;
        let plain = colleague(&desk, &admin, "plain", &plain_role, json!({})).await;
        let not_allowed = |answer: &Answer, field: &str| {
            assert_eq!(answer.user_errors(field)[0].code, "NOT_ALLOWED", "{answer}");
        };

        let create = "mutation($p: [Permission!]!) { createRole(input: { name: \"More\", permissions: $p }) { role { id } \
            errors { code path } } }";
        not_allowed(&keeper.client.run(create, json!({ "p": ["VIEW_AUDIT_LOG"] })).await, "createRole");
        let update = "mutation($r: ID!, $p: [Permission!]!) { updateRole(input: { roleId: $r, permissions: $p }) { errors { \
            code path } } }";
        not_allowed(&keeper.client.run(update, json!({ "r": keeper_role, "p": ["SEE_ALL"] })).await, "updateRole");
        let super_admin = role(&admin, "SUPER_ADMIN").await;
        not_allowed(&keeper.client.run(update, json!({ "r": super_admin, "p": [] })).await, "updateRole");
        not_allowed(&admin.client.run(update, json!({ "r": super_admin, "p": [] })).await, "updateRole");
        let grant = "mutation($s: ID!, $p: Permission!) { grantPermission(input: { staffId: $s, permission: $p }) { staff { \
            grantedPermissions } errors { code path } } }";
        not_allowed(&keeper.client.run(grant, json!({ "s": keeper.id, "p": "SEE_ALL" })).await, "grantPermission");
        not_allowed(&keeper.client.run(grant, json!({ "s": admin.id, "p": "VIEW_STAFF" })).await, "grantPermission");
        let give = "mutation($s: ID!, $r: ID!) { updateStaff(input: { staffId: $s, roleId: $r }) { errors { code path } } }";
        not_allowed(&keeper.client.run(give, json!({ "s": keeper.id, "r": super_admin })).await, "updateStaff");
        let leave = "mutation($s: ID!) { deactivateStaff(input: { staffId: $s }) { errors { code path } } }";
        not_allowed(&keeper.client.run(leave, json!({ "s": admin.id })).await, "deactivateStaff");
        let invite = "mutation($r: ID!) { createStaff(input: { email: \"eve@example.com\", name: \"Eve\", roleId: $r }) { \
            errors { code path } } }";
        not_allowed(&keeper.client.run(invite, json!({ "r": super_admin })).await, "createStaff");
        let clients = role(&admin, "CLIENT").await;
        not_allowed(&admin.client.run(give, json!({ "s": plain.id, "r": clients })).await, "updateStaff");

        // What they hold they may give.
        let given = run(&keeper, grant, json!({ "s": plain.id, "p": "MANAGE_ROLES" })).await;
        assert_eq!(given.json["data"]["grantPermission"]["staff"]["grantedPermissions"], json!(["MANAGE_ROLES"]));
        let plain = desk.sign_in("plain@example.com", PASSWORD).await;
        let why = "query($who: ID!) { explainAccess(userId: $who, permission: MANAGE_ROLES) { allowed rule role { name } } }";
        assert_eq!(run(&plain, why, json!({ "who": plain.id })).await.string("explainAccess.rule"), "GRANT");
        let take = "mutation($s: ID!) { revokePermission(input: { staffId: $s, permission: MANAGE_ROLES }) { staff { \
            grantedPermissions } errors { code } } }";
        run(&admin, take, json!({ "s": plain.id })).await;
        until("the grant's end", AT_ONCE, async || {
            let asked = plain.client.run(why, json!({ "who": plain.id })).await;
            (!asked.errors().is_empty()).then(|| assert_eq!(asked.error_code(), "FORBIDDEN"))
        })
        .await;
        assert_eq!(run(&admin, why, json!({ "who": plain.id })).await.string("explainAccess.rule"), "NOT_HELD");
    }

    /// Somebody always administers: the last one can be neither deactivated nor given another role, and of two who take
    /// each other away at once one stays.
    async fn the_last_administrator_stays(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let staff = role(&admin, "STAFF").await;
        let leave = "mutation($s: ID!) { deactivateStaff(input: { staffId: $s }) { staff { isActive } errors { code } } }";
        let demote = "mutation($s: ID!, $r: ID!) { updateStaff(input: { staffId: $s, roleId: $r }) { staff { id } errors { \
            code } } }";
        let refused = admin.client.run(leave, json!({ "s": admin.id })).await;
        assert_eq!(refused.user_errors("deactivateStaff")[0].code, "NOT_ALLOWED");
        let refused = admin.client.run(demote, json!({ "s": admin.id, "r": staff })).await;
        assert_eq!(refused.user_errors("updateStaff")[0].code, "NOT_ALLOWED");

        // Two who would each end the other's rights at the same time: somebody stays, whichever database it is.
        let gone = |answer: &Answer, field: &str| {
            answer.errors().is_empty() && answer.json["data"][field]["errors"].as_array().is_some_and(Vec::is_empty)
        };
        let administrators = "SELECT count(*) FROM users u JOIN roles r ON r.id = u.role_id \
            WHERE r.name = 'SUPER_ADMIN' AND u.deactivated_at IS NULL";
        let super_admin = role(&admin, "SUPER_ADMIN").await;
        let mut boss = admin;
        for n in 0..5 {
            let other = colleague(&desk, &boss, &format!("other{n}"), &super_admin, json!({})).await;
            let (one, two) = tokio::join!(
                boss.client.run(leave, json!({ "s": other.id })),
                other.client.run(demote, json!({ "s": boss.id, "r": staff })),
            );
            let took = [gone(&one, "deactivateStaff"), gone(&two, "updateStaff")];
            assert_ne!(took, [true, true], "somebody stays: {one} {two}");
            let left = desk.sql().await.number(administrators).await;
            assert_eq!(left, if took == [false, false] { 2 } else { 1 }, "{one} {two}");
            if took[1] {
                boss = other;
            } else if !took[0] {
                run(&boss, leave, json!({ "s": other.id })).await;
            }
        }
    }

    /// A colleague leaves: their sessions end within seconds, and what they had open goes to the one who is named, or back
    /// to nobody; what was done stays theirs. Who comes back signs in anew.
    async fn work_of_somebody_who_leaves_goes_on(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let staff = role(&admin, "STAFF").await;
        let leaver = colleague(&desk, &admin, "leaver", &staff, json!({})).await;
        let heir = colleague(&desk, &admin, "heir", &staff, json!({})).await;
        let mut ids = Vec::new();
        for n in 0..3 {
            let id = desk.message(&format!("Visitor {n}"), "The boiler is cold.").await;
            assign(&admin, &id, Some(&leaver.id)).await;
            ids.push(id);
        }
        let archive = "mutation($id: ID!) { setMessageStatus(input: { messageId: $id, status: ARCHIVED }) { errors { code } } }";
        run(&admin, archive, json!({ "id": ids[2] })).await;
        let leave = "mutation($s: ID!, $to: ID) { deactivateStaff(input: { staffId: $s, handOverTo: $to }) { staff { isActive \
            deactivatedAt } errors { code path } } }";
        let wrong = admin.client.run(leave, json!({ "s": leaver.id, "to": leaver.id })).await;
        assert_eq!(wrong.user_errors("deactivateStaff")[0].code, "NOT_AVAILABLE");
        let left = run(&admin, leave, json!({ "s": leaver.id, "to": heir.id })).await;
        assert_eq!(left.json["data"]["deactivateStaff"]["staff"]["isActive"], false);
        until("the end of the session", AT_ONCE, async || {
            let asked = leaver.client.run("{ messages { nodes { id } } }", Value::Null).await;
            (!asked.errors().is_empty()).then(|| assert_eq!(asked.error_code(), "UNAUTHENTICATED"))
        })
        .await;
        let whose = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { assignee { id } } } }";
        let seen = run(&admin, whose, json!({ "ids": ids })).await;
        let now: Vec<_> = seen.list("nodes").iter().map(|node| node["assignee"]["id"].as_str().unwrap_or("")).collect();
        assert_eq!(now, [heir.id.as_str(), heir.id.as_str(), leaver.id.as_str()]);
        run(&admin, leave, json!({ "s": heir.id, "to": Value::Null })).await;
        let seen = run(&admin, whose, json!({ "ids": ids })).await;
        assert!(seen.list("nodes")[0]["assignee"].is_null(), "back to nobody: {seen}");

        let back = "mutation($s: ID!) { reactivateStaff(input: { staffId: $s }) { staff { isActive } errors { code } } }";
        run(&admin, back, json!({ "s": leaver.id })).await;
        let stale = leaver.client.run("{ messages { nodes { id } } }", Value::Null).await;
        assert_eq!(stale.error_code(), "UNAUTHENTICATED", "the old session stays ended");
        let again = desk.sign_in("leaver@example.com", PASSWORD).await;
        run(&again, MESSAGES, Value::Null).await;
    }

    /// An address belongs to one person of the company, staff or client, however it is written; lists find people by parts
    /// of what is known of them.
    async fn people_are_kept(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let create = "mutation($input: CreateClientInput!) { createClient(input: $input) { client { id name firstName company \
            email isActive createdBy { id } viewerCan { update } } errors { code path } } }";
        let input = json!({ "email": "Ada@Lane.Example", "firstName": "Ada", "lastName": "Lane", "company": "Lane & Co",
            "phone": "+44 20 7946 0000" });
        let made = run(&admin, create, json!({ "input": input })).await;
        assert_eq!(made.string("createClient.client.name"), "Ada Lane");
        assert_eq!(made.string("createClient.client.email"), "ada@lane.example");
        assert_eq!(made.string("createClient.client.createdBy.id"), admin.id);
        let id = made.string("createClient.client.id");
        for same in ["ada@lane.example", "ADA@LANE.EXAMPLE", "ａda@lane.example"] {
            let taken = admin.client.run(create, json!({ "input": { "email": same, "name": "Eve" } })).await;
            assert_eq!(taken.user_errors("createClient")[0].code, "NOT_AVAILABLE", "{same}");
        }
        let update = "mutation($input: UpdateClientInput!) { updateClient(input: $input) { client { name company phone } errors { \
            code } } }";
        let changed = run(&admin, update, json!({ "input": { "clientId": id, "company": Value::Null, "name": "Ada L." } })).await;
        let client = &changed.json["data"]["updateClient"]["client"];
        assert_eq!(*client, json!({ "name": "Ada L.", "company": null, "phone": "+442079460000" }));
        let search = "query($text: String!) { clients(filter: { text: $text }) { totalCount nodes { id } } }";
        for (text, found) in [("7946 00", 1), ("207946", 1), ("+442079460000", 1), ("(020) 7946-0000", 1), ("0044 2079 460000", 1), ("020 7946 0001", 0), ("LANE.EX", 1), ("l_ne", 0), ("%", 0), ("nobody", 0)] {
            let seen = run(&admin, search, json!({ "text": text })).await;
            assert_eq!(seen.json["data"]["clients"]["totalCount"], found, "{text}");
        }
        let off = "mutation($id: ID!) { deactivateClient(input: { clientId: $id }) { client { isActive } errors { code } } }";
        run(&admin, off, json!({ "id": id })).await;
        let active = run(&admin, "{ clients(filter: { isActive: true }) { nodes { id } } }", Value::Null).await;
        assert!(active.list("clients.nodes").is_empty());
        let row = tables(&desk)
            .await
            .texts("SELECT CAST(new_values AS text) FROM audit_logs WHERE kind = 'person.updated' AND new_values IS NOT NULL")
            .await;
        assert!(!row.is_empty() && row.iter().all(|text| !text.contains("Ada L.")), "what is personal is sealed: {row:?}");
        let trail = "{ auditLogs(filter: { eventType: { eq: \"person.updated\" } }) { nodes { newValues } } }";
        let trail = run(&admin, trail, Value::Null).await;
        assert!(trail.text.contains("Ada L."), "{trail}");
    }
}

/// What STAFF brings along, and what is left of it with one person.
async fn granted(admin: &Person, id: &str) -> Value {
    let document = "query($id: ID!) { staff(id: $id) { role { name } grantedPermissions } }";
    let mut found = run(admin, document, json!({ "id": id })).await.data("staff").clone();
    let mut names: Vec<_> =
        found["grantedPermissions"].as_array().expect("a list").iter().map(|name| name.to_string()).collect();
    names.sort_unstable();
    found["grantedPermissions"] = json!(names.join(" ").replace('"', ""));
    found
}

both! {
    /// STAFF holds no work by itself: whoever gets the role is granted six permissions, in whichever way they get it, and
    /// each can be taken from one of them. Another role takes the three along; giving STAFF takes holding them.
    async fn what_comes_with_staff_can_be_taken_from_one(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (staff, viewer) = (role(&admin, "STAFF").await, role(&admin, "VIEWER").await);
        let six = "MANAGE_CHATS MANAGE_CONSULTATIONS MANAGE_CONVERSATIONS MANAGE_LEADS MANAGE_MESSAGES MANAGE_TICKETS";
        let bea = colleague(&desk, &admin, "bea", &staff, json!({})).await;
        assert_eq!(granted(&admin, &bea.id).await, json!({ "role": { "name": "STAFF" }, "grantedPermissions": six }));
        let held = run(&admin, "query($id: ID!) { role(id: $id) { permissions } }", json!({ "id": staff })).await;
        assert!(!held.text.contains("MANAGE_"), "{held}");
        let cal = desk.colleague("cal@example.com", "Cal", "STAFF").await;
        let message = desk.message("Ann", "Hello").await;
        bea.reply(&message, "Hello yourself").await;
        let revoke = "mutation($s: ID!) { revokePermission(input: { staffId: $s, permission: MANAGE_MESSAGES }) { errors { code } } }";
        run(&admin, revoke, json!({ "s": bea.id })).await;
        let reply = json!({ "input": { "messageId": message, "content": "Again" } });
        until("it is taken back", AT_ONCE, async || {
            let answer = bea.client.run(super::desk::REPLY, reply.clone()).await;
            (!answer.errors().is_empty() && answer.error_code() == "FORBIDDEN").then_some(())
        }).await;
        cal.reply(&message, "From me too").await;
        assert_eq!(granted(&admin, &bea.id).await["grantedPermissions"], "MANAGE_CHATS MANAGE_CONSULTATIONS MANAGE_CONVERSATIONS MANAGE_LEADS MANAGE_TICKETS");

        // With another role all six go, and come back with STAFF.
        let update = "mutation($s: ID!, $r: ID!) { updateStaff(input: { staffId: $s, roleId: $r }) { errors { code } } }";
        for (role, name, left) in [(&viewer, "VIEWER", ""), (&staff, "STAFF", six)] {
            run(&admin, update, json!({ "s": bea.id, "r": role })).await;
            assert_eq!(granted(&admin, &bea.id).await, json!({ "role": { "name": name }, "grantedPermissions": left }));
        }
        let trail = "{ auditLogs(first: 1, filter: { eventType: { eq: \"person.updated\" } }) { nodes { oldValues newValues } } }";
        let trail = run(&admin, trail, Value::Null).await;
        let row = trail.data("auditLogs.nodes.0");
        assert_eq!((&row["oldValues"]["granted"], row["newValues"]["granted"].as_array().map(Vec::len)), (&json!([]), Some(6)));

        // Who does not hold the six gives nobody STAFF.
        let keeper = ["MANAGE_STAFF", "VIEW_STAFF", "VIEW_CLIENTS", "USE_API_KEYS", "VIEW_MESSAGES", "VIEW_VISITORS",
            "SEE_ALL", "SEE_TEAM", "SEE_ASSIGNED", "SEE_UNASSIGNED"];
        let keeper = make_role(&admin, "Keeper", &keeper).await;
        let keeper = colleague(&desk, &admin, "keeper", &keeper, json!({})).await;
        let input = json!({ "email": "dan@example.com", "name": "Dan", "roleId": staff });
        let refused = change(&keeper.client, "createStaff", input, "staff { id }").await;
        assert_eq!(refused.user_errors("createStaff")[0].code, "NOT_ALLOWED");
    }

    /// The seventh role reads the numbers and what they are made of, and nothing else.
    async fn an_analyst_sees_nobodys_work(backend) {
        let desk = Desk::open(backend).await;
        let ann = desk.colleague("ann@example.com", "Ann", "ANALYST").await;
        let own = run(&ann, "{ viewer { permissions } }", Value::Null).await;
        assert_eq!(own.data("viewer.permissions"), &json!(["EXPORT_DATA", "VIEW_ANALYTICS", "VIEW_B2CHAT"]));
        for list in ["messages", "visitors", "staffMembers", "clients", "auditLogs"] {
            let refused = ann.client.run(&format!("{{ {list} {{ totalCount }} }}"), json!({})).await;
            assert_eq!(refused.error_code(), "FORBIDDEN", "{list}");
        }
    }

    /// A department looks after clients as it does after colleagues: given, changed, filtered by, and no colleague's place.
    async fn clients_have_departments(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let care = change(&admin.client, "createDepartment", json!({ "name": "Care" }), "department { id }").await.ok();
        let care = care.string("createDepartment.department.id");
        let input = json!({ "email": "ada@lane.example", "name": "Ada", "departmentId": care });
        let ada = change(&admin.client, "createClient", input, "client { id department { name } }").await.ok();
        assert_eq!(ada.data("createClient.client.department.name"), "Care");
        change(&admin.client, "createClient", json!({ "email": "bob@lane.example", "name": "Bob" }), "client { id }").await.ok();
        let filter = "query($d: ID!) { clients(filter: { departmentId: { eq: $d } }) { nodes { name } } department(id: $d) { staff { totalCount } } }";
        let found = run(&admin, filter, json!({ "d": care })).await;
        assert_eq!(found.json["data"], json!({ "clients": { "nodes": [{ "name": "Ada" }] }, "department": { "staff": { "totalCount": 0 } } }));
        let unknown = json!({ "clientId": ada.string("createClient.client.id"), "departmentId": "dep_0190a5f0000070008000000000000001" });
        let refused = change(&admin.client, "updateClient", unknown, "client { id }").await;
        assert_eq!(refused.user_errors("updateClient")[0].path, "input.departmentId");
        let none = json!({ "clientId": ada.string("createClient.client.id"), "departmentId": null });
        let none = change(&admin.client, "updateClient", none, "client { department { name } }").await.ok();
        assert_eq!(none.data("updateClient.client.department"), &Value::Null);
    }
}
