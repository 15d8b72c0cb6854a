//! Platform administrators are added and deactivated, on the command line only: nobody becomes one over the network.

use kernel::{Cx, Db, Error, Result, id::PlatformAdminId, text::Check};
use serde_json::json;

use crate::{
    policy::keeps_platform,
    store::tenants::{platform_admin, platform_event::record},
};

/// Adds a platform administrator. One who is there already gets this password, may sign in again, and is signed out
/// everywhere.
///
/// # Errors
/// [`Error::Invalid`] for what is no address.
pub async fn add_platform_admin(db: &Db, cx: &Cx, email: &str, password_hash: String) -> Result<PlatformAdminId> {
    keeps_platform(cx)?;
    let mut check = Check::default();
    let email = check.email("email", email);
    check.done()?;
    db.transact_registry(|conn| async move {
        let id = match platform_admin::by_email(&conn, &email).await? {
            Some(mut admin) => {
                admin.password_hash = password_hash;
                admin.is_active = true;
                admin.token_version += 1;
                admin.updated_at = cx.now;
                platform_admin::save(&conn, &admin).await?;
                admin.id
            }
            None => {
                let admin = platform_admin::Model {
                    id: cx.new_id(),
                    email: email.clone(),
                    password_hash,
                    is_active: true,
                    token_version: 1,
                    last_sign_in_at: None,
                    created_at: cx.now,
                    updated_at: cx.now,
                };
                platform_admin::add(&conn, &admin).await?;
                admin.id
            }
        };
        record(&conn, cx, "platform_admin.added", true, None, json!({ "id": id, "email": email })).await?;
        Ok(id)
    })
    .await
}

/// Ends a platform administrator's access at once.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn deactivate_platform_admin(db: &Db, cx: &Cx, email: &str) -> Result<()> {
    keeps_platform(cx)?;
    let email = kernel::text::email(email).ok_or(Error::NotFound { what: "Platform administrator" })?;
    db.transact_registry(|conn| async move {
        let admin = platform_admin::by_email(&conn, &email).await?;
        let mut admin = admin.ok_or(Error::NotFound { what: "Platform administrator" })?;
        admin.is_active = false;
        admin.token_version += 1;
        admin.updated_at = cx.now;
        platform_admin::save(&conn, &admin).await?;
        record(&conn, cx, "platform_admin.deactivated", true, None, json!({ "email": email })).await
    })
    .await
}
