//! CRMs over the network.

mod http;
pub mod hubspot;
pub mod salesforce;
pub mod zoho;

use kernel::outgoing::Outgoing;

use crate::{
    ports::crm::{Crm, Crms},
    store::crm_connections::connection::CrmProvider,
};
use hubspot::Hubspot;
use salesforce::Salesforce;
use zoho::Zoho;

/// Who this installation is at a CRM.
#[derive(Clone, Default)]
pub struct CrmClient {
    /// Its id there; without it nobody can be sent there.
    pub id: Option<String>,
    /// Its secret there.
    pub secret: Option<String>,
}

/// How the CRMs are asked.
#[derive(Clone, Default)]
pub struct CrmSettings {
    /// Where people come back to.
    pub redirect_uri: String,
    /// Who we are at HubSpot.
    pub hubspot: CrmClient,
    /// Where its API is.
    pub hubspot_url: String,
    /// Where people let us in there.
    pub hubspot_authorize_url: String,
    /// Who we are at Salesforce.
    pub salesforce: CrmClient,
    /// Where people sign in there.
    pub salesforce_url: String,
    /// Which version of its API is spoken.
    pub salesforce_version: String,
    /// Who we are at Zoho.
    pub zoho: CrmClient,
    /// Where people sign in there.
    pub zoho_url: String,
}

/// The CRMs that there are.
pub struct HttpCrms {
    redirect_uri: String,
    hubspot: Hubspot,
    salesforce: Salesforce,
    zoho: Zoho,
}

impl HttpCrms {
    /// Asks by these settings.
    pub fn new(settings: CrmSettings, outgoing: &Outgoing) -> Self {
        let http = http::Http(outgoing.clone());
        Self {
            redirect_uri: settings.redirect_uri,
            hubspot: Hubspot {
                http: http.clone(),
                client: settings.hubspot,
                url: settings.hubspot_url.trim_end_matches('/').to_owned(),
                authorize_url: settings.hubspot_authorize_url,
            },
            salesforce: Salesforce {
                http: http.clone(),
                client: settings.salesforce,
                url: settings.salesforce_url.trim_end_matches('/').to_owned(),
                version: settings.salesforce_version,
            },
            zoho: Zoho { http, client: settings.zoho, url: settings.zoho_url.trim_end_matches('/').to_owned() },
        }
    }
}

impl Crms for HttpCrms {
    fn of(&self, provider: CrmProvider) -> &dyn Crm {
        match provider {
            CrmProvider::Hubspot => &self.hubspot,
            CrmProvider::Salesforce => &self.salesforce,
            CrmProvider::Zoho => &self.zoho,
        }
    }

    fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }
}
