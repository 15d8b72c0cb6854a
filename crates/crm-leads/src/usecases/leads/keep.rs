//! The one place where leads are written, and what happened to them with it.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{LeadId, UserId},
    record::{self, Records},
    text::Check,
};

use crate::{
    domain::leads::{
        events::{LeadAssigned, LeadCreated},
        lead::{LINE, PHONE},
    },
    ports::leads::{LeadBook, Numbers, People},
    store::leads::{
        change::{LeadAction, Model as LeadChange},
        lead::{Entity as Leads, Model as Lead},
    },
};

/// Who acts, as what happened names them.
pub(crate) fn actor(cx: &Cx) -> Option<UserId> {
    cx.person().ok().map(|person| person.id)
}

/// One thing that happened.
pub(crate) fn change(
    cx: &Cx,
    lead: LeadId,
    action: LeadAction,
    (old_value, new_value): (Option<String>, Option<String>),
) -> LeadChange {
    LeadChange { id: cx.new_id(), lead_id: lead, user_id: actor(cx), action, old_value, new_value, created_at: cx.now }
}

/// Writes what changed of a lead, and that it did; returns it as it is then.
pub(crate) async fn keep<S: Records<Leads> + LeadBook>(
    s: &S,
    cx: &Cx,
    before: &Lead,
    after: Lead,
    action: LeadAction,
    values: (Option<String>, Option<String>),
) -> Result<Lead> {
    let after = record::change(s, cx, before, after.consistent()).await?;
    if before.texts() != after.texts() {
        s.index_lead(&after).await?;
    }
    s.note_lead_change(change(cx, after.id, action, values)).await?;
    Ok(after)
}

/// Adds a lead and tells of it.
pub(crate) async fn make<S: LeadBook + Emit>(s: &S, cx: &Cx, lead: Lead) -> Result<Lead> {
    let lead = lead.consistent();
    s.add_lead(&lead).await?;
    s.note_lead_change(change(cx, lead.id, LeadAction::Created, (None, None))).await?;
    s.emit(cx, &LeadCreated::of(&lead));
    Ok(lead)
}

/// A telephone number as it is stored; blank for none.
pub(crate) fn phone(check: &mut Check, telephones: &impl Numbers, region: &str, typed: Option<&str>) -> Option<String> {
    let typed = check.optional_line("phone", typed, PHONE)?;
    match telephones.number(&typed, region) {
        Ok(number) => Some(number),
        Err(why) => {
            check.problem("phone", ProblemCode::InvalidFormat, why);
            None
        }
    }
}

/// An address as it is stored; one that is given is one.
pub(crate) fn email(check: &mut Check, typed: Option<&str>) -> Option<String> {
    Some(check.email("email", typed?)).filter(|email| !email.is_empty())
}

/// A name as it is stored, empty for none; one that is given is one.
pub(crate) fn name(check: &mut Check, typed: Option<&str>) -> String {
    typed.map(|typed| check.line("name", typed, LINE)).unwrap_or_default()
}

/// Notes and tells that somebody else has a lead, or nobody, where something that was done changed that.
pub(crate) async fn tell_owner<S: LeadBook + Emit>(s: &S, cx: &Cx, before: &Lead, after: &Lead) -> Result<()> {
    let (from, to) = (before.owner_id, after.owner_id);
    if from == to {
        return Ok(());
    }
    let values = (from.map(|id| id.to_string()), to.map(|id| id.to_string()));
    s.note_lead_change(change(cx, after.id, LeadAction::Assigned, values)).await?;
    s.emit(cx, &LeadAssigned { lead: after.id, from, to });
    Ok(())
}

/// Leaves a lead that comes to stand by itself, or is open again, to nobody where whoever had it could not have it now.
pub(crate) async fn disown(people: &impl People, cx: &Cx, lead: &mut Lead) -> Result<()> {
    if let Some(owner) = lead.owner_id
        && !people.would_see(cx, owner, &lead.holder()).await?
    {
        lead.owner_id = None;
    }
    Ok(())
}

/// Refuses a colleague who would not see the lead.
pub(crate) async fn may_have(people: &impl People, cx: &Cx, lead: &Lead) -> Result<()> {
    if let Some(owner) = lead.owner_id
        && !people.would_see(cx, owner, &lead.holder()).await?
    {
        let why = "is not an active colleague who would see the lead";
        return Err(Error::invalid("ownerId", ProblemCode::NotAvailable, why));
    }
    Ok(())
}
