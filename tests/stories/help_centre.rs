//! The help centre: guides in categories, what of them whoever comes by sees, and how often.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::roles::{colleague, make_role, run};
use super::tickets::client;
use crate::support::{Answer, Backend, Client, Options, both};

pub const CREATE_CATEGORY: &str = "mutation($input: CreateGuideCategoryInput!) { createGuideCategory(input: $input) {
    guideCategory { id name displayOrder isActive } errors { code path message } } }";
const UPDATE_CATEGORY: &str = "mutation($input: UpdateGuideCategoryInput!) { updateGuideCategory(input: $input) {
    guideCategory { id name description isActive } errors { code path } } }";
pub const CREATE: &str = "mutation($input: CreateGuideInput!) { createGuide(input: $input) {
    guide { id title type content scribehowUrl videoUrl isPublished publishedAt category { id } createdBy { ... on Staff { id } } }
    errors { code path message } } }";
const UPDATE: &str = "mutation($input: UpdateGuideInput!) { updateGuide(input: $input) {
    guide { title description type content videoUrl isPublished } errors { code path message } } }";
const PUBLISH: &str = "mutation($id: ID!) { publishGuide(input: { guideId: $id }) { guide { isPublished publishedAt } errors { code } } }";
const UNPUBLISH: &str = "mutation($id: ID!) { unpublishGuide(input: { guideId: $id }) { guide { isPublished publishedAt } errors { code } } }";
const CENTRE: &str = "{ helpCenter { id name guides { totalCount nodes { id title content createdBy { __typename } tags { name } } } } }";
const ONE: &str = "query($id: ID!) { publishedGuide(id: $id) { title content category { name } viewCount } }";
const LIST: &str =
    "query($f: GuideFilter) { guides(filter: $f, orderBy: { field: TITLE }) { totalCount nodes { title } } }";
const SEARCH: &str = "query($t: String!) { helpSearch(text: $t) { score title { text isMatch } excerpt { text isMatch } guide { id } \
    document { id } } }";
const VIEW: &str = "mutation($id: ID!) { recordHelpView(input: { id: $id }) { counted errors { code path } } }";

pub async fn category(admin: &Person, name: &str, order: i32) -> String {
    let input = json!({ "input": { "name": name, "displayOrder": order } });
    run(admin, CREATE_CATEGORY, input).await.string("createGuideCategory.guideCategory.id")
}

async fn guide(admin: &Person, category: &str, title: &str, content: &str, published: bool) -> String {
    let input = json!({ "title": title, "categoryId": category, "type": "HTML", "content": content });
    let id = run(admin, CREATE, json!({ "input": input })).await.string("createGuide.guide.id");
    if published {
        assert_eq!(run(admin, PUBLISH, json!({ "id": id })).await.data("publishGuide.guide.isPublished"), true);
    }
    id
}

fn titles(answer: &Answer, list: &str) -> Vec<String> {
    answer.list(list).iter().map(|node| node["title"].as_str().expect("a title").to_owned()).collect()
}

/// The titles of what is found.
async fn found(client: &Client, text: &str) -> Vec<String> {
    let found = client.run(SEARCH, json!({ "t": text })).await.ok();
    let whole = |hit: &Value| {
        hit["title"].as_array().expect("parts").iter().map(|part| part["text"].as_str().expect("a text")).collect()
    };
    found.list("helpSearch").iter().map(whole).collect()
}

async fn problem(by: &Person, document: &str, input: Value, mutation: &str) -> (String, String) {
    let problem = by.client.run(document, json!({ "input": input })).await.user_errors(mutation).remove(0);
    (problem.code, problem.path)
}

both! {
    /// What is published everybody reads, signed in or not; a draft, and what is in a category out of use, is found by no way by
    /// anybody who does not keep the centre.
    async fn what_is_published_everybody_reads_and_drafts_nobody(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (second, first, closed) = (category(&admin, "Pumps", 2).await, category(&admin, "Kettles", 1).await, category(&admin, "Old", 0).await);
        let shown = guide(&admin, &first, "Descaling", "<p>Use <b>vinegar</b>.</p>", true).await;
        let draft = guide(&admin, &first, "Draft of descaling", "<p>Use vinegar, perhaps.</p>", false).await;
        let hidden = guide(&admin, &closed, "Old descaling", "<p>Use vinegar, as of old.</p>", true).await;
        guide(&admin, &second, "Seals", "<p>Turn the seal.</p>", true).await;
        let secret = category(&admin, "Plans", 3).await;
        guide(&admin, &secret, "Draft of plans", "<p>Nothing yet.</p>", false).await;
        run(&admin, UPDATE_CATEGORY, json!({ "input": { "guideCategoryId": closed, "isActive": false } })).await;
        let tag = run(&admin, "mutation { createTag(input: { name: \"Scale\", color: \"#102030\" }) { tag { id } } }", Value::Null).await.string("createTag.tag.id");
        let add = "mutation($of: ID!, $tag: ID!) { addTags(input: { entityId: $of, tagIds: [$tag] }) { tags { name } errors { message } } }";
        for thing in [&shown, &draft] {
            assert_eq!(run(&admin, add, json!({ "of": thing, "tag": tag })).await.data("addTags.tags.0.name"), "Scale");
        }

        let ada = client(&desk, &admin, "ada").await;
        let role = make_role(&admin, "NOBODY", &["VIEW_MESSAGES"]).await;
        let nobody = colleague(&desk, &admin, "nobody", &role, json!({})).await;
        for (who, reader) in [("signed out", &desk.web), ("a client", &ada.client), ("a colleague", &nobody.client)] {
            let centre = reader.run(CENTRE, Value::Null).await.ok();
            let names: Vec<_> = centre.list("helpCenter").iter().map(|found| found["name"].clone()).collect();
            assert_eq!(names, ["Kettles", "Pumps"], "{who}");
            assert_eq!(titles(&centre, "helpCenter.0.guides.nodes"), ["Descaling"], "{who}");
            assert_eq!(centre.data("helpCenter.0.guides.totalCount"), 1, "{who}");
            assert_eq!(centre.data("helpCenter.0.guides.nodes.0.createdBy"), &Value::Null, "{who}");
            let one = reader.run(ONE, json!({ "id": shown })).await.ok();
            assert_eq!(one.data("publishedGuide.content"), "<p>Use <b>vinegar</b>.</p>", "{who}");
            assert_eq!(found(reader, "vinegar").await, ["Descaling"], "{who}");
            for id in [&draft, &hidden] {
                assert!(reader.run(ONE, json!({ "id": id })).await.ok().data("publishedGuide").is_null(), "{who}");
                assert_eq!(reader.run(VIEW, json!({ "id": id })).await.error_code(), "NOT_FOUND", "{who}");
            }
        }
        assert_eq!(run(&admin, CENTRE, Value::Null).await.list("helpCenter").len(), 3, "who keeps it sees what is being prepared");
        for (who, reader) in [("a client", &ada), ("a colleague", &nobody)] {
            let list = run(reader, LIST, Value::Null).await;
            assert_eq!((list.data("guides.totalCount"), titles(&list, "guides.nodes")), (&json!(2), vec!["Descaling".into(), "Seals".into()]), "{who}");
            for filter in [json!({ "isPublished": false }), json!({ "categoryId": { "eq": closed } }), json!({ "text": "perhaps" })] {
                assert_eq!(run(reader, LIST, json!({ "f": filter })).await.data("guides.totalCount"), 0, "{who} {filter}");
            }
            let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
            let nodes = run(reader, nodes, json!({ "ids": [draft, hidden, closed, shown] })).await;
            let ids: Vec<_> = nodes.list("nodes").iter().map(|node| node["id"].clone()).collect();
            assert_eq!(ids, [Value::Null, Value::Null, Value::Null, json!(shown)], "{who}");
            for (document, variables) in [(PUBLISH, json!({ "id": draft })), (UNPUBLISH, json!({ "id": shown })), (CREATE_CATEGORY, json!({ "input": { "name": "Mine" } }))] {
                assert_eq!(reader.client.run(document, variables).await.error_code(), "FORBIDDEN", "{who}");
            }
        }
        assert_eq!(desk.web.run(LIST, Value::Null).await.error_code(), "UNAUTHENTICATED");
        // Whoever may see drafts sees all; and keeps nothing by it.
        let reader = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        assert_eq!(run(&reader, LIST, Value::Null).await.data("guides.totalCount"), 5);
        assert_eq!(found(&reader.client, "vinegar").await.len(), 3);
        let tagged = run(&reader, LIST, json!({ "f": { "tags": { "all": [tag] } } })).await;
        assert_eq!(titles(&tagged, "guides.nodes"), ["Descaling", "Draft of descaling"]);
        assert_eq!(reader.client.run(PUBLISH, json!({ "id": draft })).await.error_code(), "FORBIDDEN");
        // What colleagues note of it, and what one of them writes for it, stands with it, and for nobody else.
        let keep = "mutation($id: ID!) { addInternalNote(input: { entityId: $id, content: \"Out of date\" }) { errors { message } } \
            saveDraft(input: { entityId: $id, content: \"Use less.\" }) { errors { message } } }";
        run(&admin, keep, json!({ "id": shown })).await;
        let kept = "query($id: ID!) { node(id: $id) { ... on Guide { internalNotes { totalCount nodes { content } } draft { content } } } }";
        let note = json!({ "totalCount": 1, "nodes": [{ "content": "Out of date" }] });
        for (reader, notes, draft) in [
            (&admin, note.clone(), json!({ "content": "Use less." })),
            (&reader, note, Value::Null),
            (&ada, json!({ "totalCount": 0, "nodes": [] }), Value::Null),
        ] {
            let seen = run(reader, kept, json!({ "id": shown })).await;
            assert_eq!(seen.data("node"), &json!({ "internalNotes": notes, "draft": draft }));
        }
        // Taken back it is a draft again, at once and for everybody.
        assert_eq!(run(&admin, UNPUBLISH, json!({ "id": shown })).await.data("unpublishGuide.guide"), &json!({ "isPublished": false, "publishedAt": null }));
        assert!(desk.web.run(ONE, json!({ "id": shown })).await.ok().data("publishedGuide").is_null());
        assert_eq!(found(&desk.web, "vinegar").await, Vec::<String>::new());
    }

    /// A guide has the field of its type and no other; HTML is stored without what could run; and what is wrong is said by name.
    async fn a_guide_has_the_field_of_its_type_and_nothing_that_runs(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let pumps = category(&admin, "Pumps", 0).await;
        assert_eq!(problem(&admin, CREATE_CATEGORY, json!({ "name": "PUMPS " }), "createGuideCategory").await, ("NOT_AVAILABLE".into(), "input.name".into()));
        let input = |more: Value| {
            let mut input = json!({ "title": "Seals", "categoryId": pumps });
            input.as_object_mut().expect("fields").extend(more.as_object().cloned().expect("fields"));
            input
        };
        let dirty = "<p onclick=\"alert(1)\">Turn<script>alert(1)</script> <a href=\"javascript:alert(1)\">it</a></p>";
        let made = run(&admin, CREATE, json!({ "input": input(json!({ "type": "HTML", "content": dirty })) })).await;
        assert_eq!(made.data("createGuide.guide.content"), "<p>Turn <a rel=\"noopener noreferrer nofollow\">it</a></p>");
        assert_eq!(made.data("createGuide.guide.createdBy.id"), &json!(admin.id));
        assert_eq!(made.data("createGuide.guide.isPublished"), false);
        let sql = desk.sql().await;
        assert_eq!(sql.number("SELECT count(*) FROM guides WHERE content LIKE '%alert%'").await, 0);
        let id = made.string("createGuide.guide.id");
        for (field, url, ty) in [("scribehowUrl", "https://scribehow.com/shared/Seals__x", "SCRIBEHOW"), ("videoUrl", "https://vimeo.com/123", "VIDEO")] {
            let made = run(&admin, CREATE, json!({ "input": input(json!({ "type": ty, field: url })) })).await;
            assert_eq!(made.data(&format!("createGuide.guide.{field}")), url);
        }
        for (more, code, path) in [
            (json!({ "type": "HTML" }), "BLANK", "content"),
            (json!({ "type": "HTML", "content": "<script>alert(1)</script>" }), "BLANK", "content"),
            (json!({ "type": "HTML", "content": "x".repeat(100_001) }), "TOO_LONG", "content"),
            (json!({ "type": "HTML", "content": "<b>".repeat(20_000) }), "TOO_LONG", "content"),
            (json!({ "type": "HTML", "content": "<p>x</p>", "videoUrl": "https://vimeo.com/1" }), "NOT_ALLOWED", "videoUrl"),
            (json!({ "type": "VIDEO" }), "BLANK", "videoUrl"),
            (json!({ "type": "VIDEO", "videoUrl": "http://vimeo.com/1" }), "INVALID_FORMAT", "videoUrl"),
            (json!({ "type": "VIDEO", "videoUrl": "https://vimeo.com.evil.example/1" }), "INVALID_FORMAT", "videoUrl"),
            (json!({ "type": "SCRIBEHOW", "scribehowUrl": "https://vimeo.com/1" }), "INVALID_FORMAT", "scribehowUrl"),
            (json!({ "type": "VIDEO", "videoUrl": "https://vimeo.com/1", "title": " " }), "BLANK", "title"),
            (json!({ "type": "VIDEO", "videoUrl": "https://vimeo.com/1", "categoryId": "gct_0190a5f0000070008000000000000000" }), "NOT_AVAILABLE", "categoryId"),
        ] {
            assert_eq!(problem(&admin, CREATE, input(more.clone()), "createGuide").await, (code.into(), format!("input.{path}")), "{more:.200}");
        }
        assert_eq!(sql.number("SELECT count(*) FROM guides").await, 3, "nothing else was written");
        // Another type takes its field; what it held is gone.
        assert_eq!(problem(&admin, UPDATE, json!({ "guideId": id, "type": "VIDEO" }), "updateGuide").await, ("BLANK".into(), "input.videoUrl".into()));
        let film = run(&admin, UPDATE, json!({ "input": { "guideId": id, "type": "VIDEO", "videoUrl": "https://youtu.be/1", "description": "A film" } })).await;
        assert_eq!(film.data("updateGuide.guide"), &json!({ "title": "Seals", "description": "A film", "type": "VIDEO", "content": null, "videoUrl": "https://youtu.be/1", "isPublished": false }));
        assert_eq!(found(&admin.client, "turn").await, Vec::<String>::new(), "and not found any more");
        assert_eq!(found(&admin.client, "film").await, ["Seals"]);
        let told = run(&admin, "{ auditLogs(filter: { eventType: { eq: \"guide.saved\" } }) { totalCount nodes { action resourceId } } }", Value::Null).await;
        assert_eq!((told.data("auditLogs.totalCount"), told.data("auditLogs.nodes.0.action")), (&json!(4), &json!("UPDATE")));
    }

    /// How often a guide is opened is counted, once an hour from one address; the list shows the sum.
    async fn opened_guides_are_counted(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        let admin = desk.admin().await;
        let pumps = category(&admin, "Pumps", 0).await;
        let (one, other) = (guide(&admin, &pumps, "One", "<p>x</p>", true).await, guide(&admin, &pumps, "Other", "<p>x</p>", true).await);
        for (id, counted) in [(&one, true), (&one, false), (&other, true)] {
            assert_eq!(desk.web.run(VIEW, json!({ "id": id })).await.ok().data("recordHelpView.counted"), counted);
        }
        // Others, elsewhere.
        let sql = desk.sql().await;
        sql.run("UPDATE help_views SET count = 41, part = 9").await;
        sql.run("DELETE FROM rate_limits").await;
        assert_eq!(desk.web.run(VIEW, json!({ "id": one })).await.ok().data("recordHelpView.counted"), true);
        let seen = run(&admin, "{ guides(orderBy: { field: TITLE }) { nodes { viewCount } } }", Value::Null).await;
        assert_eq!((seen.data("guides.nodes.0.viewCount"), seen.data("guides.nodes.1.viewCount")), (&json!(42), &json!(41)));
        // Who keeps it looks at it, and is no reader of it; another colleague is.
        let sam = desk.colleague("sam@example.com", "Sam", "STAFF").await;
        sql.run("DELETE FROM rate_limits").await;
        for (person, counted) in [(&admin, false), (&sam, true)] {
            assert_eq!(run(person, VIEW, json!({ "id": one })).await.data("recordHelpView.counted"), counted);
        }
        for wrong in ["", "gui_x", "msg_0190a5f0000070008000000000000000"] {
            assert_eq!(desk.web.run(VIEW, json!({ "id": wrong })).await.error_code(), "BAD_USER_INPUT", "{wrong}");
        }
    }

    /// What is the same for all who are signed out may be kept for a minute, and is asked for again by its tag; nothing else may be.
    async fn the_help_centre_may_be_kept_for_a_minute(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let pumps = category(&admin, "Pumps", 0).await;
        guide(&admin, &pumps, "Seals", "<p>x</p>", true).await;
        let get = |query: &str| format!("/graphql?query={}", url::form_urlencoded::byte_serialize(query.as_bytes()).collect::<String>());
        let centre = get("{ helpCenter { name guides { nodes { title } } } helpSearch(text: \"seals\") { score } }");
        let first = desk.web.get(&centre).await;
        assert_eq!((first.status, first.header("cache-control")), (200, "public, max-age=60"), "{first}");
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        assert!(first.header("vary").to_lowercase().contains("authorization"), "{}", first.header("vary"));
        let again = desk.web.header("if-none-match", &tag).get(&centre).await;
        assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", tag.as_str()));
        guide(&admin, &pumps, "Valves", "<p>x</p>", true).await;
        let changed = desk.web.header("if-none-match", &tag).get(&centre).await;
        assert_eq!(changed.status, 200);
        assert!(changed.header("etag") != tag && changed.text.contains("Valves"), "{changed}");
        for (kept, query) in [
            (false, "{ helpCenter { name } companyProfile { name } }"),
            (false, "{ companyProfile { name } }"),
            (false, "{ publishedGuide(id: \"x\") { title } }"),
            (true, "{ publishedGuide(id: \"gui_0190a5f0000070008000000000000000\") { title } }"),
        ] {
            let answer = desk.web.get(&get(query)).await;
            assert_eq!(answer.header("cache-control") == "public, max-age=60", kept, "{query}: {answer}");
        }
        assert_eq!(admin.client.get(&centre).await.header("cache-control"), "no-store");
        assert_eq!(desk.web.run(CENTRE, Value::Null).await.header("cache-control"), "no-store");
    }
}

/// Readers at one guide wait for nobody: each writes one of eight rows, and each is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_readers_are_all_counted() {
    let desk = Desk::open_with(Backend::Postgres, Options::new().env("FRONTDESK_TRUSTED_PROXIES", "127.0.0.1")).await;
    let admin = desk.admin().await;
    let pumps = category(&admin, "Pumps", 0).await;
    let one = guide(&admin, &pumps, "One", "<p>x</p>", true).await;
    let readers = (0..60).map(|n| {
        let reader = desk.web.header("x-forwarded-for", &format!("10.0.0.{n}"));
        let one = one.clone();
        async move { reader.run(VIEW, json!({ "id": one })).await.ok() }
    });
    for counted in futures_util::future::join_all(readers).await {
        assert_eq!(counted.data("recordHelpView.counted"), true);
    }
    let sql = desk.sql().await;
    assert!(sql.number("SELECT count(*) FROM help_views").await > 1);
    assert_eq!(run(&admin, ONE, json!({ "id": one })).await.data("publishedGuide.viewCount"), 60);
}
