//! Both databases behind one type, chosen at run time by the URL.
//!
//! On PostgreSQL all tenants share one pool; a tenant's rows are reached by names qualified with its
//! schema, so a connection carries no state from one request to the next. On SQLite a tenant is a file
//! with one writer and a few readers, opened when first used and closed when long idle.

mod bulk;
mod conn;
mod copy;
mod dialect;
pub mod erase;
mod open;
mod postgres_pool;
pub mod rows;
pub mod search;
pub mod shape;
mod tx;
mod wake;

use std::{sync::Arc, time::Duration};

use conn::Inner;
use moka::future::Cache;
use postgres_pool::PostgresPool;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use url_kind::Kind;

pub use bulk::insert_all;
pub use conn::Conn;
pub use copy::copy_file;
pub use dialect::{
    any_of, any_uuid_of, any_value_of, contains, first_below, has_parts, number_unsealed, reserve, skip_locked,
};
pub use open::{Options, migration_connection};
pub use tx::{Emit, Tx};
pub(crate) use wake::notify;
pub use wake::{Wake, listen, say};

use crate::{
    Cx, Error, Result,
    crypto::Keyring,
    events::Outbox,
    id::TenantId,
    personal::PersonalKeys,
    tenant::{self, Tenant},
};

/// The schema that tenant entities name; a [`Conn`] puts the tenant's own in its place.
pub const TENANT: &str = "~tenant";
/// The schema that registry entities name.
pub const CONTROL: &str = "~control";

mod url_kind {
    use super::*;

    /// Where connections come from.
    #[derive(Clone)]
    pub(super) enum Kind {
        Postgres(Arc<PostgresPool>),
        Sqlite { control: Pair, dir: std::path::PathBuf, tenants: Cache<TenantId, Pair> },
    }

    /// SQLite: many readers, one writer.
    #[derive(Clone)]
    pub(super) struct Pair {
        pub(super) read: DatabaseConnection,
        pub(super) write: DatabaseConnection,
    }
}

/// The databases of one Frontdesk.
#[derive(Clone)]
pub struct Db {
    kind: Kind,
    keyring: Keyring,
    outbox: Arc<Outbox>,
    personal: Arc<PersonalKeys>,
    found: Cache<TenantKey, Arc<Tenant>>,
}

/// How a request names its tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TenantKey {
    /// By id, as a token does.
    Id(TenantId),
    /// By slug, as the header `X-Tenant` does.
    Slug(String),
    /// By the host name of the request, as [`host_key`](tenant::host_key) gives it.
    Host(String),
    /// The only tenant there is.
    Only,
}

/// How long a tenant read from the registry is believed; suspension takes hold within this time.
const TENANT_TTL: Duration = Duration::from_secs(2);

impl Db {
    /// Opens the databases that `url` names (`postgres://…` or `sqlite://path`).
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database cannot be reached, [`Error::Internal`] for an unknown URL.
    pub async fn open(url: &str, options: &Options, keyring: Keyring) -> Result<Self> {
        let kind = open::open(url, options).await?;
        let found = Cache::builder().max_capacity(10_000).time_to_live(TENANT_TTL).build();
        Ok(Self { kind, keyring, outbox: Arc::default(), personal: Arc::default(), found })
    }

    /// The same databases, with the sinks that every transaction's events go to and what seals their chain.
    #[must_use]
    pub fn with_outbox(mut self, outbox: Outbox) -> Self {
        self.outbox = Arc::new(outbox);
        self
    }

    /// The outbox: sinks, sealer and hub.
    pub fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// The keys that personal values are sealed under.
    pub fn personal(&self) -> &PersonalKeys {
        &self.personal
    }

    /// The keys for secrets, tokens and cursors.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        match self.kind {
            Kind::Postgres(_) => DbBackend::Postgres,
            Kind::Sqlite { .. } => DbBackend::Sqlite,
        }
    }

    /// The shared PostgreSQL pool; `None` on SQLite. What has a `Conn` need not ask it.
    pub fn postgres(&self) -> Option<&sqlx::PgPool> {
        match &self.kind {
            Kind::Postgres(pool) => Some(pool.pool()),
            Kind::Sqlite { .. } => None,
        }
    }

    /// How many connections to PostgreSQL are open, and how many of them nobody uses; `None` on SQLite.
    pub fn connections(&self) -> Option<(u32, usize)> {
        match &self.kind {
            Kind::Postgres(pool) => Some((pool.pool().size(), pool.idle())),
            Kind::Sqlite { .. } => None,
        }
    }

    /// The registry of tenants.
    pub fn control(&self) -> Conn {
        self.registry(true)
    }

    /// The registry, for bookkeeping that is one statement: see [`Db::bookkeeping`].
    pub fn control_bookkeeping(&self) -> Conn {
        self.registry(false)
    }

    /// A connection to the registry on which what returns rows only `reads` them, or not.
    fn registry(&self, reads: bool) -> Conn {
        let inner = match &self.kind {
            Kind::Postgres(pool) => Inner::Shared(pool.clone(), reads),
            Kind::Sqlite { control, .. } => Inner::Pool(control.write.clone()),
        };
        Conn::new(inner, CONTROL, self.registry_schema(), None)
    }

    fn registry_schema(&self) -> &'static str {
        match self.kind {
            Kind::Postgres(_) => "public",
            Kind::Sqlite { .. } => "main",
        }
    }

    /// A connection for reading the tenant of `cx`; no transaction, no extra round trip.
    pub async fn reader(&self, cx: &Cx) -> Result<Conn> {
        let inner = match &self.kind {
            Kind::Postgres(pool) => Inner::Shared(pool.clone(), true),
            Kind::Sqlite { .. } => Inner::Pool(self.sqlite(&cx.tenant).await?.read),
        };
        Ok(Conn::new(inner, TENANT, self.schema(&cx.tenant), Some(cx.counters.clone())))
    }

    /// A connection for bookkeeping that is one statement and no change of anybody's data: counting an attempt,
    /// leasing a job. Everything else goes through [`Db::transact`].
    pub async fn bookkeeping(&self, cx: &Cx) -> Result<Conn> {
        let inner = match &self.kind {
            Kind::Postgres(pool) => Inner::Shared(pool.clone(), false),
            Kind::Sqlite { .. } => Inner::Pool(self.sqlite(&cx.tenant).await?.write),
        };
        Ok(Conn::new(inner, TENANT, self.schema(&cx.tenant), Some(cx.counters.clone())))
    }

    /// The schema that takes the marker's place.
    fn schema<'a>(&self, tenant: &'a Tenant) -> &'a str {
        match self.kind {
            Kind::Postgres(_) => &tenant.schema_name,
            Kind::Sqlite { .. } => "main",
        }
    }

    async fn sqlite(&self, tenant: &Tenant) -> Result<url_kind::Pair> {
        let Kind::Sqlite { dir, tenants, .. } = &self.kind else {
            return Err(Error::internal("not an SQLite database"));
        };
        let path = dir.join(format!("{}.db", tenant.schema_name));
        tenants
            .try_get_with(tenant.id, async move { open::sqlite_pair(&path, false).await })
            .await
            .map_err(|e: Arc<Error>| (*e).clone())
    }

    /// Finds a tenant; `None` where there is none (for [`TenantKey::Only`]: where there is not exactly one).
    pub async fn tenant(&self, key: TenantKey) -> Result<Option<Arc<Tenant>>> {
        if let Some(tenant) = self.found.get(&key).await {
            return Ok(Some(tenant));
        }
        let control = self.control();
        let find = tenant::Entity::find();
        let found = match &key {
            TenantKey::Id(id) => find.filter(tenant::Column::Id.eq(*id)).one(&control).await?,
            TenantKey::Slug(slug) => find.filter(tenant::Column::Slug.eq(slug)).one(&control).await?,
            TenantKey::Host(host) => {
                let owner = QuerySelect::select_only(tenant::host::Entity::find_by_id(host))
                    .column(tenant::host::Column::TenantId)
                    .into_query();
                find.filter(tenant::Column::Id.in_subquery(owner)).one(&control).await?
            }
            TenantKey::Only => {
                let mut two = find.limit(2).all(&control).await?;
                if two.len() == 1 { two.pop() } else { None }
            }
        };
        let Some(found) = found.map(Arc::new) else { return Ok(None) };
        // Whoever makes one is served by every process as soon as it is made.
        if !found.is_half_made() {
            self.found.insert(key, found.clone()).await;
        }
        Ok(Some(found))
    }

    /// All tenants, by slug.
    pub async fn tenants(&self) -> Result<Vec<Tenant>> {
        Ok(tenant::Entity::find().order_by_asc(tenant::Column::Slug).all(&self.control()).await?)
    }

    /// Forgets what was read of the registry, after changing it.
    pub fn forget_tenants(&self) {
        self.found.invalidate_all();
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<()> {
        use sea_orm::ConnectionTrait;
        self.control().execute_unprepared("SELECT 1").await?;
        Ok(())
    }
}
