//! What a session may do right now, believed for a few seconds.

use std::{sync::Arc, time::Duration};

use kernel::{
    Conn, Cx, Db, Error, Permissions, Result,
    cx::StaffActor,
    id::{SessionId, TenantId},
};
use moka::future::Cache;
use sea_orm::{EntityTrait, JoinType, QueryFilter, QuerySelect, entity::prelude::*};

use crate::{
    adapters::access_token::Claims,
    domain::role::permission_names,
    ports::Account,
    store::{role, session, user},
};

/// How long rights are believed before they are read again: the longest that revoked ones live on.
pub const ACCESS_TTL: Duration = Duration::from_secs(2);

/// Reads the rights of sessions, at most once in [`ACCESS_TTL`] for each.
#[derive(Clone)]
pub struct Access {
    db: Db,
    known: Cache<(TenantId, SessionId), Known>,
    catalog: Arc<[&'static str]>,
}

/// Whom a session stands for, and the token version it was opened with.
#[derive(Clone)]
struct Known {
    actor: Arc<StaffActor>,
    token_version: i32,
}

#[derive(sea_orm::FromQueryResult)]
struct Row {
    id: kernel::id::StaffId,
    email: String,
    is_active: bool,
    token_version: i32,
    session_version: i32,
    expires_at: chrono::DateTime<chrono::Utc>,
    revoked_at: Option<chrono::DateTime<chrono::Utc>>,
    role: String,
    built_in: bool,
    permissions: Option<Json>,
}

impl Access {
    /// Reads from `db`; `catalog` lists the names of all permissions.
    pub fn new(db: Db, catalog: Vec<&'static str>) -> Self {
        Self {
            db,
            known: Cache::builder().max_capacity(100_000).time_to_live(ACCESS_TTL).build(),
            catalog: catalog.into(),
        }
    }

    /// The actor that a token's claims stand for.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when the session was ended, its owner deactivated, or the token version raised.
    pub async fn actor(&self, cx: &Cx, claims: &Claims) -> Result<Arc<StaffActor>> {
        let key = (cx.tenant.id, claims.session);
        let known = match self.known.get(&key).await {
            Some(known) => known,
            None => {
                let read = Box::pin(self.known.try_get_with(key, self.read(cx, claims.session)));
                read.await.map_err(|error: Arc<Error>| (*error).clone())?
            }
        };
        // What is believed is the session; what a token says beside that is held against it each time.
        if known.actor.id != claims.staff || known.token_version != claims.token_version {
            return Err(Error::Unauthenticated);
        }
        Ok(known.actor)
    }

    /// Forgets what is known of a session, in this process at once.
    pub async fn forget(&self, tenant: TenantId, session: SessionId) {
        self.known.invalidate(&(tenant, session)).await;
    }

    async fn read(&self, cx: &Cx, session: SessionId) -> Result<Known> {
        let conn = self.db.reader(cx).await?;
        let row = session::Entity::find_by_id(session)
            .select_only()
            .column_as(user::Column::Id, "id")
            .column_as(user::Column::Email, "email")
            .column_as(user::Column::IsActive, "is_active")
            .column_as(user::Column::TokenVersion, "token_version")
            .column_as(session::Column::TokenVersion, "session_version")
            .column_as(session::Column::ExpiresAt, "expires_at")
            .column_as(session::Column::RevokedAt, "revoked_at")
            .column_as(role::Column::Name, "role")
            .column_as(role::Column::BuiltIn, "built_in")
            .column_as(role::Column::Permissions, "permissions")
            .join(
                JoinType::InnerJoin,
                session::Entity::belongs_to(user::Entity).from(session::Column::UserId).to(user::Column::Id).into(),
            )
            .join(
                JoinType::InnerJoin,
                user::Entity::belongs_to(role::Entity).from(user::Column::RoleId).to(role::Column::Id).into(),
            )
            .into_model::<Row>()
            .one(&conn)
            .await?
            .ok_or(Error::Unauthenticated)?;
        let good = row.is_active
            && row.revoked_at.is_none()
            && row.expires_at > cx.now
            && row.token_version == row.session_version;
        if !good {
            return Err(Error::Unauthenticated);
        }
        let names = permission_names(&row.role, row.built_in, row.permissions.as_ref(), &self.catalog);
        let actor =
            StaffActor { id: row.id, session: Some(session), email: row.email, permissions: Permissions::new(names) };
        Ok(Known { actor: Arc::new(actor), token_version: row.token_version })
    }
}

/// The staff account of an address. With no address, asks for one that nobody has, so that the question costs the same.
pub(crate) async fn account(conn: &Conn, email: Option<&str>) -> Result<Option<Account>> {
    let found = user::Entity::find()
        .filter(user::Column::Email.eq(email.unwrap_or_default()))
        .filter(user::Column::Kind.eq(user::Kind::Staff))
        .one(conn)
        .await?;
    Ok(found.map(Into::into))
}
