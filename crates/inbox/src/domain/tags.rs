//! Tags: what is told of them.

use kernel::{
    events::{Event, Resource},
    id::TagId,
    record::Told,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    entity::{Entity, EntityType},
    events::TOPIC,
};
use crate::store::tag::{Column, Entity as Tags};

/// The longest name, in characters.
pub const NAME: usize = 100;
/// The topic of tickets, which are another context's.
const TICKETS: &str = "tickets";
/// How many tags one thing may have, and how many can be named at once.
pub const TAGS: usize = 50;

impl Told for Tags {
    const KIND: &'static str = "tag.saved";
    const TOPIC: &'static str = TOPIC;
    const VALUES: &'static [Column] = &[Column::Name, Column::Color];
}

/// A tag became a part of another.
#[derive(Debug, Serialize)]
pub struct TagMerged {
    /// The tag that is none any more.
    pub tag: TagId,
    /// The other.
    pub into: TagId,
    /// How many things have the other that did not before.
    pub moved: u64,
}

impl Event for TagMerged {
    const KIND: &'static str = "tag.merged";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Tag", self.tag)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "mergedInto": null })), Some(json!({ "mergedInto": self.into, "moved": self.moved })))
    }
}

/// A thing got tags, or lost some.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TagsChanged {
    /// The thing.
    pub entity: Entity,
    /// The tags that it got.
    pub added: Vec<TagId>,
    /// The tags that it lost.
    pub removed: Vec<TagId>,
}

impl Event for TagsChanged {
    const KIND: &'static str = "entity.tags_changed";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        self.entity.resource()
    }
    /// Those who follow tickets are told of theirs.
    fn topic(&self) -> &'static str {
        if self.entity.kind == EntityType::Ticket { TICKETS } else { TOPIC }
    }
    fn concerns(&self) -> Option<Uuid> {
        (self.entity.kind == EntityType::Ticket).then_some(self.entity.id)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "tagIds": self.removed })), Some(json!({ "tagIds": self.added })))
    }
}
