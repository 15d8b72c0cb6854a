//! A tenant's tables from outside, on both databases.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};

/// One connection whose unqualified names mean one tenant's tables.
pub struct Sql(DatabaseConnection);

impl Sql {
    /// The tables of a schema in the server's database; `None` for the registry.
    pub async fn open(url: &str, schema: Option<&str>) -> Self {
        let mut options = match (url.strip_prefix("sqlite://"), schema) {
            (None, schema) => {
                let mut options = ConnectOptions::new(url);
                options.set_schema_search_path(schema.unwrap_or("public"));
                options
            }
            (Some(_), None) => ConnectOptions::new(url),
            (Some(path), Some(schema)) => {
                ConnectOptions::new(format!("sqlite://{}.tenants/{schema}.db", path.trim_end_matches(".db")))
            }
        };
        options.max_connections(1).sqlx_logging(false);
        Self(Database::connect(options).await.expect("the server's database"))
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.0.get_database_backend() == sea_orm::DbBackend::Sqlite
    }

    /// Runs a statement; what the database says against it is the caller's to judge.
    pub async fn try_run(&self, sql: &str) -> Result<(), DbErr> {
        self.0.execute_unprepared(sql).await.map(drop)
    }

    /// Runs a statement.
    pub async fn run(&self, sql: &str) {
        self.try_run(sql).await.unwrap_or_else(|error| panic!("{sql}\n{error}"));
    }

    /// The rows of a query of one text column.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_sql_and_values(self.0.get_database_backend(), sql, []);
        let rows = self.0.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}\n{error}"));
        rows.iter().map(|row| row.try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}\n{error}"))).collect()
    }

    /// The number that a query answers with.
    pub async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_sql_and_values(self.0.get_database_backend(), sql, []);
        let row = self.0.query_one_raw(statement).await.unwrap_or_else(|error| panic!("{sql}\n{error}"));
        row.expect("a row").try_get_by_index(0).expect("a number")
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}")).await
    }

    /// Every value of every table, as text; bytes in hexadecimal of capitals.
    pub async fn everything(&self) -> String {
        let mut all = String::new();
        for (name, table) in super::tables::tables(self).await {
            for (column, (ty, _)) in table.columns {
                let column = if self.is_sqlite() && ty == "BLOB" {
                    format!("hex(\"{column}\")")
                } else if ty == "bytea" {
                    format!("upper(encode(\"{column}\", 'hex'))")
                } else {
                    format!("CAST(\"{column}\" AS text)")
                };
                for value in self.texts(&format!("SELECT coalesce({column}, '') FROM {name}")).await {
                    all.push_str(&value);
                    all.push('\n');
                }
            }
        }
        all
    }
}
