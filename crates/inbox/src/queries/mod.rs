//! Reads: lists, and by-ids for loaders. Every one starts from what the actor may see.

pub mod booking;
pub mod chats;
pub mod conversation_replies;
pub mod conversations;
pub mod drafts;
pub mod messages;
pub mod newsletter;
pub mod notes;
pub mod replies;
pub mod saved_replies;
pub mod social;
pub mod tags;
pub mod timeline;
pub mod visitors;
pub mod whole;

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::domain::entity::{Entity, EntityType};

/// Things that others hang on, kind by kind.
fn by_kind(things: &[Entity]) -> BTreeMap<EntityType, Vec<Uuid>> {
    let mut kinds: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for thing in things {
        kinds.entry(thing.kind).or_default().push(thing.id);
    }
    kinds
}
