//! A tenant that is made at once is as one that went through all of its history.

use sea_orm::{DatabaseConnection, DbErr};
use sea_orm_migration::MigratorTrait;

use super::sql::Sql;
use crate::running::Site;
use crate::support::{Backend, both};

/// A schema of this name on the site, and a connection whose unqualified names mean it.
async fn schema(site: &Site, name: &str) -> DatabaseConnection {
    let url = match site.backend() {
        Backend::Sqlite => format!("sqlite://{}?mode=rwc", site.file(name).display()),
        Backend::Postgres => {
            site.meddle(None, &format!("CREATE SCHEMA {name}")).await;
            site.url().to_owned()
        }
    };
    std::fs::create_dir_all(site.file(name).parent().expect("a folder")).expect("a folder");
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).set_schema_search_path(name);
    sea_orm::Database::connect(options).await.expect("the database is there")
}

/// Everything that the database can tell of a schema and its rows, without its name and when migrations ran.
async fn told(site: &Site, name: &str) -> Vec<String> {
    match site.backend() {
        Backend::Sqlite => {
            let sql = Sql::open(site.url(), Some(name)).await;
            let mut all = sql
                .texts("SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_master")
                .await;
            let tables = sql.texts("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name").await;
            for table in tables {
                let columns = sql
                    .texts(&format!("SELECT name FROM pragma_table_info('{table}') WHERE name <> 'applied_at'"))
                    .await;
                let values: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                let rows = format!("SELECT '{table} ' || {} FROM \"{table}\"", values.join(" || ' ' || "));
                all.extend(sql.texts(&rows).await);
            }
            all
        }
        Backend::Postgres => {
            let dump = site.database().dump(&["--schema", name, "--inserts"]);
            let same = dump.lines().filter(|line| !line.starts_with("\\")).map(|line| line.replace(name, "…"));
            same.map(without_its_time).collect()
        }
    }
}

/// `INSERT INTO ….seaql_migrations VALUES ('m0001', 1790000000);` without the number.
fn without_its_time(line: String) -> String {
    match line.rsplit_once(", ") {
        Some((migration, _)) if line.contains("seaql_migrations VALUES") => migration.to_owned(),
        _ => line,
    }
}

both! {
    /// Tables, columns, constraints, indexes, triggers and rows of a tenant that was made at once are those that all
    /// migrations make, one after the other; and where something is there already nothing is done.
    async fn a_fresh_tenant_is_what_all_migrations_make(backend) {
        let site = Site::new(backend);
        let (at_once, one_by_one) = (schema(&site, "tenant_1").await, schema(&site, "tenant_2").await);
        migration::Tenant::up(&one_by_one, None).await.expect("all migrations");
        let made = async || migration::create_tenant(&at_once).await;
        assert_eq!(made().await, Ok(true));
        let (all, expected) = (told(&site, "tenant_1").await, told(&site, "tenant_2").await);
        assert!(all.len() > 100, "{all:?}");
        let (more, missing): (Vec<_>, Vec<_>) =
            (all.iter().filter(|line| !expected.contains(line)).collect(), expected.iter().filter(|line| !all.contains(line)).collect());
        assert!(more.is_empty() && missing.is_empty(), "only at once: {more:#?}\nonly one by one: {missing:#?}");
        assert_eq!(all, expected);

        assert_eq!(made().await, Ok(false));
        assert_eq!(migration::create_tenant(&one_by_one).await, Ok::<_, DbErr>(false));
        assert_eq!(migration::Tenant::get_pending_migrations(&at_once).await.expect("its history").len(), 0);
        assert_eq!(told(&site, "tenant_1").await, all);
    }
}
