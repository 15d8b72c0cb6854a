//! The limit: one hand-written statement, or transaction, behind a bare axum handler. It checks no rights, pages nothing
//! and logs nothing; nothing that has PostgreSQL build the JSON can be much cheaper. Beside it, for the page, a harder one of
//! plain rows (`plain.rs`). Both run in a process of their own, which is this program again with `--limit-server`.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::header,
    response::IntoResponse,
    routing::{MethodRouter, post},
    serve::ListenerExt,
};
use chrono::{DateTime, Utc};
use kernel::Source;
use sea_orm::sqlx::{self, PgPool, postgres::PgPoolOptions};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::plain::Plain;

/// The first argument that makes this program the limit's server.
pub const ARGUMENT: &str = "--limit-server";

const URL: &str = "BENCH_LIMIT_URL";
const SCHEMA: &str = "BENCH_LIMIT_SCHEMA";

/// The limit's server as a child process. It ends when this is dropped or this process dies: its stdin ends then.
pub struct Limit {
    child: Child,
    stdin: Option<ChildStdin>,
    /// The port it listens on.
    pub port: u16,
}

impl Limit {
    /// Starts it on a database and the schema of a tenant.
    pub fn start(url: &str, schema: &str) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.arg(ARGUMENT).env(URL, url).env(SCHEMA, schema).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("this program starts");
        let stdin = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("the limit's server starts");
        let port = line.trim().parse().expect("the limit's server says its port");
        Self { child, stdin, port }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        drop(self.stdin.take());
        drop(self.child.wait());
    }
}

struct Statements {
    pool: PgPool,
    source: Source,
    page: String,
    plain: Plain,
    message: String,
    chats: String,
    tickets: String,
    trail: String,
    conversations: String,
    leads: String,
    reply: [String; 6],
    intake: [String; 6],
}

/// Runs the limit's server until stdin ends.
pub async fn serve() {
    let setting = |name| std::env::var(name).expect("a setting");
    let schema = format!("\"{}\"", setting(SCHEMA));
    let filled = |sql: &str| {
        let sql = sql
            .replace("{message}", include_str!("limit/message.json.sql"))
            .replace("{replies}", include_str!("limit/replies.sql"));
        sql.replace("{schema}", &schema)
    };
    let statements = Statements {
        pool: PgPoolOptions::new()
            .max_connections(16)
            .test_before_acquire(false)
            .connect(&setting(URL))
            .await
            .expect("the database"),
        source: Source::system(),
        page: filled(include_str!("limit/page.sql")),
        plain: Plain::of(&schema),
        message: filled(include_str!("limit/message.sql")),
        chats: filled(include_str!("limit/chats.sql")),
        tickets: filled(include_str!("limit/tickets.sql")),
        trail: filled(include_str!("limit/trail.sql")),
        conversations: filled(include_str!("limit/conversations.sql")),
        leads: filled(include_str!("limit/leads.sql")),
        reply: REPLY.map(&filled),
        intake: INTAKE.map(&filled),
    };
    let routes = Router::new()
        .route("/page", whole(|all| &all.page))
        .route("/plain", post(plain))
        .route("/chats", whole(|all| &all.chats))
        .route("/tickets", whole(|all| &all.tickets))
        .route("/conversations", whole(|all| &all.conversations))
        .route("/leads", whole(|all| &all.leads))
        .route("/trail", whole(|all| &all.trail))
        .route("/message", post(message))
        .route("/reply", post(reply))
        .route("/intake", post(intake))
        .with_state(Arc::new(statements));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let parent = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    let serve = async { axum::serve(listener, routes).await };
    tokio::select! {
        served = serve => served.expect("the limit serves"),
        _ = parent => {}
    }
}

fn json_text(text: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// What one statement answers that takes nothing.
fn whole(sql: fn(&Statements) -> &String) -> MethodRouter<Arc<Statements>> {
    post(move |State(statements): State<Arc<Statements>>| async move {
        let sql = sqlx::AssertSqlSafe(sql(&statements).as_str());
        json_text(sqlx::query_scalar(sql).fetch_one(&statements.pool).await.expect("a list"))
    })
}

async fn plain(State(statements): State<Arc<Statements>>) -> impl IntoResponse {
    let json = statements.plain.page(&statements.pool).await.expect("the page");
    ([(header::CONTENT_TYPE, "application/json")], json)
}

#[derive(Deserialize)]
struct Which {
    id: Uuid,
}

async fn message(State(statements): State<Arc<Statements>>, Json(which): Json<Which>) -> impl IntoResponse {
    let Statements { pool, message, .. } = statements.as_ref();
    json_text(
        sqlx::query_scalar(sqlx::AssertSqlSafe(message.as_str()))
            .bind(which.id)
            .fetch_one(pool)
            .await
            .expect("the message"),
    )
}

/// What `replyToMessage` writes, by hand.
const REPLY: [&str; 6] = [
    "SELECT status FROM {schema}.messages WHERE id = $1 FOR UPDATE",
    "INSERT INTO {schema}.message_replies (id, message_id, author_id, content, email_status, created_at) VALUES ($1, $2, $3, $4, 'queued', $5)",
    "UPDATE {schema}.messages SET status = 'in_progress', version = version + 1, updated_at = $2 WHERE id = $1",
    "INSERT INTO {schema}.jobs (id, kind, payload, state, run_at, attempts, created_at) VALUES ($1, 'bench.nothing', $2, 'queued', $3, 0, $3)",
    "INSERT INTO {schema}.audit_logs (id, at, kind, severity, success, actor_kind, actor_id, actor_email, session_id, address, agent, \
     request_id, resource_kind, resource_id, old_values, new_values) \
     VALUES ($1, $2, 'message.replied', 'info', true, 'staff', $3, $4, $5, '127.0.0.1', 'bench', $6, 'Message', $7, $8, $9)",
    "INSERT INTO {schema}.outbox (id, topic, kind, at, actor_id, payload) VALUES ($1, 'bench', 'message.replied', $2, $3, $4)",
];

#[derive(Deserialize)]
struct Reply {
    id: Uuid,
    author: Uuid,
    content: String,
}

async fn reply(State(statements): State<Arc<Statements>>, Json(ask): Json<Reply>) -> impl IntoResponse {
    let Statements { pool, source, reply: [lock, insert, update, job, audit, outbox], .. } = statements.as_ref();
    let now = source.now();
    let [reply_id, job_id, event, session, request] = std::array::from_fn(|n| source.uuid(now, n as u16));
    let stored = async {
        let mut tx = pool.begin().await?;
        let query = |sql: &str| sqlx::AssertSqlSafe(sql.to_owned());
        let status: String = sqlx::query_scalar(query(lock)).bind(ask.id).fetch_one(&mut *tx).await?;
        sqlx::query(query(insert))
            .bind(reply_id)
            .bind(ask.id)
            .bind(ask.author)
            .bind(&ask.content)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query(query(update)).bind(ask.id).bind(now).execute(&mut *tx).await?;
        sqlx::query(query(job)).bind(job_id).bind(json!({ "reply": reply_id })).bind(now).execute(&mut *tx).await?;
        let (old, new) = (json!({ "status": status }), json!({ "status": "in_progress", "replyId": reply_id }));
        let audit =
            sqlx::query(query(audit)).bind(event).bind(now).bind(ask.author).bind("admin@example.com").bind(session);
        audit.bind(request.to_string()).bind(ask.id).bind(old).bind(new).execute(&mut *tx).await?;
        let payload = json!({ "message": ask.id, "reply": reply_id, "from": status, "to": "in_progress" });
        sqlx::query(query(outbox)).bind(event).bind(now).bind(ask.author).bind(payload).execute(&mut *tx).await?;
        tx.commit().await
    };
    let stored: Result<(), sqlx::Error> = stored.await;
    stored.expect("the reply is stored");
    json_text(json!({ "data": { "replyToMessage": { "reply": { "id": reply_id }, "errors": [] } } }).to_string())
}

/// What a delivery of one message writes, by hand.
const INTAKE: [&str; 6] = [
    "SELECT id FROM {schema}.conversations WHERE social_account_id = $1 AND platform_conversation_id = $2 FOR NO KEY UPDATE",
    "INSERT INTO {schema}.conversation_message_keys (social_account_id, platform_message_id, message_id, received_at, arrived) \
     VALUES ($1, $2, $3, $4, true)",
    "INSERT INTO {schema}.conversation_messages (id, conversation_id, platform_message_id, direction, content, sender_id, received_at, metadata) \
     VALUES ($1, $2, $3, 'inbound', $4, $5, $6, '{}')",
    "UPDATE {schema}.conversations SET last_message_at = greatest(last_message_at, $2), last_message_id = $3, \
     last_inbound_at = greatest(last_inbound_at, $2), message_count = message_count + 1, version = version + 1, updated_at = $4 WHERE id = $1",
    "INSERT INTO {schema}.audit_logs (id, at, kind, severity, success, actor_kind, request_id, resource_kind, resource_id, action, old_values, \
     new_values, metadata) \
     VALUES ($1, $2, 'conversation.message_added', 'low', true, 'system', $3, 'Conversation', $4, 'create', $5, $6, $7)",
    "INSERT INTO {schema}.outbox (id, topic, kind, at, payload, concerns) VALUES ($1, 'bench', 'conversation.message_added', $2, $3, $4)",
];

#[derive(Deserialize)]
struct Delivery {
    account: Uuid,
    person: String,
    message: String,
    text: String,
    at: DateTime<Utc>,
}

async fn intake(State(statements): State<Arc<Statements>>, Json(told): Json<Delivery>) -> impl IntoResponse {
    let Statements { pool, source, intake: [lock, key, message, update, audit, outbox], .. } = statements.as_ref();
    let now = source.now();
    let [id, event, request] = std::array::from_fn(|n| source.uuid(now, n as u16));
    let stored = async {
        let mut tx = pool.begin().await?;
        let query = |sql: &str| sqlx::AssertSqlSafe(sql.to_owned());
        let of: Uuid =
            sqlx::query_scalar(query(lock)).bind(told.account).bind(&told.person).fetch_one(&mut *tx).await?;
        let key = sqlx::query(query(key)).bind(told.account).bind(&told.message).bind(id).bind(told.at);
        key.execute(&mut *tx).await?;
        let message = sqlx::query(query(message)).bind(id).bind(of).bind(&told.message).bind(&told.text);
        message.bind(&told.person).bind(told.at).execute(&mut *tx).await?;
        sqlx::query(query(update)).bind(of).bind(told.at).bind(id).bind(now).execute(&mut *tx).await?;
        let (old, new) =
            (json!({ "status": "active" }), json!({ "status": "active", "direction": "inbound", "messageId": id }));
        let audit = sqlx::query(query(audit)).bind(event).bind(now).bind(request.to_string()).bind(of);
        audit.bind(old).bind(new).bind(json!({ "transport": "webhook" })).execute(&mut *tx).await?;
        let payload = json!({ "conversation": of, "message": id, "direction": "inbound", "assignee": null, "from": "active", "to": "active" });
        sqlx::query(query(outbox)).bind(event).bind(now).bind(payload).bind(of).execute(&mut *tx).await?;
        tx.commit().await
    };
    let stored: Result<(), sqlx::Error> = stored.await;
    stored.expect("the message is stored");
}
