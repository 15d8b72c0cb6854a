//! What a session or an API key may do right now, believed for a few seconds.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Db, Error, Permissions, Result,
    cx::{Duty, OwnTeams, UserActor, UserKind},
    id::{ApiKeyId, ClientId, DepartmentId, SessionId, StaffId, TeamId, TenantId, UserId},
    visibility::{SEE_ALL, SEE_TEAM},
};
use moka::future::Cache;
use sea_orm::{
    Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, entity::prelude::*,
    sea_query::UnionType,
};

use crate::{
    adapters::credential::Credential,
    domain::{access::role::permission_names, api_keys::names, settings::setting::CLIENTS_SEE_COMPANY},
    ports::Account,
    queries::settings::values::company_setting,
    store::{
        access::{role, user_permission},
        api_keys::api_key,
        organisation::{department, team, team_member},
        people::user,
        sessions::session,
    },
};

/// How long rights are believed before they are read again: the longest that revoked ones live on.
pub const ACCESS_TTL: Duration = Duration::from_secs(2);

/// How often it is noted that a key was used.
const NOTED: TimeDelta = TimeDelta::seconds(60);

/// Reads the rights of sessions and keys, at most once in [`ACCESS_TTL`] for each.
#[derive(Clone)]
pub struct Access {
    db: Db,
    known: Cache<(TenantId, Shown), Known>,
    catalog: Arc<[&'static str]>,
}

/// What rights are known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shown {
    /// A session.
    Session(SessionId),
    /// The SHA-256 of a key.
    Key([u8; 32]),
}

/// Whom a session or key stands for.
#[derive(Clone)]
struct Known {
    actor: Arc<UserActor>,
    /// The token version that the session was opened with.
    token_version: Option<i32>,
    /// When the key ends.
    ends: Option<DateTime<Utc>>,
}

/// The person behind a session or key, with what their rights are made of.
#[derive(sea_orm::FromQueryResult)]
struct Owner {
    id: UserId,
    kind: user::Kind,
    email: String,
    department_id: Option<DepartmentId>,
    must_change_password: bool,
    totp_confirmed_at: Option<DateTime<Utc>>,
    requires_totp: bool,
    is_active: bool,
    token_version: i32,
    role: String,
    built_in: bool,
    permissions: Option<Json>,
}

#[derive(sea_orm::FromQueryResult)]
struct OfSession {
    #[sea_orm(nested)]
    owner: Owner,
    session_version: i32,
    /// Whether a second factor was shown to a provider that is trusted with it.
    trusted_factor: bool,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
}

#[derive(sea_orm::FromQueryResult)]
struct OfKey {
    #[sea_orm(nested)]
    owner: Owner,
    key: ApiKeyId,
    key_permissions: Json,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

/// Adds the [`Owner`], whose id stands in `user`, to a select.
fn with_owner<E: EntityTrait>(select: Select<E>, user: E::Column) -> Select<E> {
    select
        .column_as(user::Column::Id, "id")
        .column_as(user::Column::Kind, "kind")
        .column_as(user::Column::Email, "email")
        .column_as(user::Column::DepartmentId, "department_id")
        .column_as(user::Column::MustChangePassword, "must_change_password")
        .column_as(user::Column::TotpConfirmedAt, "totp_confirmed_at")
        .column_as(role::Column::RequiresTotp, "requires_totp")
        .column_as(user::Column::IsActive, "is_active")
        .column_as(user::Column::TokenVersion, "token_version")
        .column_as(role::Column::Name, "role")
        .column_as(role::Column::BuiltIn, "built_in")
        .column_as(role::Column::Permissions, "permissions")
        .join(JoinType::InnerJoin, E::belongs_to(user::Entity).from(user).to(user::Column::Id).into())
        .join(
            JoinType::InnerJoin,
            user::Entity::belongs_to(role::Entity).from(user::Column::RoleId).to(role::Column::Id).into(),
        )
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

    /// The actor that a token's claims or a key stand for.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when the session or key was ended, its owner deactivated, or the token version raised.
    pub async fn actor(&self, cx: &Cx, credential: impl Into<Credential>) -> Result<Arc<UserActor>> {
        let credential = credential.into();
        let shown = match &credential {
            Credential::Token(claims) => Shown::Session(claims.session),
            Credential::Key(key) => Shown::Key(key.hash),
        };
        let key = (cx.tenant.id, shown);
        let known = match self.known.get(&key).await {
            Some(known) => known,
            None => {
                let read = Box::pin(self.known.try_get_with(key, self.read(cx, shown)));
                read.await.map_err(|error: Arc<Error>| (*error).clone())?
            }
        };
        // What is believed is the session or key; what a token says beside that is held against it each time.
        let good = match &credential {
            Credential::Token(claims) => {
                known.actor.id == claims.user && known.token_version == Some(claims.token_version)
            }
            Credential::Key(_) => known.ends.is_none_or(|ends| ends > cx.now),
        };
        if good { Ok(known.actor) } else { Err(Error::Unauthenticated) }
    }

    /// Forgets what is known of a session, in this process at once.
    pub async fn forget(&self, tenant: TenantId, session: SessionId) {
        self.known.invalidate(&(tenant, Shown::Session(session))).await;
    }

    /// Forgets what is known of the key with this hash, in this process at once.
    pub async fn forget_key(&self, tenant: TenantId, hash: &[u8]) {
        if let Ok(hash) = hash.try_into() {
            self.known.invalidate(&(tenant, Shown::Key(hash))).await;
        }
    }

    async fn read(&self, cx: &Cx, shown: Shown) -> Result<Known> {
        match shown {
            Shown::Session(session) => self.read_session(cx, session).await,
            Shown::Key(hash) => self.read_key(cx, hash).await,
        }
    }

    async fn read_session(&self, cx: &Cx, session: SessionId) -> Result<Known> {
        let conn = self.db.reader(cx).await?;
        let select = session::Entity::find_by_id(session)
            .select_only()
            .column_as(session::Column::TokenVersion, "session_version")
            .column_as(session::Column::TrustedFactor, "trusted_factor")
            .column_as(session::Column::ExpiresAt, "expires_at")
            .column_as(session::Column::RevokedAt, "revoked_at");
        let row = with_owner(select, session::Column::UserId).into_model::<OfSession>().one(&conn).await?;
        let row = row.ok_or(Error::Unauthenticated)?;
        let good = row.owner.is_active
            && row.revoked_at.is_none()
            && row.expires_at > cx.now
            && row.owner.token_version == row.session_version;
        if !good {
            return Err(Error::Unauthenticated);
        }
        let token_version = Some(row.owner.token_version);
        let actor =
            UserActor { session: Some(session), ..self.act_as(&conn, row.owner, None, row.trusted_factor).await? };
        Ok(Known { actor: Arc::new(actor), token_version, ends: None })
    }

    async fn read_key(&self, cx: &Cx, hash: [u8; 32]) -> Result<Known> {
        let conn = self.db.reader(cx).await?;
        let select = api_key::Entity::find()
            .filter(api_key::Column::Hash.eq(hash.to_vec()))
            .select_only()
            .column_as(api_key::Column::Id, "key")
            .column_as(api_key::Column::Permissions, "key_permissions")
            .column_as(api_key::Column::ExpiresAt, "expires_at")
            .column_as(api_key::Column::RevokedAt, "revoked_at")
            .column_as(api_key::Column::LastUsedAt, "last_used_at");
        let row = with_owner(select, api_key::Column::UserId).into_model::<OfKey>().one(&conn).await?;
        let row = row.ok_or(Error::Unauthenticated)?;
        if !row.owner.is_active || row.revoked_at.is_some() || row.expires_at.is_some_and(|at| at <= cx.now) {
            return Err(Error::Unauthenticated);
        }
        let actor = self.act_as(&conn, row.owner, Some(&names(&row.key_permissions)), false).await?;
        let actor = UserActor { api_key: Some(row.key), ..actor };
        if row.last_used_at.is_none_or(|at| at <= cx.now - NOTED) {
            self.note_use(cx, row.key);
        }
        Ok(Known { actor: Arc::new(actor), token_version: None, ends: row.expires_at })
    }

    /// The person as an actor, with only those of their permissions that are among `some`; with a `trusted_factor` they
    /// need not have a second one here.
    async fn act_as(
        &self,
        conn: &Conn,
        owner: Owner,
        some: Option<&[String]>,
        trusted_factor: bool,
    ) -> Result<UserActor> {
        let duty = match () {
            () if owner.must_change_password => Some(Duty::ChangePassword),
            () if owner.requires_totp && owner.totp_confirmed_at.is_none() && !trusted_factor => {
                Some(Duty::EnrolSecondFactor)
            }
            () => None,
        };
        let mut held = permission_names(&owner.role, owner.built_in, owner.permissions.as_ref(), &self.catalog);
        held.extend(granted(conn, owner.id).await?);
        held.retain(|name| some.is_none_or(|some| some.contains(name)));
        let permissions = Permissions::new(held);
        // Who sees everything need not know whose work theirs is.
        let narrow = permissions.has(SEE_TEAM) && !permissions.has(SEE_ALL);
        let team = match owner.kind {
            user::Kind::Client => same_company(conn, owner.id).await?,
            user::Kind::Staff if narrow => own_teams(conn, owner.id, owner.department_id).await?,
            user::Kind::Staff => OwnTeams::default(),
        };
        Ok(UserActor {
            id: owner.id,
            kind: owner.kind.into(),
            session: None,
            api_key: None,
            email: owner.email,
            permissions,
            team: team.into(),
            duty,
        })
    }

    /// Notes that a key is in use, beside the request: nobody waits for it, and one note that is lost is made up for by
    /// the next.
    fn note_use(&self, cx: &Cx, key: ApiKeyId) {
        let (db, cx) = (self.db.clone(), cx.clone());
        tokio::spawn(async move {
            let (seen, now) = (api_key::Column::LastUsedAt, cx.now);
            let noted = async {
                let note = api_key::Entity::update_many()
                    .col_expr(seen, Expr::value(now))
                    .filter(api_key::Column::Id.eq(key))
                    .filter(Condition::any().add(seen.is_null()).add(seen.lte(now - NOTED)));
                note.exec(&db.bookkeeping(&cx).await?).await?;
                Ok::<_, Error>(())
            };
            if let Err(error) = noted.await {
                tracing::warn!(%key, ?error, "the use of a key could not be noted");
            }
        });
    }
}

/// The permissions that were granted to one person.
pub(crate) async fn granted(conn: &Conn, id: UserId) -> Result<Vec<String>> {
    let grants = user_permission::Entity::find().select_only().column(user_permission::Column::Permission);
    Ok(grants.filter(user_permission::Column::UserId.eq(id)).into_tuple().all(conn).await?)
}

/// The teams in use that somebody is a member of, their department and those below it, and the people of all these: one
/// statement.
pub(crate) async fn own_teams(conn: &Conn, id: UserId, department: Option<DepartmentId>) -> Result<OwnTeams> {
    let active = team::Entity::find().select_only().column(team::Column::Id).filter(team::Column::IsActive.eq(true));
    let teams = team_member::Entity::find()
        .select_only()
        .column_as(team_member::Column::TeamId, "id")
        .filter(team_member::Column::UserId.eq(id))
        .filter(team_member::Column::TeamId.in_subquery(active.into_query()));
    let members = team_member::Entity::find()
        .select_only()
        .column(team_member::Column::UserId)
        .filter(team_member::Column::TeamId.in_subquery(teams.clone().into_query()));
    let mut theirs = Condition::any().add(user::Column::Id.in_subquery(members.into_query()));
    let below = department.map(|department| {
        // A path holds hexadecimal digits and slashes only, so nothing in it is a wildcard.
        let path = format!("{}/", department.0.simple());
        department::Entity::find()
            .select_only()
            .column(department::Column::Id)
            .filter(department::Column::Path.contains(path))
    });
    if let Some(below) = &below {
        theirs = theirs.add(user::Column::DepartmentId.in_subquery(below.clone().into_query()));
    }
    let people = user::Entity::find().select_only().column(user::Column::Id);
    let people = people.filter(user::Column::Kind.eq(user::Kind::Staff)).filter(theirs);
    let mut all = people.expr_as(Expr::val(PEOPLE), "what").into_query();
    all.union(UnionType::All, teams.expr_as(Expr::val(TEAMS), "what").into_query());
    if let Some(below) = below {
        all.union(UnionType::All, below.expr_as(Expr::val(DEPARTMENTS), "what").into_query());
    }
    let mut own = OwnTeams::default();
    for row in conn.query_all(&all).await? {
        let id: Uuid = row.try_get("", "id")?;
        match row.try_get::<i32>("", "what")? {
            TEAMS => own.teams.push(TeamId(id)),
            DEPARTMENTS => own.departments.push(DepartmentId(id)),
            _ => own.colleagues.push(StaffId(id)),
        }
    }
    Ok(own)
}

/// The most clients who see what is each other's.
const COMPANY: u64 = 1_000;

/// The clients who buy for the same company as a client, where the company lets them see what is each other's. Only what
/// colleagues wrote counts: who may write anything would see anything.
pub(crate) async fn same_company(conn: &Conn, id: UserId) -> Result<OwnTeams> {
    if company_setting(conn, CLIENTS_SEE_COMPANY).await? != Json::Bool(true) {
        return Ok(OwnTeams::default());
    }
    let confirmed = || user::Entity::find().select_only().filter(user::Column::CompanyConfirmed.eq(true));
    let own = confirmed().column(user::Column::Company).filter(user::Column::Id.eq(id));
    let all = confirmed().column(user::Column::Id).filter(user::Column::Kind.eq(user::Kind::Client));
    let all = all.filter(user::Column::Company.in_subquery(own.into_query())).order_by_asc(user::Column::Id);
    let company: Vec<UserId> = all.limit(COMPANY).into_tuple().all(conn).await?;
    Ok(OwnTeams { company: company.into_iter().map(|id| ClientId(id.0)).collect(), ..OwnTeams::default() })
}

/// What a row of [`own_teams`] is.
const PEOPLE: i32 = 0;
const TEAMS: i32 = 1;
const DEPARTMENTS: i32 = 2;

impl From<user::Kind> for UserKind {
    fn from(kind: user::Kind) -> Self {
        match kind {
            user::Kind::Staff => Self::Staff,
            user::Kind::Client => Self::Client,
        }
    }
}

/// What a person may do, by their role and by themselves.
pub(crate) async fn permissions_of(conn: &Conn, id: UserId, catalog: &[&str]) -> Result<Vec<String>> {
    let of_them = role::Entity::belongs_to(user::Entity).from(role::Column::Id).to(user::Column::RoleId);
    let role = role::Entity::find().join(JoinType::InnerJoin, of_them.into()).filter(user::Column::Id.eq(id));
    let mut names = granted(conn, id).await?;
    if let Some(role) = role.one(conn).await? {
        names.extend(permission_names(&role.name, role.built_in, role.permissions.as_ref(), catalog));
    }
    Ok(names)
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
