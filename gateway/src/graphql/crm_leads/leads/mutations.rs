//! Making and changing leads.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use crm_leads::{
    AssignLead, CreateLead, CreateLeadFrom, SetLeadStatus, UpdateLead, assign_lead, create_lead, create_lead_from,
    set_lead_status, update_lead,
};
use inbox::{ConvertMessage, MANAGE_MESSAGES, convert_message};
use kernel::{Cx, Tx, id::MessageId};

use super::types::{Lead, LeadStatus};
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::{Permission, cleared},
        records::write,
        scalars::id,
        scope::scope,
        ticketing::tickets::mutations::{given, maybe},
    },
    payload,
    wiring::{bridges::InTransaction, tickets::House},
};

/// A lead is to be made. It has a name, an address or a telephone number.
#[derive(Clone, InputObject)]
pub struct CreateLeadInput {
    /// Their name, at most 200 characters.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their telephone number; one without a country code is of the company's region.
    pub phone: Option<String>,
    /// The company that they are of, at most 200 characters.
    pub company: Option<String>,
    /// What is known of them, at most 20,000 characters.
    pub notes: Option<String>,
    /// The colleague who gets it, `stf_…`: active, and one who sees it then.
    pub owner_id: Option<ID>,
}

/// A lead is to be made of something.
#[derive(Clone, InputObject)]
pub struct CreateLeadFromInput {
    /// A message, `msg_…`, a chat, `cht_…`, a consultation, `con_…`, or a conversation, `cnv_…`, that is no lead yet. A message is
    /// converted by that, where the viewer has MANAGE_MESSAGES.
    pub source: ID,
}

/// A lead is to be changed. What is left out stays; null clears.
#[derive(Clone, InputObject)]
pub struct UpdateLeadInput {
    /// The lead, `led_…`.
    pub lead_id: ID,
    /// Their name, at most 200 characters.
    pub name: MaybeUndefined<String>,
    /// Their address.
    pub email: MaybeUndefined<String>,
    /// Their telephone number; one without a country code is of the company's region.
    pub phone: MaybeUndefined<String>,
    /// The company that they are of, at most 200 characters.
    pub company: MaybeUndefined<String>,
    /// What is known of them, at most 20,000 characters.
    pub notes: MaybeUndefined<String>,
}

/// A lead is to go to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignLeadInput {
    /// The lead, `led_…`.
    pub lead_id: ID,
    /// The colleague who gets it, `stf_…`: active, and one who sees it then. Nobody has it where none is given.
    pub owner_id: Option<ID>,
}

/// A lead is to stand elsewhere.
#[derive(Clone, InputObject)]
pub struct SetLeadStatusInput {
    /// The lead, `led_…`.
    pub lead_id: ID,
    /// Where it stands from now on.
    pub status: LeadStatus,
    /// Why, where it is LOST: 1–500 characters. Nothing else has a reason.
    pub reason: Option<String>,
}

payload! {
    /// What came of making a lead.
    CreateLeadPayload {
        /// The lead.
        lead: Lead as crm_leads::Lead
    }
    /// What came of making a lead of something.
    CreateLeadFromPayload {
        /// The lead.
        lead: Lead as crm_leads::Lead
    }
    /// What came of changing a lead.
    UpdateLeadPayload {
        /// The lead.
        lead: Lead as crm_leads::Lead
    }
    /// What came of giving a lead to somebody.
    AssignLeadPayload {
        /// The lead.
        lead: Lead as crm_leads::Lead
    }
    /// What came of moving a lead.
    SetLeadStatusPayload {
        /// The lead.
        lead: Lead as crm_leads::Lead
    }
}

/// Makes a lead of something; a message is converted by that.
async fn of_source(tx: &Tx, house: &House<'_>, cx: &Cx, cmd: &CreateLeadFrom) -> kernel::Result<crm_leads::Lead> {
    let lead = create_lead_from(tx, house, cx, cmd).await?;
    if let Ok(message) = cmd.source.parse::<MessageId>()
        && cx.can(MANAGE_MESSAGES)
    {
        let became = ConvertMessage { message, target: lead.id.to_string() };
        convert_message(tx, &InTransaction(tx), cx, &became).await?;
    }
    Ok(lead)
}

/// Making and changing leads.
#[derive(Default)]
pub struct LeadMutation;

#[Object]
impl LeadMutation {
    /// Makes a lead.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn create_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateLeadInput,
    ) -> Result<CreateLeadPayload> {
        let cmd = CreateLead {
            name: input.name,
            email: input.email,
            phone: input.phone,
            company: input.company,
            notes: input.notes,
            owner: maybe("input.ownerId", input.owner_id.as_ref())?,
        };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { create_lead(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "lead.create", cmd, work).await?.into())
    }

    /// Makes a lead of what somebody wrote, said or booked, with what that says of them.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn create_lead_from(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateLeadFromInput,
    ) -> Result<CreateLeadFromPayload> {
        let cmd = CreateLeadFrom { source: input.source.to_string() };
        let catalog = &scope(ctx).app.catalog;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { of_source(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "lead.create_from", cmd, work).await?.into())
    }

    /// Changes what a lead says.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn update_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateLeadInput,
    ) -> Result<UpdateLeadPayload> {
        let cmd = UpdateLead {
            id: id("input.leadId", &input.lead_id)?,
            name: given(input.name, Ok)?,
            email: given(input.email, Ok)?,
            phone: cleared(input.phone),
            company: cleared(input.company),
            notes: cleared(input.notes),
        };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { update_lead(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "lead.update", cmd, work).await?.into())
    }

    /// Gives a lead to a colleague, or back to nobody.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn assign_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignLeadInput,
    ) -> Result<AssignLeadPayload> {
        let cmd = AssignLead {
            lead: id("input.leadId", &input.lead_id)?,
            owner: maybe("input.ownerId", input.owner_id.as_ref())?,
        };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { assign_lead(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "lead.assign", cmd, work).await?.into())
    }

    /// Moves a lead, as the table in `docs/leads.md` allows. What is lost has a reason.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn set_lead_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetLeadStatusInput,
    ) -> Result<SetLeadStatusPayload> {
        let cmd = SetLeadStatus {
            lead: id("input.leadId", &input.lead_id)?,
            status: input.status.into(),
            reason: input.reason,
        };
        let catalog = &scope(ctx).app.catalog;
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { set_lead_status(&tx, &House(&tx, catalog), &cx, &cmd).await };
        Ok(write(ctx, "lead.set_status", cmd, work).await?.into())
    }
}
