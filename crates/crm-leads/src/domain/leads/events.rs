//! What is told of leads: ids and the names of what was changed, and nothing personal. The payloads are what subscribers and the
//! copies in a CRM decode, so a field, once published, stays.

use kernel::{
    events::Event,
    id::{LeadId, StaffId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::leads::lead::{LeadSource, LeadStatus, Model as Lead};

/// The topic of all events of leads.
pub const LEADS: &str = "leads";

/// Makes the parts that all events of leads have in common.
macro_rules! of_lead {
    () => {
        const TOPIC: &'static str = $crate::domain::leads::events::LEADS;
        fn resource(&self) -> kernel::events::Resource {
            kernel::events::Resource::new("Lead", self.lead)
        }
        fn concerns(&self) -> Option<uuid::Uuid> {
            Some(self.lead.0)
        }
    };
}

pub(crate) use of_lead;

/// What a lead says, by the names of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeadField {
    /// Their name.
    Name,
    /// Their address.
    Email,
    /// Their telephone number.
    Phone,
    /// Their company.
    Company,
    /// What colleagues know.
    Notes,
    /// Who has it.
    Owner,
    /// Where it stands.
    Status,
}

/// What differs between a lead before and then.
pub fn changed(before: &Lead, after: &Lead) -> Vec<LeadField> {
    [
        (LeadField::Name, before.name != after.name),
        (LeadField::Email, before.email != after.email),
        (LeadField::Phone, before.phone != after.phone),
        (LeadField::Company, before.company != after.company),
        (LeadField::Notes, before.notes != after.notes),
        (LeadField::Owner, before.owner_id != after.owner_id),
        (LeadField::Status, before.status != after.status || before.lost_reason != after.lost_reason),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// A lead was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadCreated {
    /// The lead.
    pub lead: LeadId,
    /// Where it came from.
    pub source: LeadSource,
    /// Where it stands.
    pub status: LeadStatus,
    /// The colleague who has it.
    pub owner: Option<StaffId>,
}

impl LeadCreated {
    /// That this lead was made.
    pub fn of(lead: &Lead) -> Self {
        Self { lead: lead.id, source: lead.source_kind, status: lead.status, owner: lead.owner_id }
    }
}

impl Event for LeadCreated {
    const KIND: &'static str = "lead.created";
    of_lead!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "source": self.source, "status": self.status, "ownerId": self.owner })))
    }
}

/// What a lead says was changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadChanged {
    /// The lead.
    pub lead: LeadId,
    /// What of it.
    pub fields: Vec<LeadField>,
}

impl Event for LeadChanged {
    const KIND: &'static str = "lead.changed";
    of_lead!();
    fn details(&self) -> Option<Json> {
        Some(json!({ "fields": self.fields }))
    }
}

/// A lead stands elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadStatusChanged {
    /// The lead.
    pub lead: LeadId,
    /// Where it stood.
    pub from: LeadStatus,
    /// Where it stands.
    pub to: LeadStatus,
}

impl Event for LeadStatusChanged {
    const KIND: &'static str = "lead.status_changed";
    of_lead!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": self.from })), Some(json!({ "status": self.to })))
    }
}

/// Somebody else has a lead, or nobody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadAssigned {
    /// The lead.
    pub lead: LeadId,
    /// The colleague who had it.
    pub from: Option<StaffId>,
    /// The colleague who has it now.
    pub to: Option<StaffId>,
}

impl Event for LeadAssigned {
    const KIND: &'static str = "lead.assigned";
    of_lead!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "ownerId": self.from })), Some(json!({ "ownerId": self.to })))
    }
}

/// A lead went into another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadMerged {
    /// The lead.
    pub lead: LeadId,
    /// The other, which goes on.
    pub into: LeadId,
    /// What the other took over.
    pub fields: Vec<LeadField>,
}

impl Event for LeadMerged {
    const KIND: &'static str = "lead.merged";
    of_lead!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "mergedIntoId": null })), Some(json!({ "mergedIntoId": self.into })))
    }
}

/// A lead came out of another again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadUnmerged {
    /// The lead.
    pub lead: LeadId,
    /// The other.
    pub from: LeadId,
    /// What the other gave back.
    pub fields: Vec<LeadField>,
}

impl Event for LeadUnmerged {
    const KIND: &'static str = "lead.unmerged";
    of_lead!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "mergedIntoId": self.from })), Some(json!({ "mergedIntoId": null })))
    }
}
