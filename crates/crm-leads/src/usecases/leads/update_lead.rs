//! What a lead says is changed.

use kernel::{Cx, Result, db::Emit, id::LeadId, record::Records, text::Check};

use super::keep::{email, keep, name, phone};
use crate::{
    domain::leads::{
        events::{LeadChanged, changed},
        lead::{LINE, NOTES},
    },
    policy::MANAGE_LEADS,
    ports::leads::{LeadBook, Telephones},
    store::leads::{
        change::LeadAction,
        lead::{Entity as Leads, Model as Lead},
    },
};

/// What is to be changed of a lead; what is absent stays, and what is `Some(None)` or blank is cleared; a
/// name or an address that is given is one.
#[derive(Debug, Clone)]
pub struct UpdateLead {
    /// The lead.
    pub id: LeadId,
    /// Their name.
    pub name: Option<Option<String>>,
    /// Their address.
    pub email: Option<Option<String>>,
    /// Their telephone number, as it is written.
    pub phone: Option<String>,
    /// Their company.
    pub company: Option<String>,
    /// What is known of them.
    pub notes: Option<String>,
}

/// Changes a lead.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] naming every field that is wrong, and for a lead that went into another.
pub async fn update_lead<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    house: &impl Telephones,
    cx: &Cx,
    cmd: &UpdateLead,
) -> Result<Lead> {
    cx.require(MANAGE_LEADS)?;
    let before = s.lock(cx, cmd.id).await?;
    before.whole("leadId")?;
    let region = if cmd.phone.is_some() { house.region().await? } else { String::new() };
    let (mut check, mut after) = (Check::default(), before.clone());
    if let Some(typed) = &cmd.name {
        after.name = name(&mut check, typed.as_deref());
    }
    if let Some(typed) = &cmd.email {
        after.email = email(&mut check, typed.as_deref());
    }
    if let Some(typed) = &cmd.phone {
        after.phone = phone(&mut check, house, &region, Some(typed));
    }
    if let Some(company) = &cmd.company {
        after.company = check.optional_line("company", Some(company), LINE);
    }
    if let Some(notes) = &cmd.notes {
        after.notes = check.optional_body("notes", Some(notes), NOTES).unwrap_or_default();
    }
    if !check.found() {
        after.check_known(&mut check);
    }
    check.done()?;
    rewritten(s, cx, before, after).await
}

/// Writes what a lead says from now on, where that is something else.
pub(crate) async fn rewritten<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    cx: &Cx,
    before: Lead,
    after: Lead,
) -> Result<Lead> {
    let fields = changed(&before, &after);
    if fields.is_empty() {
        return Ok(before);
    }
    let names = serde_json::to_value(&fields).ok().and_then(|names| {
        let names = names.as_array()?.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(", ");
        Some(names)
    });
    let after = keep(s, cx, &before, after, LeadAction::Updated, (None, names)).await?;
    s.emit(cx, &LeadChanged { lead: after.id, fields });
    Ok(after)
}
