//! Tags, a saved reply, a draft and a note, as coverage needs them.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::support::ADMIN_EMAIL;

/// What hangs on a message, and what is used to answer it; all the administrator's.
pub struct OnTheDesk {
    /// A tag that the message has.
    pub tag: String,
    /// A tag that nothing has.
    pub spare_tag: String,
    /// A saved reply that all see.
    pub saved_reply: String,
    /// A draft of an answer to the message.
    pub draft: String,
    /// A note of the message.
    pub note: String,
}

impl OnTheDesk {
    /// Makes them.
    pub async fn make(home: &Home, message: &str) -> Self {
        let make = "mutation($id: ID!) { tag: createTag(input: { name: \"Own tag\", color: \"#102030\" }) { tag { id } } \
            spare: createTag(input: { name: \"Own spare tag\", color: \"#102030\" }) { tag { id } } \
            createSavedReply(input: { title: \"Own reply\", content: \"Dear {{name}}\", isGlobal: true }) { savedReply { id } } \
            saveDraft(input: { entityId: $id, content: \"Dear\" }) { draft { id } } }";
        let made = home.admin.run(make, json!({ "id": message })).await.ok();
        let tag = made.string("tag.tag.id");
        let tagged =
            "mutation($id: ID!, $tag: ID!) { addTags(input: { entityId: $id, tagIds: [$tag] }) { errors { code } } }";
        home.admin.run(tagged, json!({ "id": message, "tag": tag })).await.ok();
        Self {
            tag,
            spare_tag: made.string("spare.tag.id"),
            saved_reply: made.string("createSavedReply.savedReply.id"),
            draft: made.string("saveDraft.draft.id"),
            note: note(home, message).await,
        }
    }
}

/// A note of a message by the administrator.
pub async fn note(home: &Home, message: &str) -> String {
    let add = "mutation($id: ID!) { addInternalNote(input: { entityId: $id, content: \"Own note\" }) { internalNote { id } } }";
    home.admin.run(add, json!({ "id": message })).await.ok().string("addInternalNote.internalNote.id")
}

/// One of each as rows of this id, by the colleague of that id; the draft is the administrator's. The message is given as it
/// is shown.
pub async fn rows(home: &Home, hex: &str, message: &str) {
    let id = |hex: &str| if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (row, of, at) = (id(hex), id(message.trim_start_matches("msg_")), "'2026-01-01T00:00:00+00:00'");
    let (yes, no) = if home.is_sqlite() { ("1", "0") } else { ("true", "false") };
    for sql in [
        format!(
            "INSERT INTO tags (id, name, name_folded, color, created_by, created_at, updated_at) \
             VALUES ({row}, 'Tag {hex}', 'tag {hex}', '#102030', {row}, {at}, {at})"
        ),
        format!(
            "INSERT INTO entity_tags (tag_id, entity_type, entity_id, created_at) VALUES ({row}, 'message', {of}, {at})"
        ),
        format!(
            "INSERT INTO saved_replies (id, title, content, is_global, use_count, created_by, created_at, updated_at) \
             VALUES ({row}, 'Reply', 'x', {yes}, 0, {row}, {at}, {at})"
        ),
        format!(
            "INSERT INTO drafts (id, staff_id, entity_type, entity_id, content, version, created_at, updated_at) \
             SELECT {row}, id, 'message', {of}, 'x', 1, {at}, {at} FROM users WHERE email = '{ADMIN_EMAIL}'"
        ),
        format!(
            "INSERT INTO internal_notes (id, entity_type, entity_id, staff_id, content, is_pinned, mentions, created_at, \
                updated_at) VALUES ({row}, 'message', {of}, {row}, 'x', {no}, '[\"stf_{hex}\"]', {at}, {at})"
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// Arguments with which a mutation of these goes well; `None` where that needs nothing special.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    match root.name.as_str() {
        // What was begun already is gone on with, and not begun again.
        "saveDraft" => {
            let discard = "mutation($id: ID!) { discardDraft(input: { entityId: $id }) { errors { code } } }";
            home.admin.run(discard, json!({ "id": own.message })).await.ok();
            None
        }
        // What is gone cannot be changed later.
        "removeInternalNote" => {
            let spare = note(home, &own.message).await;
            Some(put(arguments(root, own), "input.internalNoteId", json!(spare)))
        }
        _ => None,
    }
}

/// Arguments with which a mutation of these is refused to a signed-in person; `None` for any other.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |field: &str, value: Value| put(arguments(root, own), field, value);
    let missing = |kind: &str| json!(format!("{kind}_0190a5f0000070008000000000000000"));
    Some(match root.name.as_str() {
        "createTag" => vec![with("input.name", json!("own SPARE tag"))],
        "updateTag" => vec![with("input.tagId", missing("tag")), with("input.color", json!("red"))],
        "mergeTags" => vec![with("input.intoId", missing("tag")), with("input.intoId", json!(own.desk.spare_tag))],
        "addTags" | "removeTags" => {
            vec![with("input.entityId", missing("msg")), with("input.tagIds", json!([missing("tag")]))]
        }
        "createSavedReply" => vec![with("input.content", json!("{{nothing}}"))],
        "updateSavedReply" | "renderSavedReply" => vec![with("input.savedReplyId", missing("srp"))],
        "saveDraft" | "discardDraft" => vec![with("input.entityId", missing("msg"))],
        "addInternalNote" => {
            vec![with("input.entityId", missing("msg")), with("input.mentions", json!([missing("stf")]))]
        }
        "updateInternalNote" | "removeInternalNote" => vec![with("input.internalNoteId", missing("nte"))],
        _ => return None,
    })
}
