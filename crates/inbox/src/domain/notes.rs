//! Internal notes: what is told of them.

use kernel::{
    events::{Event, Resource},
    id::{InternalNoteId, StaffId, VisitorId},
    personal::Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{entity::Entity, events::TOPIC};
use crate::store::internal_note::Model as InternalNote;

/// How many colleagues one note may mention.
pub const MENTIONS: usize = 10;

/// A note was written, changed, or taken away.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InternalNoteChanged {
    /// The note.
    pub note: InternalNoteId,
    /// What it is a note of.
    pub entity: Entity,
    /// Who is mentioned in it and was not before.
    pub mentions: Vec<StaffId>,
    /// Whom the thing is about, where it is a visitor: what the note says of them is theirs.
    #[serde(skip)]
    pub visitor: Option<VisitorId>,
    /// Who wrote it.
    #[serde(skip)]
    pub author: Option<StaffId>,
    /// It before; `None` of a new one.
    #[serde(skip)]
    pub before: Option<InternalNote>,
    /// It now; `None` of one that is gone.
    #[serde(skip)]
    pub after: Option<InternalNote>,
}

fn values(note: &InternalNote) -> Json {
    json!({ "content": note.content, "isPinned": note.is_pinned, "mentions": note.mentions })
}

impl Event for InternalNoteChanged {
    const KIND: &'static str = "internal_note.changed";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("InternalNote", self.note)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.before.as_ref().map(values), self.after.as_ref().map(values))
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "entityId": self.entity }))
    }
    fn about(&self) -> Option<Subject> {
        let author = || self.author.map(|author| Subject::Person(author.into()));
        self.visitor.map(Subject::Visitor).or_else(author)
    }
    const PERSONAL: &'static [&'static str] = &["content"];
}
