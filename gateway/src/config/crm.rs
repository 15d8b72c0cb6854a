//! Who we are at the CRMs.

use crm_leads::{CrmClient, CrmSettings};
use kernel::Result;

use super::Config;

impl Config {
    /// Who we are at the CRMs, and where they are.
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] for a public address that is none.
    pub fn crms(&self) -> Result<CrmSettings> {
        let client = |id: &Option<String>, secret: &Option<String>| {
            let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
            CrmClient { id: given(id), secret: given(secret) }
        };
        Ok(CrmSettings {
            redirect_uri: format!("{}/crm/callback", self.public_url()?),
            hubspot: client(&self.crm_hubspot_client_id, &self.crm_hubspot_client_secret),
            hubspot_url: self.crm_hubspot_url.clone(),
            hubspot_authorize_url: self.crm_hubspot_consent_url.clone(),
            salesforce: client(&self.crm_salesforce_client_id, &self.crm_salesforce_client_secret),
            salesforce_url: self.crm_salesforce_url.clone(),
            salesforce_version: self.crm_salesforce_version.clone(),
            zoho: client(&self.crm_zoho_client_id, &self.crm_zoho_client_secret),
            zoho_url: self.crm_zoho_url.clone(),
        })
    }
}
