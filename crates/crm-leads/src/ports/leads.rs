//! What leads need beside the records.

use kernel::{
    Cx, Result,
    id::{LeadId, StaffId, TagId, VisitorId},
    visibility::Holder,
};
use uuid::Uuid;

use crate::store::leads::{
    change::Model as LeadChange,
    lead::{LeadSource, Model as Lead},
    merge::Model as LeadMerge,
};

/// The tables of leads, whoever asks.
pub trait LeadBook {
    /// Adds a lead.
    async fn add_lead(&self, lead: &Lead) -> Result<()>;
    /// A lead that nobody else changes until the transaction ends.
    async fn take_lead(&self, id: LeadId) -> Result<Option<Lead>>;
    /// The leads that a colleague has and that are not over, which nobody else changes until the transaction ends.
    async fn open_leads_of(&self, staff: StaffId) -> Result<Vec<Lead>>;
    /// What became of a source: its lead, or the one that that went into.
    async fn lead_of_source(&self, kind: LeadSource, source: Uuid) -> Result<Option<Lead>>;
    /// The oldest lead that is not over and is this person's, by their addresses or who they were on the website.
    async fn open_lead_of(&self, emails: &[String], visitors: &[VisitorId]) -> Result<Option<Lead>>;
    /// Makes the words anew by which a lead is found.
    async fn index_lead(&self, lead: &Lead) -> Result<()>;
    /// Adds to what happened.
    async fn note_lead_change(&self, change: LeadChange) -> Result<()>;
    /// The merge of a lead.
    async fn merge_of_lead(&self, lead: LeadId) -> Result<Option<LeadMerge>>;
    /// Notes a merge.
    async fn note_lead_merge(&self, merge: &LeadMerge) -> Result<()>;
    /// Forgets it.
    async fn forget_lead_merge(&self, lead: LeadId) -> Result<()>;
}

/// What leads must know of people; answered by the identity context through the gateway.
pub trait People {
    /// Whether a colleague is active, stays so until the transaction ends, and would see such a lead.
    async fn would_see(&self, cx: &Cx, who: StaffId, lead: &Holder) -> Result<bool>;
}

/// Telephone numbers in one form; answered by the identity context through the gateway.
pub trait Telephones: Numbers {
    /// Whose numbers need no country code: the company's region, in two letters, or nothing.
    async fn region(&self) -> Result<String>;
}

/// The same where the region is known.
pub trait Numbers {
    /// A number as it is stored.
    ///
    /// # Errors
    /// The end of a sentence about the number, where it is none.
    fn number(&self, typed: &str, region: &str) -> std::result::Result<String, &'static str>;
}

/// What something from outside says of the person.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their telephone number, as they wrote it.
    pub phone: Option<String>,
    /// Their company.
    pub company: Option<String>,
    /// What they wrote beside.
    pub notes: Option<String>,
    /// Who they were on the website.
    pub visitor: Option<VisitorId>,
}

/// What leads are made of; answered by the inbox through the gateway.
pub trait Sources {
    /// What a thing says of the person, as the actor sees it; `None` where there is none that they see.
    async fn known_of(&self, cx: &Cx, kind: LeadSource, id: Uuid) -> Result<Option<Known>>;
}

/// Tags of leads; answered by the inbox through the gateway.
pub trait Tags {
    /// Gives one lead the tags of another, and says which it had not.
    async fn copy_tags(&self, cx: &Cx, from: LeadId, into: LeadId) -> Result<Vec<TagId>>;
    /// Takes tags from a lead.
    async fn drop_tags(&self, cx: &Cx, from: LeadId, tags: &[TagId]) -> Result<()>;
}
