//! What B2Chat's answers say of somebody, for who gives out what is held on them.

use std::collections::BTreeSet;

use kernel::{
    Conn, Result,
    db::any_of,
    id::{ApiResponseLogId, B2chatAgentId, B2chatContactId},
};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use serde_json::{Value as Json, json};

use super::answers::unpacked;
use crate::{
    domain::source::page::{Endpoint, page, record},
    store::{
        b2chat::{agent, contact},
        sync::answer::{Column, Entity},
    },
};

/// So many answers at a time.
const BATCH: u64 = 20;

/// By what B2Chat knows somebody.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The ids of contacts.
    pub contacts: BTreeSet<String>,
    /// The ids and addresses of agents.
    pub agents: BTreeSet<String>,
    /// Addresses, as they are stored.
    pub emails: BTreeSet<String>,
}

impl Known {
    /// Of these records.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    pub async fn of(
        conn: &Conn,
        contacts: &[B2chatContactId],
        agents: &[B2chatAgentId],
        emails: BTreeSet<String>,
    ) -> Result<Self> {
        let backend = conn.get_database_backend();
        let these = any_of(backend, contact::Column::Id, contacts);
        let found = contact::Entity::find().select_only().column(contact::Column::B2chatId).filter(these);
        let contacts: Vec<String> = found.into_tuple().all(conn).await?;
        let these = any_of(backend, agent::Column::Id, agents);
        let found = agent::Entity::find().select_only().column(agent::Column::B2chatId).filter(these);
        let agents: Vec<String> = found.into_tuple().all(conn).await?;
        Ok(Self { contacts: contacts.into_iter().collect(), agents: agents.into_iter().collect(), emails })
    }

    fn is_none(&self) -> bool {
        self.contacts.is_empty() && self.agents.is_empty() && self.emails.is_empty()
    }

    fn has_address(&self, of: &Json) -> bool {
        let email = of["email"].as_str().and_then(kernel::text::email);
        email.is_some_and(|email| self.emails.contains(&email))
    }

    /// What of a record of an answer is about them: the whole record of a contact or of a chat of theirs; of a chat that they led
    /// as an agent who they were in it.
    fn in_record(&self, endpoint: Endpoint, record: &Json) -> Option<Json> {
        let named = |id: &Json, among: &BTreeSet<String>| match id {
            Json::String(id) => among.contains(id.trim()),
            Json::Number(id) => among.contains(&id.to_string()),
            _ => false,
        };
        match endpoint {
            Endpoint::Contacts => {
                let theirs = named(&record["contact_id"], &self.contacts) || self.has_address(record);
                theirs.then(|| record.clone())
            }
            Endpoint::Chats => {
                let contact = &record["contact"];
                if named(&contact["id"], &self.contacts) || self.has_address(contact) {
                    return Some(record.clone());
                }
                let agent = &record["agent"];
                let led = ["username", "email", "name"].iter().any(|name| named(&agent[*name], &self.agents));
                (led || self.has_address(agent)).then(|| json!({ "chat_id": record["chat_id"], "agent": agent }))
            }
        }
    }
}

/// What of the next answers behind `after` is about somebody, each as the answer's id and the record; and the last of those
/// answers, where there may be more.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn answers_about(
    conn: &Conn,
    known: &Known,
    after: Option<ApiResponseLogId>,
) -> Result<(Vec<Json>, Option<ApiResponseLogId>)> {
    if known.is_none() {
        return Ok((Vec::new(), None));
    }
    let found = Entity::find().order_by_asc(Column::Id).limit(BATCH);
    let found = match after {
        Some(after) => found.filter(Column::Id.gt(after)),
        None => found,
    };
    let found = found.all(conn).await?;
    let next = (found.len() as u64 == BATCH).then(|| found.last().map(|row| row.id)).flatten();
    let mut about = Vec::new();
    for row in found {
        let Some(endpoint) = Endpoint::of(&row.endpoint) else { continue };
        // What was no page says nothing of anybody.
        let body = unpacked(&row.raw_response)?;
        let Ok(page) = page(endpoint, &body) else { continue };
        let records = page.records.iter().filter_map(|raw| known.in_record(endpoint, &record(raw)?));
        about.extend(records.map(|record| json!({ "id": row.id, "created_at": row.created_at, "record": record })));
    }
    Ok((about, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_answer_only_what_is_theirs() {
        let all = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let known = Known { contacts: all(&["7"]), agents: all(&["bob"]), emails: all(&["ada@example.com"]) };
        let of = |endpoint, record: Json| known.in_record(endpoint, &record);
        let contacts = |record| of(Endpoint::Contacts, record);
        assert!(contacts(json!({ "contact_id": 7 })).is_some());
        assert!(contacts(json!({ "contact_id": "7", "email": null })).is_some());
        assert!(contacts(json!({ "contact_id": 70, "email": "ADA@example.com" })).is_some());
        assert_eq!(contacts(json!({ "contact_id": 77, "city": "7" })), None);
        let chats = |record| of(Endpoint::Chats, record);
        assert!(chats(json!({ "chat_id": "c1", "contact": { "id": 7 } })).is_some());
        assert_eq!(chats(json!({ "chat_id": "7", "contact": { "id": 8 } })), None);
        let led =
            chats(json!({ "chat_id": "c2", "agent": { "username": "bob" }, "contact": { "id": 8, "name": "Eve" } }));
        assert_eq!(led, Some(json!({ "chat_id": "c2", "agent": { "username": "bob" } })));
    }
}
