//! Two visitors who are one person, and a person's whole history.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::support::both;

const MERGE: &str = "mutation Merge($input: MergeVisitorsInput!) { mergeVisitors(input: $input) { visitor { id pageViews messageCount } errors { code path } } }";
const UNMERGE: &str = "mutation Unmerge($input: UnmergeVisitorInput!) { unmergeVisitor(input: $input) { visitor { id pageViews messageCount } errors { code path } } }";
const WHO: &str = "query Who($id: ID!) { visitor(id: $id) { id name email pageViews firstVisitAt messageCount mergedVisitors { visitorId email }
    timeline { totalCount nodes { at item { __typename id } } } } node(id: $id) { id } nodes(ids: [$id]) { id } }";

/// Sends the form; returns the message's id, the visitor's and their token.
async fn write(desk: &Desk, admin: &Person, name: &str, token: Option<&str>) -> (String, String, String) {
    let input =
        json!({ "name": name, "email": format!("{name}@example.com"), "content": "Hello", "visitorToken": token });
    let answer = desk.submit(input).await;
    let message = answer.string("submitMessage.receipt.messageId");
    let seen = admin
        .client
        .run("query($id: ID!) { message(id: $id) { visitor { id } } }", json!({ "id": message }))
        .await
        .ok();
    (message, seen.string("message.visitor.id"), answer.string("submitMessage.receipt.visitorToken"))
}

async fn who(person: &Person, id: &str) -> Value {
    let answer = person.client.run(WHO, json!({ "id": id })).await.ok();
    assert_eq!(answer.data("node"), answer.data("nodes.0"));
    assert_eq!(answer.data("node.id"), answer.data("visitor.id"), "one by every way");
    answer.data("visitor").clone()
}

async fn merge(person: &Person, from: &str, into: &str) -> crate::support::Answer {
    person.client.run(MERGE, json!({ "input": { "fromId": from, "intoId": into } })).await
}

async fn unmerge(person: &Person, id: &str) -> crate::support::Answer {
    person.client.run(UNMERGE, json!({ "input": { "visitorId": id } })).await
}

both! {
    /// What belonged to one belongs to the other, and ids, tokens and addresses of both lead to one; taken back, each has what
    /// they had, and what came meanwhile stays where it came.
    async fn two_visitors_become_one_and_two_again(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (home, ann, at_home) = write(&desk, &admin, "ann", None).await;
        let (work, other, at_work) = write(&desk, &admin, "ann.work", None).await;
        let before = (who(&admin, &ann).await, who(&admin, &other).await);
        let done = merge(&admin, &ann, &other).await.ok();
        assert_eq!(done.data("mergeVisitors.visitor"), &json!({ "id": other, "pageViews": 2, "messageCount": 2 }));
        let one = who(&admin, &ann).await;
        assert_eq!((&one["id"], &one["email"]), (&json!(other), &json!("ann.work@example.com")));
        assert_eq!(one["firstVisitAt"], before.0["firstVisitAt"], "the earlier of the two");
        assert_eq!(one["mergedVisitors"], json!([{ "visitorId": ann, "email": "ann@example.com" }]));
        let timeline: Vec<_> = one["timeline"]["nodes"].as_array().expect("entries").iter().map(|entry| entry["item"].clone()).collect();
        assert_eq!(timeline, [json!({ "__typename": "Message", "id": work }), json!({ "__typename": "Message", "id": home })]);
        let all = admin.client.run("{ visitors { totalCount nodes { id } } }", Value::Null).await.ok();
        assert_eq!(all.data("visitors"), &json!({ "totalCount": 1, "nodes": [{ "id": other }] }));

        // By token and address, by a token alone, by an address alone, by the token of one and the address of the other.
        let (_, found, kept) = write(&desk, &admin, "ann", Some(&at_home)).await;
        assert_eq!((&found, &kept), (&other, &at_home));
        assert_eq!(write(&desk, &admin, "ann", None).await.1, other);
        let (_, found, kept) = write(&desk, &admin, "ann", Some(&at_work)).await;
        assert_eq!((&found, &kept), (&other, &at_work));
        let record = "mutation($t: String!) { recordEvents(input: { events: [{ type: \"page_view\" }], visitorToken: $t }) { recorded errors { code } } }";
        desk.web.run(record, json!({ "t": at_home })).await.ok();
        let events = admin.client.run("{ analyticsEvents { nodes { visitor { id } } } }", Value::Null).await.ok();
        assert_eq!(events.data("analyticsEvents.nodes.0.visitor.id"), &json!(other));
        assert_eq!(who(&admin, &ann).await["pageViews"], 6);

        for (visitor, code) in [(&other, "NOT_ALLOWED"), (&ann, "")] {
            let answer = unmerge(&admin, visitor).await;
            let errors = answer.user_errors("unmergeVisitor");
            assert_eq!(errors.first().map_or("", |error| error.code.as_str()), code);
        }
        let after = (who(&admin, &ann).await, who(&admin, &other).await);
        assert_eq!(after.0, before.0);
        assert_eq!((&after.1["messageCount"], &after.1["pageViews"]), (&json!(4), &json!(5)), "what came meanwhile stays");
        assert_eq!(after.1["firstVisitAt"], before.1["firstVisitAt"]);
        assert_eq!(write(&desk, &admin, "ann", Some(&at_home)).await.1, ann);
        let trail = "{ auditLogs(filter: { resourceType: { eq: \"Visitor\" }, success: true, eventType: { in: [\"visitor.merged\", \"visitor.unmerged\"] } }) { \
            nodes { eventType resourceId newValues } } }";
        let trail = admin.client.run(trail, Value::Null).await.ok();
        let row = |kind: &str, into: Value| json!({ "eventType": kind, "resourceId": ann.trim_start_matches("vis_"), "newValues": { "mergedInto": into } });
        assert_eq!(trail.data("auditLogs.nodes"), &json!([row("visitor.unmerged", Value::Null), row("visitor.merged", json!(other))]));
    }

    /// Who had been merged goes along with whom they became, and comes back with them: the later merge is taken back first.
    async fn merges_are_taken_back_in_their_order(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut people = Vec::new();
        for name in ["ann", "bob", "cem", "dora"] {
            people.push(write(&desk, &admin, name, None).await.1);
        }
        let [ann, bob, cem, dora] = &people[..] else { panic!("four people") };
        merge(&admin, ann, bob).await.ok();
        merge(&admin, bob, cem).await.ok();
        merge(&admin, dora, cem).await.ok();
        for old in [ann, bob, dora, cem] {
            let seen = who(&admin, old).await;
            assert_eq!((&seen["id"], &seen["messageCount"]), (&json!(cem), &json!(4)));
        }
        for early in [ann, bob] {
            assert_eq!(unmerge(&admin, early).await.user_errors("unmergeVisitor")[0].code, "NOT_ALLOWED", "{early}");
        }
        for (visitor, messages) in [(dora, 1), (bob, 2), (ann, 1)] {
            let done = unmerge(&admin, visitor).await.ok();
            let expected = json!({ "id": visitor, "pageViews": messages, "messageCount": messages });
            assert_eq!(done.data("unmergeVisitor.visitor"), &expected);
        }
        for visitor in [ann, bob, cem, dora] {
            let seen = who(&admin, visitor).await;
            assert_eq!((&seen["id"], &seen["messageCount"], &seen["pageViews"]), (&json!(visitor), &json!(1), &json!(1)));
        }
        // Two who are merged into each other at once: one of the two.
        let (one, other) = tokio::join!(merge(&admin, ann, bob), merge(&admin, bob, ann));
        let won = [one, other].iter().filter(|answer| answer.json["data"]["mergeVisitors"]["visitor"].is_object()).count();
        assert_eq!(won, 1);
        let themselves = merge(&admin, cem, cem).await;
        assert_eq!(themselves.user_errors("mergeVisitors")[0].path, "input.intoId");
        let staff = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        assert_eq!(merge(&staff, cem, dora).await.error_code(), "FORBIDDEN");
        assert_eq!(unmerge(&staff, cem).await.error_code(), "FORBIDDEN");
    }

    /// Whatever takes an id or an address takes an old one: lists, another merge, and the hint of one browser.
    async fn old_ids_and_addresses_lead_on(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (message, ann, at_home) = write(&desk, &admin, "ann", None).await;
        let (_, bob, _) = write(&desk, &admin, "bob", Some(&at_home)).await;
        let (_, cem, _) = write(&desk, &admin, "cem", None).await;
        merge(&admin, &ann, &cem).await.ok();
        let lists = "query($id: ID!, $email: String!) { messages(filter: { visitorId: { eq: $id } }) { totalCount nodes { id } }
            in: messages(filter: { visitorId: { in: [$id] } }) { totalCount } chats(filter: { visitorId: { eq: $id } }) { totalCount }
            consultations(filter: { visitorId: { eq: $id } }) { totalCount }
            visitors(filter: { email: { eq: $email } }) { nodes { id } }
            among: visitors(filter: { email: { in: [$email, \"bob@example.com\"] } }) { totalCount }
            others: visitors(filter: { email: { ne: $email } }) { nodes { id } } }";
        for (id, email) in [(&ann, "ANN@example.com"), (&cem, "cem@example.com")] {
            let seen = admin.client.run(lists, json!({ "id": id, "email": email })).await.ok();
            assert_eq!((seen.data("messages.totalCount"), seen.data("in.totalCount")), (&json!(2), &json!(2)), "{email}");
            assert_eq!(seen.list("messages.nodes")[1]["id"], json!(message));
            assert_eq!((seen.data("chats.totalCount"), seen.data("consultations.totalCount")), (&json!(0), &json!(0)));
            assert_eq!(seen.data("visitors.nodes"), &json!([{ "id": cem }]), "{email}");
            assert_eq!((seen.data("among.totalCount"), seen.data("others.nodes")), (&json!(2), &json!([{ "id": bob }])), "{email}");
        }
        let hints = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Visitor { seenInSameBrowser { id } } } }";
        let hints = admin.client.run(hints, json!({ "ids": [bob, cem] })).await.ok();
        let of = |other: &str| json!({ "seenInSameBrowser": [{ "id": other }] });
        assert_eq!(hints.data("nodes"), &json!([of(&cem), of(&bob)]));
        let done = merge(&admin, &bob, &ann).await.ok();
        assert_eq!(done.data("mergeVisitors.visitor.id"), &json!(cem));
        let same = merge(&admin, &ann, &bob).await;
        assert_eq!(same.user_errors("mergeVisitors")[0].path, "input.intoId", "one already");
    }

    /// What brought the person here first is that of whoever came first, as far as that is known; taken back, each has their own.
    async fn what_brought_a_person_here_first_stays(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut ids = Vec::new();
        for (name, source) in [("ann", json!("google")), ("bob", json!("mail")), ("cem", Value::Null), ("dora", json!("fair"))] {
            let input = json!({ "name": name, "email": format!("{name}@example.com"), "content": "Hello", "source": source });
            let message = desk.submit(input).await.string("submitMessage.receipt.messageId");
            let seen = admin.client.run("query($id: ID!) { message(id: $id) { visitor { id } } }", json!({ "id": message })).await.ok();
            ids.push(seen.string("message.visitor.id"));
        }
        let [ann, bob, cem, dora] = &ids[..] else { panic!("four people") };
        let source = async |id: &str| {
            let seen = admin.client.run("query($id: ID!) { visitor(id: $id) { source } }", json!({ "id": id })).await.ok();
            seen.data("visitor.source").clone()
        };
        for (from, into, expected) in [(ann, bob, "google"), (dora, cem, "fair"), (cem, bob, "google")] {
            merge(&admin, from, into).await.ok();
            assert_eq!(source(into).await, expected);
        }
        for (back, into, expected) in [(cem, bob, "google"), (ann, bob, "mail")] {
            unmerge(&admin, back).await.ok();
            assert_eq!(source(into).await, expected);
        }
        unmerge(&admin, dora).await.ok();
        assert_eq!((source(ann).await, source(cem).await, source(dora).await), (json!("google"), Value::Null, json!("fair")));
    }

    /// What a person did on the website is found by any of their ids, whoever they were then.
    async fn what_a_person_did_is_found_by_all_their_ids(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (_, ann, at_home) = write(&desk, &admin, "ann", None).await;
        let (_, bob, at_work) = write(&desk, &admin, "bob", None).await;
        let record = async |token: &str, what: &str| {
            let document = "mutation($t: String!, $w: String!) { recordEvents(input: { events: [{ type: $w }], visitorToken: $t }) { recorded errors { code } } }";
            assert_eq!(desk.web.run(document, json!({ "t": token, "w": what })).await.ok().data("recordEvents.recorded"), 1);
        };
        let found = async |filter: Value| {
            let ask = "query($f: AnalyticsEventFilter) { analyticsEvents(filter: $f) { totalCount nodes { type visitor { id } } } }";
            let answer = admin.client.run(ask, json!({ "f": { "visitorId": filter } })).await.ok();
            let mut kinds: Vec<_> = answer.list("analyticsEvents.nodes").iter().filter_map(|node| Some(node["type"].as_str()?.to_owned())).collect();
            assert_eq!(answer.data("analyticsEvents.totalCount"), &json!(kinds.len()));
            kinds.sort();
            kinds.join(" ")
        };
        record(&at_home, "at_home").await;
        record(&at_work, "at_work").await;
        assert_eq!((found(json!({ "eq": ann })).await, found(json!({ "eq": bob })).await), ("at_home".into(), "at_work".into()));
        merge(&admin, &ann, &bob).await.ok();
        record(&at_home, "since").await;
        for filter in [json!({ "eq": ann }), json!({ "eq": bob }), json!({ "in": [ann] }), json!({ "in": [ann, bob] }), json!({ "isNull": false })] {
            assert_eq!(found(filter.clone()).await, "at_home at_work since", "{filter}");
        }
        assert_eq!(found(json!({ "isNull": true })).await, "");
        unmerge(&admin, &ann).await.ok();
        assert_eq!((found(json!({ "eq": ann })).await, found(json!({ "eq": bob })).await), ("at_home".into(), "at_work since".into()));
    }

    /// A long history in pages, both ways, with nothing twice and nothing missing.
    async fn a_timeline_is_read_in_pages(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut ids = Vec::new();
        let mut visitor = String::new();
        for _ in 0..7 {
            let (message, who, _) = write(&desk, &admin, "ann", None).await;
            ids.insert(0, message);
            visitor = who;
        }
        let page = "query Page($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { visitor(id: $id) {
            timeline(first: $first, after: $after, last: $last, before: $before) { nodes { item { id } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }";
        for forward in [true, false] {
            let (size, at, cursor, more) = if forward { ("first", "after", "endCursor", "hasNextPage") } else { ("last", "before", "startCursor", "hasPreviousPage") };
            let (mut read, mut place) = (Vec::new(), Value::Null);
            loop {
                let answer = admin.client.run(page, json!({ "id": visitor, size: 3, at: place })).await.ok();
                let nodes = answer.list("visitor.timeline.nodes").iter().map(|node| node["item"]["id"].as_str().expect("an id").to_owned());
                if forward { read.extend(nodes) } else { read.splice(0..0, nodes); }
                place = answer.data(&format!("visitor.timeline.pageInfo.{cursor}")).clone();
                if answer.data(&format!("visitor.timeline.pageInfo.{more}")) == false {
                    break;
                }
            }
            assert_eq!(read, ids, "{size}");
        }
        let (_, other, _) = write(&desk, &admin, "bob", None).await;
        let cursor = admin.client.run(page, json!({ "id": visitor, "first": 1 })).await.ok().string("visitor.timeline.pageInfo.endCursor");
        let astray = admin.client.run(page, json!({ "id": other, "after": cursor })).await;
        assert_eq!(astray.errors()[0]["extensions"]["fields"], json!(["after"]), "a cursor is nobody else's");
    }
}
