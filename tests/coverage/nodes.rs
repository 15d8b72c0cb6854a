//! Whatever has an id of its own is found by it, by those who see it and by nobody else.

use std::collections::BTreeSet;

use gateway::graphql::node::NOUNS;
use serde_json::{Value, json};

use super::harness::{Harness, Things};
use super::platform::keeper;
use super::sdl::{Sdl, named};
use crate::support::both;

const FIND: &str = "query($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { __typename id } }";
const WHY: &str =
    "query($who: ID!, $id: ID!) { explainAccess(userId: $who, permission: VIEW_MESSAGES, id: $id) { allowed rule } }";

/// What implements `Node` is registered, and whatever a list shows that has an id does.
#[test]
fn every_noun_is_registered() {
    let sdl = Sdl::exported();
    let known: BTreeSet<_> = NOUNS.iter().map(|noun| noun.name.to_owned()).collect();
    assert_eq!(known, sdl.implementors("Node").into_iter().collect());
    let prefixes: BTreeSet<_> = NOUNS.iter().map(|noun| noun.prefix).collect();
    assert_eq!(prefixes.len(), NOUNS.len(), "a prefix is one noun's");
    let mut shown = 0;
    for edge in sdl.types().iter().filter(|ty| ty.ends_with("Edge")) {
        let fields = sdl.fields(edge);
        let node = fields.iter().find(|field| field.name.node == "node").expect("an edge leads to something");
        let ty = named(&node.ty.node);
        let has_id = sdl.fields(ty).iter().any(|field| field.name.node == "id");
        assert!(!has_id || known.contains(ty), "{ty} has an id and cannot be fetched again by it");
        shown += 1;
    }
    assert!(shown >= 15, "{shown} lists");
}

both! {
    /// For each noun and each person `node`, `nodes` and the explanation say the same.
    async fn a_thing_is_found_by_who_sees_it(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let person = async |email: &str, permissions: &[&str]| stand.person(&home, email, permissions).await;
        let people = [
            home.admin.clone(),
            stand.colleague(&home, "viewer@example.com", "VIEWER").await,
            person("reader@example.com", &["VIEW_MESSAGES", "SEE_ALL"]).await,
            person("nobody@example.com", &["VIEW_MESSAGES"]).await,
            person("keeper@example.com", &["VIEW_MESSAGES", "VIEW_STAFF", "MANAGE_SESSIONS", "MANAGE_API_KEYS"]).await,
        ];
        let mut seen = BTreeSet::new();
        for (number, client) in people.iter().enumerate() {
            let who = client.run("{ viewer { user { id } } }", Value::Null).await.ok().string("viewer.user.id");
            for noun in NOUNS.iter().filter(|noun| noun.name != "PlatformTenant") {
                let id = own.of(noun.prefix);
                let found = client.run(FIND, json!({ "id": id })).await.ok();
                let thing = json!({ "__typename": noun.name, "id": id });
                let is_there = !found.data("node").is_null();
                assert_eq!(found.data("node"), if is_there { &thing } else { &Value::Null }, "{number} {id}");
                assert_eq!(found.data("nodes.0"), found.data("node"), "{number} {id}");
                let why = home.admin.run(WHY, json!({ "who": who, "id": id })).await.ok();
                assert_eq!(why.data("explainAccess.allowed"), &json!(is_there), "{number} {id}: {why}");
                if is_there {
                    seen.insert((number, noun.name));
                }
            }
        }
        let sees = |number: usize| seen.iter().filter(|(who, _)| *who == number).count();
        assert_eq!(sees(0), NOUNS.len() - 1, "the administrator sees everything: {seen:?}");
        // Who may see messages and sees none knows the words for them, and what the help centre shows everyone.
        let everyone = ["Tag", "GuideCategory", "Guide", "HelpDocument"];
        assert_eq!(sees(3), everyone.len(), "{seen:?}");
        assert!(everyone.iter().all(|name| seen.contains(&(3, *name))), "{seen:?}");
        for name in ["Role", "ApiKey", "Session"] {
            assert!(seen.contains(&(4, name)) && !seen.contains(&(2, name)), "{name}: {seen:?}");
        }

        // A text that is no id is refused by its place, and the others are there.
        let ids = json!({ "ids": [own.message, own.visitor, "nothing"] });
        let odd = home.admin.run("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids).await;
        assert_eq!(odd.errors()[0]["extensions"]["fields"], json!(["ids.2"]), "{odd}");
        assert_eq!(odd.errors()[0]["path"], json!(["nodes", 2]), "{odd}");
        assert_eq!(odd.data("nodes"), &json!([{ "id": own.message }, { "id": own.visitor }, null]));

        // A session that has ended is none any more, as in its list.
        let end = "mutation($id: ID!) { revokeSession(input: { sessionId: $id }) { errors { code } } }";
        home.admin.run(end, json!({ "id": own.session })).await.ok();
        assert!(home.admin.run(FIND, json!({ "id": own.session })).await.ok().data("node").is_null());
    }

    /// A company from outside is there for those who keep the platform, and nothing else is.
    async fn a_company_is_found_by_who_keeps_the_platform(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let keeper = keeper(&stand).await;
        let id = keeper.run("{ tenants { nodes { id } } }", Value::Null).await.ok().string("tenants.nodes.0.id");
        let thing = json!({ "__typename": "PlatformTenant", "id": id });
        let found = keeper.run(FIND, json!({ "id": id })).await.ok();
        assert_eq!((found.data("node"), found.data("nodes.0")), (&thing, &thing));
        for noun in NOUNS.iter().filter(|noun| noun.name != "PlatformTenant") {
            assert_eq!(keeper.run(FIND, json!({ "id": own.of(noun.prefix) })).await.error_code(), "FORBIDDEN", "{}", noun.name);
        }
        let missing = keeper.run(FIND, json!({ "id": "tnt_0190a5f0000070008000000000000000" })).await.ok();
        assert!(missing.data("node").is_null());
        let person = home.admin.run(FIND, json!({ "id": id })).await.ok();
        assert_eq!((person.data("node"), person.data("nodes.0")), (&Value::Null, &Value::Null));
        let nobody = home.visitor.run(FIND, json!({ "id": id })).await;
        assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
    }
}
