//! A CRM is connected by a key that somebody made there.

use kernel::{Cx, Db, Error, ProblemCode, Result, id::CrmConnectionId, text::Check};

use super::{
    complete::{Connected, connected, refused},
    keep::NAME,
};
use crate::{
    domain::crm_connections::remote::{Credentials, Grant},
    policy::MANAGE_CRM,
    ports::crm::Crms,
    queries::crm::connections::connection,
    store::crm_connections::connection::{CrmMethod, CrmProvider, Model as CrmConnection},
};

/// The longest key, in bytes.
const KEY: usize = 1000;

/// A key, and what for.
#[derive(Clone)]
pub struct ConnectCrmWithKey {
    /// The name of a new connection.
    pub name: Option<String>,
    /// The one that gets another key.
    pub again: Option<CrmConnectionId>,
    /// The key. A secret.
    pub key: String,
}

/// Connects HubSpot by a service key or the token of a private app, once it takes it.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] at `name` or `key`; [`Error::Unavailable`] where it does not answer.
pub async fn connect_crm_with_key(db: &Db, crms: &dyn Crms, cx: &Cx, cmd: &ConnectCrmWithKey) -> Result<CrmConnection> {
    let came = &tried(db, crms, cx, cmd).await;
    db.transact(cx, "crm_connection.connect", |tx| async move {
        match came {
            Ok(came) => connected(&tx, db, cx, came).await,
            Err(error) => Err(error.clone()),
        }
    })
    .await
}

async fn tried(db: &Db, crms: &dyn Crms, cx: &Cx, cmd: &ConnectCrmWithKey) -> Result<Connected> {
    cx.require(MANAGE_CRM)?;
    cx.in_session()?;
    let provider = CrmProvider::Hubspot;
    let mut check = Check::default();
    let name = match (&cmd.name, cmd.again) {
        (Some(name), None) => check.line("name", name, NAME),
        (None, Some(id)) => {
            let found = connection(&db.reader(cx).await?, id).await?;
            let found = found.ok_or(Error::NotFound { what: "ConnectedCrm" })?;
            if found.method != CrmMethod::Key {
                check.problem("crmConnectionId", ProblemCode::NotAllowed, "is not connected by a key");
            }
            String::new()
        }
        _ => {
            check.problem(
                "name",
                ProblemCode::Blank,
                "a new connection has a name, and one that is there keeps its own",
            );
            String::new()
        }
    };
    let key = cmd.key.trim();
    if key.is_empty() || key.len() > KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        check.problem("key", ProblemCode::InvalidFormat, "is no key");
    }
    check.done()?;
    let credentials = Credentials { access: key.to_owned(), refresh: None, base: None };
    let crm = crms.of(provider);
    crm.describe(&credentials).await.map_err(|no| refused("key", &no))?;
    let account = crm.account(&credentials).await.map_err(|no| refused("key", &no))?;
    let grant = Grant { credentials, lasts: None, account };
    Ok(Connected { provider, again: cmd.again, name, method: CrmMethod::Key, grant })
}
