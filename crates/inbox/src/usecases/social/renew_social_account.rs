//! Tokens are renewed before they end, by one process of all.
//!
//! **In which order.** A platform may give the token that renews anew and take the old one no more (X does), so an answer that is
//! lost is the account lost. Therefore a renewal begins well before the token ends, so that what we act with is good meanwhile; it
//! is *claimed* first, in a statement that one process wins and that stays when the process dies; what comes is stored at once,
//! tried until it is; and only then is anything else done with it. Where a claim was never ended, the next renewal shows the same
//! token again, which is all that can be tried; if the platform refuses that, the account is *expired* and not *revoked*: nobody
//! took our right away, and who connects it again has everything as it was.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::{
    Cx, Db, Error, Result,
    db::Emit,
    id::SocialAccountId,
    jobs::{self, Enqueue, Job},
    record,
};

use super::tokens::{RenewSocialAccount, access, lock, refresh, refuse, seal, watch};
use crate::{
    domain::social::{events::SocialAccountRefused, grant::Tokens},
    ports::social::{SocialError, SocialNetworks},
    queries::social::accounts::{account_by_id, claim_renewal},
    store::social::account::{Entity as SocialAccounts, Model as SocialAccount, SocialAccountStatus},
};

/// How long whoever renews a token has it.
const CLAIM: TimeDelta = TimeDelta::seconds(60);
/// How often new tokens are tried to be stored.
const STORED: u32 = 6;

/// What came of a renewal.
pub(crate) enum Renewal {
    /// What we act with now. A secret.
    Done(String),
    /// Another process is at it, or has just done it.
    Elsewhere,
    /// It cannot be; the account was given up for it where it can never be.
    Not(SocialError),
}

/// Sees to the token of an account: renews it, or tells people that it ends.
///
/// # Errors
/// Where it is to be tried again.
pub async fn renew_social_account(db: &Db, networks: &dyn SocialNetworks, cx: &Cx, job: &Job) -> Result<()> {
    let work: &RenewSocialAccount = &job.work()?;
    let found = account_by_id(&db.reader(cx).await?, work.account).await?;
    let due = |account: &SocialAccount| {
        account.status == SocialAccountStatus::Connected && account.token_expires_at == Some(work.ends_at)
    };
    let finish = |tx: kernel::Tx| async move { jobs::finish(&tx, job).await };
    let Some(account) = found.filter(due) else { return db.transact(cx, "social_account.renew", finish).await };
    if account.refresh_token_encrypted.is_none() {
        return end(db, cx, job, work).await;
    }
    match renew(db, networks, cx, &account).await? {
        // It has queued what looks after the new token.
        Renewal::Done(_) => db.transact(cx, "social_account.renew", finish).await,
        Renewal::Elsewhere => jobs::put_back(&db.bookkeeping(cx).await?, job, cx.at_present().now + CLAIM).await,
        Renewal::Not(SocialError::Revoked(_)) => db.transact(cx, "social_account.renew", finish).await,
        Renewal::Not(error) => {
            let cx = &cx.at_present();
            let why = &error.to_string();
            let wait = match error {
                SocialError::RetryAt(at, _) => at,
                _ => cx.now,
            };
            db.transact(cx, "social_account.renew", |tx| async move {
                if cx.now >= work.ends_at {
                    refuse(&tx, cx, work.account, SocialAccountStatus::Expired, why).await?;
                    return jobs::finish(&tx, job).await;
                }
                jobs::fail_until(&tx, cx, job, why, wait).await.map(drop)
            })
            .await
        }
    }
}

/// A token that cannot be renewed: people are told before it ends, and when it has.
async fn end(db: &Db, cx: &Cx, job: &Job, work: &RenewSocialAccount) -> Result<()> {
    db.transact(cx, "social_account.end", |tx| async move {
        jobs::finish(&tx, job).await?;
        if cx.now >= work.ends_at {
            refuse(&tx, cx, work.account, SocialAccountStatus::Expired, "its token is past its time").await?;
        } else if !work.told {
            let status = SocialAccountStatus::Expired;
            tx.emit(cx, &SocialAccountRefused { account: work.account, status, soon: true });
            tx.enqueue_at(cx, &RenewSocialAccount { told: true, ..work.clone() }, work.ends_at).await?;
        } else {
            tx.enqueue_at(cx, work, work.ends_at).await?;
        }
        Ok(())
    })
    .await
}

/// Renews the token of an account that was `seen`, where nobody else does or has.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub(crate) async fn renew(db: &Db, networks: &dyn SocialNetworks, cx: &Cx, seen: &SocialAccount) -> Result<Renewal> {
    let (cx, id) = (&cx.at_present(), seen.id);
    let not = |why: &str| Ok(Renewal::Not(SocialError::Permanent(why.into())));
    let Some(account) = account_by_id(&db.reader(cx).await?, id).await? else { return not("it is not there") };
    // Somebody was faster.
    if account.access_token_encrypted != seen.access_token_encrypted {
        return Ok(Renewal::Elsewhere);
    }
    let Some(old) = refresh(db.keyring(), &account)? else { return not("nothing renews its token") };
    // A claim that was never ended: the platform may have given new tokens to somebody who could not keep them.
    let broken_off = account.refreshing_until.is_some();
    if !claim_renewal(&db.bookkeeping(cx).await?, &account, cx.now, cx.now + CLAIM).await? {
        return Ok(Renewal::Elsewhere);
    }
    match networks.renew(account.platform, &old, cx.now).await {
        Ok(tokens) => {
            store(db, cx, &account, &tokens).await?;
            Ok(Renewal::Done(tokens.access))
        }
        Err(SocialError::Revoked(why)) => {
            let (status, why) = match broken_off {
                true => (SocialAccountStatus::Expired, format!("a renewal of its token was broken off: {why}")),
                false => (SocialAccountStatus::Revoked, why),
            };
            let told = &why;
            let refused = |tx| async move { refuse(&tx, cx, id, status, told).await.map(drop) };
            db.transact(cx, "social_account.refuse", refused).await?;
            Ok(Renewal::Not(SocialError::Revoked(why)))
        }
        // The claim runs out by itself, and is remembered.
        Err(SocialError::Unknown(why)) => Ok(Renewal::Not(SocialError::Unknown(why))),
        Err(error) => {
            if !broken_off {
                release(db, cx, id).await?;
            }
            Ok(Renewal::Not(error))
        }
    }
}

/// The token that another process has got meanwhile; `None` where it has not yet.
pub(crate) async fn newer(db: &Db, cx: &Cx, seen: &SocialAccount) -> Result<Option<String>> {
    let found = account_by_id(&db.reader(cx).await?, seen.id).await?;
    let newer = found.filter(|found| found.access_token_encrypted != seen.access_token_encrypted);
    newer.map_or(Ok(None), |account| access(db.keyring(), &account))
}

/// Stores new tokens, whatever it takes: there are no others.
async fn store(db: &Db, cx: &Cx, seen: &SocialAccount, tokens: &Tokens) -> Result<()> {
    let mut wait = Duration::from_millis(100);
    for left in (0..STORED).rev() {
        let stored = db.transact(cx, "social_account.renew", |tx| async move {
            let Some(before) = lock(&tx, seen.id).await? else { return Ok(()) };
            // Somebody disconnected it, or connected it anew, meanwhile.
            if before.refresh_token_encrypted != seen.refresh_token_encrypted {
                return Ok(());
            }
            let mut after = before.clone();
            // Some platforms say the one that renews only once.
            let refresh = tokens.refresh.clone().or(refresh(db.keyring(), &before)?);
            seal(db.keyring(), cx, &mut after, &Tokens { refresh, ..tokens.clone() })?;
            let after = record::save::<SocialAccounts, _>(&tx, cx, before, after).await?;
            watch(&tx, cx, &after).await
        });
        match stored.await {
            Ok(()) => return Ok(()),
            Err(error) if left == 0 => return Err(error),
            Err(error) => tracing::warn!(account = %seen.id, ?error, "new tokens could not be stored; trying again"),
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    Err(Error::internal("new tokens were not stored"))
}

/// Gives a claim back after which the platform certainly gave nothing.
async fn release(db: &Db, cx: &Cx, id: SocialAccountId) -> Result<()> {
    use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

    use crate::store::social::account::{ActiveModel, Column};
    SocialAccounts::update_many()
        .set(ActiveModel { refreshing_until: Set(None), ..Default::default() })
        .filter(Column::Id.eq(id))
        .exec(&db.bookkeeping(cx).await?)
        .await?;
    Ok(())
}
