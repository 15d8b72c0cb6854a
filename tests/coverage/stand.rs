//! A server with tenants and people, and what the coverage tests do with them again and again.

use std::io::Write as _;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::sql::Sql;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Backend, Client, Options, Server, chance, server};

/// Everybody's password who is not the first administrator.
pub const PASSWORD: &str = "the quick brown fox 2";

const SIGN_IN: &str = "mutation SignIn($email: String!, $password: String!) { signIn(input: { email: $email, \
    password: $password }) { session { accessToken refreshToken viewer { user { id } permissions } } errors { code } } }";

/// A running server.
pub struct Stand {
    /// It.
    pub server: Server,
}

/// One tenant of it.
pub struct Home {
    /// Its slug.
    pub slug: String,
    /// Its tables.
    pub sql: Sql,
    /// Somebody signed out who names it.
    pub visitor: Client,
    /// Its administrator.
    pub admin: Client,
}

impl Home {
    /// Whether its database is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.sql.is_sqlite()
    }
}

impl Stand {
    /// A server without limits on attempts, whose mail goes to files.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, Options::new()).await
    }

    /// The same with more settings.
    pub async fn start_with(backend: Backend, options: Options) -> Self {
        Self { server: Server::start(backend, options.env("FRONTDESK_RATE_LIMITS", "off")).await }
    }

    /// `frontdesk` on the server's database.
    pub fn try_cli(&self, args: &[&str], stdin: &str) -> Output {
        let mut command = server::frontdesk(args.iter().copied());
        for name in ["FRONTDESK_DATABASE_URL", "FRONTDESK_SECRET_KEY"] {
            command.env(name, self.server.setting(name).expect("a setting"));
        }
        command.current_dir(self.server.dir()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        writeln!(child.stdin.take().expect("a pipe"), "{stdin}").expect("the program reads");
        child.wait_with_output().expect("the program ends")
    }

    /// The same where it must go well; returns what it says.
    #[track_caller]
    pub fn cli(&self, args: &[&str], stdin: &str) -> String {
        let output = self.try_cli(args, stdin);
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{args:?}: {}{}", said(&output.stdout), said(&output.stderr));
        said(&output.stdout)
    }

    /// Another tenant with an administrator.
    pub async fn tenant(&self, slug: &str) -> Home {
        let line = self.cli(&["tenant", "create", slug, "--name", slug, "--admin-email", ADMIN_EMAIL], ADMIN_PASSWORD);
        let schema = line.split_whitespace().nth(2).expect("a schema");
        self.home(slug.to_owned(), schema).await
    }

    /// The first tenant.
    pub async fn main(&self) -> Home {
        let registry = Sql::open(self.url(), None).await;
        let schemas = registry.texts("SELECT schema_name FROM tenants WHERE slug = 'main'").await;
        self.home("main".to_owned(), &schemas[0]).await
    }

    /// The database's address.
    pub fn url(&self) -> &str {
        self.server.setting("FRONTDESK_DATABASE_URL").expect("a setting")
    }

    async fn home(&self, slug: String, schema: &str) -> Home {
        let sql = Sql::open(self.url(), Some(schema)).await;
        let visitor = Client::new(self.server.base()).tenant(&slug);
        let admin = sign_in(&visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        Home { slug, sql, visitor, admin }
    }

    /// A signed-in person who holds exactly these permissions.
    pub async fn person(&self, home: &Home, email: &str, permissions: &[&str]) -> Client {
        let role = format!("ROLE_OF_{}", email.split('@').next().unwrap_or_default());
        let hex = chance::bytes::<16>().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let (id, yes) = if self.server.backend() == Backend::Sqlite {
            (format!("x'{hex}'"), "0")
        } else {
            (format!("'{hex}'::uuid"), "false")
        };
        let list = json!(permissions);
        let sql = format!(
            "INSERT INTO roles (id, name, built_in, permissions, created_at, updated_at) \
             VALUES ({id}, '{role}', {yes}, '{list}', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')"
        );
        home.sql.run(&sql).await;
        self.colleague(home, email, &role).await
    }

    /// A signed-in person of a role.
    pub async fn colleague(&self, home: &Home, email: &str, role: &str) -> Client {
        self.cli(&["staff", "add", email, "--name", email, "--role", role, "--tenant", &home.slug], PASSWORD);
        sign_in(&home.visitor, email, PASSWORD).await
    }
}

/// Signs in; panics where that is refused.
pub async fn sign_in(visitor: &Client, email: &str, password: &str) -> Client {
    let answer = session(visitor, email, password).await;
    visitor.bearer(&answer.string("signIn.session.accessToken"))
}

/// The whole answer to a successful sign-in.
pub async fn session(visitor: &Client, email: &str, password: &str) -> Answer {
    visitor.run(SIGN_IN, json!({ "email": email, "password": password })).await.ok()
}

/// What one visitor wrote and a colleague answered: one thing of every kind.
pub struct Things {
    /// The message.
    pub message: String,
    /// Its visitor.
    pub visitor: String,
    /// The reply to it.
    pub reply: String,
    /// The administrator, who wrote the reply and has the message.
    pub staff: String,
    /// A client.
    pub client: String,
    /// An audit row.
    pub audit: String,
}

/// Lets a visitor write.
pub async fn write(home: &Home, name: &str, email: &str, content: &str) -> String {
    let input = json!({ "name": name, "email": email, "content": content, "source": "search" });
    let wrote = home
        .visitor
        .run(
            "mutation Write($input: SubmitMessageInput!) { submitMessage(input: $input) { receipt { messageId } \
                errors { code path } } }",
            json!({ "input": input }),
        )
        .await
        .ok();
    wrote.string("submitMessage.receipt.messageId")
}

/// Lets the administrator answer; no mail.
pub async fn reply(home: &Home, message: &str) -> String {
    let replied = home
        .admin
        .run(
            "mutation Reply($id: ID!) { replyToMessage(input: { messageId: $id, content: \"Soon.\", sendEmail: false \
                }) \
             { reply { id } errors { code path } } }",
            json!({ "id": message }),
        )
        .await
        .ok();
    replied.string("replyToMessage.reply.id")
}

/// Hands a message to somebody.
pub async fn assign(home: &Home, message: &str, staff: &str) {
    let assign = "mutation Assign($message: ID!, $staff: ID!) { assignMessage(input: { messageId: $message, \
        assigneeId: $staff }) { errors { code } } }";
    home.admin.run(assign, json!({ "message": message, "staff": staff })).await.ok();
}

/// A client, as an import would enter them.
async fn client(home: &Home) -> String {
    let hex = chance::bytes::<16>().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let (id, yes) = if home.is_sqlite() { (format!("x'{hex}'"), "1") } else { (format!("'{hex}'::uuid"), "true") };
    let at = "'2026-01-01T00:00:00+00:00'";
    let sql = format!(
        "INSERT INTO users (id, kind, email, name, password_hash, role_id, is_active, token_version, created_at, updated_at) \
         SELECT {id}, 'client', 'client@example.com', 'Cleo Client', '*', id, {yes}, 1, {at}, {at} FROM roles WHERE name = 'CLIENT'"
    );
    home.sql.run(&sql).await;
    format!("cli_{hex}")
}

impl Things {
    /// Makes them.
    pub async fn make(home: &Home) -> Self {
        let message = write(home, "Ada Lovelace", "ada@example.com", "Do you calculate, too?").await;
        let reply = reply(home, &message).await;
        let staff = home.admin.run("{ viewer { user { id } } }", Value::Null).await.ok().string("viewer.user.id");
        assign(home, &message, &staff).await;
        let seen = home
            .admin
            .run(
                "query($id: ID!) { message(id: $id) { visitor { id } } auditLogs(first: 1) { nodes { id } } }",
                json!({ "id": message }),
            )
            .await
            .ok();
        let (visitor, audit) = (seen.string("message.visitor.id"), seen.string("auditLogs.nodes.0.id"));
        let client = client(home).await;
        Self { message, visitor, reply, staff, client, audit }
    }

    /// The one of a kind, by its prefix.
    pub fn of(&self, kind: &str) -> &str {
        match kind {
            "msg" => &self.message,
            "vis" => &self.visitor,
            "rpl" => &self.reply,
            "stf" => &self.staff,
            "cli" => &self.client,
            "aud" => &self.audit,
            _ => panic!("nothing of the kind {kind}"),
        }
    }
}

/// Asks until the answer is `Some`: for what becomes true a moment later without anything to wait for.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: not within 30 seconds");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
