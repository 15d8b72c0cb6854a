//! The same for several leads.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use crm_leads::{
    AssignLeads, EachLead, LeadOutcome as Outcome, SetLeadStatuses, assign_leads, records::Leads, set_lead_statuses,
};
use inbox::{Entity, TagEntity};
use kernel::{
    Cx, Tx,
    id::{LeadId, TagId, TypedId},
    record::by_ids,
};

use super::types::{Lead, LeadStatus};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::Permission,
        records::write,
        scalars::id,
        scope::scope,
        ticketing::tickets::{mutations::maybe, several::retag},
    },
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

/// What came of one of several leads.
#[derive(SimpleObject)]
pub struct LeadOutcome {
    /// Whether the lead is as it was wanted.
    pub is_done: bool,
    /// The lead; null where nothing came of it.
    pub lead: Option<Lead>,
    /// Why nothing did.
    pub errors: Vec<UserError>,
}

impl From<Outcome> for LeadOutcome {
    fn from(outcome: Outcome) -> Self {
        Self {
            is_done: outcome.lead.is_some(),
            lead: outcome.lead.map(Into::into),
            errors: outcome.problems.into_iter().map(Into::into).collect(),
        }
    }
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// What came of each, in the order in which they were named.
            pub outcomes: Option<Vec<LeadOutcome>>,
            /// What the person can correct; then nothing was changed.
            pub errors: Vec<UserError>,
        }

        impl From<(Option<Vec<Outcome>>, Vec<UserError>)> for $name {
            fn from((outcomes, errors): (Option<Vec<Outcome>>, Vec<UserError>)) -> Self {
                Self { outcomes: outcomes.map(|all| all.into_iter().map(Into::into).collect()), errors }
            }
        }
    )+};
}

payloads! {
    /// What came of giving several leads to somebody.
    AssignLeadsPayload
    /// What came of moving several leads.
    SetLeadStatusesPayload
    /// What came of tagging several leads.
    TagLeadsPayload
}

fn ids<I: TypedId>(argument: &str, all: &[ID]) -> kernel::Result<Vec<I>> {
    all.iter().map(|one| id(argument, one)).collect()
}

/// Which leads get and lose which tags.
struct TagLeads {
    leads: Vec<LeadId>,
    add: Vec<TagId>,
    remove: Vec<TagId>,
}

async fn tag_leads(tx: &Tx, cx: &Cx, cmd: &TagLeads) -> kernel::Result<Vec<Outcome>> {
    cx.require(crm_leads::MANAGE_LEADS)?;
    let mut done = EachLead::of(&cmd.leads)?;
    let found = by_ids::<Leads>(tx.conn(), cx, &cmd.leads).await?;
    for lead in done.ids() {
        let one = async {
            let row = found.get(&lead).cloned().ok_or(kernel::Error::NotFound { what: "Lead" })?;
            for (tags, add) in [(&cmd.add, true), (&cmd.remove, false)] {
                if !tags.is_empty() {
                    retag(tx, cx, &TagEntity { entity: Entity::from(lead), tags: tags.clone() }, add).await?;
                }
            }
            Ok(row)
        };
        match one.await {
            // What is no tag is none for any of them.
            Err(error @ kernel::Error::NotFound { what: "Tag" }) => return Err(error),
            answer => done.put(lead, answer)?,
        }
    }
    Ok(done.in_order(&cmd.leads))
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
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { set_lead_statuses(&tx, &cx, &cmd).await };
        Ok(write(ctx, "leads.set_status", cmd, work).await?.into())
    }

    /// Gives several leads tags, and takes some from them: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn tag_leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TagLeadsInput,
    ) -> Result<TagLeadsPayload> {
        let cmd = TagLeads {
            leads: ids("input.leadIds", &input.lead_ids)?,
            add: ids("input.add", &input.add)?,
            remove: ids("input.remove", &input.remove)?,
        };
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<_>| async move { tag_leads(&tx, &cx, &cmd).await };
        Ok(write(ctx, "leads.tag", cmd, work).await?.into())
    }
}
