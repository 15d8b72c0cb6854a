//! What is known of a lead when it is scored.

use crate::store::leads::lead::{LeadSource, Model as Lead};

/// Where everybody gets an address.
const FREE: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.de",
    "hotmail.com",
    "outlook.com",
    "live.com",
    "msn.com",
    "icloud.com",
    "me.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "mail.com",
    "mail.ru",
    "yandex.ru",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "163.com",
    "orange.fr",
    "free.fr",
    "libero.it",
];

/// Something that they wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The id of the row that holds it, as it is shown.
    pub id: String,
    /// What it says.
    pub text: String,
}

/// What a lead wrote, and what they did on the website; answered by the inbox through the gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// What they wrote, the newest first, as much as is looked at.
    pub said: Vec<Said>,
    /// How often they wrote.
    pub messages: i32,
    /// Within how many minutes they were first answered.
    pub answered_within: Option<i64>,
    /// How many pages they looked at.
    pub page_views: i32,
    /// Where the leads came from that went into this one.
    pub also_from: Vec<LeadSource>,
}

/// All that rules ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The id of the lead, as it is shown.
    pub lead: String,
    /// Where it came from, and the id of that, as it is shown.
    pub source: LeadSource,
    /// Whether their address is one that everybody can have; `None` without an address.
    pub free_address: Option<bool>,
    /// Whether they gave a number.
    pub has_phone: bool,
    /// Whether they named a company.
    pub has_company: bool,
    /// What they wrote.
    pub heard: Heard,
}

impl Facts {
    /// What is known of a lead.
    pub fn of(lead: &Lead, mut heard: Heard) -> Self {
        if !lead.notes.is_empty() {
            heard.said.push(Said { id: lead.id.to_string(), text: lead.notes.clone() });
        }
        Self {
            lead: lead.id.to_string(),
            source: lead.source_kind,
            free_address: lead.email.as_deref().map(is_free),
            has_phone: lead.phone.is_some(),
            has_company: lead.company.is_some(),
            heard,
        }
    }
}

fn is_free(email: &str) -> bool {
    let domain = email.rsplit('@').next().unwrap_or_default();
    FREE.iter().any(|free| domain.eq_ignore_ascii_case(free))
}

#[cfg(test)]
mod tests {
    use super::is_free;

    #[test]
    fn an_address_that_everybody_can_have_says_nothing() {
        assert!(is_free("ada@gmail.com") && is_free("ada@GMX.de"));
        assert!(!is_free("ada@acme.example") && !is_free("gmail.com@acme.example"));
    }
}
