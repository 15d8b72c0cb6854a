//! Leafing through the inbox while it fills.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::support::{Answer, both};

const PAGE: &str = "query Page($first: Int, $after: String, $last: Int, $before: String, $orderBy: [MessageOrder!], $filter: MessageFilter) {
    messages(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) {
      totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const ALL: usize = 60;

both! {
    /// Forward and backward, in every order, every message comes once, although new ones arrive between the pages.
    async fn every_message_comes_once(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        fill(&desk, ALL).await;
        let listed = admin.client.run(PAGE, json!({ "first": 100 })).await.ok();
        let there = ids(&listed);
        assert_eq!((there.len(), listed.data("messages.totalCount")), (ALL, &json!(ALL)));
        assert_eq!((info(&listed, "hasNextPage"), info(&listed, "hasPreviousPage")), (&json!(false), &json!(false)));

        for order in ["CREATED_AT DESC", "CREATED_AT ASC", "UPDATED_AT DESC", "UPDATED_AT ASC"] {
            let (field, direction) = order.split_once(' ').expect("two words");
            let order_by = json!([{ "field": field, "direction": direction }]);
            for backward in [false, true] {
                let seen = leaf(&desk, &admin, &order_by, backward).await;
                let once: HashSet<_> = seen.iter().collect();
                assert_eq!(once.len(), seen.len(), "{order}, backward {backward}: something came twice");
                assert!(there.iter().all(|id| once.contains(id)), "{order}, backward {backward}: something was left out");
                // They were written one by one, so they come in the order of their writing, or in its reverse.
                let known: Vec<_> = seen.iter().filter(|id| there.contains(id)).cloned().collect();
                let mut expected = there.clone();
                if (direction == "ASC") != backward {
                    expected.reverse();
                }
                assert_eq!(known, expected, "{order}, backward {backward}");
            }
        }
    }

    /// What surrounds a page is said of each page: none of it guessed.
    async fn a_page_knows_what_lies_around_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let none = admin.client.run(PAGE, json!({})).await.ok();
        assert_eq!(none.data("messages"), &json!({ "totalCount": 0, "edges": [], "nodes": [],
            "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null } }));
        fill(&desk, 30).await;
        let page = async |variables: Value| {
            let page = admin.client.run(PAGE, variables).await.ok();
            assert_eq!(page.data("messages.totalCount"), &json!(30));
            let edges = page.list("messages.edges");
            assert_eq!(Some(&edges[0]["cursor"]), Some(info(&page, "startCursor")));
            assert_eq!(edges.last().map(|edge| &edge["cursor"]), Some(info(&page, "endCursor")));
            assert!(edges.iter().map(|edge| &edge["node"]).eq(page.list("messages.nodes")));
            page
        };
        let around = |page: &Answer| (ids(page).len(), info(page, "hasPreviousPage") == true, info(page, "hasNextPage") == true);
        let first = page(json!({})).await;
        assert_eq!(around(&first), (25, false, true), "25 unless asked otherwise");
        let rest = page(json!({ "after": info(&first, "endCursor") })).await;
        assert_eq!(around(&rest), (5, true, false));
        let exact = page(json!({ "first": 30 })).await;
        assert_eq!(around(&exact), (30, false, false));
        let last = page(json!({ "last": 10 })).await;
        assert_eq!(around(&last), (10, true, false));
        assert_eq!(ids(&last), ids(&exact)[20..]);
        let before = page(json!({ "last": 20, "before": info(&last, "startCursor") })).await;
        assert_eq!(around(&before), (20, false, true));
        assert_eq!(ids(&before), ids(&exact)[..20]);
        let filtered = admin.client.run(PAGE, json!({ "first": 2, "filter": { "text": "Visitor 7" } })).await.ok();
        assert_eq!((ids(&filtered).len(), filtered.data("messages.totalCount")), (1, &json!(1)));
    }

    /// A cursor is good where it came from. Edited, invented or taken from a list in another order it is refused.
    async fn a_cursor_cannot_be_made_up(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        fill(&desk, 3).await;
        let page = admin.client.run(PAGE, json!({ "first": 1 })).await.ok();
        let cursor = info(&page, "endCursor").as_str().expect("a cursor").to_owned();
        let mut edited = cursor.clone().into_bytes();
        let middle = edited.len() / 2;
        edited[middle] = if edited[middle] == b'A' { b'B' } else { b'A' };
        let edited = String::from_utf8(edited).expect("ASCII");
        let updated = json!([{ "field": "UPDATED_AT" }]);
        for variables in [
            json!({ "after": edited }), json!({ "after": "" }), json!({ "after": "' OR 1=1 --" }), json!({ "after": "x".repeat(50_000) }),
            json!({ "before": "bm9uc2Vuc2U" }), json!({ "after": cursor, "orderBy": updated }),
            json!({ "first": 0 }), json!({ "first": 101 }), json!({ "first": -1 }), json!({ "last": 101 }), json!({ "first": 1, "last": 1 }),
            json!({ "first": 1, "before": cursor }), json!({ "last": 1, "after": cursor }),
        ] {
            let refused = admin.client.run(PAGE, variables.clone()).await;
            assert_eq!(refused.error_code(), "BAD_USER_INPUT", "{variables}");
        }
        admin.client.run(PAGE, json!({ "after": cursor })).await.ok();
    }
}

/// This many visitors write, one after the other.
async fn fill(desk: &Desk, count: usize) {
    for n in 0..count {
        desk.message(&format!("Visitor {n}"), "Hello").await;
    }
}

/// Leafs through the whole list by sevens, while somebody writes before and during each page.
async fn leaf(desk: &Desk, admin: &Person, order_by: &Value, backward: bool) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let mut variables = json!({ "orderBy": order_by });
        for (name, value) in
            if backward { [("last", json!(7)), ("before", cursor)] } else { [("first", json!(7)), ("after", cursor)] }
        {
            variables[name] = value;
        }
        let during = join_all(["Late 1", "Late 2"].map(|name| desk.message(name, "Hello")));
        let (page, _) = tokio::join!(admin.client.run(PAGE, variables), during);
        let page = page.ok();
        let mut found = ids(&page);
        assert!(found.len() <= 7);
        if backward {
            found.reverse();
        }
        seen.extend(found);
        assert!(seen.len() < 40 * ALL, "there is no end to it");
        let (more, end) = if backward { ("hasPreviousPage", "startCursor") } else { ("hasNextPage", "endCursor") };
        // Towards the newest too there is an end: seven are read while two are written.
        if info(&page, more) == &json!(false) {
            return seen;
        }
        cursor = info(&page, end).clone();
    }
}

fn ids(page: &Answer) -> Vec<String> {
    page.list("messages.nodes").iter().filter_map(|node| node["id"].as_str()).map(str::to_owned).collect()
}

fn info<'a>(page: &'a Answer, name: &str) -> &'a Value {
    page.data(&format!("messages.pageInfo.{name}"))
}
