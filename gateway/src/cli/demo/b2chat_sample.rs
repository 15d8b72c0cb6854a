//! The B2Chat of the demo: answers as the real one does, with the chats that [`b2chat`](super::b2chat) makes up, and takes its time,
//! so that a synchronisation can be watched. Every other address is asked over the network.

use std::{collections::HashMap, sync::Arc, time::Duration};

use analytics_sync::{
    B2chatChat, B2chatMessage, B2chatStatus, Credentials, Endpoint, HttpB2chat, NoSource, Said, Source, WantedPage,
};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ActiveEnum;
use serde_json::{Value as Json, json};

use super::b2chat::{Rows, made};

/// Where it is, as `b2chat.api_url` says; nobody else can be there (RFC 2606).
pub const ADDRESS: &str = "https://b2chat.demo.frontdesk.example";
/// What it takes as user name and password.
pub const WORD: &str = "demo";
/// How long it thinks about a page.
const PAUSE: Duration = Duration::from_millis(250);

/// The demo's B2Chat, and the real one.
pub struct SampleB2chat {
    real: HttpB2chat,
    clock: Arc<kernel::Source>,
}

impl SampleB2chat {
    /// Beside the real one.
    pub fn new(real: HttpB2chat, clock: Arc<kernel::Source>) -> Self {
        Self { real, clock }
    }
}

#[async_trait]
impl Source for SampleB2chat {
    async fn page(&self, base: &str, held: &Credentials, wanted: WantedPage) -> Result<Said, NoSource> {
        if base != ADDRESS {
            return self.real.page(base, held, wanted).await;
        }
        if held.username != WORD || held.password != WORD {
            return Err(NoSource::Credentials(format!("the demo's B2Chat takes the credentials {WORD} and {WORD}")));
        }
        tokio::time::sleep(PAUSE).await;
        let day = wanted.day.map(|day| day.to_string());
        let params = json!({ "limit": wanted.limit, "offset": wanted.offset, "day": day });
        Ok(Said { params, status: 200, body: page(&made(self.clock.now(), &[]), wanted).to_string().into_bytes() })
    }

    fn forget(&self, base: &str, held: &Credentials) {
        self.real.forget(base, held);
    }
}

/// A page of what there is.
fn page(rows: &Rows, wanted: WantedPage) -> Json {
    let is_wanted = |at: DateTime<Utc>| wanted.day.is_none_or(|day: NaiveDate| at.date_naive() == day);
    let (field, all): (_, Vec<Json>) = match wanted.endpoint {
        Endpoint::Chats => {
            let mut messages: HashMap<_, Vec<_>> = HashMap::new();
            for message in &rows.messages {
                messages.entry(message.chat_id).or_default().push(message);
            }
            let chats = rows.chats.iter().filter(|chat| is_wanted(chat.created_at));
            ("chats", chats.map(|chat| told(rows, chat, messages.get(&chat.id).map_or(&[], Vec::as_slice))).collect())
        }
        Endpoint::Contacts => {
            let contacts = rows.contacts.iter().filter(|contact| contact.last_modified_at.is_some_and(is_wanted));
            let said = contacts.map(|contact| {
                json!({
                    "contact_id": contact.b2chat_id, "fullname": contact.full_name, "mobile": contact.mobile, "email": contact.email,
                    "city": contact.city, "created": contact.source_created_at.map(time), "updated": contact.last_modified_at.map(time),
                })
            });
            ("contacts", said.collect())
        }
    };
    let place = |number: i32| usize::try_from(number).unwrap_or_default();
    let total = all.len();
    let some: Vec<_> = all.into_iter().skip(place(wanted.offset)).take(place(wanted.limit)).collect();
    json!({ "exported": some.len(), "total": total, field: some })
}

/// As B2Chat writes it, in the time zone that the demo says that it has.
fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A chat as B2Chat tells of it.
fn told(rows: &Rows, chat: &B2chatChat, messages: &[&B2chatMessage]) -> Json {
    let agent = rows.agents.iter().find(|agent| Some(agent.id) == chat.agent_id);
    let contact = rows.contacts.iter().find(|contact| Some(contact.id) == chat.contact_id);
    let department = rows.departments.iter().find(|department| Some(department.id) == chat.department_id);
    let above = |id| rows.departments.iter().find(|one| Some(one.id) == id).map(|one| one.code.as_str());
    json!({
        "chat_id": chat.b2chat_id,
        "agent": agent.map(|agent| json!({ "name": agent.name, "email": agent.email, "username": agent.username })),
        "contact": contact.map(|contact| json!({
            "id": contact.b2chat_id, "name": contact.full_name, "email": contact.email, "mobile_number": contact.mobile,
        })),
        "department": department.map(|one| json!({ "code": one.code, "name": one.name, "parent_code": above(one.parent_id) })),
        "alias": chat.alias, "provider": chat.source_provider, "status": chat.source_status, "tags": chat.tags.0,
        "priority": chat.priority.to_value(), "topic": chat.topic, "unread_count": chat.unread_count,
        "resolution_note": chat.resolution_note, "is_agent_available": chat.is_agent_available,
        "created_at": time(chat.created_at), "opened_at": chat.opened_at.map(time), "picked_up_at": chat.picked_up_at.map(time),
        "responded_at": chat.response_at.map(time), "closed_at": chat.closed_at.map(time),
        "messages": messages.iter().map(|message| json!({
            "body": message.text, "type": message.source_type, "incoming": message.incoming, "broadcasted": false,
            "created_at": time(message.sent_at),
        })).collect::<Vec<_>>(),
    })
}

/// What B2Chat calls where a chat stands.
pub fn word(status: B2chatStatus) -> &'static str {
    match status {
        B2chatStatus::Pending => "OPENED",
        B2chatStatus::Open => "RESPONDED_BY_AGENT",
        B2chatStatus::Closed => "CLOSED",
    }
}
