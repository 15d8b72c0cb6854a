//! An account is disconnected.

use kernel::{
    Cx, Db, Result,
    id::SocialAccountId,
    record::{self, Records},
};

use super::may;
use crate::{
    queries::social::accounts::remove_route,
    store::social::account::{Entity as SocialAccounts, Model as SocialAccount, SocialAccountStatus},
};

/// Gives up the tokens of an account: nothing is taken from it or written through it any more. Its conversations stay, and are
/// gone on with where it is connected again.
///
/// # Errors
/// [`kernel::Error::NotFound`].
pub async fn disconnect_social_account(db: &Db, cx: &Cx, id: SocialAccountId) -> Result<SocialAccount> {
    may(db, cx, "social_account.disconnect").await?;
    let account = db
        .transact(cx, "social_account.disconnect", |tx| async move {
            let before = Records::<SocialAccounts>::lock(&tx, cx, id).await?;
            let mut after = before.clone();
            after.access_token_encrypted = None;
            after.refresh_token_encrypted = None;
            after.token_expires_at = None;
            after.refreshing_until = None;
            after.last_error = None;
            after.status = SocialAccountStatus::Disconnected;
            after.active = false;
            record::save::<SocialAccounts, _>(&tx, cx, before, after).await
        })
        .await?;
    // Where this does not happen, what comes for the account finds none that is in use.
    remove_route(db, cx, &account).await?;
    Ok(account)
}
