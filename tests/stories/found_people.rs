//! Finding visitors by words, also after they changed their name or became somebody else, and clients by what they are promised.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::roles::{colleague, make_role, run};
use crate::support::{Backend, both, until};

const VISITORS: &str = "query($f: VisitorFilter) { visitors(filter: $f) { totalCount nodes { email } } }";

/// The first letters of the addresses of whom a filter leaves.
async fn found(who: &Person, filter: Value) -> String {
    let answer = run(who, VISITORS, json!({ "f": filter })).await;
    let nodes = answer.list("visitors.nodes");
    assert_eq!(answer.data("visitors.totalCount"), &json!(nodes.len()));
    let mut letters: Vec<_> = nodes.iter().filter_map(|node| node["email"].as_str()?.chars().next()).collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

async fn write(desk: &Desk, name: &str, email: &str, token: Option<&str>) -> String {
    let input = json!({ "name": name, "email": email, "content": "Hello", "visitorToken": token });
    desk.submit(input).await.string("submitMessage.receipt.visitorToken")
}

both! {
    /// By words of their name and by their address, whole or in part; by the name that they have now; and by those of whoever was
    /// merged into them for as long as that holds.
    async fn visitors_are_found_by_words(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let token = write(&desk, "Zora Miller", "ann@müller.example", None).await;
        write(&desk, "Bob Öztürk", "bob@example.com", None).await;
        write(&desk, "Cem Oztürk-Schmidt", "cem@example.com", None).await;
        for (text, expected) in [
            ("zora", "a"), ("mill", "a"), ("mill ", ""), ("ANN@müller.example", "a"), ("ann@xn--mller-kva.example", "a"), ("müller.example", "a"),
            ("example.com", "bc"), ("öztürk", "bc"), ("oeztuerk", "b"), ("bob ozturk", "b"), ("schmidt", "c"), ("ozturkschmidt", "c"), ("nobody", ""), (" ", "abc"),
        ] {
            assert_eq!(found(&admin, json!({ "text": text })).await, expected, "{text}");
        }
        write(&desk, "Ann Bergström", "ann@müller.example", Some(&token)).await;
        for (filter, expected) in [
            (json!({ "text": "bergstroem" }), "a"), (json!({ "text": "zora" }), ""), (json!({ "not": { "text": "öztürk" } }), "a"),
            (json!({ "or": [{ "text": "ann" }, { "text": "cem" }] }), "ac"), (json!({ "text": "ozturk", "email": { "eq": "bob@example.com" } }), "b"),
            (json!({ "not": { "text": "" } }), ""),
        ] {
            assert_eq!(found(&admin, filter.clone()).await, expected, "{filter}");
        }
        let ids = run(&admin, "{ visitors(orderBy: { field: FIRST_VISIT_AT, direction: ASC }) { nodes { id } } }", Value::Null).await;
        let (ann, bob) = (ids.string("visitors.nodes.0.id"), ids.string("visitors.nodes.1.id"));
        let merge = "mutation($a: ID!, $b: ID!) { mergeVisitors(input: { fromId: $a, intoId: $b }) { errors { message } } }";
        run(&admin, merge, json!({ "a": bob, "b": ann })).await;
        for (text, expected) in [("bob", "a"), ("bob@example.com", "a"), ("ann", "a"), ("öztürk", "ac")] {
            assert_eq!(found(&admin, json!({ "text": text })).await, expected, "{text}");
        }
        let unmerge = "mutation($a: ID!) { unmergeVisitor(input: { visitorId: $a }) { errors { message } } }";
        run(&admin, unmerge, json!({ "a": bob })).await;
        assert_eq!((found(&admin, json!({ "text": "bob" })).await, found(&admin, json!({ "text": "ann" })).await), ("b".into(), "a".into()));
        let role = make_role(&admin, "Reader", &["VIEW_MESSAGES", "SEE_ALL"]).await;
        let reader = colleague(&desk, &admin, "dora", &role, json!({})).await;
        assert_eq!(reader.client.run(VISITORS, json!({ "f": { "text": "ann" } })).await.error_code(), "FORBIDDEN");
    }

    /// Visitors who came before they were found by words are, as soon as a worker has made these.
    async fn visitors_of_before_get_their_words(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for n in 0..3 {
            write(&desk, &format!("Visitor {n}"), &format!("v{n}@example.com"), None).await;
        }
        let sql = desk.sql().await;
        sql.run(match backend {
            Backend::Postgres => "UPDATE visitor_words SET search_vector = NULL",
            Backend::Sqlite => "UPDATE visitor_words SET search_words = NULL",
        }).await;
        assert_eq!(found(&admin, json!({ "text": "visitor" })).await, "");
        sql.run(match backend {
            Backend::Postgres => "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at) SELECT gen_random_uuid(), 'inbox.index_visitors', '{\"before\": null}', 'queued', now(), 0, now()",
            Backend::Sqlite => "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at) SELECT randomblob(16), 'inbox.index_visitors', '{\"before\": null}', 'queued', max(created_at), 0, max(created_at) FROM messages",
        }).await;
        // Whoever looks for other work finds this, too.
        write(&desk, "Visitor 3", "v3@example.com", None).await;
        let ids = run(&admin, "{ messages(first: 1) { nodes { id } } }", Value::Null).await;
        admin.reply(&ids.string("messages.nodes.0.id"), "Hello").await;
        until("the words are made", Duration::from_secs(30), async || {
            (found(&admin, json!({ "text": "visitor" })).await == "vvvv").then_some(())
        }).await;
    }

    /// Clients are found by their tier; of whom nobody said it has none.
    async fn clients_are_found_by_their_tier(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let create = "mutation($n: String!, $e: EmailAddress!) { createClient(input: { name: $n, email: $e }) { client { id } errors { message } } }";
        let set = "mutation($id: ID!, $t: ClientTier) { updateClient(input: { clientId: $id, tier: $t }) { client { tier } errors { message } } }";
        for (name, tier) in [("Ada", json!("PREMIUM")), ("Ben", json!("BASIC")), ("Cem", json!("ENTERPRISE")), ("Dora", Value::Null)] {
            let made = run(&admin, create, json!({ "n": name, "e": format!("{name}@example.com") })).await;
            run(&admin, set, json!({ "id": made.string("createClient.client.id"), "t": tier })).await;
        }
        for (filter, expected) in [
            (json!({ "tier": { "eq": "PREMIUM" } }), "A"), (json!({ "tier": { "in": ["PREMIUM", "ENTERPRISE"] } }), "AC"),
            (json!({ "tier": { "ne": "BASIC" } }), "ACD"), (json!({ "not": { "tier": { "in": ["BASIC", "STANDARD"] } } }), "ACD"), (json!({ "tier": { "in": [] } }), ""),
        ] {
            let answer = run(&admin, "query($f: ClientFilter) { clients(filter: $f) { totalCount nodes { name } } }", json!({ "f": filter })).await;
            let names: String = answer.list("clients.nodes").iter().filter_map(|node| node["name"].as_str()?.chars().next()).collect();
            assert_eq!(names, expected, "{filter}");
            assert_eq!(answer.data("clients.totalCount"), &json!(names.len()));
        }
    }
}
