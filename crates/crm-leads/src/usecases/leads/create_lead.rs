//! A lead is made by hand or by another program.

use kernel::{Cx, Result, db::Emit, id::StaffId, text::Check};

use super::keep::{actor, email, make, may_have, name, phone};
use crate::{
    domain::leads::lead::{LINE, NOTES},
    policy::MANAGE_LEADS,
    ports::leads::{LeadBook, Numbers, People, Telephones},
    store::leads::lead::{LeadSource, LeadStatus, Model as Lead},
};

/// A lead to be made.
#[derive(Debug, Clone, Default)]
pub struct CreateLead {
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their telephone number, as it is written.
    pub phone: Option<String>,
    /// Their company.
    pub company: Option<String>,
    /// What is known of them.
    pub notes: Option<String>,
    /// The colleague who gets it.
    pub owner: Option<StaffId>,
}

impl CreateLead {
    /// The lead, as far as it is right.
    pub(crate) fn lead(&self, cx: &Cx, check: &mut Check, telephones: &impl Numbers, region: &str) -> Lead {
        let lead = Lead {
            name: name(check, self.name.as_deref()),
            email: email(check, self.email.as_deref()),
            phone: phone(check, telephones, region, self.phone.as_deref()),
            company: check.optional_line("company", self.company.as_deref(), LINE),
            notes: check.optional_body("notes", self.notes.as_deref(), NOTES).unwrap_or_default(),
            owner_id: self.owner,
            ..blank(cx)
        };
        // What was given and is wrong has its own problem.
        if !check.found() {
            lead.check_known(check);
        }
        lead
    }
}

/// A new lead with nothing in it.
pub(crate) fn blank(cx: &Cx) -> Lead {
    let by_key = cx.person().is_ok_and(|person| person.api_key.is_some());
    Lead {
        id: cx.new_id(),
        name: String::new(),
        name_order: String::new(),
        name_key: None,
        email: None,
        phone: None,
        company: None,
        company_key: None,
        notes: String::new(),
        status: LeadStatus::New,
        lost_reason: None,
        score: None,
        score_value: None,
        score_order: -1,
        scored_at: None,
        owner_id: None,
        source_kind: if by_key { LeadSource::Api } else { LeadSource::Manual },
        source_id: None,
        visitor_id: None,
        created_by_id: actor(cx),
        merged_into_id: None,
        closed_at: None,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
        email_key: None,
    }
}

/// Makes a lead.
///
/// # Errors
/// [`kernel::Error::Invalid`] naming every field that is wrong.
pub async fn create_lead<S: LeadBook + Emit>(
    s: &S,
    house: &(impl People + Telephones),
    cx: &Cx,
    cmd: &CreateLead,
) -> Result<Lead> {
    cx.require(MANAGE_LEADS)?;
    let region = if cmd.phone.is_some() { house.region().await? } else { String::new() };
    let mut check = Check::default();
    let lead = cmd.lead(cx, &mut check, house, &region);
    check.done()?;
    may_have(house, cx, &lead).await?;
    make(s, cx, lead).await
}
