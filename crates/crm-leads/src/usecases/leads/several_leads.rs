//! The same for several leads, each with an outcome of its own.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{LeadId, StaffId},
    record::Records,
    several::{self, Outcome},
};

use super::{
    assign_lead::{AssignLead, assign_lead},
    set_lead_status::{SetLeadStatus, set_lead_status},
};
use crate::{
    policy::MANAGE_LEADS,
    ports::leads::{LeadBook, People},
    store::leads::lead::{Entity as Leads, LeadStatus, Model as Lead},
};

/// Who gets which leads.
#[derive(Debug, Clone)]
pub struct AssignLeads {
    /// The leads.
    pub leads: Vec<LeadId>,
    /// The colleague who gets them; nobody where absent.
    pub owner: Option<StaffId>,
}

/// Which leads go where.
#[derive(Debug, Clone)]
pub struct SetLeadStatuses {
    /// The leads.
    pub leads: Vec<LeadId>,
    /// Where they stand from now on.
    pub status: LeadStatus,
    /// Why, where they are lost.
    pub reason: Option<String>,
}

/// Assigns each lead that can be, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`kernel::Error::Invalid`] for too many or none, and where who gets them can have none: then nothing is assigned.
pub async fn assign_leads<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    people: &impl People,
    cx: &Cx,
    cmd: &AssignLeads,
) -> Result<Vec<Outcome<Lead>>> {
    cx.require(MANAGE_LEADS)?;
    several::each("lead", &cmd.leads, |lead| async move {
        several::own("lead", assign_lead(s, people, cx, &AssignLead { lead, owner: cmd.owner }).await)
    })
    .await
}

/// Sets the status of each lead that can have it, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`kernel::Error::Invalid`] for too many or none, and for a lost one without a reason.
pub async fn set_lead_statuses<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    people: &impl People,
    cx: &Cx,
    cmd: &SetLeadStatuses,
) -> Result<Vec<Outcome<Lead>>> {
    cx.require(MANAGE_LEADS)?;
    several::each("lead", &cmd.leads, |lead| async move {
        let one = SetLeadStatus { lead, status: cmd.status, reason: cmd.reason.clone() };
        one.reason()?;
        Ok(set_lead_status(s, people, cx, &one).await)
    })
    .await
}
