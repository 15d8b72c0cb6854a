//! A chat as the source has it, with its messages and with whom and what it names.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use kernel::{crypto::Sha256, text::is_link};
use serde_json::{Map, Value as Json};

use super::{
    contact::{SourceContact, named_in_chat},
    fields::{Unread, clean, clean_json, digest, instant, key_of, line, named, names, text},
    time::{as_written, seconds},
    words,
};
use crate::store::b2chat::{
    chat::{B2chatPriority, B2chatStatus, ChatProvider},
    message::B2chatMessageType,
};

/// The most messages that are kept of a chat.
pub const MESSAGES: usize = 20_000;

/// The fields that have a column, or are used otherwise.
const KNOWN: &[&str] = &[
    "agent",
    "alias",
    "chat_id",
    "closed_at",
    "contact",
    "created_at",
    "department",
    "duration",
    "is_agent_available",
    "messages",
    "opened_at",
    "picked_up_at",
    "priority",
    "provider",
    "resolution_note",
    "responded_at",
    "response_at",
    "status",
    "tags",
    "topic",
    "unread_count",
    "viewer_url",
];

/// An agent as a chat names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAgent {
    /// Their user name, or else their address, or else their name.
    pub key: String,
    /// Their name.
    pub name: String,
    /// Their address, in the form that is stored where it is one.
    pub email: Option<String>,
    /// Their user name.
    pub username: Option<String>,
}

/// A department as a chat names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDepartment {
    /// Its code; its name where there is none.
    pub code: String,
    /// Whether its name stands for its code.
    pub is_derived: bool,
    /// Its name.
    pub name: String,
    /// The code of the one above it, where it says so.
    pub parent: Option<String>,
    /// Whether it is in use.
    pub is_active: bool,
}

/// A message that can be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceMessage {
    /// By what it is known: a hash of when, which way, what, and which of those that are alike.
    pub key: Vec<u8>,
    /// As the source knows it, where it gives an id.
    pub id: Option<String>,
    /// What it says, or where the file is.
    pub body: Option<String>,
    /// What it is.
    pub kind: B2chatMessageType,
    /// The same in the source's word.
    pub source_kind: String,
    /// Whether the contact wrote it.
    pub incoming: bool,
    /// Whether it went to many.
    pub broadcasted: bool,
    /// What stands below it.
    pub caption: Option<String>,
    /// A place.
    pub location: Option<Json>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

/// A chat that can be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceChat {
    /// As B2Chat knows it.
    pub id: String,
    /// Who has it.
    pub agent: Option<SourceAgent>,
    /// Who wrote.
    pub contact: Option<SourceContact>,
    /// Whose it is.
    pub department: Option<SourceDepartment>,
    /// What is wrong with what it says, which is kept all the same.
    pub remarks: Vec<String>,
    /// Through what they write.
    pub provider: ChatProvider,
    /// The same in the source's word.
    pub source_provider: String,
    /// Where it stands.
    pub status: B2chatStatus,
    /// The same in the source's word.
    pub source_status: String,
    /// Whether anybody was there.
    pub is_agent_available: Option<bool>,
    /// The line that they wrote to.
    pub alias: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// How much it matters.
    pub priority: B2chatPriority,
    /// What it is about.
    pub topic: Option<String>,
    /// How many messages nobody read.
    pub unread_count: i32,
    /// What was noted.
    pub resolution_note: Option<String>,
    /// Where it is shown.
    pub viewer_url: Option<String>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it entered the queue.
    pub opened_at: Option<DateTime<Utc>>,
    /// When somebody took it.
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When somebody first answered.
    pub response_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub closed_at: Option<DateTime<Utc>>,
    /// How long it took, as the source says.
    pub source_duration: Option<i32>,
    /// What has no column.
    pub unknown: BTreeMap<String, Json>,
    /// When it last changed, as far as its times tell.
    pub modified_at: DateTime<Utc>,
    /// Its messages.
    pub messages: Vec<SourceMessage>,
    /// What it is as a whole.
    pub digest: Vec<u8>,
}

impl SourceChat {
    /// From its beginning to its end, in seconds; negative where the source says so.
    pub fn duration(&self) -> Option<i32> {
        self.closed_at.and_then(|at| i32::try_from((at - self.created_at).num_seconds()).ok())
    }
}

fn agent(value: Option<&Json>) -> Option<SourceAgent> {
    let of = value?.as_object()?;
    let username = line(of, "username");
    let email = line(of, "email").map(|text| kernel::text::email(&text).unwrap_or(text));
    let name = line(of, "name").or_else(|| line(of, "fullName"));
    let key = username.clone().or_else(|| email.clone()).or_else(|| name.clone())?;
    Some(SourceAgent { name: name.unwrap_or_else(|| key.clone()), key, email, username })
}

/// The department of a chat, and what is wrong with it: its name, or an object where the source says more.
fn department(value: Option<&Json>) -> (Option<SourceDepartment>, Option<String>) {
    match value {
        Some(Json::String(name)) => {
            let name = clean(name.trim(), super::fields::NAME);
            let found = (!name.is_empty()).then(|| SourceDepartment {
                code: name.clone(),
                is_derived: true,
                name,
                parent: None,
                is_active: true,
            });
            (found, None)
        }
        Some(Json::Object(of)) => {
            let name = line(of, "name").or_else(|| line(of, "tagName"));
            let code = line(of, "code").or_else(|| line(of, "departmentId"));
            let Some(key) = code.clone().or_else(|| name.clone()) else { return (None, None) };
            let parent = line(of, "parent_code").or_else(|| line(of, "parent"));
            let own = parent.as_ref() == Some(&key);
            let remark = own.then(|| format!("the department {key} says that it is its own parent"));
            let found = SourceDepartment {
                name: name.unwrap_or_else(|| key.clone()),
                is_derived: code.is_none(),
                code: key,
                parent: parent.filter(|_| !own),
                is_active: of.get("active").and_then(Json::as_bool).unwrap_or(true),
            };
            (Some(found), remark)
        }
        _ => (None, None),
    }
}

/// What a message is that the source names by nothing else: when it was sent as the source writes it, which way, what it is and says.
/// It stays the same where the zone of the source is set right.
fn alike(written: NaiveDateTime, incoming: bool, source_kind: &str, body: Option<&str>) -> [u8; 32] {
    let mut sum = Sha256::default();
    sum.update(&written.and_utc().timestamp_micros().to_be_bytes());
    sum.update(&[u8::from(incoming)]);
    sum.update(source_kind.to_uppercase().as_bytes());
    sum.update(&[0]);
    sum.update(body.unwrap_or_default().as_bytes());
    sum.finish()
}

/// The key of one of those that are alike.
fn one_of(alike: &[u8; 32], ordinal: u32) -> Vec<u8> {
    let mut key = Sha256::default();
    key.update(alike);
    key.update(&ordinal.to_be_bytes());
    key.finish().to_vec()
}

/// The key of a message of which there is no other like it in its chat.
pub fn message_key(written: NaiveDateTime, incoming: bool, source_kind: &str, body: Option<&str>) -> Vec<u8> {
    one_of(&alike(written, incoming, source_kind, body), 0)
}

fn messages(of: &Map<String, Json>, zone: Tz) -> Result<Vec<SourceMessage>, String> {
    let none = Vec::new();
    let all = match of.get("messages") {
        None | Some(Json::Null) => &none,
        Some(Json::Array(all)) => all,
        Some(_) => return Err("messages is no list".into()),
    };
    if all.len() > MESSAGES {
        return Err(format!("it has more than {MESSAGES} messages"));
    }
    let mut ordinals: HashMap<[u8; 32], u32> = HashMap::new();
    let mut read = Vec::with_capacity(all.len());
    for (n, value) in all.iter().enumerate() {
        let wrong = |why: String| format!("message {}: {why}", n + 1);
        let Some(of) = value.as_object() else { return Err(wrong("is no message".into())) };
        let sent_at = instant(of, "created_at", zone).map_err(wrong)?;
        let written = line(of, "created_at").as_deref().and_then(as_written);
        let (Some(sent_at), Some(written)) = (sent_at, written) else {
            return Err(wrong("it has no created_at".into()));
        };
        let Some(incoming) = of.get("incoming").and_then(Json::as_bool) else {
            return Err(wrong("it does not say which way it went".into()));
        };
        let body = text(of, "body");
        let source_kind = line(of, "type").unwrap_or_else(|| "TEXT".into());
        let same = alike(written, incoming, &source_kind, body.as_deref());
        let ordinal = ordinals.entry(same).or_default();
        let key = one_of(&same, *ordinal);
        *ordinal += 1;
        read.push(SourceMessage {
            key,
            id: line(of, "message_id").or_else(|| line(of, "id")),
            kind: words::message_type(&source_kind, body.as_deref().is_some_and(is_link)),
            source_kind,
            body,
            incoming,
            broadcasted: of.get("broadcasted").and_then(Json::as_bool).unwrap_or_default(),
            caption: text(of, "caption"),
            location: of.get("location").filter(|place| place.is_object()).map(clean_json),
            sent_at,
        });
    }
    Ok(read)
}

/// Whether a value says nothing.
fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(all) => all.is_empty(),
        Json::Object(all) => all.values().all(is_nothing),
        _ => false,
    }
}

fn unread_count(of: &Map<String, Json>) -> Option<i32> {
    of.get("unread_count")?.as_i64().and_then(|count| i32::try_from(count).ok()).filter(|count| *count >= 0)
}

/// Reads a chat.
///
/// # Errors
/// What is wrong with it.
pub fn chat(value: &Json, zone: Tz) -> Result<SourceChat, Unread> {
    let none = Map::new();
    let of = value.as_object().unwrap_or(&none);
    let id = line(of, "chat_id");
    let unread = |message: String| Unread { id: id.clone(), key: id.clone().unwrap_or_else(|| key_of(value)), message };
    let known = id.clone().ok_or_else(|| unread("the chat has no chat_id".into()))?;
    let at = |name: &str| instant(of, name, zone).map_err(&unread);
    let created_at = at("created_at")?.ok_or_else(|| unread("the chat has no created_at".into()))?;
    let (opened_at, picked_up_at, closed_at) = (at("opened_at")?, at("picked_up_at")?, at("closed_at")?);
    let response_at = match at("responded_at")? {
        Some(at) => Some(at),
        None => at("response_at")?,
    };
    let messages = messages(of, zone).map_err(&unread)?;
    let source_status = line(of, "status").unwrap_or_default();
    let source_provider = line(of, "provider").unwrap_or_default();
    let source_duration = line(of, "duration").as_deref().and_then(seconds);
    let agent = agent(of.get("agent"));
    let contact = of.get("contact").and_then(|contact| named_in_chat(contact, zone));
    let (department, remark) = department(of.get("department"));
    // What we have a place for and cannot read stays as it came, beside what we have none for.
    let odd = |name: &str, value: &Json| match name {
        _ if is_nothing(value) => false,
        "agent" => agent.is_none(),
        "contact" => contact.is_none(),
        "department" => department.is_none(),
        "duration" => source_duration.is_none(),
        "is_agent_available" => !value.is_boolean(),
        "priority" => !line(of, name).is_some_and(|word| words::is_priority(&word)),
        "tags" => !value.as_array().is_some_and(|all| all.iter().all(|one| is_nothing(one) || named(one).is_some())),
        "unread_count" => unread_count(of).is_none(),
        "alias" | "provider" | "resolution_note" | "status" | "topic" | "viewer_url" => text(of, name).is_none(),
        _ => false,
    };
    let strange: Vec<_> = of.iter().filter(|(name, value)| odd(name, value)).map(|(name, _)| name.as_str()).collect();
    let unknown = of.iter().filter(|(name, value)| {
        (!KNOWN.contains(&name.as_str()) || strange.contains(&name.as_str())) && !value.is_null()
    });
    let unknown = unknown.map(|(name, value)| (clean(name, super::fields::NAME), clean_json(value))).collect();
    let cannot = |name: &&str| format!("the {name} of a chat cannot be read; it is in its unknownFields");
    let remarks = remark.into_iter().chain(strange.iter().map(cannot)).collect();
    let times = [opened_at, picked_up_at, response_at, closed_at].into_iter().flatten();
    let last = times.chain(messages.iter().map(|message| message.sent_at)).max();
    Ok(SourceChat {
        digest: {
            // Somebody's other name is no change of the chat.
            let mut said = of.clone();
            if let Some(agent) = &agent {
                said.insert("agent".into(), agent.key.clone().into());
            }
            if let Some(contact) = &contact {
                said.insert("contact".into(), contact.id.clone().into());
            }
            digest(zone, &Json::Object(said))
        },
        id: known,
        agent,
        contact,
        department,
        remarks,
        provider: words::provider(&source_provider),
        source_provider,
        status: words::status(&source_status, closed_at.is_some()),
        source_status,
        is_agent_available: of.get("is_agent_available").and_then(Json::as_bool),
        alias: line(of, "alias"),
        tags: names(of, "tags"),
        priority: words::priority(line(of, "priority").as_deref()),
        topic: line(of, "topic"),
        unread_count: unread_count(of).unwrap_or_default(),
        resolution_note: text(of, "resolution_note"),
        viewer_url: line(of, "viewer_url"),
        created_at,
        opened_at,
        picked_up_at,
        response_at,
        closed_at,
        source_duration,
        unknown,
        modified_at: last.unwrap_or(created_at).max(created_at),
        messages,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Json) -> Result<SourceChat, Unread> {
        chat(&value, Tz::UTC)
    }

    #[test]
    fn a_chat_is_read_with_what_nobody_knows() {
        let value = json!({
            "chat_id": "c1", "created_at": "2026-01-01 10:00:00", "closed_at": "2026-01-01 09:00:00", "status": "NEW_WORD",
            "provider": "WHATSAPPB2CHAT", "duration": "00:01:00:00", "poll_response": { "a": 1 }, "tags": ["x", { "name": "y" }],
            "agent": { "email": "ADA@example.com", "name": "Ada" }, "department": "Sales",
            "messages": [
                { "body": "hi\u{0}", "created_at": "2026-01-01 09:59:59", "incoming": true, "type": "text" },
                { "body": "hi\u{0}", "created_at": "2026-01-01 09:59:59", "incoming": true, "type": "TEXT" },
                { "body": "https://example.com/a.png", "created_at": "2026-01-01 10:00:01", "incoming": false, "type": "IMAGE" },
            ],
        });
        let found = read(value.clone()).unwrap();
        assert_eq!(found.status, B2chatStatus::Closed);
        assert_eq!(found.duration(), Some(-3600));
        assert_eq!(found.source_duration, Some(3600));
        assert_eq!(found.unknown.keys().collect::<Vec<_>>(), ["poll_response"]);
        assert_eq!(found.tags, ["x", "y"]);
        let agent = found.agent.clone().unwrap();
        assert_eq!((agent.key.as_str(), agent.username.as_deref()), ("ada@example.com", None));
        assert_eq!(found.messages[0].body.as_deref(), Some("hi\u{fffd}"));
        assert_ne!(found.messages[0].key, found.messages[1].key, "two that are alike are two");
        assert_eq!(found.messages[2].kind, B2chatMessageType::Image);
        // The same once more is the same; another name of the agent too; another status is not.
        let mut again = value.clone();
        again["agent"]["name"] = "Ada L.".into();
        assert_eq!(read(again).unwrap().digest, found.digest);
        let mut changed = value;
        changed["status"] = "CLOSED".into();
        let changed = read(changed).unwrap();
        assert_ne!(changed.digest, found.digest);
        assert_eq!(changed.messages, found.messages);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let wrong = |value: Json| read(value).unwrap_err();
        assert!(wrong(json!(7)).message.contains("chat_id"));
        assert!(wrong(json!({ "chat_id": "a" })).message.contains("created_at"));
        let at = "2026-01-01 10:00:00";
        for (value, word) in [
            (json!({ "chat_id": "a", "created_at": "today" }), "today"),
            (json!({ "chat_id": "a", "created_at": 7 }), "created_at"),
            (json!({ "chat_id": "a", "created_at": at, "closed_at": { "at": 1 } }), "closed_at"),
            (json!({ "chat_id": "a", "created_at": at, "messages": "none" }), "messages"),
            (json!({ "chat_id": "a", "created_at": at, "messages": [{ "incoming": true }] }), "message 1"),
            (json!({ "chat_id": "a", "created_at": at, "messages": [{ "created_at": at }] }), "which way"),
        ] {
            let found = wrong(value);
            assert_eq!(found.id.as_deref(), Some("a"));
            assert!(found.message.contains(word), "{}", found.message);
        }
    }

    #[test]
    fn a_department_is_no_part_of_itself() {
        let at = "2026-01-01 10:00:00";
        let found = read(
            json!({ "chat_id": "a", "created_at": at, "department": { "code": "S", "name": "Sales", "parent_code": "S" } }),
        );
        let found = found.unwrap();
        assert_eq!(found.department.unwrap().parent, None);
        assert!(found.remarks[0].contains("own parent"));
    }

    #[test]
    fn what_has_a_place_and_cannot_be_read_stays_as_it_came() {
        let at = "2026-01-01 10:00:00";
        let odd = json!({ "priority": "critical", "agent": "Ada", "topic": { "name": "Refund" }, "unread_count": "3", "tags": "vip",
            "is_agent_available": "yes", "contact": 7, "department": 7, "duration": "long", "alias": [1] });
        let mut value = json!({ "chat_id": "a", "created_at": at });
        value.as_object_mut().unwrap().extend(odd.as_object().unwrap().clone());
        let found = read(value).unwrap();
        assert_eq!(json!(found.unknown), odd);
        assert_eq!(found.remarks.len(), 10, "{:?}", found.remarks);
        let fine = json!({ "chat_id": "a", "created_at": at, "priority": "Normal", "agent": { "name": null }, "topic": " ", "unread_count": 0,
            "tags": [null, "vip", { "name": "x" }], "is_agent_available": null, "contact": {}, "department": "", "duration": "00:00:00:01" });
        let found = read(fine).unwrap();
        assert!(found.unknown.is_empty() && found.remarks.is_empty(), "{found:?}");
    }
}
