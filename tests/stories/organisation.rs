//! The tree of departments, and teams whose members see each other's work.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{FOLLOW, SOON};
use crate::coverage::harness::{Harness, Home, PASSWORD, assign, reply, session, write};
use crate::support::{ADMIN_EMAIL, Answer, Client, Socket, both, until};

/// The longest that anybody sees what was taken from them.
const AT_ONCE: Duration = Duration::from_secs(5);

const DEPARTMENT: &str = "query($id: ID!) { department(id: $id) { id name description isActive level parent { name } \
    ancestors { name } children(first: 10) { totalCount nodes { name } } staff(first: 10) { totalCount nodes { name } } } }";

/// Runs a mutation with an input of its own type.
pub(super) async fn change(client: &Client, mutation: &str, input: Value, selection: &str) -> Answer {
    let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation($input: {ty}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code message path }} }} }}"
    );
    client.run(&document, json!({ "input": input })).await
}

async fn department(home: &Home, name: &str, parent: Option<&str>) -> String {
    let input = json!({ "name": name, "parentId": parent });
    change(&home.admin, "createDepartment", input, "department { id }")
        .await
        .ok()
        .string("createDepartment.department.id")
}

async fn team(home: &Home, name: &str) -> String {
    let made = change(&home.admin, "createTeam", json!({ "name": name }), "team { id }").await.ok();
    made.string("createTeam.team.id")
}

/// The code and path of the one thing that was refused.
fn refusal(answer: &Answer, mutation: &str) -> (String, String) {
    let [error] = answer.user_errors(mutation).try_into().unwrap_or_else(|_| panic!("one error: {answer}"));
    (error.code, error.path)
}

fn names(answer: &Answer, path: &str) -> Vec<String> {
    answer.list(path).iter().map(|node| node["name"].as_str().expect("a name").to_owned()).collect()
}

/// The id of a colleague.
async fn id_of(home: &Home, email: &str) -> String {
    let asked = "query($text: String!) { staffMembers(filter: { text: $text }) { nodes { id } } }";
    home.admin.run(asked, json!({ "text": email })).await.ok().string("staffMembers.nodes.0.id")
}

/// Puts somebody into a department, as those who may will do by a mutation.
async fn put(home: &Home, email: &str, department: &str) {
    let hex = department.trim_start_matches("dep_");
    let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    home.sql.run(&format!("UPDATE users SET department_id = {id} WHERE email = '{email}'")).await;
}

both! {
    /// A department is made, described and moved with all below it; the tree reads from the top down.
    async fn departments_are_a_tree(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let sales = department(&home, "Sales", None).await;
        let north = department(&home, "North", Some(&sales)).await;
        let harbour = department(&home, "Harbour", Some(&north)).await;
        let care = department(&home, "Care", None).await;
        stand.colleague(&home, "bea@example.com", "STAFF").await;
        put(&home, "bea@example.com", &harbour).await;

        let list = "query($filter: DepartmentFilter, $by: DepartmentOrderField!) { departments(filter: $filter, \
            orderBy: [{ field: $by }]) { totalCount nodes { name level } } }";
        let asked = async |filter: Value, by: &str| {
            let answer = home.admin.run(list, json!({ "filter": filter, "by": by })).await.ok();
            assert_eq!(answer.data("departments.totalCount"), &json!(answer.list("departments.nodes").len()));
            names(&answer, "departments.nodes")
        };
        assert_eq!(asked(json!({}), "PATH").await, ["Sales", "North", "Harbour", "Care"]);
        assert_eq!(asked(json!({}), "NAME").await, ["Care", "Harbour", "North", "Sales"]);
        assert_eq!(asked(json!({ "parentId": { "isNull": true } }), "NAME").await, ["Care", "Sales"]);
        assert_eq!(asked(json!({ "parentId": { "eq": sales } }), "NAME").await, ["North"]);
        assert_eq!(asked(json!({ "text": "ARB" }), "NAME").await, ["Harbour"]);

        let move_to = async |id: &str, parent: Value| {
            change(&home.admin, "moveDepartment", json!({ "departmentId": id, "parentId": parent }), "department { level }").await
        };
        move_to(&north, json!(care)).await.ok();
        let seen = home.admin.run(DEPARTMENT, json!({ "id": harbour })).await.ok();
        assert_eq!(names(&seen, "department.ancestors"), ["Care", "North"]);
        assert_eq!((seen.data("department.level"), seen.string("department.parent.name")), (&json!(2), "North".into()));
        assert_eq!(seen.data("department.staff"), &json!({ "totalCount": 1, "nodes": [{ "name": "bea@example.com" }] }));
        let above = home.admin.run(DEPARTMENT, json!({ "id": care })).await.ok();
        assert_eq!(above.data("department.children"), &json!({ "totalCount": 1, "nodes": [{ "name": "North" }] }));
        assert!(above.data("department.parent").is_null() && above.list("department.ancestors").is_empty());
        assert_eq!(asked(json!({}), "PATH").await, ["Sales", "Care", "North", "Harbour"]);

        for parent in [&care, &north, &harbour] {
            let circle = move_to(&care, json!(parent)).await;
            assert_eq!(refusal(&circle, "moveDepartment"), ("NOT_ALLOWED".into(), "input.parentId".into()));
        }
        let unsaid = change(&home.admin, "moveDepartment", json!({ "departmentId": north }), "department { id }").await;
        assert_eq!(refusal(&unsaid, "moveDepartment"), ("BLANK".into(), "input.parentId".into()));
        move_to(&north, Value::Null).await.ok();
        assert_eq!(asked(json!({ "parentId": { "isNull": true } }), "NAME").await, ["Care", "North", "Sales"]);

        let trail = "query($kind: String!) { auditLogs(filter: { eventType: { eq: $kind } }, first: 1) { nodes { actorEmail \
            resourceType oldValues newValues } } }";
        let trail = home.admin.run(trail, json!({ "kind": "department.moved" })).await.ok();
        let row = json!({ "actorEmail": ADMIN_EMAIL, "resourceType": "Department",
            "oldValues": { "parentId": care }, "newValues": { "parentId": null } });
        assert_eq!(trail.data("auditLogs.nodes.0"), &row);
    }

    /// Two departments have two names, one that is not active takes no others in, and the tree is sixteen levels high.
    async fn departments_keep_their_rules(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let first = department(&home, "Level 1", None).await;
        let mut deepest = first.clone();
        for level in 2..=16 {
            deepest = department(&home, &format!("Level {level}"), Some(&deepest)).await;
        }
        let create = async |name: &str, parent: Option<&str>| {
            change(&home.admin, "createDepartment", json!({ "name": name, "parentId": parent }), "department { id }").await
        };
        let too_deep = create("Level 17", Some(&deepest)).await;
        assert_eq!(refusal(&too_deep, "createDepartment"), ("NOT_ALLOWED".into(), "input.parentId".into()));
        let top = department(&home, "Top", None).await;
        let onto = change(&home.admin, "moveDepartment", json!({ "departmentId": first, "parentId": top }), "department { id }").await;
        assert_eq!(refusal(&onto, "moveDepartment"), ("NOT_ALLOWED".into(), "input.parentId".into()));

        assert_eq!(refusal(&create("Top", None).await, "createDepartment"), ("NOT_AVAILABLE".into(), "input.name".into()));
        let update = async |input: Value| change(&home.admin, "updateDepartment", input, "department { name description isActive }").await;
        let renamed = update(json!({ "departmentId": top, "name": "Level 1" })).await;
        assert_eq!(refusal(&renamed, "updateDepartment"), ("NOT_AVAILABLE".into(), "input.name".into()));
        let described = update(json!({ "departmentId": top, "description": "All of it" })).await.ok();
        assert_eq!(described.string("updateDepartment.department.description"), "All of it");
        let closed = update(json!({ "departmentId": top, "isActive": false })).await.ok();
        let expected = json!({ "name": "Top", "description": "All of it", "isActive": false });
        assert_eq!(closed.data("updateDepartment.department"), &expected, "what is absent stays");
        let cleared = update(json!({ "departmentId": top, "description": null })).await.ok();
        assert!(cleared.data("updateDepartment.department.description").is_null());
        assert_eq!(refusal(&create("Late", Some(&top)).await, "createDepartment"), ("NOT_AVAILABLE".into(), "input.parentId".into()));

        let manager = stand.colleague(&home, "manager@example.com", "MANAGER").await;
        change(&manager, "createDepartment", json!({ "name": "Managed" }), "department { id }").await.ok();
        let staff = stand.colleague(&home, "staff@example.com", "STAFF").await;
        let refused = change(&staff, "createDepartment", json!({ "name": "Mine" }), "department { id }").await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        let nobody = stand.person(&home, "narrow@example.com", &["SEE_TEAM"]).await;
        put(&home, "narrow@example.com", &deepest).await;
        let own = "{ viewer { user { ... on Staff { department { name parent { name } ancestors { name } staff { totalCount \
            nodes { name } } children { totalCount } } } } } }";
        let own = until("they are in it", AT_ONCE, async || {
            let answer = nobody.run(own, Value::Null).await.ok();
            answer.data("viewer.user").get("department").is_some_and(|department| !department.is_null()).then_some(answer)
        })
        .await;
        let only = json!({ "name": "Level 16", "parent": null, "ancestors": [], "staff": { "totalCount": 0, "nodes": [] },
            "children": { "totalCount": 0 } });
        assert_eq!(own.data("viewer.user.department"), &only, "the tree is for those who may see staff");
    }

    /// Who sees the work of their team sees a colleague's message as long as both are in it: in lists, counts, by its id
    /// and live. Nobody signs in anew for that.
    async fn who_leaves_a_team_sees_its_work_no_more(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        stand.person(&home, "eve@example.com", &["VIEW_MESSAGES", "SEE_TEAM"]).await;
        // One session for all that she does: what is believed of it is believed of all.
        let token = session(&home.visitor, "eve@example.com", PASSWORD).await.string("signIn.session.accessToken");
        let eve = home.visitor.bearer(&token);
        for email in ["bea@example.com", "cleo@example.com"] {
            stand.colleague(&home, email, "STAFF").await;
        }
        let (eve_id, bea, cleo) =
            (id_of(&home, "eve@example.com").await, id_of(&home, "bea@example.com").await, id_of(&home, "cleo@example.com").await);
        let (hers, others) = (write(&home, "Ada", "ada@example.com", "Hello").await, write(&home, "Bob", "bob@example.com", "Hello").await);
        assign(&home, &hers, &bea).await;
        assign(&home, &others, &cleo).await;
        let (day, night) = (team(&home, "Day").await, team(&home, "Night").await);
        for (team, staff) in [(&day, &eve_id), (&day, &bea), (&night, &eve_id), (&night, &cleo)] {
            change(&home.admin, "addTeamMember", json!({ "teamId": team, "staffId": staff }), "member { role }").await.ok();
        }
        let look = "query($id: ID!) { messages { totalCount nodes { id } } node(id: $id) { id } }";
        let seen = async |message: &str| {
            let answer = eve.run(look, json!({ "id": message })).await.ok();
            let listed = answer.list("messages.nodes").iter().any(|node| node["id"] == message);
            assert_eq!(answer.data("messages.totalCount"), &json!(answer.list("messages.nodes").len()));
            (listed, !answer.data("node").is_null())
        };
        for message in [&hers, &others] {
            until("she sees it", AT_ONCE, async || (seen(message).await == (true, true)).then_some(())).await;
        }
        let mut socket = Socket::connect(stand.server.base(), Some(&token)).await;
        socket.subscribe("live", FOLLOW, json!({ "after": "0" })).await;
        reply(&home, &hers).await;
        loop {
            let event = socket.next(SOON).await;
            if event.data("inboxEvents.__typename") == "MessageReplied" {
                assert_eq!(event.data("inboxEvents.message.id"), &json!(hers));
                break;
            }
        }
        change(&home.admin, "removeTeamMember", json!({ "teamId": day, "staffId": eve_id }), "team { id }").await.ok();
        until("it is gone", AT_ONCE, async || (seen(&hers).await == (false, false)).then_some(())).await;
        assert_eq!(seen(&others).await, (true, true), "the other team is still hers");
        reply(&home, &hers).await;
        reply(&home, &others).await;
        assert_eq!(socket.next(SOON).await.data("inboxEvents.message.id"), &json!(others), "of hers she heard nothing");

        // A team that is not in use shows nobody anything.
        change(&home.admin, "updateTeam", json!({ "teamId": night, "isActive": false }), "team { isActive }").await.ok();
        until("it is gone", AT_ONCE, async || (seen(&others).await == (false, false)).then_some(())).await;

        // A department shows the work of those below it, as long as they are below it.
        let (above, below) = (department(&home, "Above", None).await, department(&home, "Below", None).await);
        put(&home, "eve@example.com", &above).await;
        put(&home, "bea@example.com", &below).await;
        let move_to = async |parent: Value| {
            let input = json!({ "departmentId": below, "parentId": parent });
            change(&home.admin, "moveDepartment", input, "department { id }").await.ok();
        };
        move_to(json!(above)).await;
        until("she sees it", AT_ONCE, async || (seen(&hers).await == (true, true)).then_some(())).await;
        move_to(Value::Null).await;
        until("it is gone", AT_ONCE, async || (seen(&hers).await == (false, false)).then_some(())).await;
    }

    /// An admin of a team lets people in and out and says what the team is for; who the admins are, what it is called and
    /// whether it is in use, others decide.
    async fn an_admin_keeps_their_team(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let ann = stand.colleague(&home, "ann@example.com", "STAFF").await;
        for email in ["bea@example.com", "cleo@example.com"] {
            stand.colleague(&home, email, "STAFF").await;
        }
        let (ann_id, bea, cleo) =
            (id_of(&home, "ann@example.com").await, id_of(&home, "bea@example.com").await, id_of(&home, "cleo@example.com").await);
        let (own, other) = (team(&home, "Own").await, team(&home, "Other").await);
        let add = async |client: &Client, team: &str, staff: &str, role: &str| {
            let input = json!({ "teamId": team, "staffId": staff, "role": role });
            change(client, "addTeamMember", input, "member { role team { id } staff { id } }").await
        };
        assert_eq!(add(&ann, &own, &bea, "MEMBER").await.error_code(), "FORBIDDEN", "not yet");
        add(&home.admin, &own, &ann_id, "ADMIN").await.ok();
        let added = add(&ann, &own, &bea, "MEMBER").await.ok();
        let member = json!({ "role": "MEMBER", "team": { "id": own }, "staff": { "id": bea } });
        assert_eq!(added.data("addTeamMember.member"), &member);
        add(&home.admin, &own, &cleo, "ADMIN").await.ok();
        assert_eq!(add(&ann, &own, &bea, "ADMIN").await.error_code(), "FORBIDDEN");
        assert_eq!(add(&ann, &other, &bea, "MEMBER").await.error_code(), "FORBIDDEN");
        assert_eq!(refusal(&add(&home.admin, &own, "stf_0190a5f0000070008000000000000000", "MEMBER").await, "addTeamMember").0, "NOT_AVAILABLE");

        let update = async |input: Value| change(&ann, "updateTeam", input, "team { name description }").await;
        let described = update(json!({ "teamId": own, "description": "Early shift" })).await.ok();
        assert_eq!(described.data("updateTeam.team"), &json!({ "name": "Own", "description": "Early shift" }));
        for more in [json!({ "teamId": own, "name": "Mine" }), json!({ "teamId": own, "isActive": false }), json!({ "teamId": other, "description": "" })] {
            assert_eq!(update(more).await.error_code(), "FORBIDDEN");
        }
        let key = "mutation { createApiKey(input: { name: \"Rota\", permissions: [VIEW_STAFF] }) { key errors { code } } }";
        let program = home.visitor.nobody().bearer(&ann.run(key, Value::Null).await.ok().string("createApiKey.key"));
        assert_eq!(add(&program, &own, &bea, "MEMBER").await.error_code(), "FORBIDDEN", "a key is no admin of a team");
        let role = json!({ "teamId": own, "staffId": bea, "role": "ADMIN" });
        assert_eq!(change(&ann, "setTeamMemberRole", role.clone(), "member { role }").await.error_code(), "FORBIDDEN");
        let raised = change(&home.admin, "setTeamMemberRole", role, "member { role }").await.ok();
        assert_eq!(raised.string("setTeamMemberRole.member.role"), "ADMIN");

        let list = "query($id: ID!) { team(id: $id) { members(first: 2) { totalCount nodes { role staff { name } } pageInfo { \
            endCursor hasNextPage } } } }";
        let page = home.admin.run(list, json!({ "id": own })).await.ok();
        assert_eq!(page.data("team.members.totalCount"), &json!(3));
        assert_eq!(page.string("team.members.nodes.0.staff.name"), "ann@example.com");
        let next = "query($id: ID!, $after: String!) { team(id: $id) { members(after: $after) { nodes { staff { name } } } } }";
        let next = home.admin.run(next, json!({ "id": own, "after": page.string("team.members.pageInfo.endCursor") })).await.ok();
        assert_eq!(next.data("team.members.nodes"), &json!([{ "staff": { "name": "cleo@example.com" } }]));
        let of = "query($id: ID!) { staff(id: $id) { teams { role team { name } } } }";
        let of = home.admin.run(of, json!({ "id": bea })).await.ok();
        assert_eq!(of.data("staff.teams"), &json!([{ "role": "ADMIN", "team": { "name": "Own" } }]));

        let remove = async |client: &Client, staff: &str| {
            change(client, "removeTeamMember", json!({ "teamId": own, "staffId": staff }), "team { members { totalCount } }").await
        };
        assert_eq!(remove(&ann, &cleo).await.error_code(), "FORBIDDEN", "admins are for others to remove");
        assert_eq!(remove(&ann, &ann_id).await.ok().data("removeTeamMember.team.members.totalCount"), &json!(2));
        assert_eq!(remove(&ann, &bea).await.error_code(), "FORBIDDEN", "she has gone");
        remove(&home.admin, &bea).await.ok();
        assert_eq!(refusal(&remove(&home.admin, &bea).await, "removeTeamMember"), ("NOT_AVAILABLE".into(), "input.staffId".into()));
        let trail = "{ auditLogs(filter: { eventType: { eq: \"team.member_changed\" } }, first: 1) { nodes { resourceType \
            oldValues newValues } } }";
        let trail = home.admin.run(trail, Value::Null).await.ok();
        let row = trail.data("auditLogs.nodes.0");
        assert_eq!((&row["oldValues"]["staffId"], &row["oldValues"]["role"], &row["newValues"]), (&json!(bea), &json!("admin"), &Value::Null));
        assert!(row["oldValues"]["since"].is_string(), "the trail is the history of a team: {row}");
    }

    /// Without the permission to see staff somebody sees their own teams and no others.
    async fn teams_are_seen_by_those_who_may(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let eve = stand.person(&home, "eve@example.com", &["SEE_TEAM"]).await;
        let (own, other) = (team(&home, "Own").await, team(&home, "Other").await);
        let input = json!({ "teamId": own, "staffId": id_of(&home, "eve@example.com").await });
        change(&home.admin, "addTeamMember", input, "member { role }").await.ok();
        let look = "query($own: ID!, $other: ID!) { teams { totalCount nodes { name members { nodes { role staff { name } } } } } \
            own: team(id: $own) { name } other: team(id: $other) { name } node(id: $other) { id } }";
        let seen = eve.run(look, json!({ "own": own, "other": other })).await.ok();
        let members = json!({ "nodes": [{ "role": "MEMBER", "staff": { "name": "eve@example.com" } }] });
        assert_eq!(seen.data("teams"), &json!({ "totalCount": 1, "nodes": [{ "name": "Own", "members": members }] }));
        assert_eq!(seen.string("own.name"), "Own");
        assert!(seen.data("other").is_null() && seen.data("node").is_null());
        let all = home.admin.run("{ teams(orderBy: [{ field: NAME, direction: DESC }]) { nodes { name } } }", Value::Null).await.ok();
        assert_eq!(names(&all, "teams.nodes"), ["Own", "Other"]);
    }
}

both! {
    /// A department's name is its own beside its siblings, in whatever case; elsewhere in the tree it is free.
    async fn names_are_unique_among_siblings(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let (north, south) = (department(&home, "North", None).await, department(&home, "South", None).await);
        let sales = department(&home, "Sales", Some(&north)).await;
        let other = department(&home, "Sales", Some(&south)).await;
        let refused = async |mutation: &str, input: Value, path: &str| {
            let answer = change(&home.admin, mutation, input, "department { id }").await;
            let [error] = answer.user_errors(mutation).try_into().expect("one error");
            assert_eq!((error.code.as_str(), error.path), ("NOT_AVAILABLE", format!("input.{path}")), "{mutation}");
        };
        refused("createDepartment", json!({ "name": "SALES", "parentId": north }), "name").await;
        refused("createDepartment", json!({ "name": "north" }), "name").await;
        refused("moveDepartment", json!({ "departmentId": other, "parentId": north }), "parentId").await;
        let care = department(&home, "Care", Some(&north)).await;
        refused("updateDepartment", json!({ "departmentId": care, "name": "sales" }), "name").await;
        for (input, name) in [(json!({ "departmentId": sales, "name": "SALES" }), "SALES"), (json!({ "departmentId": care, "name": "Help" }), "Help")] {
            let renamed = change(&home.admin, "updateDepartment", input, "department { name }").await.ok();
            assert_eq!(renamed.data("updateDepartment.department.name"), name, "its own name in another case, or a free one");
        }
        change(&home.admin, "moveDepartment", json!({ "departmentId": sales, "parentId": null }), "department { id }").await.ok();
        change(&home.admin, "moveDepartment", json!({ "departmentId": other, "parentId": north }), "department { id }").await.ok();
    }
}
