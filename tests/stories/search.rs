//! Finding messages: every filter alone and together, in words that people and attackers type.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::desk::{ASSIGN, Desk, Person, SET_STATUS};
use crate::support::{Answer, Backend, both};

const LIST: &str = "query List($filter: MessageFilter, $orderBy: [MessageOrder!]) {
    messages(filter: $filter, orderBy: $orderBy, first: 100) { totalCount nodes { id name } } }";

/// Five messages, oldest first: Ada (new), Ben (in progress, the administrator's), Cem (archived, Bea's), Dora
/// (converted), Eva (new, Bea's); the times they came at, and who is there.
struct Scene {
    _desk: Desk,
    admin: Person,
    bea: Person,
    times: Vec<String>,
    changes: Vec<String>,
    visitors: Vec<String>,
}

impl Scene {
    async fn set(backend: Backend) -> Self {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let mut ids = Vec::new();
        for (name, content) in [
            ("Ada", "The kitchen tap is leaking"),
            ("Ben", "100% of_the \"quotes\" it's (a+)+$ leaky"),
            ("Cem", "Müllers Straße: Öl läuft aus"),
            ("Dora", "kitchen and bathroom, <b>tagged</b>, see /docs/2.14/plan.pdf at -5 degrees"),
            ("Eva", "nothing leaks"),
        ] {
            ids.push(desk.message(name, content).await);
        }
        let change = async |query: &str, input: Value| admin.client.run(query, json!({ "input": input })).await.ok();
        change(SET_STATUS, json!({ "messageId": ids[1], "status": "IN_PROGRESS" })).await;
        change(SET_STATUS, json!({ "messageId": ids[2], "status": "ARCHIVED" })).await;
        change(SET_STATUS, json!({ "messageId": ids[3], "status": "CONVERTED" })).await;
        change(ASSIGN, json!({ "messageId": ids[4], "assigneeId": bea.id })).await;
        change(ASSIGN, json!({ "messageId": ids[2], "assigneeId": bea.id })).await;
        change(ASSIGN, json!({ "messageId": ids[1], "assigneeId": admin.id })).await;
        let all =
            admin.client.run("{ messages { nodes { createdAt updatedAt visitor { id } } } }", json!({})).await.ok();
        let column = |path: &str| {
            let cells = all.list("messages.nodes").iter().rev().filter_map(|node| node.pointer(path)?.as_str());
            cells.map(str::to_owned).collect::<Vec<_>>()
        };
        let (times, changes, visitors) = (column("/createdAt"), column("/updatedAt"), column("/visitor/id"));
        Self { _desk: desk, admin, bea, times, changes, visitors }
    }

    async fn ask(&self, filter: &Value) -> Answer {
        self.admin.client.run(LIST, json!({ "filter": filter })).await
    }

    /// The initials of whom the filter leaves, oldest first.
    async fn found(&self, filter: Value) -> String {
        initials(&self.ask(&filter).await.ok())
    }
}

both! {
    /// By status, by who has them, by when they came, and by all of these with and, or and not.
    async fn filters_leave_what_they_say(backend) {
        let scene = Scene::set(backend).await;
        let (t, bea, admin) = (&scene.times, scene.bea.id.clone(), scene.admin.id.clone());
        for (filter, expected) in [
            (json!(null), "ABCDE"), (json!({}), "ABCDE"),
            (json!({ "status": { "eq": "NEW" } }), "AE"), (json!({ "status": { "ne": "NEW" } }), "BCD"),
            (json!({ "status": { "in": ["ARCHIVED", "CONVERTED"] } }), "CD"), (json!({ "status": { "in": [] } }), ""),
            (json!({ "status": { "in": ["NEW", "ARCHIVED"], "ne": "NEW" } }), "C"),
            (json!({ "assigneeId": { "eq": bea } }), "CE"), (json!({ "assigneeId": { "eq": "me" } }), "B"),
            (json!({ "assigneeId": { "eq": "none" } }), "AD"), (json!({ "assigneeId": { "isNull": true } }), "AD"),
            (json!({ "assigneeId": { "isNull": false } }), "BCE"), (json!({ "assigneeId": { "in": ["me", bea] } }), "BCE"),
            (json!({ "assigneeId": { "in": ["none", "me"] } }), "ABD"),
            (json!({ "assigneeId": { "in": [admin] } }), "B"), (json!({ "assigneeId": { "in": [] } }), ""),
            (json!({ "createdAt": { "gt": t[1] } }), "CDE"), (json!({ "createdAt": { "gte": t[1] } }), "BCDE"),
            (json!({ "createdAt": { "lt": t[1] } }), "A"), (json!({ "createdAt": { "lte": t[1] } }), "AB"),
            (json!({ "createdAt": { "gt": t[0], "lt": t[3] } }), "BC"), (json!({ "createdAt": { "gt": t[3], "lt": t[0] } }), ""),
            (json!({ "createdAt": { "gte": "2000-01-01T01:00:00+01:00", "lt": "2999-12-31T23:59:59.999999Z" } }), "ABCDE"),
            // Changed in this order: Ada, Dora, Eva, Cem, Ben.
            (json!({ "updatedAt": { "gt": scene.changes[4] } }), "BC"),
            (json!({ "updatedAt": { "lte": scene.changes[4] } }), "ADE"),
            (json!({ "visitorId": { "eq": scene.visitors[3] } }), "D"),
            (json!({ "visitorId": { "in": [scene.visitors[0], scene.visitors[2]] } }), "AC"),
            (json!({ "visitorId": { "isNull": true } }), ""),
            (json!({ "not": { "status": { "eq": "NEW" } } }), "BCD"), (json!({ "not": { "assigneeId": { "eq": bea } } }), "ABD"),
            (json!({ "and": [{ "status": { "eq": "NEW" } }, { "assigneeId": { "isNull": true } }] }), "A"),
            (json!({ "or": [{ "status": { "eq": "ARCHIVED" } }, { "text": "bathroom" }] }), "CD"),
            (json!({ "or": [] }), ""), (json!({ "and": [] }), "ABCDE"),
            (json!({ "status": { "ne": "NEW" }, "or": [{ "assigneeId": { "eq": "me" } }, { "not": { "assigneeId": { "isNull": false } } }] }), "BD"),
        ] {
            assert_eq!(scene.found(filter.clone()).await, expected, "{filter}");
        }
        let hers = scene.bea.client.run(LIST, json!({ "filter": { "assigneeId": { "eq": "me" } } })).await.ok();
        assert_eq!(initials(&hers), "CE", "me is who asks");
    }

    /// Words as people type them: parts, several, in any case, with umlauts, an address.
    async fn words_are_found(backend) {
        let scene = Scene::set(backend).await;
        for (text, expected) in [
            ("kitchen", "AD"), ("KITCHEN", "AD"), ("kitch", "AD"), ("leak", "ABE"), ("kitchen leak", "A"), ("tap   kitchen", "A"),
            ("straße", "C"), ("MÜLLER", "C"), ("öl", "C"), ("muller", ""), ("ada", "A"), ("Eva nothing", "E"),
            ("dora@visitors.example", "D"), ("visitors.example", "ABCDE"), ("itchen", ""), ("tagged", "D"), ("docs plan", "D"), ("14", "D"), ("2.14", "D"), ("-5", "D"), ("kitchen nowhere", ""),
        ] {
            assert_eq!(scene.found(json!({ "text": text })).await, expected, "{text}");
        }
    }

    /// What attackers type is text like any other: nothing breaks, nothing is a pattern, nothing takes long.
    async fn no_text_is_a_program(backend) {
        let scene = Scene::set(backend).await;
        for (text, expected) in [
            ("%", ""), ("_", ""), ("100%", "B"), ("of_the", "B"), ("\"quotes\"", "B"), ("it's", "B"), ("(a+)+$", "ABCD"), ("\\", ""), ("", ""),
            ("   ", ""), ("\u{0}", ""), ("kit\u{0}chen", ""), ("' OR '1'='1", ""), ("'; DROP TABLE messages; --", ""), ("kitchen & ! | <-> :*", "AD"),
            ("NEAR(kitchen tap)", ""), ("name:Ada", ""), ("kitchen OR öl", ""), ("*", ""), ("🦀", ""), ("\u{202e}kitchen", "AD"),
        ] {
            let since = Instant::now();
            assert_eq!(scene.found(json!({ "text": text })).await, expected, "{text:?}");
            assert!(since.elapsed() < Duration::from_secs(2), "{text:?} took {:?}", since.elapsed());
        }
        assert_eq!(scene.found(json!({ "text": "a ".repeat(100) })).await, "ABCD", "200 characters are a search");
        for text in ["a".repeat(201), "a".repeat(10_000), "(a+)+$".repeat(1700)] {
            let refused = scene.ask(&json!({ "text": text })).await;
            assert_eq!(refused.error_code(), "BAD_USER_INPUT");
        }
        for filter in [
            json!({ "assigneeId": { "eq": "' OR 1=1 --" } }), json!({ "assigneeId": { "eq": "msg_01890a5d-ac96-774b-bcce-b302099a8057" } }),
            json!({ "assigneeId": { "in": vec!["me"; 101] } }), json!({ "createdAt": { "gt": "yesterday" } }), json!({ "status": { "eq": "new" } }),
            json!({ "and": vec![json!({ "text": "a" }); 41] }), json!({ "not": { "not": { "not": { "not": { "text": "a" } } } } }), json!({ "nosuch": 1 }),
        ] {
            let refused = scene.ask(&filter).await;
            assert!(matches!(refused.error_code(), "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED"), "{refused}");
        }
        assert_eq!(scene.found(json!({})).await, "ABCDE");
    }

    /// Both fields, both directions, and one after the other.
    async fn lists_come_in_the_order_asked_for(backend) {
        let scene = Scene::set(backend).await;
        let order = |field: &str, direction: &str| json!({ "field": field, "direction": direction });
        // Changed last: the assigned ones, in that order; before them the one whose status was set.
        for (order_by, expected) in [
            (json!(null), "EDCBA"), (json!([]), "EDCBA"), (json!([{ "field": "CREATED_AT" }]), "EDCBA"),
            (json!([order("CREATED_AT", "ASC")]), "ABCDE"), (json!([order("CREATED_AT", "DESC")]), "EDCBA"),
            (json!([order("UPDATED_AT", "ASC")]), "ADECB"), (json!([order("UPDATED_AT", "DESC")]), "BCEDA"),
            (json!([order("UPDATED_AT", "ASC"), order("CREATED_AT", "DESC")]), "ADECB"),
        ] {
            let answer = scene.admin.client.run(LIST, json!({ "orderBy": order_by })).await.ok();
            let names: String = answer.list("messages.nodes").iter().filter_map(|node| node["name"].as_str()?.chars().next()).collect();
            assert_eq!(names, expected, "{order_by}");
        }
    }
}

/// The first letters of the names, in alphabetical order, which is that of their coming; as many as are counted.
#[track_caller]
fn initials(answer: &Answer) -> String {
    let mut names: Vec<_> =
        answer.list("messages.nodes").iter().filter_map(|node| node["name"].as_str()?.chars().next()).collect();
    names.sort_unstable();
    assert_eq!(answer.data("messages.totalCount"), &json!(names.len()), "{answer}");
    names.into_iter().collect()
}
