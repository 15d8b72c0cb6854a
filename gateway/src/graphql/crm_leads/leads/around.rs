//! What happened to a lead, who it may be, and what it went into.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use crm_leads::{MergeLeads, merge_leads, unmerge_lead};
use kernel::{
    Cx,
    id::{LeadId, UserId},
};

use super::types::Lead;
use crate::{
    connection,
    graphql::{
        directives::requires,
        errors::Result,
        identity::{Permission, User, user},
        loaders::DuplicatesOf,
        records::write,
        scalars::id,
        scope::scope,
    },
    payload,
    wiring::tickets::House,
};

/// Why two leads may be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::Alike")]
pub enum DuplicateReason {
    /// They have one e-mail address.
    Email,
    /// They have one telephone number.
    Phone,
    /// Their names are nearly the same, and their companies, where both have one.
    Name,
}

/// A lead that may be the same person.
#[derive(SimpleObject)]
pub struct PossibleDuplicate {
    /// It.
    pub lead: Lead,
    /// Why.
    pub reason: DuplicateReason,
    /// How sure that is, 0–1.
    pub confidence: f64,
}

/// The leads that may be the same person as one that the viewer has found.
pub async fn duplicates_of(ctx: &Context<'_>, lead: LeadId) -> Result<Vec<PossibleDuplicate>> {
    let found = scope(ctx).loaders.load_one(DuplicatesOf(lead)).await?;
    let one = |found: &crm_leads::Duplicate| PossibleDuplicate {
        lead: found.lead.clone().into(),
        reason: found.why.into(),
        confidence: found.confidence,
    };
    Ok(found.iter().flat_map(|found| found.iter()).map(one).collect())
}

/// What was done to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::LeadAction")]
pub enum LeadAction {
    /// It was made.
    Created,
    /// What it says was changed.
    Updated,
    /// It stands elsewhere.
    StatusChanged,
    /// Somebody else has it, or nobody.
    Assigned,
    /// It went into another, or another into it.
    Merged,
    /// That was taken back.
    Unmerged,
}

/// One thing that happened to a lead.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct LeadChange {
    /// What was done.
    pub action: LeadAction,
    /// The status or the owner's id before; of a merge, the id of the lead that came.
    pub old_value: Option<String>,
    /// The status or the owner's id then; of a merge, the id of the lead that it went into; of a change, the names of what was
    /// changed.
    pub new_value: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    user_id: Option<UserId>,
}

impl From<crm_leads::LeadChange> for LeadChange {
    fn from(change: crm_leads::LeadChange) -> Self {
        let named = change.action == crm_leads::LeadAction::StatusChanged;
        let shown = |value: Option<String>| if named { value.map(|value| value.to_uppercase()) } else { value };
        Self {
            action: change.action.into(),
            old_value: shown(change.old_value),
            new_value: shown(change.new_value),
            at: change.created_at,
            user_id: change.user_id,
        }
    }
}

#[ComplexObject]
impl LeadChange {
    /// Who did it; null where Frontdesk did, or without the permission to see them.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.user_id)).await
    }
}

connection!(LeadChangeConnection, LeadChangeEdge, LeadChange, crm_leads::LeadChange, "changes of a lead");

/// A lead is to go into another.
#[derive(Clone, InputObject)]
pub struct MergeLeadsInput {
    /// The lead that goes, `led_…`.
    pub from_id: ID,
    /// The lead that goes on, `led_…`.
    pub into_id: ID,
}

/// A merge is to be taken back.
#[derive(Clone, InputObject)]
pub struct UnmergeLeadInput {
    /// The lead that went into another, `led_…`.
    pub lead_id: ID,
}

payload! {
    /// What came of merging two leads.
    MergeLeadsPayload {
        /// The lead that goes on.
        lead: Lead as crm_leads::Lead
    }
    /// What came of taking a merge back.
    UnmergeLeadPayload {
        /// The lead that stands by itself again.
        lead: Lead as crm_leads::Lead
    }
}

/// Leads that are one person.
#[derive(Default)]
pub struct LeadAroundMutation;

#[Object]
impl LeadAroundMutation {
    /// Lets a lead go into another, which takes over what it had not: name, address, number, company, notes, owner and tags.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn merge_leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: MergeLeadsInput,
    ) -> Result<MergeLeadsPayload> {
        let cmd = MergeLeads { from: id("input.fromId", &input.from_id)?, into: id("input.intoId", &input.into_id)? };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { merge_leads(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "lead.merge", cmd, work).await?.into())
    }

    /// Takes a merge back: the lead stands by itself again, and the other gives back what it took over and still has.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn unmerge_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UnmergeLeadInput,
    ) -> Result<UnmergeLeadPayload> {
        let cmd: LeadId = id("input.leadId", &input.lead_id)?;
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { unmerge_lead(&tx, &House(&tx, catalog), &cx, *cmd).await };
        Ok(write(ctx, "lead.unmerge", cmd, work).await?.into())
    }
}
