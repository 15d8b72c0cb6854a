//! Names that were doubles before that was refused.

use migration::{Control, Tenant};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use sea_orm_migration::MigratorTrait;
use tempfile::TempDir;

use super::registry::texts;
use crate::support::{Backend, Database, both};

/// Everything up to this migration.
async fn before<M: MigratorTrait>(connection: &DatabaseConnection, name: &str) {
    let place = M::migrations().iter().position(|migration| migration.name() == name).expect("a migration");
    M::up(connection, Some(u32::try_from(place).expect("few"))).await.expect("the migrations before");
}

both! {
    /// Doubles stay, the oldest has the name, and the others are on a list until somebody renames them (B83).
    async fn doubles_stay_and_are_listed(backend) {
        let dir = TempDir::new().expect("a folder");
        let database = (backend == Backend::Postgres).then(Database::fresh);
        let connection = async |file: &str| {
            let url = match &database {
                Some(database) => database.url(),
                None => format!("sqlite://{}", dir.path().join(file).display()),
            };
            kernel::db::migration_connection(&url, None).await.expect("a connection")
        };
        let id = |number: u8| match backend {
            Backend::Sqlite => format!("x'{number:032x}'"),
            Backend::Postgres => format!("'{number:032x}'::uuid"),
        };
        let no = if backend == Backend::Sqlite { "0" } else { "false" };

        let tenant = connection("tenant.db").await;
        before::<Tenant>(&tenant, "m0022_names").await;
        let put = async |connection: &DatabaseConnection, row: String| {
            connection.execute_unprepared(&row).await.expect("a row");
        };
        for (number, name) in [(3, "SALES"), (1, "Sales"), (2, "Sale\u{200b}s"), (4, "Care")] {
            let (own, at) = (id(number), format!("'2026-01-0{number}T00:00:00+00:00'"));
            let built_in = format!("INSERT INTO roles (id, name, built_in, created_at, updated_at) VALUES ({own}, '{name}', {no}, {at}, {at})");
            put(&tenant, built_in).await;
            for table in ["teams", "departments"] {
                put(&tenant, format!("INSERT INTO {table} (id, name, created_at, updated_at) VALUES ({own}, '{name}', {at}, {at})")).await;
            }
            // At another place a department may have the same name.
            let below = format!(
                "INSERT INTO departments (id, name, parent_id, created_at, updated_at) VALUES ({}, 'Field {name}', {}, {at}, {at})",
                id(number + 8),
                id(number),
            );
            put(&tenant, below).await;
        }
        Tenant::up(&tenant, None).await.expect("the others");
        for table in ["roles", "teams", "departments"] {
            let of = |folded: &str| format!("SELECT name FROM {table} WHERE name_folded {folded} ORDER BY created_at, id");
            let named = texts(&tenant, &of("IS NOT NULL")).await;
            let beside: Vec<_> = named.iter().filter(|name| !name.starts_with("Field")).collect();
            assert_eq!(beside, ["Sales", "Care"], "{table}");
            assert_eq!(named.len(), if table == "departments" { 6 } else { 2 }, "{table}");
            assert_eq!(texts(&tenant, &of("IS NULL")).await, ["Sale\u{200b}s", "SALES"], "{table}");
        }

        // In PostgreSQL both histories are notes of one table.
        drop(tenant);
        let database = (backend == Backend::Postgres).then(Database::fresh);
        let url = match &database {
            Some(database) => database.url(),
            None => format!("sqlite://{}", dir.path().join("registry.db").display()),
        };
        let registry = kernel::db::migration_connection(&url, None).await.expect("a connection");
        before::<Control>(&registry, "m0005_names").await;
        for (number, name) in [(2, "ACME"), (1, "Acme"), (3, "Bolt")] {
            let at = format!("'2026-01-0{number}T00:00:00+00:00'");
            let row = format!(
                "INSERT INTO tenants (id, slug, name, tier, schema_name, settings, active, created_at, updated_at) VALUES \
                 ({}, 't{number}', '{name}', 'free', 'tenant_{number}', '{{}}', {no}, {at}, {at})", id(number)
            );
            put(&registry, row).await;
        }
        Control::up(&registry, None).await.expect("the others");
        let listed = "SELECT name || ' ' || coalesce(name_folded, 'double') FROM tenants ORDER BY created_at";
        assert_eq!(texts(&registry, listed).await, ["Acme acme", "ACME double", "Bolt bolt"]);
    }
}
