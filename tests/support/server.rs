//! The real server, as a child process.

use std::fmt::Write as _;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::timeout;

use super::postgres::Database;
use super::secrets::{self, files_below};
use super::smtp::Smtp;
use super::template::Template;
use super::{PATIENCE, chance, deadline, place};

/// The first administrator's address, unless a test says otherwise.
pub const ADMIN_EMAIL: &str = "admin@example.com";
/// The first administrator's password, unless a test says otherwise.
pub const ADMIN_PASSWORD: &str = "correct horse battery staple 1";

/// The settings that say what a first start makes.
const FIRST: &[&str] = &["DATABASE_URL", "SECRET_KEY", "ADMIN_EMAIL", "ADMIN_PASSWORD", "DEMO"];

/// The database a server runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The embedded one: files in the server's own folder.
    Sqlite,
    /// A database of its own in the shared cluster.
    Postgres,
}

/// How a server differs from the usual one.
#[derive(Clone, Debug, Default)]
pub struct Options {
    env: Vec<(String, Option<String>)>,
    args: Vec<String>,
}

impl Options {
    /// The usual server.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an environment variable, also one that would otherwise be set for the test.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), Some(value.into())));
        self
    }

    /// Leaves out a variable that would otherwise be set.
    pub fn without(mut self, name: &str) -> Self {
        self.env.push((name.to_owned(), None));
        self
    }

    /// Adds an argument after `frontdesk serve`.
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    /// Sends mail to this server instead of writing it to files.
    pub fn smtp(self, smtp: &Smtp) -> Self {
        self.env("FRONTDESK_SMTP_URL", smtp.url())
    }

    /// Runs on this database instead of a fresh one: a second process beside the first, a private cluster, a proxy.
    pub fn database(self, url: impl Into<String>) -> Self {
        self.env("FRONTDESK_DATABASE_URL", url)
    }
}

/// `frontdesk` with these arguments, and none of the caller's settings.
pub fn frontdesk<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FRONTDESK_") {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null());
    command
}

/// A fresh value for `FRONTDESK_SECRET_KEY`.
pub fn secret_key() -> String {
    STANDARD.encode(chance::bytes::<32>())
}

/// A running server with a folder of its own. Killed when dropped, and when the test process dies.
#[derive(Debug)]
pub struct Server {
    backend: Backend,
    process: Process,
    base: String,
    env: Vec<(String, Option<String>)>,
    args: Vec<String>,
    output: Arc<Output>,
    database: Option<Database>,
    // Last, so that the process is gone before its folder.
    dir: TempDir,
}

impl Server {
    /// Starts a server on a database with one tenant and the first administrator, and returns when it listens. Where the
    /// options say nothing of these, they are copied from a server that made them.
    pub async fn start(backend: Backend, options: Options) -> Self {
        let says = |setting: &str| options.env.iter().any(|(name, _)| name.strip_prefix("FRONTDESK_") == Some(setting));
        if !options.args.is_empty() || FIRST.iter().any(|setting| says(setting)) {
            return Self::start_anew(backend, options).await;
        }
        let template = Template::of(backend).await;
        let database = template.database.as_deref().map(Database::from_template);
        Self::begin(backend, options, database, Some(template)).await
    }

    /// Starts a server on an empty database, or the one that the options name.
    pub async fn start_anew(backend: Backend, options: Options) -> Self {
        let given = options.env.iter().any(|(name, _)| name == "FRONTDESK_DATABASE_URL");
        let fresh = (backend == Backend::Postgres && !given).then(Database::fresh);
        Self::begin(backend, options, fresh, None).await
    }

    /// Starts a server on this PostgreSQL database, and drops the database with the server.
    pub async fn start_on(database: Database, options: Options) -> Self {
        Self::begin(Backend::Postgres, options, Some(database), None).await
    }

    async fn begin(
        backend: Backend,
        options: Options,
        database: Option<Database>,
        template: Option<&Template>,
    ) -> Self {
        deadline::watch();
        let dir = place::folder("frontdesk-");
        if let Some(template) = template {
            template.put(dir.path());
        }
        let url = match &database {
            Some(database) => database.url(),
            None => format!("sqlite://{}", dir.path().join("frontdesk.db").display()),
        };
        let mut env: Vec<_> = [
            ("FRONTDESK_DATABASE_URL", url),
            ("FRONTDESK_LISTEN", "127.0.0.1:0".to_owned()),
            ("FRONTDESK_SECRET_KEY", template.map_or_else(secret_key, |template| template.key.clone())),
            ("FRONTDESK_ADMIN_EMAIL", ADMIN_EMAIL.to_owned()),
            ("FRONTDESK_ADMIN_PASSWORD", ADMIN_PASSWORD.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), Some(value)))
        .into();
        env.extend(options.env);
        let output = Arc::new(Output::new());
        let process = Process::spawn(&env, &options.args, dir.path(), &output);
        let mut server = Self { backend, process, base: String::new(), env, args: options.args, output, database, dir };
        server.know_secrets();
        server.base = server.ready(0).await;
        secrets::serves(&server.base, server.setting("FRONTDESK_DATABASE_URL").unwrap_or_default());
        server
    }

    /// Those among its settings.
    fn know_secrets(&self) {
        let url = self.setting("FRONTDESK_DATABASE_URL").unwrap_or_default();
        let secret = |name: &str| {
            ["KEY", "PASSWORD", "SECRET", "TOKEN"].iter().any(|word| name.contains(word)) && !name.ends_with("_FILE")
        };
        for (_, value) in self.env.iter().filter(|(name, _)| secret(name)) {
            // Several keys are told apart by commas.
            value.iter().flat_map(|value| value.split(',')).for_each(|value| secrets::used_on(url, value));
        }
    }

    /// `http://127.0.0.1:port`
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.base.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a base with a port")
    }

    /// The database it was started on.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The folder it runs in: its data and written mail are below it.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Its PostgreSQL database, to look at rows from outside.
    #[track_caller]
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("a database of this server's own on PostgreSQL")
    }

    /// Its PostgreSQL database, if it has one of its own, which then outlives it.
    pub(super) fn take_database(&mut self) -> Option<Database> {
        self.database.take()
    }

    /// The value it got for a setting, such as `FRONTDESK_DATABASE_URL` for a second process beside it.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.env.iter().rev().find(|(n, _)| n == name)?.1.as_deref()
    }

    /// `frontdesk` beside it, on its database; waits for the end. It may find this on its standard input.
    pub fn cli(&self, args: &[&str], stdin: &str) -> std::process::Output {
        let mut command = frontdesk(args.iter().copied());
        for name in ["FRONTDESK_DATABASE_URL", "FRONTDESK_SECRET_KEY"] {
            command.env(name, self.setting(name).expect("a setting of the server"));
        }
        command.current_dir(self.dir()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        tokio::task::block_in_place(|| {
            let mut child = command.spawn().expect("the program starts");
            // A command that does not read may end first.
            let line = format!("{stdin}\n");
            drop(child.stdin.take().map(|mut pipe| std::io::Write::write_all(&mut pipe, line.as_bytes())));
            child.wait_with_output().expect("the program ends")
        })
    }

    /// What it has written to stdout and stderr so far, over restarts too.
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// Waits until the output since the server's first start contains this text.
    pub async fn said(&self, text: &str) {
        let said = self.output.wait(0, |output| output.contains(text).then_some(()));
        if timeout(PATIENCE, said).await.is_err() {
            panic!("the server never said {text:?}:\n{}", self.output());
        }
    }

    /// Where this text stands: in the output, or in which files below its folder. For secrets: nowhere.
    pub fn places_of(&self, secret: &str) -> Vec<String> {
        let mut places = Vec::new();
        if self.output().contains(secret) {
            places.push("output".to_owned());
        }
        for path in files_below(self.dir.path()) {
            let bytes = std::fs::read(&path).unwrap_or_default();
            if bytes.windows(secret.len()).any(|window| window == secret.as_bytes()) {
                places.push(path.display().to_string());
            }
        }
        places
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.process.pid
    }

    /// kill -9, and waits until it is gone.
    pub async fn kill9(&self) {
        self.signal("KILL");
        self.wait().await;
    }

    /// Asks it to stop (SIGTERM); does not wait.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal, by its name without SIG; nothing happens to a server that has ended.
    pub fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// Waits until it ends.
    pub async fn wait(&self) -> ExitStatus {
        let mut status = self.process.status.clone();
        let ended = timeout(PATIENCE, status.wait_for(Option::is_some)).await;
        let Ok(Ok(status)) = ended.map(|seen| seen.map(|status| *status)) else {
            panic!("the server does not stop:\n{}", self.output());
        };
        status.expect("waited for")
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.process.status.borrow().is_none()
    }

    /// Starts it again in its folder, on its database and **its port**; kills it first where it still runs. A test that
    /// keeps it down for long sets `FRONTDESK_LISTEN` with [`chance::port`], which no outgoing connection takes.
    pub async fn restart(&mut self) {
        self.restart_with(Options::new()).await;
    }

    /// The same with settings that are added to those it had.
    pub async fn restart_with(&mut self, options: Options) {
        if self.is_running() {
            self.kill9().await;
        }
        self.env.push(("FRONTDESK_LISTEN".to_owned(), Some(self.base.replace("http://", ""))));
        self.env.extend(options.env);
        self.args.extend(options.args);
        self.know_secrets();
        let before = self.output.text().len();
        self.process = Process::spawn(&self.env, &self.args, self.dir.path(), &self.output);
        self.base = self.ready(before).await;
    }

    /// The base from the line it writes when it listens, looked for behind the first `from` bytes of output.
    async fn ready(&self, from: usize) -> String {
        let mut status = self.process.status.clone();
        let listening = self.output.wait(from, |new| {
            let lines = new.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            lines.filter_map(|line| line.trim_end().strip_prefix("listening on ")).next().map(str::to_owned)
        });
        let found = tokio::select! {
            found = timeout(PATIENCE, listening) => found.ok(),
            _ = status.wait_for(Option::is_some) => None,
        };
        found.unwrap_or_else(|| panic!("the server does not start:\n{}", self.output()))
    }
}

/// Nothing that it wrote holds a secret; mail is for those whom it was written to.
impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.process.end();
        let url = self.setting("FRONTDESK_DATABASE_URL").unwrap_or_default();
        let embedded = url.strip_prefix("sqlite://").and_then(|path| Path::new(path).parent());
        let mut files = files_below(self.dir.path());
        files.extend(embedded.filter(|dir| !dir.starts_with(self.dir.path())).map(files_below).unwrap_or_default());
        let read = files
            .into_iter()
            .filter(|path| path.extension().is_none_or(|kind| kind != "eml"))
            .map(|path| (path.display().to_string(), std::fs::read(path).unwrap_or_default()));
        let output = ("the output".to_owned(), self.output().into_bytes());
        secrets::expect_none(url, std::iter::once(output).chain(read));
    }
}

/// A child process with someone to read it, someone to reap it, and someone to kill it when the test process dies.
#[derive(Debug)]
struct Process {
    pid: u32,
    status: watch::Receiver<Option<ExitStatus>>,
    reaper: Option<JoinHandle<()>>,
}

impl Process {
    fn spawn(env: &[(String, Option<String>)], args: &[String], dir: &Path, output: &Arc<Output>) -> Self {
        let mut command = frontdesk(["serve"]);
        command.args(args).current_dir(dir).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command.spawn().expect("the server's program starts");
        let pid = child.id();
        let readers =
            [output.follow(child.stdout.take().expect("a pipe")), output.follow(child.stderr.take().expect("a pipe"))];
        // Its stdin ends when the test process dies, by kill -9 too; a line instead says that there is nothing to kill.
        let mut warden = Command::new("sh")
            .args(["-c", "read -r _ || { kill -KILL \"$1\"; sleep 0.1; rm -rf \"$2\"; }", "warden", &pid.to_string()])
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("sh starts");
        let (ended, status) = watch::channel(None);
        let reaper = std::thread::spawn(move || {
            let status = child.wait().expect("a child to wait for");
            let line = warden.stdin.take().map(|mut stdin| std::io::Write::write_all(&mut stdin, b"\n"));
            drop((line, warden.wait()));
            for reader in readers {
                drop(reader.join());
            }
            ended.send_replace(Some(status));
        });
        Self { pid, status, reaper: Some(reaper) }
    }

    fn signal(&self, name: &str) {
        if self.status.borrow().is_none() {
            let kill = ["-c", "kill \"-$1\" \"$2\"", "kill", name, &self.pid.to_string()];
            let sent = Command::new("sh").args(kill).stderr(Stdio::null()).status();
            assert!(sent.is_ok(), "sh starts");
        }
    }
}

impl Process {
    /// Kills it, and waits until all it said is read.
    fn end(&mut self) {
        self.signal("KILL");
        if let Some(reaper) = self.reaper.take() {
            drop(reaper.join());
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// What the server has written; it grows.
#[derive(Debug)]
struct Output {
    text: Mutex<String>,
    grown: watch::Sender<usize>,
}

impl Output {
    fn new() -> Self {
        Self { text: Mutex::new(String::new()), grown: watch::Sender::new(0) }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn follow(self: &Arc<Self>, mut pipe: impl Read + Send + 'static) -> JoinHandle<()> {
        let output = Arc::clone(self);
        std::thread::spawn(move || {
            let mut piece = [0; 8192];
            while let Ok(length @ 1..) = pipe.read(&mut piece) {
                let mut text = output.text.lock().unwrap_or_else(PoisonError::into_inner);
                // Text cut inside a character is only a display of it.
                write!(text, "{}", String::from_utf8_lossy(&piece[..length])).expect("memory");
                output.grown.send_replace(text.len());
            }
        })
    }

    async fn wait<T>(&self, from: usize, mut find: impl FnMut(&str) -> Option<T>) -> T {
        let mut grown = self.grown.subscribe();
        loop {
            grown.borrow_and_update();
            if let Some(found) = self.text().get(from..).and_then(&mut find) {
                return found;
            }
            grown.changed().await.expect("the sender lives as long as this");
        }
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
