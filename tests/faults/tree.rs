//! Many who move departments at the same time.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::coverage::harness::{Harness, Home};
use crate::support::{Answer, both};

const CREATE: &str = "mutation($name: String!, $parent: ID) { createDepartment(input: { name: $name, parentId: $parent }) { \
    department { id } errors { code } } }";
const MOVE: &str = "mutation($id: ID!, $parent: ID) { moveDepartment(input: { departmentId: $id, parentId: $parent }) { \
    department { id } errors { code } } }";

async fn create(home: &Home, name: &str, parent: Option<&str>) -> Answer {
    home.admin.run(CREATE, json!({ "name": name, "parent": parent })).await
}

/// Whether it was done; who was refused must have been told why, or to come again.
fn done(answer: &Answer, mutation: &str) -> bool {
    if !answer.errors().is_empty() {
        assert_eq!(answer.error_code(), "CONFLICT", "{answer}");
        return false;
    }
    answer.user_errors(mutation).iter().map(|error| assert_eq!(error.code, "NOT_ALLOWED", "{answer}")).count() == 0
}

/// The tree is one: the way to each department is the way to the one above it and one step more.
async fn is_whole(home: &Home, departments: usize) {
    let all = "{ departments(first: 100) { nodes { id level parent { id } ancestors { id } } } }";
    let all = home.admin.run(all, Value::Null).await.ok();
    let nodes = all.list("departments.nodes");
    assert_eq!(nodes.len(), departments);
    let by_id: HashMap<_, _> = nodes.iter().map(|node| (node["id"].as_str().expect("an id"), node)).collect();
    for node in nodes {
        let above: Vec<_> =
            node["ancestors"].as_array().expect("a list").iter().map(|above| above["id"].clone()).collect();
        assert_eq!(node["level"], json!(above.len()), "{node}");
        let mut expected = Vec::new();
        if let Some(parent) = node["parent"]["id"].as_str() {
            expected
                .extend(by_id[parent]["ancestors"].as_array().expect("a list").iter().map(|above| above["id"].clone()));
            expected.push(json!(parent));
        }
        assert_eq!(above, expected, "{node}");
        assert!(!above.contains(&node["id"]), "a circle: {node}");
    }
}

both! {
    /// Two move each other's department below their own at the same moment: one of them wins, and there is no circle.
    async fn two_moves_at_once_make_no_circle(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let one = create(&home, "One", None).await.ok().string("createDepartment.department.id");
        let two = create(&home, "Two", None).await.ok().string("createDepartment.department.id");
        for _ in 0..10 {
            let below = async |id: &str, parent: Option<&str>| home.admin.run(MOVE, json!({ "id": id, "parent": parent })).await;
            let (a, b) = tokio::join!(below(&one, Some(&two)), below(&two, Some(&one)));
            let wins = [&a, &b].into_iter().filter(|answer| done(answer, "moveDepartment")).count();
            assert_eq!(wins, 1, "{a} {b}");
            is_whole(&home, 2).await;
            below(&one, None).await.ok();
            below(&two, None).await.ok();
        }
    }

    /// Twelve departments are moved about by many at once while new ones are put among them: every path stays true.
    async fn a_storm_of_moves_leaves_a_tree(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let mut ids: Vec<String> = Vec::new();
        for number in 0..12 {
            let parent = number % 3;
            let parent = (number > 2).then(|| ids[parent].clone());
            let made = create(&home, &format!("Department {number}"), parent.as_deref()).await.ok();
            ids.push(made.string("createDepartment.department.id"));
        }
        let mut made = ids.len();
        for round in 0..4_usize {
            let moves = (0..16_usize).map(|number| {
                let (from, to) = ((number * 5 + round) % 12, (number * 7 + round * 3 + 1) % 12);
                home.admin.run(MOVE, json!({ "id": ids[from], "parent": ids[to] }))
            });
            let names: Vec<_> = (0..4).map(|number| format!("New {round}-{number}")).collect();
            let creations = names.iter().zip(&ids).map(|(name, parent)| create(&home, name, Some(parent)));
            let (moved, created) = tokio::join!(join_all(moves), join_all(creations));
            assert!(moved.iter().filter(|answer| done(answer, "moveDepartment")).count() > 0, "somebody moves");
            made += created.iter().filter(|answer| done(answer, "createDepartment")).count();
            is_whole(&home, made).await;
        }
    }
}
