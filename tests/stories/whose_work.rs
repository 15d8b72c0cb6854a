//! Random people in random teams and departments, random work: whoever looks in whatever way sees the same.

use std::collections::BTreeSet;

use kernel::Source;
use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person, SOON};
use super::roles::{colleague, make_role, run};
use crate::support::both;

/// What chance says, the same at each run.
struct Dice(Source);

impl Dice {
    fn below(&self, n: usize) -> usize {
        usize::from(self.0.bytes::<1>()[0]) % n
    }
}

const DEPARTMENT: &str = "mutation($input: CreateDepartmentInput!) { createDepartment(input: $input) { department { id } \
    errors { message } } }";
const TEAM: &str =
    "mutation($input: CreateTeamInput!) { createTeam(input: $input) { team { id } errors { message } } }";
const MEMBER: &str = "mutation($input: AddTeamMemberInput!) { addTeamMember(input: $input) { errors { message } } }";
const MESSAGES: &str =
    "query($filter: MessageFilter) { messages(first: 100, filter: $filter) { totalCount nodes { id } } }";

/// The messages of the list, whose count must be theirs.
async fn listed(who: &Person, filter: Value) -> BTreeSet<String> {
    let list = run(who, MESSAGES, json!({ "filter": filter })).await;
    let ids: BTreeSet<String> =
        list.list("messages.nodes").iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(list.json["data"]["messages"]["totalCount"], json!(ids.len()), "{list}");
    ids
}

both! {
    /// List, count, search, `node`, subscription and explanation agree, and with what the teams and the tree say.
    async fn every_way_to_look_agrees(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let dice = Dice(Source::fixed(chrono::DateTime::from_timestamp_micros(0).expect("an instant"), 11));
        // A tree: each department below a random earlier one.
        let mut tree: Vec<(String, Option<usize>)> = Vec::new();
        for n in 0..5_usize {
            let above = (n > 0).then(|| dice.below(n));
            let input = json!({ "name": format!("Department {n}"), "parentId": above.map(|n| tree[n].0.clone()) });
            let made = run(&admin, DEPARTMENT, json!({ "input": input })).await;
            tree.push((made.string("createDepartment.department.id"), above));
        }
        let at_or_below = |n: usize, top: usize| {
            std::iter::successors(Some(n), |&n| tree[n].1).any(|n| n == top)
        };
        let wants = [("SEE_TEAM", 6), ("SEE_ASSIGNED", 5), ("SEE_UNASSIGNED", 3), ("SEE_ALL", 1)];
        let (mut people, mut where_they_are, mut may): (Vec<Person>, Vec<usize>, Vec<Vec<&str>>) = Default::default();
        for n in 0..6 {
            let sees: Vec<_> = wants.iter().filter(|(_, of)| dice.below(8) < *of).map(|(name, _)| *name).collect();
            let held: Vec<_> = sees.iter().copied().chain(["VIEW_MESSAGES"]).collect();
            let role = make_role(&admin, &format!("Role {n}"), &held).await;
            let department = dice.below(tree.len());
            let more = json!({ "departmentId": tree[department].0 });
            people.push(colleague(&desk, &admin, &format!("person{n}"), &role, more).await);
            where_they_are.push(department);
            may.push(sees);
        }
        let mut teams = Vec::new();
        for n in 0..3 {
            let input = json!({ "name": format!("Team {n}") });
            let team = run(&admin, TEAM, json!({ "input": input })).await.string("createTeam.team.id");
            let members: Vec<usize> = (0..people.len()).filter(|_| dice.below(3) == 0).collect();
            for member in &members {
                let input = json!({ "teamId": team, "staffId": people[*member].id });
                run(&admin, MEMBER, json!({ "input": input })).await;
            }
            teams.push(members);
        }
        let mut work = Vec::new();
        for n in 0..10 {
            let id = desk.message(&format!("Visitor {n}"), "The boiler is cold.").await;
            let has = (dice.below(4) > 0).then(|| dice.below(people.len()));
            if let Some(has) = has {
                let assign = "mutation($id: ID!, $to: ID) { assignMessage(input: { messageId: $id, assigneeId: $to }) { \
                    errors { message } } }";
                run(&admin, assign, json!({ "id": id, "to": people[has].id })).await;
            }
            work.push((id, has));
        }

        for n in 0..people.len() {
            // Signed in anew: what they belong to holds at once.
            let who = desk.sign_in(&format!("person{n}@example.com"), PASSWORD).await;
            let sees = |has: Option<usize>| {
                let holds = |name: &str| may[n].contains(&name);
                let colleague = |other: usize| {
                    at_or_below(where_they_are[other], where_they_are[n])
                        || teams.iter().any(|team| team.contains(&n) && team.contains(&other))
                };
                holds("SEE_ALL") || match has {
                    None => holds("SEE_UNASSIGNED"),
                    Some(has) => holds("SEE_ASSIGNED") && has == n || holds("SEE_TEAM") && colleague(has),
                }
            };
            let expected: BTreeSet<String> =
                work.iter().filter(|(_, has)| sees(*has)).map(|(id, _)| id.clone()).collect();
            assert_eq!(listed(&who, Value::Null).await, expected, "the list of {n}, who holds {:?}", may[n]);
            assert_eq!(listed(&who, json!({ "text": "boiler" })).await, expected, "the search of {n}");
            let ids: Vec<&String> = work.iter().map(|(id, _)| id).collect();
            let nodes = run(&who, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
            let nodes: BTreeSet<String> =
                nodes.list("nodes").iter().filter_map(|node| node["id"].as_str().map(Into::into)).collect();
            assert_eq!(nodes, expected, "the nodes of {n}");
            for (id, _) in &work {
                let why = "query($who: ID!, $id: ID!) { explainAccess(userId: $who, permission: VIEW_MESSAGES, id: $id) { \
                    allowed rule } }";
                let said = run(&admin, why, json!({ "who": who.id, "id": id })).await;
                assert_eq!(said.data("explainAccess.allowed"), &json!(expected.contains(id)), "{said}");
            }
            let received = json!({ "after": "0", "filter": { "types": ["MESSAGE_RECEIVED"] } });
            let mut live = desk.follow(&who, received).await;
            let mut heard = BTreeSet::new();
            while heard.len() < expected.len() {
                let event = live.next(SOON).await;
                heard.insert(event.data("inboxEvents.message.id").as_str().expect("an id").to_owned());
            }
            assert_eq!(heard, expected, "what {n} hears");
        }
    }
}
