//! The same for several leads.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use crm_leads::{AssignLeads, SetLeadStatuses, assign_leads, records::Leads, set_lead_statuses};
use kernel::{Cx, Tx};

use super::types::{Lead, LeadStatus};
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::Permission,
        records::write,
        scope::scope,
        several::{Tagging, ids, tag_each},
        ticketing::tickets::mutations::maybe,
    },
    several,
    wiring::tickets::House,
};

/// Several leads go to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignLeadsInput {
    /// The leads, `led_…`, 1–100.
    pub lead_ids: Vec<ID>,
    /// The colleague who gets them, `stf_…`; nobody has them where none is given.
    pub owner_id: Option<ID>,
}

/// Several leads go to another status.
#[derive(Clone, InputObject)]
pub struct SetLeadStatusesInput {
    /// The leads, `led_…`, 1–100.
    pub lead_ids: Vec<ID>,
    /// Where they stand from now on.
    pub status: LeadStatus,
    /// Why, where they are LOST: 1–500 characters.
    pub reason: Option<String>,
}

/// Several leads get tags, and lose some.
#[derive(Clone, InputObject)]
pub struct TagLeadsInput {
    /// The leads, `led_…`, 1–100.
    pub lead_ids: Vec<ID>,
    /// The tags that each of them gets that has not got them, at most 50.
    #[graphql(default)]
    pub add: Vec<ID>,
    /// The tags that each of them loses that has them, at most 50.
    #[graphql(default)]
    pub remove: Vec<ID>,
}

several! {
    /// What came of one of several leads.
    LeadOutcome of crm_leads::Lead {
        /// Whether the lead is as it was wanted.
        is_done,
        /// The lead; null where nothing came of it.
        lead: Lead,
        /// Why nothing did.
        errors,
    }
    /// What came of giving several leads to somebody.
    AssignLeadsPayload {
        /// What the person can correct; then nothing was changed.
        errors,
    }
    /// What came of moving several leads.
    SetLeadStatusesPayload {
        /// What the person can correct; then nothing was changed.
        errors,
    }
    /// What came of tagging several leads.
    TagLeadsPayload {
        /// What the person can correct; then nothing was changed.
        errors,
    }
}

/// The same for several leads.
#[derive(Default)]
pub struct SeveralLeadsMutation;

#[Object]
impl SeveralLeadsMutation {
    /// Gives several leads to a colleague, or back to nobody: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn assign_leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignLeadsInput,
    ) -> Result<AssignLeadsPayload> {
        let cmd = AssignLeads {
            leads: ids("input.leadIds", &input.lead_ids)?,
            owner: maybe("input.ownerId", input.owner_id.as_ref())?,
        };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { assign_leads(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "leads.assign", cmd, work).await?.into())
    }

    /// Moves several leads to another status: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn set_lead_statuses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetLeadStatusesInput,
    ) -> Result<SetLeadStatusesPayload> {
        let cmd = SetLeadStatuses {
            leads: ids("input.leadIds", &input.lead_ids)?,
            status: input.status.into(),
            reason: input.reason,
        };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { set_lead_statuses(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "leads.set_status", cmd, work).await?.into())
    }

    /// Gives several leads tags, and takes some from them: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn tag_leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TagLeadsInput,
    ) -> Result<TagLeadsPayload> {
        let cmd = Tagging {
            things: ids("input.leadIds", &input.lead_ids)?,
            add: ids("input.add", &input.add)?,
            remove: ids("input.remove", &input.remove)?,
        };
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<_>| async move {
            cx.require(crm_leads::MANAGE_LEADS)?;
            tag_each::<Leads>(&tx, &cx, "lead", &cmd).await
        };
        Ok(write(ctx, "leads.tag", cmd, work).await?.into())
    }
}
