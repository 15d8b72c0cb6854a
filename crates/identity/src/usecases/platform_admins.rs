//! Platform administrators are added and deactivated, on the command line only: nobody becomes one over the network.

use kernel::{Cx, Db, Error, Result, id::PlatformAdminId, text::Check};
use sea_orm::{ActiveValue::Set, IntoActiveModel, entity::prelude::*, sea_query::ExprTrait};
use serde_json::json;

use crate::{
    policy::keeps_platform,
    store::{platform_admin, platform_event::record},
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
        let found = platform_admin::Entity::find().filter(platform_admin::Column::Email.eq(&email)).one(&conn).await?;
        let id = match found {
            Some(found) => {
                let id = found.id;
                let token_version = Set(found.token_version + 1);
                let mut row = found.into_active_model();
                row.password_hash = Set(password_hash);
                row.is_active = Set(true);
                row.token_version = token_version;
                row.updated_at = Set(cx.now);
                platform_admin::Entity::update(row).exec(&conn).await?;
                id
            }
            None => {
                let row = platform_admin::Model {
                    id: cx.new_id(),
                    email: email.clone(),
                    password_hash,
                    is_active: true,
                    token_version: 1,
                    last_sign_in_at: None,
                    created_at: cx.now,
                    updated_at: cx.now,
                };
                let id = row.id;
                platform_admin::Entity::insert(row.into_active_model()).exec_without_returning(&conn).await?;
                id
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
        let changed = platform_admin::Entity::update_many()
            .col_expr(platform_admin::Column::IsActive, Expr::value(false))
            .col_expr(platform_admin::Column::TokenVersion, Expr::col(platform_admin::Column::TokenVersion).add(1))
            .col_expr(platform_admin::Column::UpdatedAt, Expr::value(cx.now))
            .filter(platform_admin::Column::Email.eq(&email))
            .exec(&conn)
            .await?;
        if changed.rows_affected == 0 {
            return Err(Error::NotFound { what: "Platform administrator" });
        }
        record(&conn, cx, "platform_admin.deactivated", true, None, json!({ "email": email })).await
    })
    .await
}
