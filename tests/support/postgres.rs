//! Throw-away PostgreSQL: a cluster for the whole test process, private ones for crash tests, and a database for each test.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::{Mutex, OnceLock};

use super::{chance, deadline, place, secrets};

/// The keeper's script; it owns the server and the folder, see there.
const KEEPER: &str = include_str!("postgres.sh");

const SETTINGS: &str = "\
listen_addresses = '127.0.0.1'
max_connections = 300
shared_buffers = 64MB
dynamic_shared_memory_type = mmap
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
";

/// Nothing in the shared cluster has to survive anything.
const FORGETFUL: &str = "\
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
checkpoint_timeout = 1h
";

/// A running cluster. It stops, and its folder goes, when this is dropped or when the test process dies in any way.
#[derive(Debug)]
pub struct Cluster {
    site: Site,
    keeper: Mutex<Keeper>,
    shared: bool,
}

/// How to reach a cluster.
#[derive(Clone, Debug)]
struct Site {
    bin: PathBuf,
    version: u32,
    dir: PathBuf,
    user: String,
    port: u16,
}

#[derive(Debug)]
struct Keeper {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    /// The cluster of this test process, started at first use, without fsync.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::begin(FORGETFUL, true))
    }

    /// A cluster of one's own, to crash, stop and restart. `durable`: with fsync and everything else as it is in production.
    pub fn private(durable: bool) -> Self {
        Self::begin(if durable { "" } else { FORGETFUL }, false)
    }

    fn begin(settings: &str, shared: bool) -> Self {
        deadline::watch();
        let bin = programs();
        let user = chance::name("front");
        // What has to survive a crash is on a disk.
        let base = if settings.is_empty() { PathBuf::from("/tmp") } else { place::base() };
        let (mut keeper, dir) = Keeper::hire(&bin, &base, &user, &format!("{SETTINGS}{settings}"));
        let mut site = Site { version: version(&bin), bin, dir, user, port: 0 };
        assert!(keeper.obey("init"), "initdb failed:\n{}", site.log());
        for _ in 0..8 {
            site.port = chance::port();
            if keeper.obey(&format!("start {}", site.port)) {
                return Self { site, keeper: Mutex::new(keeper), shared };
            }
            let log = site.log();
            assert!(log.contains("Address already in use"), "PostgreSQL does not start:\n{log}");
        }
        panic!("no free port for PostgreSQL found");
    }

    /// The TCP port on 127.0.0.1; it stays the same over restarts.
    pub fn port(&self) -> u16 {
        self.site.port
    }

    /// The cluster's folder: the Unix socket, the log and the data.
    pub fn dir(&self) -> &Path {
        &self.site.dir
    }

    /// The process id of the postmaster.
    pub fn pid(&self) -> u32 {
        let path = self.site.dir.join("data/postmaster.pid");
        let text = std::fs::read_to_string(&path).expect("PostgreSQL runs");
        text.lines().next().and_then(|line| line.parse().ok()).expect("a process id")
    }

    /// What the server has logged since its last start.
    pub fn log(&self) -> String {
        self.site.log()
    }

    /// Kills the postmaster with -9 and waits until it is gone. Its backends leave by themselves a moment later.
    pub fn kill9(&self) {
        self.order("kill");
    }

    /// `pg_ctl stop -m fast`: sessions are cut, everything is written.
    pub fn stop_fast(&self) {
        self.order("stop fast");
    }

    /// `pg_ctl stop -m immediate`: a crash by order; the next start recovers from the log.
    pub fn stop_immediate(&self) {
        self.order("stop immediate");
    }

    /// Starts a stopped or killed cluster on the same port and data; returns when it accepts connections.
    pub fn start(&self) {
        self.order(&format!("start {}", self.site.port));
    }

    /// Stops the postmaster and all its backends with SIGSTOP: connections stay open and nothing answers.
    pub fn freeze(&self) {
        self.order("signal STOP");
        // A process stops when it is given time next.
        while !process_state(self.pid()).starts_with('T') {
            std::thread::yield_now();
        }
    }

    /// Lets a frozen cluster go on.
    pub fn thaw(&self) {
        self.order("signal CONT");
    }

    /// A new empty database.
    pub fn database(&self) -> Database {
        self.create("template0")
    }

    /// A copy of a database made by [`Database::into_template`].
    pub fn copy_of(&self, template: &str) -> Database {
        self.create(template)
    }

    fn create(&self, template: &str) -> Database {
        let name = chance::name("t");
        let mut createdb = self.site.tool("createdb", "postgres");
        createdb.args(["--template", template]);
        if self.site.version >= 15 {
            // Half the time of the default, measured: 50 ms against 105 ms for 120 tables, 27 ms against 47 ms for none.
            createdb.arg("--strategy=FILE_COPY");
        }
        succeeded(&createdb.arg(&name).output().expect("createdb runs"), "createdb");
        Database { site: self.site.clone(), name, drop: self.shared }
    }

    fn order(&self, order: &str) {
        assert!(!self.shared, "{order:?} is for private clusters: the shared one serves other tests too");
        let mut keeper = self.keeper.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        assert!(keeper.obey(order), "PostgreSQL: {order:?} failed:\n{}", self.site.log());
    }
}

impl Site {
    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    /// One of PostgreSQL's own clients, over the Unix socket, deaf to the caller's PG* settings.
    fn tool(&self, program: &str, database: &str) -> Command {
        let mut command = clean(Command::new(self.bin.join(program)));
        command.env("PGHOST", &self.dir).env("PGPORT", self.port.to_string());
        command.env("PGUSER", &self.user).env("PGDATABASE", database).env("PGCONNECT_TIMEOUT", "10");
        command.stdin(Stdio::null());
        command
    }

    fn psql(&self, database: &str, sql: &str) -> Command {
        let mut command = self.tool("psql", database);
        command.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        command
    }
}

impl Keeper {
    fn hire(bin: &Path, base: &Path, user: &str, settings: &str) -> (Self, PathBuf) {
        let mut command = clean(unprivileged());
        command.args(["sh", "-c", KEEPER, "keeper"]).arg(bin).arg(base).arg(user);
        command.env("SETTINGS", settings).env("LC_ALL", "C.UTF-8").current_dir("/");
        // A group of its own: Ctrl-C in the terminal must not kill it before it has cleaned up.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("sh starts");
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut keeper = Self { child, orders, answers };
        let dir = keeper.answer();
        assert!(dir.starts_with('/'), "PostgreSQL: no folder could be made in {}", base.display());
        (keeper, PathBuf::from(dir))
    }

    fn obey(&mut self, order: &str) -> bool {
        let orders = self.orders.as_mut().expect("the keeper is there");
        orders.write_all(format!("{order}\n").as_bytes()).expect("the keeper is there");
        self.answer() == "ok"
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the keeper answers");
        line.trim_end().to_owned()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        // What could be done about a failure here?
        drop(self.child.wait());
    }
}

/// A database of one test. Dropped with this guard, in the background, if it lives in the shared cluster.
#[derive(Debug)]
pub struct Database {
    site: Site,
    name: String,
    drop: bool,
}

impl Database {
    /// A new empty database in the shared cluster.
    pub fn fresh() -> Self {
        Cluster::shared().database()
    }

    /// A copy of a database of the shared cluster that [`Database::into_template`] has closed.
    pub fn from_template(name: &str) -> Self {
        Cluster::shared().copy_of(name)
    }

    /// Closes the database for good, so that it can be copied, and returns its name.
    pub fn into_template(mut self) -> String {
        self.drop = false;
        let name = &self.name;
        let close = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        let expel = format!("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'");
        for sql in [close, expel] {
            succeeded(&self.site.psql("postgres", &sql).output().expect("psql runs"), &sql);
        }
        self.name.clone()
    }

    /// `postgres://user@127.0.0.1:port/name`
    pub fn url(&self) -> String {
        self.url_by(self.site.port)
    }

    /// The same through another port: a proxy in front of the cluster.
    pub fn url_by(&self, port: u16) -> String {
        format!("postgres://{}@127.0.0.1:{port}/{}", self.site.user, self.name)
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL from outside and returns the rows: a line a row, `|` between the columns. Panics with the server's words.
    #[track_caller]
    pub fn psql(&self, sql: &str) -> String {
        let output = self.site.psql(&self.name, sql).output().expect("psql runs");
        succeeded(&output, sql).trim_end().to_owned()
    }

    /// What `pg_dump` writes as SQL, by these arguments.
    #[track_caller]
    pub fn dump(&self, args: &[&str]) -> String {
        let output = self.site.tool("pg_dump", &self.name).arg("--no-owner").args(args).output().expect("pg_dump runs");
        succeeded(&output, "to be dumped")
    }

    /// Runs what a dump holds.
    #[track_caller]
    pub fn load(&self, sql: &str) {
        succeeded(&self.told(sql), "to be loaded");
    }

    /// What psql says to these orders on its standard input.
    fn told(&self, orders: &str) -> Output {
        let mut psql = self.site.tool("psql", &self.name);
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = psql.spawn().expect("psql starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        pipe.write_all(orders.as_bytes()).expect("psql reads");
        drop(pipe);
        child.wait_with_output().expect("psql ends")
    }

    /// Every row of every table.
    fn everything(&self) -> Vec<u8> {
        // Tables that have pages: five hundred tenants have tens of thousands that never had a row.
        const COPIES: &str = "SELECT format('COPY (SELECT * FROM %I.%I) TO STDOUT', nspname, relname) \
             FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
             WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') \
             AND pg_relation_size(pg_class.oid) > 0 \\gexec\n";
        let output = self.told(COPIES);
        succeeded(&output, "to show every row");
        output.stdout
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.drop {
            if !std::thread::panicking() {
                let log = self.site.log().into_bytes();
                secrets::expect_none(
                    &self.url(),
                    [("the database".to_owned(), self.everything()), ("PostgreSQL's log".to_owned(), log)],
                );
            }
            let mut psql = self.site.psql("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
            psql.stdout(Stdio::null()).stderr(Stdio::null());
            // Best effort: where it fails, the database goes with the cluster.
            std::thread::spawn(move || psql.status());
        }
    }
}

/// The folder of PostgreSQL's server programs.
fn programs() -> PathBuf {
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    let mut packaged: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    packaged.sort_by_key(|bin| bin.parent().and_then(|v| v.file_name()?.to_str()?.parse::<u32>().ok()));
    std::env::split_paths(&in_path)
        .chain(packaged.into_iter().rev())
        // A link in /usr/local/bin leads to where the other programs are.
        .filter_map(|bin| Some(bin.join("initdb").canonicalize().ok()?.parent()?.to_owned()))
        .find(|bin| ["postgres", "pg_ctl", "pg_isready", "createdb", "psql"].iter().all(|p| bin.join(p).is_file()))
        .expect(
            "These tests need PostgreSQL and do not skip without it: no folder with initdb, postgres, pg_ctl, createdb and \
             psql in PATH or /usr/lib/postgresql/*/bin. scripts/install-test-deps.sh installs it.",
        )
}

/// The major version: `postgres (PostgreSQL) 15.4 (…)`.
fn version(bin: &Path) -> u32 {
    let output = Command::new(bin.join("postgres")).arg("--version").output().expect("postgres runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split_whitespace().nth(2).and_then(|v| v.split(|c: char| !c.is_ascii_digit()).next());
    number.and_then(|major| major.parse().ok()).unwrap_or_else(|| panic!("not a version of PostgreSQL: {text:?}"))
}

/// A command to append to: PostgreSQL refuses to run as root, so root steps down to the user `postgres`.
fn unprivileged() -> Command {
    // The owner of /proc/self is the user we run as.
    if std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() != 0) {
        return Command::new("env");
    }
    if installed("setpriv") {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]);
        return command;
    }
    assert!(
        installed("runuser"),
        "PostgreSQL does not run as root, and neither setpriv nor runuser is there to step down"
    );
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]);
    command
}

/// What a process is at: `S`, `T` …, and what else the system says of it.
fn process_state(pid: u32) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process is there");
    stat.rsplit_once(") ").expect("a state").1.to_owned()
}

fn installed(program: &str) -> bool {
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&in_path).any(|dir| dir.join(program).is_file())
}

/// Without the caller's PostgreSQL settings.
fn clean(mut command: Command) -> Command {
    let theirs = |(name, _): (OsString, OsString)| name.to_str().is_some_and(|n| n.starts_with("PG")).then_some(name);
    std::env::vars_os().filter_map(theirs).for_each(|name| {
        command.env_remove(name);
    });
    command
}

#[track_caller]
fn succeeded(output: &Output, what: &str) -> String {
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "PostgreSQL refused: {what}\n{err}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[cfg(test)]
#[path = "postgres_tests.rs"]
mod tests;
