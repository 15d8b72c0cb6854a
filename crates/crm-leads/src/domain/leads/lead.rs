//! What a lead may be.

use kernel::{Error, ProblemCode, Result, text::Check, text::fold, visibility::Holder};

use super::alike::{company_key, email_key, name_key};
use crate::store::leads::lead::Model as Lead;

/// The longest name, company and address.
pub const LINE: usize = 200;
/// The longest telephone number, as people write it.
pub const PHONE: usize = 40;
/// The longest notes.
pub const NOTES: usize = 20_000;
/// The longest reason.
pub const REASON: usize = 500;

impl Lead {
    /// Whose work it is.
    pub fn holder(&self) -> Holder {
        Holder { assignee: self.owner_id, ..Holder::default() }
    }

    /// The texts by whose words it is found.
    pub fn texts(&self) -> [&str; 4] {
        let given = [&self.email, &self.company, &self.phone].map(|text| text.as_deref().unwrap_or_default());
        [&self.name, given[0], given[1], given[2]]
    }

    /// Refuses what is not to happen to a lead that went into another.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `field`.
    pub(crate) fn whole(&self, field: &str) -> Result<()> {
        if self.merged_into_id.is_none() {
            return Ok(());
        }
        Err(Error::invalid(field, ProblemCode::NotAllowed, "the lead went into another: unmerge it first"))
    }

    /// The lead with what follows from its other values.
    #[must_use]
    pub(crate) fn consistent(mut self) -> Self {
        self.name_order = fold(&self.name);
        self.name_key = name_key(&self.name);
        self.email_key = self.email.as_deref().map(email_key);
        self.company_key = self.company.as_deref().and_then(company_key);
        self.score_order = self.score_value.unwrap_or(-1);
        self
    }

    /// Notes where nobody could say who it is.
    pub(crate) fn check_known(&self, check: &mut Check) {
        if self.name.is_empty() && self.email.is_none() && self.phone.is_none() {
            check.problem("name", ProblemCode::Blank, "a lead has a name, an e-mail address or a telephone number");
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::{TimeZone, Utc};
    use kernel::id::{LeadId, TypedId};

    use super::*;
    use crate::store::leads::lead::{LeadSource, LeadStatus};

    /// A new lead of nobody.
    pub(crate) fn lead(n: u128) -> Lead {
        let at = Utc.with_ymd_and_hms(2026, 1, 31, 12, 0, 0).unwrap();
        Lead {
            id: LeadId::from_uuid(uuid::Uuid::from_u128(n)),
            name: "Ada Lovelace".into(),
            name_order: String::new(),
            name_key: None,
            email: Some("ada@example.com".into()),
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
            source_kind: LeadSource::Manual,
            source_id: None,
            visitor_id: None,
            created_by_id: None,
            merged_into_id: None,
            closed_at: None,
            version: 1,
            created_at: at,
            updated_at: at,
            email_key: None,
        }
    }

    #[test]
    fn what_follows_is_made_of_the_rest() {
        let made = Lead { company: Some("Acme GmbH".into()), score_value: Some(7), ..lead(1) }.consistent();
        assert_eq!((made.name_order.as_str(), made.score_order), ("ada lovelace", 7));
        assert_eq!((made.name_key.as_deref(), made.company_key.as_deref()), (Some("alov"), Some("acme")));
        let mut check = Check::default();
        Lead { name: String::new(), email: None, ..lead(2) }.check_known(&mut check);
        assert!(check.done().is_err());
    }
}
