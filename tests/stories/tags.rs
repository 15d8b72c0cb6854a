//! Messages are found by the words that colleagues give them.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::notifications::assign;
use super::roles::{colleague, make_role, run};
use crate::support::{Answer, both};

const CREATE: &str =
    "mutation($name: String!, $color: String! = \"#1A2b3C\") { createTag(input: { name: $name, color: $color }) {
    tag { id name color createdBy { id } } errors { code path message } } }";
const UPDATE: &str =
    "mutation($input: UpdateTagInput!) { updateTag(input: $input) { tag { name color } errors { code path } } }";
const MERGE: &str = "mutation($from: ID!, $into: ID!) { mergeTags(input: { fromId: $from, intoId: $into }) { tag { id }
    errors { code path } } }";
const ADD: &str = "mutation($of: ID!, $tags: [ID!]!) { addTags(input: { entityId: $of, tagIds: $tags }) { tags { name }
    errors { code path } } }";
const REMOVE: &str =
    "mutation($of: ID!, $tags: [ID!]!) { removeTags(input: { entityId: $of, tagIds: $tags }) { tags { name }
    errors { code path } } }";
const FOUND: &str = "query($tags: TagsComparator) { messages(filter: { tags: $tags }) { totalCount nodes { id } } }";

/// Makes a tag.
pub async fn tag(by: &Person, name: &str) -> String {
    run(by, CREATE, json!({ "name": name })).await.string("createTag.tag.id")
}

async fn add(by: &Person, of: &str, tags: &[&String]) -> Answer {
    run(by, ADD, json!({ "of": of, "tags": tags })).await
}

/// The ids of the messages that a comparison finds, as many as are counted.
async fn found(by: &Person, tags: Value) -> Vec<String> {
    let found = run(by, FOUND, json!({ "tags": tags })).await;
    let mut ids: Vec<_> =
        found.list("messages.nodes").iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(found.data("messages.totalCount"), &json!(ids.len()), "{found}");
    ids.sort();
    ids
}

fn names(answer: &Answer, path: &str) -> Vec<String> {
    answer.list(path).iter().map(|tag| tag["name"].as_str().expect("a name").to_owned()).collect()
}

both! {
    /// A tag is made once whatever its case, renamed, coloured, given and taken; lists find by any, all and none of them,
    /// and together with everything else that is looked for.
    async fn messages_are_found_by_their_tags(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let made = run(&admin, CREATE, json!({ "name": " Urgent " })).await;
        assert_eq!(made.data("createTag.tag.createdBy.id"), &json!(admin.id));
        assert_eq!((made.string("createTag.tag.name"), made.string("createTag.tag.color")), ("Urgent".into(), "#1a2b3c".into()));
        let urgent = made.string("createTag.tag.id");
        let refused = async |name: String, color: &str| {
            let refused = admin.client.run(CREATE, json!({ "name": name, "color": color })).await;
            let problem = refused.user_errors("createTag").remove(0);
            (problem.code, problem.path)
        };
        let at = |code: &str, field: &str| (code.to_owned(), format!("input.{field}"));
        assert_eq!(refused("uRGENT".into(), "#000000").await, at("NOT_AVAILABLE", "name"));
        assert_eq!(refused("x".repeat(101), "#000000").await, at("TOO_LONG", "name"));
        assert_eq!(refused(" \u{200b} ".into(), "#000000").await, at("BLANK", "name"));
        assert_eq!(refused("Blue".into(), "blue").await, at("INVALID_FORMAT", "color"));
        let (boats, cars) = (tag(&admin, "Boats").await, tag(&admin, &"ü".repeat(100)).await);
        let renamed = run(&admin, UPDATE, json!({ "input": { "tagId": cars, "name": "Cars", "color": "#ffffff" } })).await;
        assert_eq!(renamed.data("updateTag.tag"), &json!({ "name": "Cars", "color": "#ffffff" }));
        let taken = admin.client.run(UPDATE, json!({ "input": { "tagId": cars, "name": "BOATS" } })).await;
        assert_eq!(taken.user_errors("updateTag")[0].code, "NOT_AVAILABLE");

        let (one, two, three) = (desk.message("Ann", "One").await, desk.message("Bob", "Two").await, desk.message("Cleo", "Three").await);
        let tagged = add(&admin, &one, &[&urgent, &boats, &urgent]).await;
        assert_eq!(names(&tagged, "addTags.tags"), ["Boats", "Urgent"], "by name, each once");
        add(&admin, &two, &[&boats]).await;
        let sorted = |ids: &[&String]| {
            let mut ids: Vec<_> = ids.iter().map(|id| (*id).clone()).collect();
            ids.sort();
            ids
        };
        assert_eq!(found(&admin, json!({ "any": [urgent, cars] })).await, sorted(&[&one]));
        assert_eq!(found(&admin, json!({ "any": [urgent, boats] })).await, sorted(&[&one, &two]));
        assert_eq!(found(&admin, json!({ "all": [urgent, boats] })).await, sorted(&[&one]));
        assert_eq!(found(&admin, json!({ "none": [urgent] })).await, sorted(&[&two, &three]));
        assert_eq!(found(&admin, json!({ "any": [boats], "none": [urgent] })).await, sorted(&[&two]));
        assert_eq!(found(&admin, json!({ "none": [], "all": [] })).await.len(), 3);
        assert!(found(&admin, json!({ "any": [] })).await.is_empty());
        let many = admin.client.run(FOUND, json!({ "tags": { "all": vec![urgent.clone(); 21] } })).await;
        assert_eq!((many.error_code(), &many.errors()[0]["extensions"]["fields"]), ("BAD_USER_INPUT", &json!(["filter.tags.all"])));
        let nested = "query($f: MessageFilter) { messages(filter: $f) { nodes { id tags { name } } } }";
        let f = json!({ "not": { "tags": { "any": [boats] } }, "text": "thr" });
        let nested = run(&admin, nested, json!({ "f": f })).await;
        assert_eq!(nested.data("messages.nodes"), &json!([{ "id": three, "tags": [] }]));

        let left = run(&admin, REMOVE, json!({ "of": one, "tags": [boats, cars] })).await;
        assert_eq!(names(&left, "removeTags.tags"), ["Urgent"], "what it has not is nothing to take");
        let listed = "{ tags { totalCount nodes { name } } found: tags(filter: { text: \"URG\" }) { nodes { name } } }";
        let listed = run(&admin, listed, Value::Null).await;
        assert_eq!(names(&listed, "tags.nodes"), ["Boats", "Cars", "Urgent"]);
        assert_eq!(names(&listed, "found.nodes"), ["Urgent"]);
    }

    /// Two tags that mean the same become one: what has both has it once, and the name of the other is free again.
    async fn tags_that_mean_the_same_are_merged(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ship, boat) = (tag(&admin, "Ship").await, tag(&admin, "Boat").await);
        let (one, two) = (desk.message("Ann", "One").await, desk.message("Bob", "Two").await);
        add(&admin, &one, &[&ship, &boat]).await;
        add(&admin, &two, &[&ship]).await;
        let itself = admin.client.run(MERGE, json!({ "from": ship, "into": ship })).await;
        assert_eq!(itself.user_errors("mergeTags")[0].path, "input.intoId");
        assert_eq!(run(&admin, MERGE, json!({ "from": ship, "into": boat })).await.string("mergeTags.tag.id"), boat);
        let mut both = vec![one.clone(), two];
        both.sort();
        assert_eq!(found(&admin, json!({ "all": [boat] })).await, both);
        let of = run(&admin, "query($id: ID!, $tag: ID!) { message(id: $id) { tags { name } } tag(id: $tag) { id } node(id: $tag) { id } \
            tags { totalCount } }", json!({ "id": one, "tag": ship })).await;
        assert_eq!(of.data(""), &json!({ "message": { "tags": [{ "name": "Boat" }] }, "tag": null, "node": null, "tags": { "totalCount": 1 } }));
        for (document, variables) in [(MERGE, json!({ "from": ship, "into": boat })), (ADD, json!({ "of": one, "tags": [ship] }))] {
            assert_eq!(admin.client.run(document, variables).await.error_code(), "NOT_FOUND");
        }
        tag(&admin, "SHIP").await;
        let told = "{ auditLogs(filter: { eventType: { eq: \"tag.merged\" } }) { nodes { newValues resourceId } } }";
        let told = run(&admin, told, Value::Null).await;
        assert_eq!(told.data("auditLogs.nodes"), &json!([{ "newValues": { "mergedInto": boat, "moved": 1 }, "resourceId": ship.trim_start_matches("tag_") }]));
    }

    /// Who does not see a message neither tags it nor learns what it is tagged with; who may not work on messages tags none;
    /// who keeps no tags makes none. Those who follow the inbox hear of it.
    async fn tags_go_with_the_message(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ASSIGNED"]).await;
        let ann = colleague(&desk, &admin, "ann", &role, json!({})).await;
        let viewer = desk.colleague("vic@example.com", "Vic", "VIEWER").await;
        let (urgent, message, hers) = (tag(&admin, "Urgent").await, desk.message("Vera", "Cold").await, desk.message("Ulf", "Hot").await);
        assign(&admin, &hers, &ann).await;
        let follow = "subscription($f: InboxEventFilter) { inboxEvents(filter: $f, after: \"0\") { __typename
            ... on MessageTagsChanged { message { id tags { name } } addedIds removedIds } } }";
        let mut live = crate::support::Socket::connect(desk.server.base(), Some(&ann.access)).await;
        live.subscribe("1", follow, json!({ "f": { "types": ["MESSAGE_TAGS_CHANGED"] } })).await;
        for document in [ADD, REMOVE] {
            let of = |of: &str| json!({ "of": of, "tags": [urgent] });
            assert_eq!(ann.client.run(document, of(&message)).await.error_code(), "NOT_FOUND");
            assert_eq!(viewer.client.run(document, of(&message)).await.error_code(), "FORBIDDEN");
            // What cannot be tagged.
            for wrong in ["vis_0190a5f0000070008000000000000000", &admin.id] {
                let refused = admin.client.run(document, of(wrong)).await;
                assert_eq!((refused.error_code(), &refused.errors()[0]["extensions"]["fields"]), ("BAD_USER_INPUT", &json!(["input.entityId"])));
            }
        }
        add(&admin, &message, &[&urgent]).await;
        add(&ann, &hers, &[&urgent]).await;
        let heard = live.next(SOON).await;
        let heard = heard.data("inboxEvents");
        assert_eq!((&heard["message"], &heard["addedIds"]), (&json!({ "id": hers, "tags": [{ "name": "Urgent" }] }), &json!([urgent])), "and nothing of the other");
        assert_eq!(found(&ann, json!({ "any": [urgent] })).await, std::slice::from_ref(&hers));
        assert_eq!(ann.client.run(CREATE, json!({ "name": "Mine" })).await.error_code(), "FORBIDDEN");
        let many: Vec<_> = (0..51).map(|_| &urgent).collect();
        let many = admin.client.run(ADD, json!({ "of": message, "tags": many })).await;
        assert_eq!((many.user_errors("addTags")[0].code.as_str(), many.user_errors("addTags")[0].path.as_str()), ("TOO_LONG", "input.tagIds"));
    }
}
