//! What leads need of the inbox and of identity.

use std::sync::Arc;

use crm_leads::{Heard, Known, Lead, LeadSource, MANAGE_LEADS, Said, VIEW_LEADS, records::Leads};
use futures_util::FutureExt;
use identity::{COMPANY_REGION, company_setting};
use inbox::{
    ChatsOf, ConsultationsOf, Direction, Entity, EntityType, MessagesIn, MessagesOf, TagEntity, add_tags,
    kinds::{Contact, Found, Kind},
    records::{Chats, Consultations, Conversations, Messages, Visitors},
    remove_tags, survivors, tags_of_each, visitors,
};
use kernel::{
    Actor, Conn, Cx, Result,
    id::{ChatId, ConsultationId, ConversationId, LeadId, MessageId, StaffId, TagId, TypedId, VisitorId},
    page::Page,
    record::{Filter, Nested, Record, by, by_ids, count_of_each, first_of_each, list, page_of},
    visibility::Holder,
};
use sea_orm::Condition;
use uuid::Uuid;

use super::{bridges::InTransaction, tickets::House};

/// So much of what somebody wrote is looked at when they are scored.
const HEARD: u64 = 20;
/// So many visitors are one person's.
const VISITORS: u64 = 5;

/// Leads as something that tags, notes and drafts hang on.
pub const KIND: Kind = Kind::of_others::<Leads>(EntityType::Lead, VIEW_LEADS, MANAGE_LEADS, contact);

fn contact<'a>(conn: &'a Conn, cx: &'a Cx, id: Uuid) -> Found<'a> {
    async move {
        let id = LeadId::from_uuid(id);
        let found = by_ids::<Leads>(conn, cx, &[id]).await?.remove(&id);
        Ok(found.map(|lead| Contact {
            visitor: lead.visitor_id,
            name: Some(lead.name).filter(|name| !name.is_empty()),
            email: lead.email,
            company: lead.company,
            service: None,
        }))
    }
    .boxed()
}

impl crm_leads::People for House<'_> {
    async fn would_see(&self, cx: &Cx, who: StaffId, lead: &Holder) -> Result<bool> {
        let conn = self.0.conn();
        let Some(standing) = identity::standing(conn, cx, self.1, who.into()).await? else { return Ok(false) };
        // They stay active, so that nobody gets work whose work is handed over at that moment.
        if !standing.is_active || !identity::is_active_staff(conn, who).await? {
            return Ok(false);
        }
        Ok(crm_leads::would_see(&cx.acting_as(Actor::User(Arc::new(standing.actor))), lead))
    }
}

impl crm_leads::Telephones for House<'_> {
    async fn region(&self) -> Result<String> {
        let region = company_setting(self.0.conn(), COMPANY_REGION).await?;
        Ok(region.as_str().unwrap_or_default().to_owned())
    }
}

impl crm_leads::Numbers for House<'_> {
    fn number(&self, typed: &str, region: &str) -> std::result::Result<String, &'static str> {
        identity::telephone(typed, region)
    }
}

impl crm_leads::Sources for House<'_> {
    async fn known_of(&self, cx: &Cx, kind: LeadSource, id: Uuid) -> Result<Option<Known>> {
        let conn = self.0.conn();
        Ok(match kind {
            LeadSource::Message => {
                let id = MessageId::from_uuid(id);
                by_ids::<Messages>(conn, cx, &[id]).await?.remove(&id).map(|message| Known {
                    name: Some(message.name),
                    email: Some(message.email),
                    company: message.company,
                    visitor: Some(message.visitor_id),
                    ..Known::default()
                })
            }
            LeadSource::Chat => {
                let id = ChatId::from_uuid(id);
                by_ids::<Chats>(conn, cx, &[id]).await?.remove(&id).map(|chat| Known {
                    name: Some(chat.visitor_name),
                    email: chat.visitor_email,
                    visitor: Some(chat.visitor_id),
                    ..Known::default()
                })
            }
            LeadSource::Consultation => {
                let id = ConsultationId::from_uuid(id);
                by_ids::<Consultations>(conn, cx, &[id]).await?.remove(&id).map(|consultation| Known {
                    name: Some(consultation.name),
                    email: Some(consultation.email),
                    phone: consultation.phone,
                    company: consultation.company,
                    notes: consultation.notes,
                    visitor: Some(consultation.visitor_id),
                })
            }
            LeadSource::Conversation => {
                let id = ConversationId::from_uuid(id);
                let Some(found) = by_ids::<Conversations>(conn, cx, &[id]).await?.remove(&id) else { return Ok(None) };
                let said = page_of::<MessagesIn>(conn, cx, id, &Page::first(HEARD)).await?.rows;
                let theirs = said.iter().filter(|said| said.direction == Direction::Inbound);
                let email = theirs.flat_map(|said| said.content.split_whitespace()).find_map(address);
                // Platforms do not always say what somebody is called.
                let name = found.participant_name.unwrap_or(found.participant_id);
                Some(Known { name: Some(name), email, ..Known::default() })
            }
            LeadSource::Import | LeadSource::Api | LeadSource::Manual => None,
        })
    }
}

/// The address that a word of a text is, if it is one.
fn address(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.contains('@').then(|| kernel::text::email(word)).flatten()
}

impl crm_leads::Tags for InTransaction<'_> {
    async fn copy_tags(&self, cx: &Cx, from: LeadId, into: LeadId) -> Result<Vec<TagId>> {
        let (from, into) = (Entity::from(from), Entity::from(into));
        let mut of = tags_of_each(self.0.conn(), cx, &[from, into]).await?;
        let there = of.remove(&into).unwrap_or_default();
        let new: Vec<_> = of.remove(&from).unwrap_or_default().into_iter().map(|tag| tag.id).collect();
        let new: Vec<_> = new.into_iter().filter(|id| there.iter().all(|tag| tag.id != *id)).collect();
        if !new.is_empty() {
            add_tags(self.0, cx, &TagEntity { entity: into, tags: new.clone() }).await?;
        }
        Ok(new)
    }

    async fn drop_tags(&self, cx: &Cx, from: LeadId, tags: &[TagId]) -> Result<()> {
        if !tags.is_empty() {
            remove_tags(self.0, cx, &TagEntity { entity: Entity::from(from), tags: tags.to_vec() }).await?;
        }
        Ok(())
    }
}

/// Telephone numbers of a company's region.
pub struct Numbers(pub String);

impl Numbers {
    /// By the setting of the region.
    pub fn of(setting: &serde_json::Value) -> Self {
        Self(setting.as_str().unwrap_or_default().to_owned())
    }
}

impl crm_leads::Telephones for Numbers {
    async fn region(&self) -> Result<String> {
        Ok(self.0.clone())
    }
}

impl crm_leads::Numbers for Numbers {
    fn number(&self, typed: &str, region: &str) -> std::result::Result<String, &'static str> {
        identity::telephone(typed, region)
    }
}

/// The visitors who a lead is, as far as the actor sees them: the one that it came from, and those with its address.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn visitors_of(conn: &Conn, cx: &Cx, lead: &Lead) -> Result<Vec<VisitorId>> {
    if Visitors::may_list(cx).is_err() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    if let Some(id) = lead.visitor_id {
        all.push(survivors(conn, cx, &[id]).await?.remove(&id).unwrap_or(id));
    }
    if let Some(email) = &lead.email {
        let with = visitors::BY_EMAIL.is(email.clone()).into_iter().fold(Condition::all(), Condition::add);
        let order = by(inbox::entities::visitor::Column::LastVisitAt, true, Visitors::ID);
        let found = list::<Visitors>(conn, cx, &Filter::of(with), &order, &Page::first(VISITORS)).await?;
        all.extend(found.rows.into_iter().map(|visitor| visitor.id));
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// What leads wrote, whoever asks.
pub struct Ears<'a>(pub &'a Conn);

impl crm_leads::Hearing for Ears<'_> {
    async fn heard(&self, cx: &Cx, lead: &Lead) -> Result<Heard> {
        let (conn, cx) = (self.0, cx.acting_as(Actor::System));
        let mut heard = Heard::default();
        let people = visitors_of(conn, &cx, lead).await?;
        for visitor in &people {
            for message in page_of::<MessagesOf>(conn, &cx, *visitor, &Page::first(HEARD)).await?.rows {
                heard.said.push(Said { id: message.id.to_string(), text: message.content });
            }
            for consultation in page_of::<ConsultationsOf>(conn, &cx, *visitor, &Page::first(HEARD)).await?.rows {
                if let Some(notes) = consultation.notes {
                    heard.said.push(Said { id: consultation.id.to_string(), text: notes });
                }
            }
            for chat in page_of::<ChatsOf>(conn, &cx, *visitor, &Page::first(HEARD / 4)).await?.rows {
                let took = chat.first_answer_at.map(|at| (at - chat.started_at).num_minutes());
                heard.answered_within = heard.answered_within.into_iter().chain(took).min();
                for line in page_of::<inbox::Lines>(conn, &cx, chat.id, &Page::first(HEARD)).await?.rows {
                    if line.sender_type == inbox::ChatSide::Visitor {
                        heard.said.push(Said { id: line.id.to_string(), text: line.content });
                    }
                }
            }
        }
        if let (LeadSource::Conversation, Some(id)) = (lead.source_kind, lead.source_id) {
            let id = ConversationId::from_uuid(id);
            let said = first_of_each::<MessagesIn>(conn, &cx, &[id], HEARD, true).await?.remove(&id);
            let theirs = said.into_iter().flatten().filter(|said| said.direction == Direction::Inbound);
            heard.said.extend(theirs.map(|said| Said { id: said.id.to_string(), text: said.content }));
            heard.messages = i32::try_from(heard.said.len()).unwrap_or(i32::MAX);
        }
        let found = by_ids::<Visitors>(conn, &cx, &people).await?;
        heard.page_views = found.values().fold(0, |sum: i32, visitor| sum.saturating_add(visitor.page_views));
        heard.messages = heard.messages.saturating_add(wrote::<MessagesOf>(conn, &cx, &people).await?);
        heard.messages = heard.messages.saturating_add(wrote::<ChatsOf>(conn, &cx, &people).await?);
        Ok(heard)
    }
}

/// How many of these there are of all of them together.
async fn wrote<N: Nested<Parent = VisitorId>>(conn: &Conn, cx: &Cx, people: &[VisitorId]) -> Result<i32> {
    if people.is_empty() {
        return Ok(0);
    }
    let each = count_of_each::<N>(conn, cx, people).await?;
    Ok(i32::try_from(each.values().sum::<u64>()).unwrap_or(i32::MAX))
}
