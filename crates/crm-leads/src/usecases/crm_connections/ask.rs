//! A CRM is asked with a token that is good: renewed before it ends, and once where the CRM takes it no more.
//!
//! One process renews at a time: it has the connection for that by a conditional update, and what it is given is kept before it is
//! used, since a CRM that gives a new refresh token takes the old one no more.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use kernel::{Conn, Cx, Db, Error, Result, crypto::Keyring, db::Emit, id::CrmConnectionId};
use sea_orm::{ActiveEnum, Condition, entity::prelude::*, sea_query::ExprTrait};

use crate::{
    domain::crm_connections::{
        events::CrmConnectionLost,
        remote::{Credentials, Grant, NoCrm},
    },
    ports::crm::{Crm, Crms},
    queries::crm::connections::connection,
    store::crm_connections::connection::{Column, CrmStatus, Entity as CrmConnections, Model as CrmConnection},
};

/// How long before its end a token is renewed.
const EARLY: TimeDelta = TimeDelta::seconds(60);
/// How long whoever renews it has it.
const RENEWING: TimeDelta = TimeDelta::seconds(30);
/// How long it is waited before it is looked again whether another process has renewed it.
const LOOK: Duration = Duration::from_millis(200);
/// How often it is looked.
const LOOKS: usize = 150;

/// What asks a CRM, as often as it takes.
pub(crate) type Question<'q, T> =
    &'q (dyn for<'a> Fn(&'a dyn Crm, &'a Credentials) -> BoxFuture<'a, Result<T, NoCrm>> + Send + Sync);

/// What a connection's credentials are sealed for.
pub(super) fn context(id: CrmConnectionId) -> Vec<u8> {
    format!("crm_connections {id} credentials").into_bytes()
}

/// Credentials as they are kept.
pub(crate) fn sealed(keyring: &Keyring, cx: &Cx, id: CrmConnectionId, held: &Credentials) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(held).map_err(Error::internal)?;
    keyring.encrypt(cx.source(), &context(id), &plain)
}

/// Credentials as they are used; none where there are none.
pub(crate) fn opened(keyring: &Keyring, connection: &CrmConnection) -> Result<Option<Credentials>> {
    let Some(sealed) = &connection.credentials_encrypted else { return Ok(None) };
    let plain = keyring.decrypt(&context(connection.id), sealed)?;
    serde_json::from_slice(&plain).map(Some).map_err(|_| Error::internal("credentials of a CRM cannot be read"))
}

/// When a token ends.
pub(crate) fn ends(now: DateTime<Utc>, grant: &Grant) -> Option<DateTime<Utc>> {
    grant.lasts.and_then(|lasts| TimeDelta::from_std(lasts).ok()).map(|lasts| now + lasts)
}

/// Asks a CRM on behalf of a connection.
///
/// # Errors
/// Of ours only; what the CRM says is inside.
pub(crate) async fn asked<T>(
    db: &Db,
    crms: &dyn Crms,
    cx: &Cx,
    id: CrmConnectionId,
    question: Question<'_, T>,
) -> Result<Result<T, NoCrm>> {
    let mut refused = None;
    loop {
        let (found, held) = match held(db, crms, cx, id, refused).await? {
            Ok(held) => held,
            Err(no) => return Ok(Err(no)),
        };
        match question(crms.of(found.provider), &held).await {
            Err(NoCrm::Expired) if refused.is_none() => refused = Some(found.renewed),
            Err(NoCrm::Expired) => {
                let why = "it refused a token that it had just given".to_owned();
                lost(db, cx, id, CrmStatus::Expired, &why).await?;
                return Ok(Err(NoCrm::Revoked(why)));
            }
            Err(NoCrm::Revoked(why)) => {
                lost(db, cx, id, CrmStatus::Revoked, &why).await?;
                return Ok(Err(NoCrm::Revoked(why)));
            }
            other => return Ok(other),
        }
    }
}

/// Credentials that are good, as far as anybody knows. `refused` is how often they had been renewed when the CRM refused them.
async fn held(
    db: &Db,
    crms: &dyn Crms,
    cx: &Cx,
    id: CrmConnectionId,
    refused: Option<i32>,
) -> Result<Result<(CrmConnection, Credentials), NoCrm>> {
    let conn = db.bookkeeping(cx).await?;
    for _ in 0..LOOKS {
        let cx = &cx.at_present();
        let gone = || NoCrm::Revoked("it was disconnected".into());
        let Some(found) = connection(&conn, id).await? else { return Ok(Err(gone())) };
        let Some(held) = opened(db.keyring(), &found)? else { return Ok(Err(gone())) };
        let ends_soon = held.refresh.is_some() && found.token_expires_at.is_some_and(|at| at <= cx.now + EARLY);
        if refused != Some(found.renewed) && !ends_soon {
            return Ok(Ok((found, held)));
        }
        if !may_renew(&conn, &found, cx.now).await? {
            tokio::time::sleep(LOOK).await;
            continue;
        }
        match crms.of(found.provider).refresh(&held).await {
            Ok(grant) => {
                keep(&conn, db.keyring(), cx, &found, &grant).await?;
            }
            Err(no) => {
                let freed =
                    CrmConnections::update_many().col_expr(Column::RefreshingUntil, Expr::value(None::<DateTime<Utc>>));
                freed.filter(Column::Id.eq(id)).filter(Column::Renewed.eq(found.renewed)).exec(&conn).await?;
                if let NoCrm::Revoked(why) = &no {
                    lost(db, cx, id, CrmStatus::Revoked, why).await?;
                }
                return Ok(Err(no));
            }
        }
    }
    Ok(Err(NoCrm::Away("its token is being renewed for too long".into())))
}

/// Whether this process renews the token now.
async fn may_renew(conn: &Conn, found: &CrmConnection, now: DateTime<Utc>) -> Result<bool> {
    let free = Condition::any().add(Column::RefreshingUntil.is_null()).add(Column::RefreshingUntil.lte(now));
    let claimed = CrmConnections::update_many()
        .col_expr(Column::RefreshingUntil, Expr::value(Some(now + RENEWING)))
        .filter(Column::Id.eq(found.id))
        .filter(Column::Renewed.eq(found.renewed))
        .filter(free)
        .exec(conn)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Keeps what a CRM gave instead of what it takes no more.
async fn keep(conn: &Conn, keyring: &Keyring, cx: &Cx, found: &CrmConnection, grant: &Grant) -> Result<()> {
    let mut credentials = grant.credentials.clone();
    // A CRM need not say again where the account is.
    credentials.base = credentials.base.or_else(|| opened(keyring, found).ok().flatten().and_then(|held| held.base));
    let sealed = sealed(keyring, cx, found.id, &credentials)?;
    CrmConnections::update_many()
        .col_expr(Column::CredentialsEncrypted, Expr::value(Some(sealed)))
        .col_expr(Column::Renewed, Expr::col(Column::Renewed).add(1))
        .col_expr(Column::TokenExpiresAt, Expr::value(ends(cx.now, grant)))
        .col_expr(Column::RefreshingUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::Account, Expr::value(found.account.clone().or_else(|| grant.account.clone())))
        .filter(Column::Id.eq(found.id))
        .filter(Column::Renewed.eq(found.renewed))
        .exec(conn)
        .await?;
    Ok(())
}

/// Notes that a CRM lets us in no more, and tells of it once.
async fn lost(db: &Db, cx: &Cx, id: CrmConnectionId, status: CrmStatus, why: &str) -> Result<()> {
    let why: &str = &why.chars().take(300).collect::<String>();
    db.transact(cx, "crm_connection.lose", |tx| async move {
        let held = CrmConnections::update_many()
            .col_expr(Column::Status, Expr::value(status.to_value()))
            .col_expr(Column::LastError, Expr::value(Some(why)))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(cx.now))
            .filter(Column::Id.eq(id))
            .filter(Column::Status.is_in([CrmStatus::Connected, CrmStatus::Paused]))
            .exec(tx.conn())
            .await?;
        if held.rows_affected == 1 {
            tx.emit(cx, &CrmConnectionLost { connection: id, status, why: why.to_owned() });
        }
        Ok(())
    })
    .await
}
