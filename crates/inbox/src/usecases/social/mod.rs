//! Accounts on social platforms: one verb a file.

use kernel::{Cx, Db, Result};

use crate::policy::MANAGE_SOCIAL_ACCOUNTS;

pub mod choose_social_accounts;
pub mod complete_social_account;
pub mod connect_social_account;
pub mod disconnect_social_account;
pub mod renew_social_account;
pub mod reseal;
pub mod tokens;
pub mod update_platform;
pub mod verify_social_account;

/// Refuses who may not keep accounts, and has that on record: what asks a platform first begins no transaction of its own.
async fn may(db: &Db, cx: &Cx, action: &'static str) -> Result<()> {
    if cx.can(MANAGE_SOCIAL_ACCOUNTS) {
        return Ok(());
    }
    db.transact(cx, action, |_| async move { cx.require(MANAGE_SOCIAL_ACCOUNTS) }).await
}
