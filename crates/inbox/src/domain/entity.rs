//! What tags, notes and drafts hang on: a thing of one of several kinds, named outside by its typed id.

use std::fmt;

use kernel::{
    events::Resource,
    id::{ChatId, ConsultationId, ConversationId, GuideId, HelpDocumentId, LeadId, MessageId, TicketId, TypedId},
};
use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

/// The kinds. A kind has a variant here, a word in the tables' CHECK, and a line where the kinds are
/// [registered](crate::kinds).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum EntityType {
    /// What a visitor wrote.
    Message,
    /// A live chat.
    Chat,
    /// A booked consultation.
    Consultation,
    /// A ticket.
    Ticket,
    /// A guide of the help centre.
    Guide,
    /// A help document.
    HelpDocument,
    /// A conversation on a social platform.
    Conversation,
    /// A lead.
    Lead,
}

impl EntityType {
    /// The prefix of its ids.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Message => MessageId::PREFIX,
            Self::Chat => ChatId::PREFIX,
            Self::Consultation => ConsultationId::PREFIX,
            Self::Ticket => TicketId::PREFIX,
            Self::Guide => GuideId::PREFIX,
            Self::HelpDocument => HelpDocumentId::PREFIX,
            Self::Conversation => ConversationId::PREFIX,
            Self::Lead => LeadId::PREFIX,
        }
    }

    /// What it is called, in errors and in the audit trail.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Message => "Message",
            Self::Chat => "Chat",
            Self::Consultation => "Consultation",
            Self::Ticket => "Ticket",
            Self::Guide => "Guide",
            Self::HelpDocument => "HelpDocument",
            Self::Conversation => "Conversation",
            Self::Lead => "Lead",
        }
    }

    /// The thing of this kind whose id a text is.
    fn read(self, text: &str) -> Option<Uuid> {
        match self {
            Self::Message => text.parse().ok().map(MessageId::uuid),
            Self::Chat => text.parse().ok().map(ChatId::uuid),
            Self::Consultation => text.parse().ok().map(ConsultationId::uuid),
            Self::Ticket => text.parse().ok().map(TicketId::uuid),
            Self::Guide => text.parse().ok().map(GuideId::uuid),
            Self::HelpDocument => text.parse().ok().map(HelpDocumentId::uuid),
            Self::Conversation => text.parse().ok().map(ConversationId::uuid),
            Self::Lead => text.parse().ok().map(LeadId::uuid),
        }
    }
}

/// The kind of the things that an id names.
pub trait EntityId: TypedId {
    /// It.
    const KIND: EntityType;
}

impl EntityId for MessageId {
    const KIND: EntityType = EntityType::Message;
}

impl EntityId for ChatId {
    const KIND: EntityType = EntityType::Chat;
}

impl EntityId for ConsultationId {
    const KIND: EntityType = EntityType::Consultation;
}

impl EntityId for TicketId {
    const KIND: EntityType = EntityType::Ticket;
}

impl EntityId for GuideId {
    const KIND: EntityType = EntityType::Guide;
}

impl EntityId for HelpDocumentId {
    const KIND: EntityType = EntityType::HelpDocument;
}

impl EntityId for ConversationId {
    const KIND: EntityType = EntityType::Conversation;
}

impl EntityId for LeadId {
    const KIND: EntityType = EntityType::Lead;
}

/// One thing that tags, notes and drafts hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entity {
    /// Its kind.
    pub kind: EntityType,
    /// Its id.
    pub id: Uuid,
}

impl Entity {
    /// The thing whose id a text is; `None` for an id of another kind, and for what is no id.
    pub fn of(text: &str) -> Option<Self> {
        EntityType::iter().find_map(|kind| kind.read(text).map(|id| Self { kind, id }))
    }

    /// As the audit trail knows it.
    pub fn resource(self) -> Resource {
        Resource { kind: self.kind.what(), id: self.id }
    }
}

impl<I: EntityId> From<I> for Entity {
    fn from(id: I) -> Self {
        Self { kind: I::KIND, id: id.uuid() }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.kind.prefix(), self.id.simple())
    }
}

// In JSON (events, audit values) it is its prefixed id, as every id is.
impl Serialize for Entity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Entity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::of(&text).ok_or_else(|| D::Error::custom("not the id of anything that tags, notes and drafts hang on"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_its_id_outside() {
        for kind in EntityType::iter() {
            let entity = Entity { kind, id: Uuid::from_u128(0x0190_a5f0_0000_7000_8000_0000_0000_0000) };
            assert_eq!(Entity::of(&entity.to_string()), Some(entity));
            assert_eq!(serde_json::from_value::<Entity>(serde_json::to_value(entity).unwrap()).unwrap(), entity);
        }
        for none in ["", "msg_", "vis_0190a5f0000070008000000000000000", "msg_0190A5F0000070008000000000000000"] {
            assert_eq!(Entity::of(none), None, "{none}");
        }
    }
}
