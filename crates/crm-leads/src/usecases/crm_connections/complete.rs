//! Somebody comes back from a CRM.

use kernel::{
    Cx, Db, Error, ProblemCode, Result, Tx,
    crypto::token_hash,
    id::CrmConnectionId,
    record::{self, Records},
    text::rename,
};
use sea_orm::{EntityTrait, ModelTrait};

use super::{
    ask::{ends, opened, sealed},
    keep::go_on,
    start::verifier_context,
};
use crate::{
    domain::crm_connections::remote::{Grant, NoCrm},
    policy::MANAGE_CRM,
    ports::crm::{Crms, Way},
    store::{
        crm_connections::{
            connecting,
            connection::{CrmMethod, CrmProvider, CrmStatus, Entity as CrmConnections, Model as CrmConnection},
        },
        crm_syncs::queue::forget_all,
    },
};

/// Somebody is back.
#[derive(Clone)]
pub struct CompleteCrmConnection {
    /// What the CRM sent back with them.
    pub state: String,
    /// What we are given tokens for.
    pub code: String,
}

/// What a connection is made of.
pub(super) struct Connected {
    pub(super) provider: CrmProvider,
    pub(super) again: Option<CrmConnectionId>,
    pub(super) name: String,
    pub(super) method: CrmMethod,
    pub(super) grant: Grant,
}

/// Makes a connection of what somebody comes back with. State and code are good once, whatever comes of it.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] at `state` where it is unknown, used, too old or another's, at `code` where the CRM
/// refuses it, and at `name` where another connection has it; [`Error::Unavailable`] where the CRM does not answer.
pub async fn complete_crm_connection(
    db: &Db,
    crms: &dyn Crms,
    cx: &Cx,
    cmd: &CompleteCrmConnection,
) -> Result<CrmConnection> {
    let came = &match cx.require(MANAGE_CRM) {
        Ok(()) => redeemed(db, crms, cx, cmd).await?,
        Err(error) => Err(error),
    };
    // The answer may have been given before, under the same idempotency key: then this does not run.
    db.transact(cx, "crm_connection.complete", |tx| async move {
        match came {
            Ok(came) => connected(&tx, db, cx, came).await,
            Err(error) => Err(error.clone()),
        }
    })
    .await
}

/// What the CRM gives for what somebody came back with. Nothing is open while it thinks.
async fn redeemed(db: &Db, crms: &dyn Crms, cx: &Cx, cmd: &CompleteCrmConnection) -> Result<Result<Connected>> {
    let unknown = || Error::invalid("state", ProblemCode::InvalidToken, "is unknown, used or too old: begin again");
    let (user, _) = cx.in_session()?;
    if cmd.state.len() > 256 || cmd.code.is_empty() || cmd.code.len() > 4096 {
        return Ok(Err(unknown()));
    }
    let conn = db.bookkeeping(cx).await?;
    let found = connecting::Entity::find_by_id(token_hash(&cmd.state)).one(&conn).await?;
    // Another's stays theirs: they may still come back.
    let Some(begun) = found.filter(|begun| begun.user_id == user.id) else { return Ok(Err(unknown())) };
    if begun.clone().delete(&conn).await?.rows_affected != 1 || begun.expires_at <= cx.now {
        return Ok(Err(unknown()));
    }
    let verifier = db.keyring().decrypt(&verifier_context(&begun.state_hash), &begun.verifier_encrypted)?;
    let verifier = String::from_utf8_lossy(&verifier);
    let way = Way { redirect_uri: crms.redirect_uri(), state: &cmd.state, verifier: &verifier };
    Ok(match crms.of(begun.provider).redeem(way, &cmd.code).await {
        Ok(grant) => Ok(Connected {
            provider: begun.provider,
            again: begun.connection_id,
            name: begun.wanted_name.unwrap_or_default(),
            method: CrmMethod::Oauth,
            grant,
        }),
        Err(no) => Err(refused("code", &no)),
    })
}

/// What somebody is told whom a CRM refused.
pub(super) fn refused(field: &str, no: &NoCrm) -> Error {
    match no {
        NoCrm::Away(_) => Error::unavailable(no.sentence()),
        NoCrm::Limited(after, _) => Error::RateLimited { retry_after: *after },
        _ => Error::invalid(field, ProblemCode::InvalidToken, no.sentence()),
    }
}

/// Keeps what a CRM gave, as a new connection or of one that was lost. With another account than before, no record there is known.
pub(super) async fn connected(tx: &Tx, db: &Db, cx: &Cx, came: &Connected) -> Result<CrmConnection> {
    let user = cx.user()?.id;
    let id = came.again.unwrap_or_else(|| cx.new_id());
    let credentials_encrypted = Some(sealed(db.keyring(), cx, id, &came.grant.credentials)?);
    let Some(again) = came.again else {
        let mut new = CrmConnection {
            id,
            provider: came.provider,
            name: String::new(),
            name_folded: None,
            method: came.method,
            credentials_encrypted,
            renewed: 0,
            field_mappings: came.provider.usual_mappings(),
            auto_sync: false,
            pull: false,
            active: true,
            status: CrmStatus::Connected,
            last_error: None,
            token_expires_at: ends(cx.now, &came.grant),
            refreshing_until: None,
            limited_until: None,
            working_until: None,
            pulled_until: None,
            pulled_at: None,
            connected_by_id: Some(user),
            connected_at: cx.now,
            version: 1,
            created_at: cx.now,
            updated_at: cx.now,
            account: came.grant.account.clone(),
        };
        rename(&mut new.name, &mut new.name_folded, came.name.clone());
        return record::add::<CrmConnections, _>(tx, cx, new).await;
    };
    let before: CrmConnection = Records::<CrmConnections>::lock(tx, cx, again).await?;
    let account = came.grant.account.clone().or_else(|| before.account.clone());
    let is_another = before.account.is_some() && before.account != account;
    if is_another {
        // What has these ids there is somebody else.
        forget_all(tx.conn(), again).await?;
    }
    // Where the account is stays known, though the CRM need not say it again.
    let mut credentials = came.grant.credentials.clone();
    credentials.base =
        credentials.base.or_else(|| opened(db.keyring(), &before).ok().flatten().and_then(|held| held.base));
    let after = CrmConnection {
        credentials_encrypted: Some(sealed(db.keyring(), cx, id, &credentials)?),
        renewed: before.renewed + 1,
        active: true,
        status: CrmStatus::Connected,
        last_error: None,
        token_expires_at: ends(cx.now, &came.grant),
        refreshing_until: None,
        limited_until: None,
        connected_by_id: Some(user),
        connected_at: cx.now,
        pulled_until: before.pulled_until.filter(|_| !is_another),
        account,
        ..before.clone()
    };
    let after = record::save::<CrmConnections, _>(tx, cx, before, after).await?;
    go_on(tx, cx, &after).await?;
    Ok(after)
}
