//! Tenants: making them, migrating them, and saying which are behind.

use std::sync::{Arc, LazyLock};

use futures_util::{StreamExt, stream};
use identity::{AddPerson, OpenTenant, TenantAccount};
use kernel::{
    Actor, Cx, Db, Error, Result, Source,
    db::migration_connection,
    tenant::{self, Tenant},
};
use migration::{Control, newest};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement, sea_query::Expr};
use sea_orm_migration::MigratorTrait;

/// How many tenants are migrated at a time.
const AT_ONCE: usize = 4;

/// The migration that a tenant must have to be served.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(newest::<migration::Tenant>);
    &VERSION
}

/// Brings the registry up to date. Several processes may try at once: they take turns.
pub async fn migrate_registry(db: &Db, url: &str) -> Result<()> {
    let connection = migration_connection(url, None).await?;
    lock(&connection, "registry").await?;
    Control::up(&connection, None).await?;
    connection.close().await?;
    db.forget_tenants();
    Ok(())
}

/// Whether there are tenants, whichever version the registry has; one that cannot be read is not there yet.
pub async fn any(db: &Db) -> bool {
    let statement = Statement::from_sql_and_values(db.backend(), "SELECT 1 FROM tenants LIMIT 1", []);
    db.control().query_one_raw(statement).await.is_ok_and(|found| found.is_some())
}

/// Whether the registry has its newest migration: until `frontdesk migrate` has run, what is new in it is not there.
pub async fn registry_is_current(db: &Db) -> bool {
    let newest = newest::<Control>();
    let statement = Statement::from_sql_and_values(
        db.backend(),
        "SELECT 1 FROM seaql_migrations WHERE version = $1",
        [newest.into()],
    );
    db.control().query_one_raw(statement).await.is_ok_and(|found| found.is_some())
}

/// Takes the lock of one migration for as long as the connection lives; a crashed process frees it.
async fn lock(connection: &sea_orm::DatabaseConnection, what: &str) -> Result<()> {
    if connection.get_database_backend() == DbBackend::Postgres {
        let lock = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_advisory_lock(hashtextextended($1, 0))",
            [format!("frontdesk migration {what}").into()],
        );
        connection.execute_raw(lock).await?;
    }
    Ok(())
}

/// Brings one tenant up to date and notes in the registry what came of it.
async fn migrate_tenant(db: &Db, url: &str, tenant: &Tenant, source: &Source) -> Result<()> {
    let done = migrate_schema(url, tenant).await;
    let (version, error) = match &done {
        Ok(()) => (Some(version().to_owned()), None),
        Err(error) => (tenant.schema_version.clone(), Some(detail(error))),
    };
    tenant::Entity::update_many()
        .col_expr(tenant::Column::SchemaVersion, Expr::value(version))
        .col_expr(tenant::Column::MigrationError, Expr::value(error))
        .col_expr(tenant::Column::UpdatedAt, Expr::value(source.now()))
        .filter(tenant::Column::Id.eq(tenant.id))
        .exec(&db.control())
        .await?;
    db.forget_tenants();
    done
}

fn detail(error: &Error) -> String {
    match error {
        Error::Internal { detail } | Error::Unavailable { detail } => detail.chars().take(500).collect(),
        other => other.to_string(),
    }
}

async fn migrate_schema(url: &str, tenant: &Tenant) -> Result<()> {
    let connection = migration_connection(url, Some(tenant)).await?;
    lock(&connection, &tenant.schema_name).await?;
    if connection.get_database_backend() == DbBackend::Postgres {
        // The name is made by us, of letters, digits and underscores.
        connection.execute_unprepared(&format!(r#"CREATE SCHEMA IF NOT EXISTS "{}""#, tenant.schema_name)).await?;
    }
    if !migration::create_tenant(&connection).await? {
        migration::Tenant::up(&connection, None).await?;
    }
    connection.close().await?;
    Ok(())
}

/// What came of migrating all tenants.
#[derive(Debug, Default)]
pub struct Migrated {
    /// Tenants that are up to date now.
    pub done: usize,
    /// Tenants that failed, and why.
    pub failed: Vec<(String, String)>,
}

/// Brings every tenant that is behind up to date, several at a time; `progress` is told of each.
pub async fn migrate_all(
    db: &Db,
    url: &str,
    source: &Source,
    progress: impl Fn(&str, Option<&str>),
) -> Result<Migrated> {
    let tenants = db.tenants().await?;
    let mut results = stream::iter(tenants)
        .map(|tenant| async move {
            let done = migrate_tenant(db, url, &tenant, source).await;
            (tenant.slug, done)
        })
        .buffer_unordered(AT_ONCE);
    let mut migrated = Migrated::default();
    while let Some((slug, done)) = results.next().await {
        match done {
            Ok(()) => {
                progress(&slug, None);
                migrated.done += 1;
            }
            Err(error) => {
                let why = detail(&error);
                progress(&slug, Some(&why));
                migrated.failed.push((slug, why));
            }
        }
    }
    Ok(migrated)
}

/// The context of the platform for a command, or for what goes on before anybody is there.
pub fn platform(source: &Arc<Source>, command: &str) -> Cx {
    let nowhere = Arc::new(Tenant::platform(source.now()));
    Cx::new(source.clone(), nowhere, Actor::System, format!("cli-{command}"))
}

/// Makes a tenant: the row in the registry, its schema, its built-in roles and, where given, its first
/// administrator; then it is active. What broke off on the way goes on when the same slug is made again.
///
/// # Errors
/// [`Error::Invalid`] for what is malformed or taken.
pub async fn create(db: &Db, url: &str, cx: &Cx, new: OpenTenant, admin: Option<AddPerson>) -> Result<TenantAccount> {
    let tenant = identity::open_tenant(db, cx, new).await?;
    migrate_tenant(db, url, &tenant, cx.source()).await?;
    // Roles and people are the tenant's own affair; Frontdesk itself sees to them.
    let inside = &cx.in_tenant(Arc::new(tenant)).acting_as(Actor::System);
    let admin = &admin;
    db.transact(inside, "tenant.bootstrap", |tx| async move { identity::bootstrap(&tx, inside, admin.clone()).await })
        .await?;
    identity::finish_tenant(db, cx, inside.tenant.id).await
}
