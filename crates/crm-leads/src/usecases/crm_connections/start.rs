//! Somebody goes to a CRM to let us in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    crypto::{Keyring, token, token_hash},
    db::Emit,
    id::CrmConnectionId,
    record::Records,
    text::Check,
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::keep::NAME;
use crate::{
    domain::crm_connections::events::CrmConnectionBegun,
    policy::MANAGE_CRM,
    ports::crm::{Crms, Way},
    store::crm_connections::{
        connecting,
        connection::{CrmMethod, CrmProvider, Entity as CrmConnections, Model as CrmConnection},
    },
};

/// How long somebody who was sent away is waited for.
const TTL: TimeDelta = TimeDelta::minutes(10);

/// Where somebody goes.
#[derive(Debug, Clone)]
pub enum StartCrmConnection {
    /// To a CRM that is to be connected, under a name.
    New(CrmProvider, String),
    /// To one that is to be connected again.
    Again(CrmConnectionId),
}

/// Where to.
#[derive(Clone, Serialize, Deserialize)]
pub struct CrmConnectionStarted {
    /// There.
    pub authorization_url: String,
    /// Until when they may come back.
    pub expires_at: DateTime<Utc>,
}

/// What the verifier of a connection is sealed for.
pub(super) fn verifier_context(state_hash: &[u8]) -> Vec<u8> {
    [b"crm_connecting ", state_hash].concat()
}

/// Sends somebody to a CRM to let us in. The state that they come back with is good once, for ten minutes, for them.
///
/// # Errors
/// [`Error::Forbidden`], also for an API key; [`Error::NotFound`]; [`Error::Invalid`] at `name`, and at `provider` where this
/// installation is not known there.
pub async fn start_crm_connection(
    tx: &Tx,
    crms: &dyn Crms,
    keyring: &Keyring,
    cx: &Cx,
    cmd: &StartCrmConnection,
) -> Result<CrmConnectionStarted> {
    cx.require(MANAGE_CRM)?;
    let (user, _) = cx.in_session()?;
    let user_id = user.id;
    let (provider, connection_id, name) = match cmd {
        StartCrmConnection::New(provider, name) => {
            let mut check = Check::default();
            let name = check.line("name", name, NAME);
            check.done()?;
            (*provider, None, Some(name))
        }
        StartCrmConnection::Again(id) => {
            let found: CrmConnection = Records::<CrmConnections>::lock(tx, cx, *id).await?;
            if found.method == CrmMethod::Key {
                let what = "is connected by a key: give another one";
                return Err(Error::invalid("crmConnectionId", ProblemCode::NotAllowed, what));
            }
            (found.provider, Some(found.id), None)
        }
    };
    let state = token(cx.source(), "fdc");
    let verifier = URL_SAFE_NO_PAD.encode(cx.random::<32>());
    let way = Way { redirect_uri: crms.redirect_uri(), state: &state, verifier: &verifier };
    let authorization_url = crms.of(provider).authorization_url(way).ok_or_else(|| {
        let what = "this installation is not known there: whoever runs it sets its client id and secret";
        Error::invalid("provider", ProblemCode::NotAvailable, what)
    })?;
    let state_hash = token_hash(&state);
    let expires_at = cx.now + TTL;
    let row = connecting::Model {
        verifier_encrypted: keyring.encrypt(cx.source(), &verifier_context(&state_hash), verifier.as_bytes())?,
        state_hash,
        provider,
        connection_id,
        wanted_name: name,
        user_id,
        created_at: cx.now,
        expires_at,
    };
    connecting::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    tx.emit(cx, &CrmConnectionBegun { provider, connection: connection_id.unwrap_or_else(|| cx.new_id()) });
    Ok(CrmConnectionStarted { authorization_url, expires_at })
}
