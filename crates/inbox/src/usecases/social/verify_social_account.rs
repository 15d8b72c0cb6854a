//! Whether a platform takes us is tried.

use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    db::Emit,
    id::SocialAccountId,
    record::{self, Records, by_ids},
};

use super::{
    may,
    renew_social_account::{Renewal, newer, renew},
    tokens::{access, refuse},
};
use crate::{
    domain::social::{events::SocialAccountVerified, platform::PlatformConfig},
    ports::social::{SocialError, SocialNetworks},
    queries::social::accounts::platform_of,
    store::social::account::{Entity as SocialAccounts, Model as SocialAccount, SocialAccountStatus},
};

/// Refuses, and has that on record, where no transaction was begun yet.
async fn not_begun(db: &Db, cx: &Cx, why: impl Fn() -> Error + Sync) -> Result<SocialAccount> {
    let why = &why;
    db.transact(cx, "social_account.verify", |_| async move { Err(why()) }).await
}

/// Asks the platform for the name of an account with our token. A token that is past its time is renewed first; one that is taken
/// no more is noted.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `socialAccountId` where the account is not connected or the platform is away.
pub async fn verify_social_account(
    db: &Db,
    networks: &dyn SocialNetworks,
    cx: &Cx,
    id: SocialAccountId,
) -> Result<SocialAccount> {
    may(db, cx, "social_account.verify").await?;
    let conn = db.reader(cx).await?;
    let found = by_ids::<SocialAccounts>(&conn, cx, &[id]).await?.remove(&id);
    let Some(account) = found else { return not_begun(db, cx, || Error::NotFound { what: "SocialAccount" }).await };
    let config = PlatformConfig::of(&platform_of(&conn, account.platform).await?);
    drop(conn);
    let bad =
        async |why: &str| not_begun(db, cx, || Error::invalid("socialAccountId", ProblemCode::NotAvailable, why)).await;
    let Some(mut token) = access(db.keyring(), &account)? else { return bad("is not connected").await };
    let version = config.version(account.platform);
    let mut named = networks.name(account.platform, version, &account.account_id, &token).await;
    if matches!(named, Err(SocialError::Revoked(_))) && account.refresh_token_encrypted.is_some() {
        token = match renew(db, networks, cx, &account).await? {
            Renewal::Done(token) => token,
            Renewal::Elsewhere => match newer(db, cx, &account).await? {
                Some(token) => token,
                None => return bad("has its token renewed at this moment; try again").await,
            },
            Renewal::Not(SocialError::Revoked(_)) => token,
            Renewal::Not(error) => return bad(&format!("could not be verified: {error}")).await,
        };
        named = networks.name(account.platform, version, &account.account_id, &token).await;
    }
    let named = &named;
    db.transact(cx, "social_account.verify", |tx| async move {
        match named {
            Ok(name) => {
                let before = Records::<SocialAccounts>::lock(&tx, cx, id).await?;
                let mut after = before.clone();
                after.account_name = name.as_ref().map(|name| name.chars().take(255).collect()).or(after.account_name);
                if after.active {
                    after.status = SocialAccountStatus::Connected;
                    after.last_error = None;
                }
                tx.emit(cx, &SocialAccountVerified { account: id, ok: true });
                record::save::<SocialAccounts, _>(&tx, cx, before, after).await
            }
            Err(SocialError::Revoked(why)) => {
                tx.emit(cx, &SocialAccountVerified { account: id, ok: false });
                let refused = refuse(&tx, cx, id, SocialAccountStatus::Revoked, why).await?;
                refused.ok_or(Error::NotFound { what: "SocialAccount" })
            }
            Err(error) => {
                let why = format!("could not be verified: {error}");
                Err(Error::invalid("socialAccountId", ProblemCode::NotAvailable, why))
            }
        }
    })
    .await
}
