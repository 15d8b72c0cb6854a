//! Drafts: what is told of them, which is never what they say.

use kernel::{
    events::{Event, Resource},
    id::DraftId,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{entity::Entity, events::TOPIC};

/// The longest subject, in characters.
pub const SUBJECT: usize = 200;

/// A draft was begun, changed, or thrown away.
#[derive(Debug, Serialize)]
pub struct DraftChanged {
    /// The draft.
    pub draft: DraftId,
    /// What it is for.
    pub entity: Entity,
    /// Its version before; `None` of a new one.
    pub before: Option<i32>,
    /// Its version now; `None` of one that is gone.
    pub after: Option<i32>,
}

impl Event for DraftChanged {
    const KIND: &'static str = "draft.changed";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Draft", self.draft)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let version = |version| json!({ "version": version });
        (self.before.map(version), self.after.map(version))
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "entityId": self.entity }))
    }
}
