//! The registry's history: what stood in it before a migration stands in it afterwards.

use kernel::db::migration_connection;
use migration::Control;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;
use tempfile::TempDir;

use crate::support::{Backend, Database, both};

pub async fn texts(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, []);
    let rows = connection.query_all_raw(statement).await.expect("rows");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

both! {
    /// From the first release's registry on: a tenant's host is one of its hosts, a suspended one stays so and is not taken
    /// for half made, and nobody gets limits that they did not have.
    async fn hosts_and_suspensions_survive_the_second_migration(backend) {
        let dir = TempDir::new().expect("a folder");
        let database = (backend == Backend::Postgres).then(Database::fresh);
        let url = match &database {
            Some(database) => database.url(),
            None => format!("sqlite://{}", dir.path().join("registry.db").display()),
        };
        let registry = migration_connection(&url, None).await.expect("a connection");
        Control::up(&registry, Some(1)).await.expect("the first migration");
        let sqlite = backend == Backend::Sqlite;
        for (number, slug, host, active) in [(1, "acme", "'help.acme.example'", true), (2, "bolt", "NULL", false)] {
            let id = if sqlite { format!("x'{number:032x}'") } else { format!("'{number:032x}'::uuid") };
            let active = if sqlite { i32::from(active).to_string() } else { active.to_string() };
            let row = format!(
                "INSERT INTO tenants (id, slug, name, tier, schema_name, host, settings, active, created_at, updated_at) VALUES \
                 ({id}, '{slug}', '{slug}', 'free', 'tenant_{slug}', {host}, '{{}}', {active}, '2026-01-01T00:00:00+00:00', \
                 '2026-02-02T00:00:00+00:00')"
            );
            registry.execute_unprepared(&row).await.expect("a tenant");
        }
        Control::up(&registry, None).await.expect("the others");
        let hosts = "SELECT h.host || ' ' || t.slug FROM tenant_hosts h JOIN tenants t ON t.id = h.tenant_id";
        assert_eq!(texts(&registry, hosts).await, ["help.acme.example acme"]);
        let standing = "SELECT slug || ' ' || tier || CASE WHEN active THEN ' active' ELSE ' suspended' END || CASE WHEN \
            suspended_at = updated_at THEN ' since' ELSE '' END FROM tenants ORDER BY slug";
        assert_eq!(texts(&registry, standing).await, ["acme enterprise active", "bolt enterprise suspended since"]);
        let twice = "INSERT INTO tenant_hosts SELECT host, tenant_id, created_at FROM tenant_hosts";
        assert!(registry.execute_unprepared(twice).await.is_err(), "no two have the same host");
    }
}
