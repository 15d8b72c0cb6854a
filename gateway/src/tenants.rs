//! Tenants: making them, migrating them, and saying which are behind.

use std::sync::{Arc, LazyLock};

use futures_util::{StreamExt, stream};
use identity::AddPerson;
use kernel::{
    Actor, Cx, Db, Error, Result, Source,
    db::migration_connection,
    id::{TenantId, TypedId},
    tenant::{self, Tenant, Tier, is_slug},
};
use migration::{Control, newest};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::Expr,
};
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

/// Takes the lock of one migration for as long as the connection lives; a crashed process frees it.
async fn lock(connection: &sea_orm::DatabaseConnection, what: &str) -> Result<()> {
    if connection.get_database_backend() == DbBackend::Postgres {
        let lock = sea_orm::Statement::from_sql_and_values(
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
    migration::Tenant::up(&connection, None).await?;
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

/// A tenant to be made.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its short name.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// A host name of its own.
    pub host: Option<String>,
}

/// Makes a tenant: the row in the registry, its schema, its built-in roles and, where given, its first
/// administrator. Trying again after a crash goes on where it stopped.
pub async fn create(
    db: &Db,
    url: &str,
    source: &Arc<Source>,
    new: NewTenant,
    admin: Option<AddPerson>,
) -> Result<Arc<Tenant>> {
    if !is_slug(&new.slug) {
        return Err(Error::internal("a slug has 1 to 40 characters of a-z, 0-9 and -, and begins with a letter"));
    }
    let now = source.now();
    let id = TenantId::from_uuid(source.uuid(now, 0));
    let row = Tenant {
        id,
        slug: new.slug.clone(),
        name: new.name,
        tier: Tier::Free,
        schema_name: format!("tenant_{}", id.uuid().simple()),
        host: new.host.map(|host| host.to_lowercase()),
        settings: serde_json::json!({}),
        active: true,
        schema_version: None,
        migration_error: None,
        created_at: now,
        updated_at: now,
    };
    let inserted = tenant::Entity::insert(row.into_active_model()).exec_without_returning(&db.control()).await;
    if let Err(error) = inserted
        && !kernel::error::is_unique_violation(&error)
    {
        return Err(error.into());
    }
    let found = tenant::Entity::find().filter(tenant::Column::Slug.eq(&new.slug)).one(&db.control()).await?;
    let found = found.ok_or_else(|| Error::internal("another tenant has this name or host"))?;
    migrate_tenant(db, url, &found, source).await?;
    let found = tenant::Entity::find_by_id(found.id)
        .one(&db.control())
        .await?
        .map(Arc::new)
        .ok_or(Error::NotFound { what: "Tenant" })?;
    let cx = Cx::new(source.clone(), found.clone(), Actor::System, "tenant-create");
    let (cx, admin) = (&cx, &admin);
    db.transact(cx, "tenant.bootstrap", |tx| async move { identity::bootstrap(&tx, cx, admin.clone()).await }).await?;
    Ok(found)
}

/// Suspends a tenant, or lets it go on. Its data stays as it is.
pub async fn set_active(db: &Db, source: &Source, slug: &str, active: bool) -> Result<()> {
    let changed = tenant::Entity::update_many()
        .set(tenant::ActiveModel { active: Set(active), updated_at: Set(source.now()), ..Default::default() })
        .filter(tenant::Column::Slug.eq(slug))
        .exec(&db.control())
        .await?;
    db.forget_tenants();
    if changed.rows_affected == 1 { Ok(()) } else { Err(Error::NotFound { what: "Tenant" }) }
}
