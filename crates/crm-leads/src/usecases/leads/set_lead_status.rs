//! A lead is moved to where it stands from now on.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::LeadId, record::Records, text::Check};
use sea_orm::ActiveEnum;

use super::keep::{disown, keep, tell_owner};
use crate::{
    domain::leads::{events::LeadStatusChanged, lead::REASON},
    policy::MANAGE_LEADS,
    ports::leads::{LeadBook, People},
    store::leads::{
        change::LeadAction,
        lead::{Entity as Leads, LeadStatus, Model as Lead},
    },
};

/// Where which lead stands from now on.
#[derive(Debug, Clone)]
pub struct SetLeadStatus {
    /// The lead.
    pub lead: LeadId,
    /// Where it stands.
    pub status: LeadStatus,
    /// Why, where it is lost.
    pub reason: Option<String>,
}

impl SetLeadStatus {
    /// The reason, checked.
    ///
    /// # Errors
    /// [`Error::Invalid`] where one is missing, or given for what is not lost.
    pub(super) fn reason(&self) -> Result<Option<String>> {
        let mut check = Check::default();
        let reason = check.optional_line("reason", self.reason.as_deref(), REASON);
        let lost = self.status == LeadStatus::Lost;
        if !check.found() && lost && reason.is_none() {
            check.problem("reason", ProblemCode::Blank, "why is the lead lost?");
        }
        if !lost && self.reason.is_some() {
            check.problem("reason", ProblemCode::NotAllowed, "only what is lost has a reason");
        }
        check.done()?;
        Ok(reason)
    }
}

/// A lead stays where it stands; one that is lost may be so for another reason.
async fn reasoned<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    cx: &Cx,
    before: Lead,
    reason: Option<String>,
) -> Result<Lead> {
    if before.lost_reason == reason {
        return Ok(before);
    }
    let status = before.status;
    let values = (Some(status.to_value()), Some(status.to_value()));
    let after = Lead { lost_reason: reason, ..before.clone() };
    let after = keep(s, cx, &before, after, LeadAction::StatusChanged, values).await?;
    s.emit(cx, &LeadStatusChanged { lead: after.id, from: status, to: status });
    Ok(after)
}

/// Moves a lead, and returns it as it is then. One that was over and is open again is nobody's where whoever had it left meanwhile.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a way that is not in the table, and for a lost one without a reason.
pub async fn set_lead_status<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    people: &impl People,
    cx: &Cx,
    cmd: &SetLeadStatus,
) -> Result<Lead> {
    cx.require(MANAGE_LEADS)?;
    let reason = cmd.reason()?;
    let before = s.lock(cx, cmd.lead).await?;
    before.whole("leadId")?;
    if before.status == cmd.status {
        return reasoned(s, cx, before, reason).await;
    }
    let next = before.status.next();
    if !next.contains(&cmd.status) {
        let ways: Vec<_> = next.iter().map(|status| status.to_value().to_uppercase()).collect();
        let why = format!("a lead that is {} goes to {}", before.status.to_value().to_uppercase(), ways.join(", "));
        return Err(Error::invalid("status", ProblemCode::NotAllowed, why));
    }
    let mut after = before.clone();
    after.stand(cmd.status, reason, cx.now);
    if before.closed_at.is_some() && after.closed_at.is_none() {
        disown(people, cx, &mut after).await?;
    }
    let values = (Some(before.status.to_value()), Some(after.status.to_value()));
    let after = keep(s, cx, &before, after, LeadAction::StatusChanged, values).await?;
    s.emit(cx, &LeadStatusChanged { lead: after.id, from: before.status, to: after.status });
    tell_owner(s, cx, &before, &after).await?;
    Ok(after)
}
