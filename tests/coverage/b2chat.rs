//! What B2Chat tells of, as coverage needs it.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::stories::b2chat_rows::{AT, B2ChatRows, text};

/// One of each.
pub struct OfB2Chat {
    /// A department with another below it.
    pub department: String,
    /// An agent in it, who is the administrator.
    pub agent: String,
    /// A contact.
    pub contact: String,
    /// Their chat with the agent.
    pub chat: String,
    /// A message of it, whose image was given up.
    pub message: String,
}

impl OfB2Chat {
    /// Makes them. Nothing waits to be copied while the tests count what there is.
    pub async fn make(home: &Home, staff: &str) -> Self {
        let rows = B2ChatRows(&home.sql);
        let department = rows.department("Own sales", &[], &[]).await;
        rows.department("Own shops", &[&department], &[]).await;
        let staff = rows.key(staff.trim_start_matches("stf_"));
        let of = |column: &'static str, row: &crate::stories::b2chat_rows::Row| (column, row.sql.clone());
        let agent = rows.agent("Own agent", &[of("department_id", &department), ("staff_id", staff)]).await;
        let contact = rows.contact("Own contact", &[], &[]).await;
        let said = [of("agent_id", &agent), of("contact_id", &contact), of("department_id", &department)];
        let chat = rows.chat(&["own"], &said).await;
        let given_up = [
            ("type", text("image")),
            ("image_url", text("https://media.invalid/own.png")),
            ("media_state", text("failed")),
            ("media_error", text("it answered 404")),
        ];
        let message = rows.message(&chat, &given_up).await;
        let [department, agent, contact, chat, message] = [department, agent, contact, chat, message].map(|row| row.id);
        Self { department, agent, contact, chat, message }
    }

    /// The one of a kind, by its prefix.
    pub fn of(&self, kind: &str) -> &str {
        match kind {
            "bdp" => &self.department,
            "bag" => &self.agent,
            "bct" => &self.contact,
            "bch" => &self.chat,
            "bms" => &self.message,
            _ => panic!("nothing of the kind {kind}"),
        }
    }
}

/// One of each, all of this id, the agent the person of it, with a department above and a copy of the message's file.
pub async fn rows(home: &Home, hex: &str, n: usize) {
    let rows = B2ChatRows(&home.sql);
    let (id, above) = (rows.key(hex), format!("{}b{}", &hex[..16], &hex[17..]));
    let of = |column: &'static str| (column, id.clone());
    // Those above come last as the tree is read, so that the first page has those alone that have one above.
    let top = [("id", rows.key(&above)), ("path", text(&format!("z{above}/")))];
    rows.department(&format!("Above {n}"), &[], &top).await;
    let below = [of("id"), ("path", text(&format!("{above}/{hex}/"))), ("parent_id", rows.key(&above))];
    rows.department(&format!("Below {n}"), &[], &below).await;
    rows.agent(&format!("Agent {n}"), &[of("id"), of("department_id"), of("staff_id")]).await;
    rows.contact(&format!("Contact {n}"), &[], &[of("id")]).await;
    let said = [of("id"), of("agent_id"), of("contact_id"), of("department_id")];
    let chat = rows.chat(&["tag"], &said).await;
    let (file, sha) = (format!("{}c{}", &hex[..16], &hex[17..]), rows.bytes(&[0; 32]));
    home.sql
        .run(&format!(
            "INSERT INTO files (id, storage_key, name, size, content_type, sha256, stored_at, owner_kind, owner_id, created_at) \
             VALUES ({}, '{file}', 'own.png', 1, 'image/png', {sha}, {AT}, 'bms', {id}, {AT})",
            rows.key(&file)
        ))
        .await;
    let copied = [
        of("id"),
        of("chat_id"),
        ("type", text("image")),
        ("image_url", text("https://media.invalid/own.png")),
        ("media_state", text("copied")),
        ("file_id", rows.key(&file)),
    ];
    rows.message(&chat, &copied).await;
}

/// A comparison of each list's filter.
pub fn filters() -> [(&'static str, Value); 5] {
    [
        ("b2chatDepartments", json!({ "isActive": true })),
        ("b2chatAgents", json!({ "isActive": true })),
        ("b2chatContacts", json!({ "text": "own" })),
        ("b2chatChats", json!({ "tag": { "eq": "own" } })),
        ("b2chatMessages", json!({ "isIncoming": true })),
    ]
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    Some(match root.name.as_str() {
        "b2chatDepartment" => json!({ "id": own.b2chat.department }),
        "b2chatAgent" => json!({ "id": own.b2chat.agent }),
        "b2chatContact" => json!({ "id": own.b2chat.contact }),
        "b2chatChat" => json!({ "id": own.b2chat.chat }),
        "b2chatMessage" => json!({ "id": own.b2chat.message }),
        "b2chatDepartments" | "b2chatAgents" | "b2chatContacts" | "b2chatChats" | "b2chatMessages" => json!({}),
        "b2chatMediaBackup" => json!({}),
        "backUpB2ChatMedia" | "retryB2ChatMedia" => json!({ "input": { "chatId": own.b2chat.chat } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("b2chatDepartment", "id")
        | ("b2chatDepartments", "filter.parentId.eq" | "filter.parentId.in")
        | ("b2chatAgents" | "b2chatChats", "filter.departmentId.eq" | "filter.departmentId.in")
        | ("b2chatChats", "filter.departmentTree") => &["bdp"],
        ("b2chatAgents", "filter.staffId.eq" | "filter.staffId.in") => &["stf"],
        ("b2chatAgent", "id") | ("b2chatChats", "filter.agentId.eq" | "filter.agentId.in") => &["bag"],
        ("b2chatContact", "id") | ("b2chatChats", "filter.contactId.eq" | "filter.contactId.in") => &["bct"],
        ("b2chatChat", "id") | ("b2chatMessages", "filter.chatId.eq" | "filter.chatId.in") => &["bch"],
        ("backUpB2ChatMedia" | "retryB2ChatMedia", "input.chatId") => &["bch"],
        ("b2chatMessage", "id") => &["bms"],
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = json!("bch_0190a5f0000070008000000000000000");
    match root.name.as_str() {
        "backUpB2ChatMedia" | "retryB2ChatMedia" => Some(vec![put(arguments(root, own), "input.chatId", missing)]),
        _ => None,
    }
}
