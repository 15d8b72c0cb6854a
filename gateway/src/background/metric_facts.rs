//! Live chats and tickets are counted as they are after something happened to them, and agents of B2Chat's are the colleagues who
//! came: with the position up to which events were followed, so each change is counted, and once.

use analytics_sync::{MetricKind, link_agents, recount_own, things_changed};
use inbox::{CHATS, EntityType, TagsChanged};
use kernel::{
    Cx, Result, Tx,
    events::{Event, Stored},
};
use uuid::Uuid;

use crate::wiring::{metrics::Counted, sync::Staff};

/// What is to be counted anew.
#[derive(Debug, Default)]
pub struct Recounted {
    chats: Vec<Uuid>,
    tickets: Vec<Uuid>,
    /// Whether a tag of many things became another.
    all: bool,
    /// Whether somebody came, or has another address.
    people: bool,
}

impl Recounted {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.chats.is_empty() && self.tickets.is_empty() && !self.all && !self.people
    }
}

/// The topic of tickets and of what is said on them.
const TICKETS: &str = "tickets";
/// Events of the tags themselves.
const TAGS: [&str; 2] = ["tag.saved", "tag.merged"];
/// Events of people who may be agents of B2Chat's from then on.
const PEOPLE: [&str; 3] = ["person.added", "person.updated", "account.email_changed"];
/// What changes nothing that is counted, and happens often.
const READ: &str = "chat.read";

/// What these events make to be counted anew.
///
/// # Errors
/// [`kernel::Error::Internal`] for an event that tells something else than its name says.
pub fn changed(events: &[Stored]) -> Result<Recounted> {
    let mut changed = Recounted::default();
    for event in events {
        match (event.topic.as_deref(), event.concerns, event.kind.as_str()) {
            (_, _, READ) => {}
            (Some(CHATS), Some(chat), _) => changed.chats.push(chat),
            (Some(TICKETS), Some(ticket), _) => changed.tickets.push(ticket),
            (_, _, TagsChanged::KIND) => {
                let TagsChanged { entity, .. } = event.decode()?;
                match entity.kind {
                    EntityType::Chat => changed.chats.push(entity.id),
                    EntityType::Ticket => changed.tickets.push(entity.id),
                    _ => {}
                }
            }
            (_, _, kind) => {
                changed.all |= TAGS.contains(&kind);
                changed.people |= PEOPLE.contains(&kind);
            }
        }
    }
    for ids in [&mut changed.chats, &mut changed.tickets] {
        ids.sort_unstable();
        ids.dedup();
    }
    Ok(changed)
}

/// Counts it anew.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; then nothing is lost.
pub async fn note(tx: &Tx, cx: &Cx, changed: &Recounted) -> Result<()> {
    // First, as whoever writes a page of B2Chat's does.
    if changed.people {
        link_agents(tx, &Staff, cx).await?;
    }
    let things = &Counted(tx.conn());
    things_changed(tx, things, cx, MetricKind::LiveChat, &changed.chats).await?;
    things_changed(tx, things, cx, MetricKind::Ticket, &changed.tickets).await?;
    if changed.all { recount_own(tx, cx).await } else { Ok(()) }
}
