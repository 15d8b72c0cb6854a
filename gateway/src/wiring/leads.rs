//! What leads need of the inbox and of identity.

use std::collections::BTreeSet;

use crm_leads::{Heard, Known, Lead, LeadSource, MANAGE_LEADS, Said, VIEW_LEADS, merged_into_each, records::Leads};
use futures_util::FutureExt;
use identity::{COMPANY_REGION, company_setting};
use inbox::{
    ChatsOf, ConsultationsOf, Direction, Entity, EntityType, MessagesIn, MessagesOf, TagEntity, add_tags,
    entities::conversation_message,
    kinds::{Contact, Found, Kind},
    records::{Chats, Consultations, ConversationMessages, Conversations, Messages, Visitors},
    remove_tags, survivors, tags_of_each, visitors,
};
use kernel::{
    Actor, Conn, Cx, Result,
    id::{ChatId, ConsultationId, ConversationId, LeadId, MessageId, StaffId, TagId, TypedId, VisitorId},
    page::Page,
    record::{Filter, Nested, Record, by, by_ids, count, count_of_each, first_of_each, list, page_of},
    visibility::Holder,
};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::{standing::as_taker, tickets::House};

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
            no_more: lead.merged_into_id.map(|_| "the lead went into another: unmerge it first"),
        }))
    }
    .boxed()
}

impl crm_leads::People for House<'_> {
    async fn would_see(&self, cx: &Cx, who: StaffId, lead: &Holder) -> Result<bool> {
        let theirs = as_taker(self.0.conn(), cx, self.1, who.into()).await?;
        Ok(theirs.is_some_and(|theirs| crm_leads::would_see(&theirs, lead)))
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

impl crm_leads::Tags for House<'_> {
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
        let entity = Entity::from(from);
        let there = tags_of_each(self.0.conn(), cx, &[entity]).await?.remove(&entity).unwrap_or_default();
        // Of what was taken since, or went into another tag, nothing is left to take.
        let tags: Vec<_> = there.into_iter().map(|tag| tag.id).filter(|id| tags.contains(id)).collect();
        if !tags.is_empty() {
            remove_tags(self.0, cx, &TagEntity { entity, tags }).await?;
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

/// The visitors who leads are, as far as the actor sees them: those that they came from, and those with their addresses.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
async fn visitors_of(conn: &Conn, cx: &Cx, leads: &[&Lead]) -> Result<Vec<VisitorId>> {
    if Visitors::may_list(cx).is_err() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    let came: Vec<_> = leads.iter().filter_map(|lead| lead.visitor_id).collect();
    if !came.is_empty() {
        let survivors = survivors(conn, cx, &came).await?;
        all.extend(came.into_iter().map(|id| survivors.get(&id).copied().unwrap_or(id)));
    }
    let emails: BTreeSet<_> = leads.iter().filter_map(|lead| lead.email.clone()).collect();
    for email in emails {
        let with = visitors::of_addresses(&[email]);
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
        // What went into the lead is the same person.
        let merged = merged_into_each(conn, &[lead.id]).await?.remove(&lead.id).unwrap_or_default();
        let all: Vec<_> = std::iter::once(lead).chain(&merged).collect();
        heard.also_from = merged.iter().map(|lead| lead.source_kind).collect();
        let people = visitors_of(conn, &cx, &all).await?;
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
        let conversation = |lead: &&Lead| match (lead.source_kind, lead.source_id) {
            (LeadSource::Conversation, Some(id)) => Some(ConversationId::from_uuid(id)),
            _ => None,
        };
        for id in all.iter().filter_map(conversation) {
            let said = first_of_each::<MessagesIn>(conn, &cx, &[id], HEARD, true).await?.remove(&id);
            let theirs = said.into_iter().flatten().filter(|said| said.direction == Direction::Inbound);
            heard.said.extend(theirs.map(|said| Said { id: said.id.to_string(), text: said.content }));
            let theirs = Condition::all()
                .add(conversation_message::Column::ConversationId.eq(id))
                .add(conversation_message::Column::Direction.eq(Direction::Inbound));
            let wrote = count::<ConversationMessages>(conn, &cx, &Filter::of(theirs), None).await?;
            heard.messages = heard.messages.saturating_add(i32::try_from(wrote).unwrap_or(i32::MAX));
        }
        let notes = merged.iter().filter(|lead| !lead.notes.is_empty());
        heard.said.extend(notes.map(|lead| Said { id: lead.id.to_string(), text: lead.notes.clone() }));
        let found = by_ids::<Visitors>(conn, &cx, &people).await?;
        heard.page_views = found.values().fold(0, |sum: i32, visitor| sum.saturating_add(visitor.page_views));
        heard.messages = heard.messages.saturating_add(wrote::<MessagesOf>(conn, &cx, &people).await?);
        heard.messages = heard.messages.saturating_add(wrote::<ChatsOf>(conn, &cx, &people).await?);
        Ok(heard)
    }
}

impl crm_leads::Hearing for House<'_> {
    async fn heard(&self, cx: &Cx, lead: &Lead) -> Result<Heard> {
        Ears(self.0.conn()).heard(cx, lead).await
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
