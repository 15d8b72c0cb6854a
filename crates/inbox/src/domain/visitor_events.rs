//! What this context publishes of visitors who are one person.

use kernel::{
    events::{Event, Resource},
    id::VisitorId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::events::TOPIC;

/// A visitor was merged into another, who is the same person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VisitorMerged {
    /// Who was merged.
    pub visitor: VisitorId,
    /// Into whom.
    pub into: VisitorId,
}

impl Event for VisitorMerged {
    const KIND: &'static str = "visitor.merged";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Visitor", self.visitor)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "mergedInto": null })), Some(json!({ "mergedInto": self.into })))
    }
}

/// A merge was taken back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VisitorUnmerged {
    /// Who had been merged.
    pub visitor: VisitorId,
    /// Into whom.
    pub from: VisitorId,
}

impl Event for VisitorUnmerged {
    const KIND: &'static str = "visitor.unmerged";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Visitor", self.visitor)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "mergedInto": self.from })), Some(json!({ "mergedInto": null })))
    }
}
