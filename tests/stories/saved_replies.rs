//! Ready answers, at a word.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person};
use super::notifications::assign;
use super::roles::{colleague, make_role, run};
use crate::support::both;

const CREATE: &str = "mutation($input: CreateSavedReplyInput!) { createSavedReply(input: $input) {
    savedReply { id title shortcut isGlobal useCount createdBy { id } } errors { code path message } } }";
const UPDATE: &str = "mutation($input: UpdateSavedReplyInput!) { updateSavedReply(input: $input) {
    savedReply { title category shortcut archivedAt } errors { code path message } } }";
const RENDER: &str = "mutation($id: ID!, $of: ID!) { renderSavedReply(input: { savedReplyId: $id, entityId: $of }) {
    content missing savedReply { useCount lastUsedAt } errors { code path } } }";
const SHORTCUTS: &str =
    "{ savedReplies(first: 100, filter: { isArchived: false }) { nodes { id shortcut isGlobal } } }";

fn input(shortcut: Option<&str>, is_global: bool) -> Value {
    json!({ "input": { "title": "Hello", "content": "Dear {{name}}", "shortcut": shortcut, "isGlobal": is_global } })
}

async fn create(by: &Person, shortcut: Option<&str>, is_global: bool) -> String {
    run(by, CREATE, input(shortcut, is_global)).await.string("createSavedReply.savedReply.id")
}

/// The one problem of a mutation, its code and its path.
async fn problem(by: &Person, document: &str, variables: Value, mutation: &str) -> (String, String) {
    let problem = by.client.run(document, variables).await.user_errors(mutation).remove(0);
    (problem.code, problem.path)
}

fn at(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), format!("input.{field}"))
}

both! {
    /// An answer is filled with what is known of the visitor, the colleague and the company, once; what is not known is
    /// named; and each use is counted, however many there are at once.
    async fn a_saved_reply_is_filled_and_its_use_counted(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let submitted = desk.submit(json!({ "name": "{{agent}} Ann", "email": "ann@example.com", "service": "Masts", "content": "Hello" })).await;
        let message = submitted.string("submitMessage.receipt.messageId");
        run(&admin, "mutation { setSetting(input: { key: \"company.name\", value: \"Harbour & Lane\" }) { errors { code } } }", Value::Null).await;
        let content = "Dear {{ name }} of {{visitorCompany}} <{{email}}>,\nabout {{service}}: { }\n{{agent}}, {{company}}";
        let made = run(&bea, CREATE, json!({ "input": { "title": "All", "content": content } })).await;
        let id = made.string("createSavedReply.savedReply.id");
        let filled = run(&bea, RENDER, json!({ "id": id, "of": message })).await;
        assert_eq!(
            filled.string("renderSavedReply.content"),
            "Dear {{agent}} Ann of  <ann@example.com>,\nabout Masts: { }\nBea, Harbour & Lane"
        );
        assert_eq!(filled.data("renderSavedReply.missing"), &json!(["visitorCompany"]));
        assert_eq!(filled.data("renderSavedReply.savedReply.useCount"), &json!(1));
        let instant = |text: String| chrono::DateTime::parse_from_rfc3339(&text).expect("an instant");
        let first = instant(filled.string("renderSavedReply.savedReply.lastUsedAt"));
        let uses = (0..20).map(|_| bea.client.run(RENDER, json!({ "id": id, "of": message })));
        let used = join_all(uses).await.into_iter().map(|used| used.ok().string("renderSavedReply.savedReply.lastUsedAt"));
        let lasts: Vec<_> = used.map(instant).collect();
        let now = "query($id: ID!) { savedReply(id: $id) { useCount lastUsedAt } }";
        let now = run(&bea, now, json!({ "id": id })).await;
        assert_eq!(now.data("savedReply.useCount"), &json!(21));
        assert_eq!(Some(&instant(now.string("savedReply.lastUsedAt"))), lasts.iter().max());
        assert!(lasts.iter().all(|last| *last > first));

        for (wrong, content) in [("no variable {{nmae}} here; there are name, email", "Dear {{nmae}}"), ("line 2, column 3", "a\nb {{name")] {
            let refused = bea.client.run(CREATE, json!({ "input": { "title": "x", "content": content } })).await;
            let problem = &refused.user_errors("createSavedReply")[0];
            assert_eq!((problem.code.as_str(), problem.path.as_str()), ("INVALID_FORMAT", "input.content"));
            assert!(problem.message.contains(wrong), "{problem:?}");
        }
        run(&bea, UPDATE, json!({ "input": { "savedReplyId": id, "isArchived": true } })).await;
        assert_eq!(problem(&bea, RENDER, json!({ "id": id, "of": message }), "renderSavedReply").await, at("NOT_ALLOWED", "savedReplyId"));
    }

    /// Nobody sees two with one shortcut, whatever its case: one of all has it alone, and so has an own one among the own. What
    /// is archived gives it up and takes it again.
    async fn nobody_sees_two_replies_with_one_shortcut(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (bea, cal) = (desk.colleague("bea@example.com", "Bea", "STAFF").await, desk.colleague("cal@example.com", "Cal", "STAFF").await);
        let taken = at("NOT_AVAILABLE", "shortcut");
        let all = create(&admin, Some("/Hello"), true).await;
        for (who, is_global) in [(&admin, true), (&admin, false), (&bea, false)] {
            assert_eq!(problem(who, CREATE, input(Some("/hELLO"), is_global), "createSavedReply").await, taken);
        }
        let own = create(&bea, Some("/bye"), false).await;
        create(&cal, Some("/BYE"), false).await;
        assert_eq!(problem(&bea, CREATE, input(Some("/Bye"), false), "createSavedReply").await, taken);
        assert_eq!(problem(&admin, CREATE, input(Some("/bye"), true), "createSavedReply").await, taken, "an own one of Bea's and Cal's");
        for wrong in ["hello", "/", "/two words", "/a.b"] {
            assert_eq!(problem(&bea, CREATE, input(Some(wrong), false), "createSavedReply").await, at("INVALID_FORMAT", "shortcut"));
        }
        let none = [create(&bea, None, false).await, create(&bea, Some(" "), false).await];
        assert_ne!(none[0], none[1], "without a shortcut there may be many");

        run(&admin, UPDATE, json!({ "input": { "savedReplyId": all, "isArchived": true } })).await;
        let second = create(&bea, Some("/hello"), false).await;
        let back = json!({ "input": { "savedReplyId": all, "isArchived": false } });
        assert_eq!(problem(&admin, UPDATE, back.clone(), "updateSavedReply").await, taken, "Bea has it now");
        run(&bea, UPDATE, json!({ "input": { "savedReplyId": second, "shortcut": null, "category": "Old", "title": "Hi" } })).await;
        let again = run(&admin, UPDATE, back).await;
        assert_eq!(again.data("updateSavedReply.savedReply"), &json!({ "title": "Hello", "category": null, "shortcut": "/Hello", "archivedAt": null }));
        assert_eq!(problem(&bea, UPDATE, json!({ "input": { "savedReplyId": own, "shortcut": "/hello" } }), "updateSavedReply").await, taken);
        let found = "{ savedReplies(filter: { shortcut: { eq: \"/HELLO\" } }) { nodes { id } } old: savedReplies(filter: { category: { eq: \"Old\" }, \
            text: \"dear\" }) { nodes { id } } }";
        let found = run(&bea, found, Value::Null).await;
        assert_eq!(found.data(""), &json!({ "savedReplies": { "nodes": [{ "id": all }] }, "old": { "nodes": [{ "id": second }] } }));
    }

    /// Who left keeps no shortcut from a reply of all: theirs is archived. Who works here keeps it.
    async fn who_left_keeps_no_shortcut(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bea) = (desk.colleague("ann@example.com", "Ann", "STAFF").await, desk.colleague("bea@example.com", "Bea", "STAFF").await);
        for own in [&ann, &bea] {
            create(own, Some("/hours"), false).await;
        }
        let leaves = "mutation($id: ID!) { deactivateStaff(input: { staffId: $id }) { errors { code } } }";
        run(&admin, leaves, json!({ "id": ann.id })).await;
        let taken = at("NOT_AVAILABLE", "shortcut");
        assert_eq!(problem(&admin, CREATE, input(Some("/HOURS"), true), "createSavedReply").await, taken, "Bea has it");
        run(&admin, leaves, json!({ "id": bea.id })).await;
        create(&admin, Some("/HOURS"), true).await;
        run(&admin, "mutation($id: ID!) { reactivateStaff(input: { staffId: $id }) { errors { code } } }", json!({ "id": bea.id })).await;
        let bea = desk.sign_in("bea@example.com", PASSWORD).await;
        let seen = run(&bea, SHORTCUTS, Value::Null).await;
        let shortcuts: Vec<_> = seen.list("savedReplies.nodes").iter().map(|reply| reply["shortcut"].clone()).collect();
        assert_eq!(shortcuts, [json!("/HOURS")], "one with it");
    }

    /// Fifty tries at one shortcut at once, for replies of all and for own ones of several people: in the end nobody sees two.
    async fn fifty_want_one_shortcut_at_once(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut people = vec![admin];
        for name in ["Bea", "Cal", "Dan"] {
            people.push(desk.colleague(&format!("{name}@example.com"), name, "MANAGER").await);
        }
        let tries = (0..50).map(|n| people[n % 4].client.run(CREATE, input(Some("/one"), n % 3 == 0)));
        let mut won: HashMap<(bool, String), usize> = HashMap::new();
        for answer in join_all(tries).await {
            match answer.user_errors("createSavedReply").as_slice() {
                [] => {
                    let reply = answer.data("createSavedReply.savedReply");
                    let owner = reply["createdBy"]["id"].as_str().expect("an id").to_owned();
                    *won.entry((reply["isGlobal"] == true, owner)).or_default() += 1;
                }
                [taken] => assert_eq!((taken.code.as_str(), taken.path.as_str()), ("NOT_AVAILABLE", "input.shortcut")),
                more => panic!("{more:?}"),
            }
        }
        assert!(won.values().all(|wins| *wins == 1), "{won:?}");
        let global = won.keys().filter(|(is_global, _)| *is_global).count();
        assert_eq!(won.len(), if global == 0 { people.len() } else { 1 }, "one of all, or an own one each: {won:?}");
        for who in &people {
            let seen = run(who, SHORTCUTS, Value::Null).await;
            assert_eq!(seen.list("savedReplies.nodes").len(), 1, "{seen}");
        }
    }

    /// Own replies are nobody else's, those of all are kept by who may; who does not work in the inbox sees none; and a reply
    /// is filled for nothing that one does not see.
    async fn a_saved_reply_is_for_whom_it_is_for(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ASSIGNED"]).await;
        let bea = colleague(&desk, &admin, "bea", &role, json!({})).await;
        let viewer = desk.colleague("vic@example.com", "Vic", "VIEWER").await;
        let (own, all) = (create(&bea, None, false).await, create(&admin, None, true).await);
        let seen = async |who: &Person| run(who, SHORTCUTS, Value::Null).await.list("savedReplies.nodes").len();
        assert_eq!((seen(&admin).await, seen(&bea).await, seen(&viewer).await), (1, 2, 0));
        let node = run(&admin, "query($id: ID!) { savedReply(id: $id) { id } node(id: $id) { id } }", json!({ "id": own })).await;
        assert_eq!(node.data(""), &json!({ "savedReply": null, "node": null }));
        let rename = |id: &str| json!({ "input": { "savedReplyId": id, "title": "Mine" } });
        assert_eq!(admin.client.run(UPDATE, rename(&own)).await.error_code(), "NOT_FOUND");
        assert_eq!(bea.client.run(UPDATE, rename(&all)).await.error_code(), "FORBIDDEN");
        assert_eq!(bea.client.run(CREATE, input(None, true)).await.error_code(), "FORBIDDEN");
        assert_eq!(viewer.client.run(CREATE, input(None, false)).await.error_code(), "FORBIDDEN");
        run(&bea, UPDATE, rename(&own)).await;
        let (message, hers) = (desk.message("Vera", "Cold").await, desk.message("Ulf", "Hot").await);
        assign(&admin, &hers, &bea).await;
        assert_eq!(bea.client.run(RENDER, json!({ "id": all, "of": message })).await.error_code(), "NOT_FOUND");
        assert_eq!(admin.client.run(RENDER, json!({ "id": own, "of": message })).await.error_code(), "NOT_FOUND");
        assert_eq!(viewer.client.run(RENDER, json!({ "id": all, "of": message })).await.error_code(), "FORBIDDEN");
        assert_eq!(run(&bea, RENDER, json!({ "id": own, "of": hers })).await.string("renderSavedReply.content"), "Dear Ulf");
    }
}
