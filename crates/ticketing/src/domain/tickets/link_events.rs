//! What is told of what is around tickets: others that they are tied to or went into, and who watches them.

use kernel::{
    events::{Event, Resource},
    id::{TicketId, UserId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::events::{TICKETS, of_ticket};
use crate::store::tickets::{change::TicketField, link::TicketLinkKind};

/// A ticket was tied to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketLinked {
    /// The ticket.
    pub ticket: TicketId,
    /// The other.
    pub other: TicketId,
    /// What it is to the other.
    pub kind: TicketLinkKind,
}

impl Event for TicketLinked {
    const KIND: &'static str = "ticket.linked";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "otherId": self.other, "kind": self.kind })))
    }
}

/// A ticket is tied to another no more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketUnlinked {
    /// The ticket.
    pub ticket: TicketId,
    /// The other.
    pub other: TicketId,
    /// What it was to the other.
    pub kind: TicketLinkKind,
}

impl Event for TicketUnlinked {
    const KIND: &'static str = "ticket.unlinked";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "otherId": self.other, "kind": self.kind })), None)
    }
}

/// A ticket went into another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketMerged {
    /// The ticket, which is closed now.
    pub ticket: TicketId,
    /// The other.
    pub into: TicketId,
}

impl Event for TicketMerged {
    const KIND: &'static str = "ticket.merged";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "mergedIntoId": null })), Some(json!({ "mergedIntoId": self.into })))
    }
}

/// A ticket came out of another again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketUnmerged {
    /// The ticket.
    pub ticket: TicketId,
    /// The other.
    pub from: TicketId,
}

impl Event for TicketUnmerged {
    const KIND: &'static str = "ticket.unmerged";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "mergedIntoId": self.from })), Some(json!({ "mergedIntoId": null })))
    }
}

/// What was done with a ticket and another, as the other's history calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// They were tied.
    Linked,
    /// They are tied no more.
    Unlinked,
    /// It went into the other.
    Merged,
    /// It came out of the other again.
    Unmerged,
}

/// The same, told of the other one of the two: whoever follows that alone hears of it too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketNeighbourChanged {
    /// The other one of the two.
    pub ticket: TicketId,
    /// The one that it was done with.
    pub neighbour: TicketId,
    /// What was done.
    pub done: Done,
    /// What of the ticket itself was changed by that.
    pub fields: Vec<TicketField>,
}

impl Event for TicketNeighbourChanged {
    const KIND: &'static str = "ticket.neighbour_changed";
    of_ticket!();
    fn details(&self) -> Option<Json> {
        Some(json!({ "neighbourId": self.neighbour, "done": self.done, "fields": self.fields }))
    }
}

/// Others watch a ticket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketWatchersChanged {
    /// The ticket.
    pub ticket: TicketId,
    /// Who watches it now.
    pub added: Option<UserId>,
    /// Who watches it no more.
    pub removed: Option<UserId>,
}

impl Event for TicketWatchersChanged {
    const KIND: &'static str = "ticket.watchers_changed";
    of_ticket!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "watcherId": self.removed })), Some(json!({ "watcherId": self.added })))
    }
}
