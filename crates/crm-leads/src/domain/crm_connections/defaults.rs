//! What each CRM is like, and which fields go where unless somebody says otherwise.

use super::mapping::{MappedField, Mapping, Mappings};
use crate::store::crm_connections::connection::CrmProvider;

impl CrmProvider {
    /// The field by which the CRM knows our leads. Whoever keeps the CRM makes it, as a unique text.
    pub fn key_field(self) -> &'static str {
        match self {
            Self::Hubspot => "frontdesk_lead_id",
            Self::Salesforce => "Frontdesk_Id__c",
            Self::Zoho => "Frontdesk_Id",
        }
    }

    /// Fields of which a record needs one.
    pub fn needs_any(self) -> &'static [&'static str] {
        match self {
            Self::Hubspot => &["email", "firstname", "lastname"],
            Self::Salesforce | Self::Zoho => &[],
        }
    }

    /// How many records one request may hold.
    pub fn batch(self) -> usize {
        match self {
            Self::Hubspot | Self::Zoho => 100,
            Self::Salesforce => 200,
        }
    }

    /// Which fields go where unless somebody says otherwise.
    pub fn usual_mappings(self) -> Mappings {
        let of = |lead, crm: &str| Mapping { lead, crm: crm.to_owned(), fallback: None };
        let or = |lead, crm: &str| Mapping { lead, crm: crm.to_owned(), fallback: Some("Unknown".to_owned()) };
        Mappings(match self {
            Self::Hubspot => vec![
                of(MappedField::FirstName, "firstname"),
                of(MappedField::LastName, "lastname"),
                of(MappedField::Email, "email"),
                of(MappedField::Phone, "phone"),
                of(MappedField::Company, "company"),
            ],
            Self::Salesforce => vec![
                of(MappedField::FirstName, "FirstName"),
                or(MappedField::LastName, "LastName"),
                or(MappedField::Company, "Company"),
                of(MappedField::Email, "Email"),
                of(MappedField::Phone, "Phone"),
                of(MappedField::Notes, "Description"),
            ],
            Self::Zoho => vec![
                of(MappedField::FirstName, "First_Name"),
                or(MappedField::LastName, "Last_Name"),
                of(MappedField::Company, "Company"),
                of(MappedField::Email, "Email"),
                of(MappedField::Phone, "Phone"),
                of(MappedField::Notes, "Description"),
            ],
        })
    }
}
