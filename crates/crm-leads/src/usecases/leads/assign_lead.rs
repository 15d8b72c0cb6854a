//! A lead goes to a colleague, or back to nobody.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{LeadId, StaffId},
    record::Records,
};

use super::keep::{keep, may_have};
use crate::{
    domain::leads::events::LeadAssigned,
    policy::MANAGE_LEADS,
    ports::leads::{LeadBook, People},
    store::leads::{
        change::LeadAction,
        lead::{Entity as Leads, Model as Lead},
    },
};

/// Who gets which lead.
#[derive(Debug, Clone)]
pub struct AssignLead {
    /// The lead.
    pub lead: LeadId,
    /// The colleague who gets it; nobody where absent.
    pub owner: Option<StaffId>,
}

/// Gives a lead to somebody, and returns it as it is then.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] where they cannot have it.
pub async fn assign_lead<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    people: &impl People,
    cx: &Cx,
    cmd: &AssignLead,
) -> Result<Lead> {
    cx.require(MANAGE_LEADS)?;
    let before = s.lock(cx, cmd.lead).await?;
    let after = Lead { owner_id: cmd.owner, ..before.clone() };
    may_have(people, cx, &after).await?;
    before.whole("leadId")?;
    handed(s, cx, before, after).await
}

/// Writes that somebody else has a lead, where that is so.
pub(super) async fn handed<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    cx: &Cx,
    before: Lead,
    after: Lead,
) -> Result<Lead> {
    if after == before {
        return Ok(after);
    }
    let values = (before.owner_id.map(|id| id.to_string()), after.owner_id.map(|id| id.to_string()));
    let after = keep(s, cx, &before, after, LeadAction::Assigned, values).await?;
    s.emit(cx, &LeadAssigned { lead: after.id, from: before.owner_id, to: after.owner_id });
    Ok(after)
}
