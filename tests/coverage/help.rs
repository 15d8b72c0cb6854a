//! The help centre, as coverage needs it.

use std::time::Duration;

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::support::{until, upload};

/// What the help centre shows everyone, and a draft.
pub struct Help {
    /// A category in use.
    pub category: String,
    /// A guide that is published.
    pub guide: String,
    /// One that is not.
    pub draft: String,
    /// A document that is published for everyone.
    pub document: String,
}

impl Help {
    /// Makes it.
    pub async fn make(home: &Home, tag: &str) -> Self {
        let create = "mutation { createGuideCategory(input: { name: \"Own category\" }) { guideCategory { id } errors { message } } }";
        let category = home.admin.run(create, Value::Null).await.ok().string("createGuideCategory.guideCategory.id");
        let create = "mutation($c: ID!, $t: String!) { createGuide(input: { title: $t, categoryId: $c, type: HTML, content: \
            \"<p>Fill the kettle.</p>\" }) { guide { id } errors { message } } }";
        let made = async |title: &str| {
            let made = home.admin.run(create, json!({ "c": category, "t": title })).await.ok();
            made.string("createGuide.guide.id")
        };
        let (guide, draft) = (made("Own guide").await, made("Own draft").await);
        publish(home, &guide, true).await;
        let document = document(home, &category).await;
        let add = "mutation($of: ID!, $tag: ID!) { addTags(input: { entityId: $of, tagIds: [$tag] }) { errors { message } } }";
        for thing in [&guide, &document] {
            home.admin.run(add, json!({ "of": thing, "tag": tag })).await.ok();
        }
        Self { category, guide, draft, document }
    }
}

async fn publish(home: &Home, guide: &str, published: bool) {
    let verb = if published { "publishGuide" } else { "unpublishGuide" };
    let publish = format!("mutation($id: ID!) {{ {verb}(input: {{ guideId: $id }}) {{ errors {{ message }} }} }}");
    home.admin.run(&publish, json!({ "id": guide })).await.ok();
}

/// A file that the administrator sent, and that waits to be used.
pub async fn send(home: &Home, name: &str) -> String {
    let send = "mutation($file: Upload!) { uploadFile(input: { file: $file }) { file { id } errors { message } } }";
    home.admin.run(send, json!({ "file": upload(name, "Fill the kettle.") })).await.ok().string("uploadFile.file.id")
}

/// A document that is published for everyone, whose text is there.
pub async fn document(home: &Home, category: &str) -> String {
    let create = "mutation($c: ID!, $f: ID!) { createHelpDocument(input: { title: \"Own document\", categoryId: $c, fileId: $f, \
        audience: EVERYONE, isPublished: true }) { helpDocument { id } errors { message } } }";
    let file = send(home, "own.md").await;
    let made = home.admin.run(create, json!({ "c": category, "f": file })).await.ok();
    let id = made.string("createHelpDocument.helpDocument.id");
    let state = "query($id: ID!) { node(id: $id) { ... on HelpDocument { extractionState } } }";
    until("the text of the document", Duration::from_secs(60), async || {
        let seen = home.admin.run(state, json!({ "id": id })).await.ok();
        (seen.data("node.extractionState") == "DONE").then_some(())
    })
    .await;
    id
}

/// One of each as rows of this id, made by the colleague of that id.
pub async fn rows(home: &Home, hex: &str) {
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (yes, at) = (if home.is_sqlite() { "1" } else { "true" }, "'2026-01-01T00:00:00+00:00'");
    let hash = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") };
    for sql in [
        format!(
            "INSERT INTO guide_categories (id, name, name_folded, display_order, is_active, created_at, updated_at) \
             VALUES ({row}, 'Category {hex}', 'category {hex}', 0, {yes}, {at}, {at})"
        ),
        format!(
            "INSERT INTO guides (id, title, category_id, type, content, is_published, display_order, created_by_id, created_at, \
                updated_at) VALUES ({row}, 'Guide', {row}, 'html', '<p>x</p>', {yes}, 0, {row}, {at}, {at})"
        ),
        format!(
            "INSERT INTO files (id, name, size, content_type, storage_key, sha256, stored_at, owner_kind, owner_id, created_at) \
             VALUES ({row}, 'own.txt', 1, 'text/plain', 'key of {hex}', {hash}, {at}, 'hlp', {row}, {at})"
        ),
        format!(
            "INSERT INTO help_documents (id, title, category_id, audience, file_id, extraction_state, is_published, \
                created_by_id, created_at, updated_at) \
             VALUES ({row}, 'Document', {row}, 'everyone', {row}, 'done', {yes}, {row}, {at}, {at})"
        ),
        format!(
            "INSERT INTO entity_tags (tag_id, entity_type, entity_id, created_at) VALUES ({row}, 'guide', {row}, {at})"
        ),
        format!(
            "INSERT INTO entity_tags (tag_id, entity_type, entity_id, created_at) VALUES ({row}, 'help_document', {row}, {at})"
        ),
        format!("INSERT INTO help_views (thing_id, part, count) VALUES ({row}, 0, 3)"),
    ] {
        home.sql.run(&sql).await;
    }
}

/// Arguments with which a mutation of these goes well; `None` where that needs nothing special.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    match root.name.as_str() {
        // What is so already would change nothing.
        "publishGuide" => publish(home, &own.help.draft, false).await,
        "unpublishGuide" => publish(home, &own.help.draft, true).await,
        // A file is used once.
        "createHelpDocument" => {
            return Some(put(arguments(root, own), "input.fileId", json!(send(home, "new.txt").await)));
        }
        // What is gone cannot be changed later.
        "removeHelpDocument" => {
            let spare = document(home, &own.help.category).await;
            return Some(put(arguments(root, own), "input.helpDocumentId", json!(spare)));
        }
        _ => {}
    }
    None
}

/// Arguments with which a mutation of these is refused to a signed-in person; `None` for any other.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |field: &str, value: Value| put(arguments(root, own), field, value);
    let missing = |kind: &str| json!(format!("{kind}_0190a5f0000070008000000000000000"));
    Some(match root.name.as_str() {
        "createGuideCategory" => vec![with("input.name", json!("own CATEGORY"))],
        "updateGuideCategory" => vec![with("input.guideCategoryId", missing("gct")), with("input.name", json!(" "))],
        "createGuide" => vec![
            with("input.categoryId", missing("gct")),
            with("input.content", json!("<script>alert(1)</script>")),
            with("input.videoUrl", json!("https://youtu.be/1")),
        ],
        "updateGuide" => vec![with("input.guideId", missing("gui")), with("input.type", json!("VIDEO"))],
        "publishGuide" | "unpublishGuide" => vec![with("input.guideId", missing("gui"))],
        "createHelpDocument" => vec![with("input.fileId", missing("fil")), with("input.categoryId", missing("gct"))],
        "updateHelpDocument" => {
            vec![with("input.helpDocumentId", missing("hlp")), with("input.fileId", missing("fil"))]
        }
        "removeHelpDocument" => vec![with("input.helpDocumentId", missing("hlp"))],
        _ => return None,
    })
}
