//! What a session may do right now, believed for a few seconds.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Db, Error, Permissions, Result,
    cx::{Duty, UserActor, UserKind},
    id::{DepartmentId, SessionId, StaffId, TenantId, UserId},
    visibility::{SEE_ALL, SEE_TEAM},
};
use moka::future::Cache;
use sea_orm::{Condition, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    adapters::access_token::Claims,
    domain::role::permission_names,
    ports::Account,
    store::{department, role, session, team_member, user, user_permission},
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
    actor: Arc<UserActor>,
    token_version: i32,
}

#[derive(sea_orm::FromQueryResult)]
struct Row {
    id: UserId,
    kind: user::Kind,
    email: String,
    department_id: Option<DepartmentId>,
    must_change_password: bool,
    totp_confirmed_at: Option<DateTime<Utc>>,
    requires_totp: bool,
    trusted_factor: bool,
    is_active: bool,
    token_version: i32,
    session_version: i32,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
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
    pub async fn actor(&self, cx: &Cx, claims: &Claims) -> Result<Arc<UserActor>> {
        let key = (cx.tenant.id, claims.session);
        let known = match self.known.get(&key).await {
            Some(known) => known,
            None => {
                let read = Box::pin(self.known.try_get_with(key, self.read(cx, claims.session)));
                read.await.map_err(|error: Arc<Error>| (*error).clone())?
            }
        };
        // What is believed is the session; what a token says beside that is held against it each time.
        if known.actor.id != claims.user || known.token_version != claims.token_version {
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
            .column_as(user::Column::Kind, "kind")
            .column_as(user::Column::Email, "email")
            .column_as(user::Column::DepartmentId, "department_id")
            .column_as(user::Column::MustChangePassword, "must_change_password")
            .column_as(user::Column::TotpConfirmedAt, "totp_confirmed_at")
            .column_as(role::Column::RequiresTotp, "requires_totp")
            .column_as(session::Column::TrustedFactor, "trusted_factor")
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
        let token_version = row.token_version;
        let duty = match () {
            () if row.must_change_password => Some(Duty::ChangePassword),
            () if row.requires_totp && row.totp_confirmed_at.is_none() && !row.trusted_factor => {
                Some(Duty::EnrolSecondFactor)
            }
            () => None,
        };
        let mut names = permission_names(&row.role, row.built_in, row.permissions.as_ref(), &self.catalog);
        names.extend(granted(&conn, row.id).await?);
        let permissions = Permissions::new(names);
        // Who sees everything need not know whose work theirs is.
        let narrow = permissions.has(SEE_TEAM) && !permissions.has(SEE_ALL);
        let team = if narrow { colleagues(&conn, row.id, row.department_id).await? } else { Vec::new() };
        let actor = UserActor {
            id: row.id,
            kind: row.kind.into(),
            session: Some(session),
            api_key: None,
            email: row.email,
            permissions,
            team: team.into(),
            duty,
        };
        Ok(Known { actor: Arc::new(actor), token_version })
    }
}

/// The permissions that were granted to one person.
pub(crate) async fn granted(conn: &Conn, id: UserId) -> Result<Vec<String>> {
    let grants = user_permission::Entity::find().select_only().column(user_permission::Column::Permission);
    Ok(grants.filter(user_permission::Column::UserId.eq(id)).into_tuple().all(conn).await?)
}

/// Whose work is the work of one's own teams and department: the members of the teams, and the people of the department
/// and of those below it.
pub(crate) async fn colleagues(conn: &Conn, id: UserId, department: Option<DepartmentId>) -> Result<Vec<StaffId>> {
    let own = team_member::Entity::find().select_only().column(team_member::Column::TeamId);
    let own = own.filter(team_member::Column::UserId.eq(id)).into_query();
    let members = team_member::Entity::find().select_only().column(team_member::Column::UserId);
    let members = members.filter(team_member::Column::TeamId.in_subquery(own)).into_query();
    let mut any = Condition::any().add(user::Column::Id.in_subquery(members));
    if let Some(department) = department {
        let below = department::Entity::find().select_only().column(department::Column::Id);
        // A path holds hexadecimal digits and slashes only, so nothing in it is a wildcard.
        let below = below.filter(department::Column::Path.contains(format!("{}/", department.0.simple())));
        any = any.add(user::Column::DepartmentId.in_subquery(below.into_query()));
    }
    let people = user::Entity::find().select_only().column(user::Column::Id);
    Ok(people.filter(user::Column::Kind.eq(user::Kind::Staff)).filter(any).into_tuple().all(conn).await?)
}

impl From<user::Kind> for UserKind {
    fn from(kind: user::Kind) -> Self {
        match kind {
            user::Kind::Staff => Self::Staff,
            user::Kind::Client => Self::Client,
        }
    }
}

/// The account of an address. With no address, asks for one that nobody has, so that the question costs the same.
pub(crate) async fn account(conn: &Conn, email: Option<&str>) -> Result<Option<Account>> {
    let found = user::Entity::find().filter(user::Column::Email.eq(email.unwrap_or_default())).one(conn).await?;
    Ok(found.map(Into::into))
}

/// The account of a person.
pub(crate) async fn account_by_id(conn: &Conn, id: UserId) -> Result<Option<Account>> {
    Ok(user::Entity::find_by_id(id).one(conn).await?.map(Into::into))
}
