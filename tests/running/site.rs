//! A place to run `frontdesk` at: a folder, a database and a key, that commands and servers share.

use std::fmt::{self, Display, Formatter};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;

use crate::support::server::{frontdesk, secret_key};
use crate::support::{Backend, Database, Options, Server, deadline, place};

/// A folder, an empty database and a key.
pub struct Site {
    backend: Backend,
    url: String,
    key: String,
    database: Option<Database>,
    dir: TempDir,
}

/// What came of a command.
#[derive(Debug)]
pub struct Done {
    /// The exit code; -1 where a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Done {
    /// Panics unless it ended with 0.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self}");
        self
    }

    /// Panics unless it ended with another code than 0, of its own will.
    #[track_caller]
    pub fn refused(self) -> Self {
        assert!(self.code > 0, "this should have been refused\n{self}");
        self
    }

    /// The line of the output that begins with this word.
    #[track_caller]
    pub fn line(&self, word: &str) -> &str {
        let found = self.out.lines().find(|line| line.split([' ', ':']).next() == Some(word));
        found.unwrap_or_else(|| panic!("no line on {word}\n{self}"))
    }
}

impl Display for Done {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.out, self.err)
    }
}

impl Site {
    /// On an empty database of its own.
    pub fn new(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::at(None, place::folder("frontdesk-site-")),
            Backend::Postgres => Self::on(Database::fresh()),
        }
    }

    /// On this PostgreSQL database.
    pub fn on(database: Database) -> Self {
        Self::at(Some(database), place::folder("frontdesk-site-"))
    }

    /// On an SQLite database that is on a disk, which keeps it.
    pub fn on_disk() -> Self {
        Self::at(None, TempDir::with_prefix("frontdesk-site-").expect("a folder"))
    }

    fn at(database: Option<Database>, dir: TempDir) -> Self {
        deadline::watch();
        let (backend, url) = match &database {
            Some(database) => (Backend::Postgres, database.url()),
            None => (Backend::Sqlite, format!("sqlite://{}", dir.path().join("frontdesk.db").display())),
        };
        Self { backend, url, key: secret_key(), database, dir }
    }

    /// The same with this key.
    pub fn sealed_under(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// The same key and programs on another database.
    pub fn moved_to(&self, url: String) -> Self {
        let dir = place::folder("frontdesk-site-");
        Self { backend: self.backend, url, key: self.key.clone(), database: None, dir }
    }

    /// Where the database is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which database.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The folder that commands run in.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The PostgreSQL database.
    #[track_caller]
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("PostgreSQL")
    }

    /// Settings for a server at this site.
    pub fn options(&self) -> Options {
        let options = Options::new().env("FRONTDESK_RATE_LIMITS", "off");
        self.settings().into_iter().fold(options, |options, (name, value)| options.env(name, value))
    }

    /// What servers and commands at this site have in common.
    fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("FRONTDESK_DATABASE_URL", self.url.clone()),
            ("FRONTDESK_SECRET_KEY", self.key.clone()),
            ("FRONTDESK_MAIL_DIR", self.dir().join("mail").display().to_string()),
        ]
    }

    /// Starts a server without rate limits here.
    pub async fn serve(&self) -> Server {
        self.serve_with(self.options()).await
    }

    /// Starts a server here with these settings, made from [`Site::options`].
    pub async fn serve_with(&self, options: Options) -> Server {
        Server::start(self.backend, options).await
    }

    /// `frontdesk` with the site's settings, to be run by hand.
    pub fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = frontdesk(args);
        command.envs(self.settings()).current_dir(self.dir());
        command
    }

    /// Runs `frontdesk` with these arguments to its end.
    pub async fn run<const N: usize>(&self, args: [&str; N]) -> Done {
        finish(self.command(args), "").await
    }

    /// The same with this on its standard input.
    pub async fn run_saying<const N: usize>(&self, args: [&str; N], input: &str) -> Done {
        finish(self.command(args), input).await
    }

    /// Makes a tenant with an administrator `boss@example.com`.
    pub async fn tenant(&self, slug: &str, password: &str) {
        let args = ["tenant", "create", slug, "--admin-email", "boss@example.com"];
        self.run_saying(args, &format!("{password}\n")).await.ok();
    }

    /// Looks into the registry, or into a tenant, from outside. One column of text is read from each row.
    pub async fn look(&self, tenant: Option<&str>, sql: &str) -> Vec<String> {
        let connection = self.connect(tenant).await;
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, []);
        let rows = connection.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{error} in {sql}"));
        let texts =
            rows.iter().map(|row| row.try_get_by_index::<Option<String>>(0).expect("a text").unwrap_or_default());
        let texts = texts.collect();
        connection.close().await.expect("closed");
        texts
    }

    /// One number of a tenant, by SQL that selects it.
    pub async fn count(&self, tenant: &str, sql: &str) -> i64 {
        let text = self.look(Some(tenant), &format!("SELECT CAST(({sql}) AS text)")).await;
        text[0].parse().expect("a number")
    }

    /// Changes the registry, or a tenant, from outside.
    pub async fn meddle(&self, tenant: Option<&str>, sql: &str) {
        let connection = self.connect(tenant).await;
        connection.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error} in {sql}"));
        connection.close().await.expect("closed");
    }

    /// The file of an SQLite tenant.
    pub fn file(&self, schema: &str) -> PathBuf {
        let registry = PathBuf::from(self.url.trim_start_matches("sqlite://"));
        registry.with_extension("tenants").join(format!("{schema}.db"))
    }

    /// The files below the site's folder in which this text stands.
    pub fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.dir().to_owned()];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if std::fs::read(&path)
                    .unwrap_or_default()
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
                {
                    found.push(path);
                }
            }
        }
        found
    }

    /// The name of a tenant's schema or file.
    pub async fn schema(&self, tenant: &str) -> String {
        let sql = format!("SELECT schema_name FROM tenants WHERE slug = '{tenant}'");
        let found = self.registry(&sql).await;
        found.first().unwrap_or_else(|| panic!("no tenant {tenant}")).clone()
    }

    async fn registry(&self, sql: &str) -> Vec<String> {
        Box::pin(self.look(None, sql)).await
    }

    async fn connect(&self, tenant: Option<&str>) -> DatabaseConnection {
        let schema = match tenant {
            Some(tenant) => Some(self.schema(tenant).await),
            None => None,
        };
        let url = match (self.backend, &schema) {
            (Backend::Sqlite, Some(schema)) => format!("sqlite://{}", self.file(schema).display()),
            _ => self.url.clone(),
        };
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        if let (Backend::Postgres, Some(schema)) = (self.backend, &schema) {
            options.set_schema_search_path(schema);
        }
        let connection = sea_orm::Database::connect(options).await.expect("the database is there");
        debug_assert_eq!(connection.get_database_backend() == DbBackend::Postgres, self.backend == Backend::Postgres);
        connection
    }
}

/// Starts a command whose output is wanted.
pub fn spawn(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("frontdesk starts")
}

/// Runs a command to its end.
pub async fn finish(mut command: Command, input: &str) -> Done {
    command.stdin(Stdio::piped());
    let mut child = spawn(command);
    // A command that asks for nothing may be gone by now.
    drop(child.stdin.take().expect("a pipe").write_all(input.as_bytes()));
    ended(child).await
}

/// Waits for the end of a command.
pub async fn ended(child: Child) -> Done {
    let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.expect("a thread");
    let output = output.expect("frontdesk runs");
    Done {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
