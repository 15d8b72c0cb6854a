//! The CRMs, as use cases ask them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    domain::crm_connections::remote::{Batch, Changes, Credentials, Grant, NoCrm, RemoteField, Row},
    store::crm_connections::connection::CrmProvider,
};

/// What goes along when somebody is sent to a CRM and comes back.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// Where they come back to.
    pub redirect_uri: &'a str,
    /// What they come back with.
    pub state: &'a str,
    /// What proves that who comes back is who went (RFC 7636).
    pub verifier: &'a str,
}

/// A kind of CRM.
#[async_trait]
pub trait Crm: Send + Sync {
    /// Where somebody is sent to let us in; none where this installation is not known there.
    fn authorization_url(&self, way: Way<'_>) -> Option<String>;
    /// What we are given for the code that somebody comes back with.
    async fn redeem(&self, way: Way<'_>, code: &str) -> Result<Grant, NoCrm>;
    /// A new token for what an old one is renewed with.
    async fn refresh(&self, held: &Credentials) -> Result<Grant, NoCrm>;
    /// Ends what we were given.
    async fn revoke(&self, held: &Credentials) -> Result<(), NoCrm>;
    /// The fields that it has for leads.
    async fn describe(&self, held: &Credentials) -> Result<Vec<RemoteField>, NoCrm>;
    /// Brings rows that are new, or that may be: the CRM finds each by the field that holds our id.
    async fn upsert(&self, held: &Credentials, rows: &[Row]) -> Result<Batch, NoCrm>;
    /// Changes rows by the CRM's own ids.
    async fn update(&self, held: &Credentials, rows: &[Row]) -> Result<Batch, NoCrm>;
    /// Takes a record away; one that is gone already is no failure.
    async fn delete(&self, held: &Credentials, external_id: &str) -> Result<(), NoCrm>;
    /// Records of ours that were changed since an instant, with what stands in these fields.
    async fn changes(&self, held: &Credentials, since: DateTime<Utc>, fields: &[String]) -> Result<Changes, NoCrm>;
    /// The CRM's own id of the account, where it says that to who has a key for it.
    async fn account(&self, _held: &Credentials) -> Result<Option<String>, NoCrm> {
        Ok(None)
    }
}

/// All kinds of CRM that there are.
pub trait Crms: Send + Sync {
    /// The one of this provider.
    fn of(&self, provider: CrmProvider) -> &dyn Crm;
    /// Where people come back to.
    fn redirect_uri(&self) -> &str;
}
