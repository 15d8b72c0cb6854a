//! The product under measurement: the real server, and what it is asked.

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use super::load;
use super::side::Side;
use super::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, Options, Server, server};

const MESSAGE: &str = "id name email company service content status createdAt updatedAt
    visitor { id name email source } assignee { id name email }
    replies(first: 3) { nodes { id content emailStatus createdAt author { id name } } }";

/// The key of all databases here: who filled one and who serves it are not the same process.
static KEY: LazyLock<String> = LazyLock::new(server::secret_key);

/// The key of all databases here.
pub fn key() -> &'static str {
    &KEY
}

/// A running server, signed in to.
pub struct Product {
    server: Server,
    client: Client,
    token: String,
}

impl Product {
    /// Starts a server on this database. It runs as it would in production, except that nothing limits rates.
    pub async fn start(url: &str, workers: bool) -> Self {
        Self::start_on(Backend::Postgres, url, workers).await
    }

    /// The same on a database of either kind.
    pub async fn start_on(backend: Backend, url: &str, workers: bool) -> Self {
        let options = Options::new().env("FRONTDESK_WORKERS", if workers { "on" } else { "off" });
        Self::start_with(backend, url, options).await
    }

    /// The same with these settings.
    pub async fn start_with(backend: Backend, url: &str, options: Options) -> Self {
        let options = options.env("FRONTDESK_RATE_LIMITS", "off").env("FRONTDESK_SECRET_KEY", key());
        let server = Server::start(backend, options.database(url)).await;
        let mut product = Self { client: Client::new(server.base()), server, token: String::new() };
        product.sign_in().await;
        product
    }

    /// Signs in once more: an access token lasts a quarter of an hour.
    pub async fn sign_in(&mut self) {
        let sign_in = "mutation SignIn($input: SignInInput!) { signIn(input: $input) { session { accessToken } errors { message } } }";
        let nobody = self.client.nobody();
        let answer =
            nobody.run(sign_in, json!({ "input": { "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD } })).await.ok();
        self.token = answer.string("signIn.session.accessToken");
        self.client = nobody.bearer(&self.token);
    }

    /// A client that is signed in.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The access token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The server and these GraphQL requests.
    pub fn asked(&self, requests: impl IntoIterator<Item = (String, Value)>) -> Side {
        let requests = requests.into_iter().map(|(query, variables)| {
            let body = json!({ "query": query, "variables": variables }).to_string();
            load::post("/graphql", Some(&self.token), &body)
        });
        Side { pid: self.server.pid(), port: self.server.port(), requests: Arc::new(requests.collect()) }
    }

    /// The address that the newest message came from.
    pub async fn newest_address(&self) -> String {
        let answer = self.client.run("query Newest { messages(first: 1) { nodes { email } } }", Value::Null).await.ok();
        answer.list("messages.nodes")[0]["email"].as_str().expect("an address").to_owned()
    }

    /// The ids of messages with this status, newest first.
    pub async fn message_ids(&self, status: &str, count: usize) -> Vec<String> {
        let query = "query Ids($status: MessageStatus, $after: String) {
            messages(filter: { status: { eq: $status } }, first: 100, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }";
        let mut ids = Vec::new();
        let mut after = Value::Null;
        while ids.len() < count {
            let answer = self.client.run(query, json!({ "status": status, "after": after })).await.ok();
            ids.extend(answer.list("messages.nodes").iter().filter_map(|node| node["id"].as_str().map(str::to_owned)));
            after = answer.data("messages.pageInfo.endCursor").clone();
            if answer.data("messages.pageInfo.hasNextPage") == &Value::Bool(false) {
                break;
            }
        }
        ids
    }

    /// What is answered to one document.
    pub async fn answered(&self, document: &str, variables: Value) -> Value {
        self.client.run(document, variables).await.ok().json["data"].clone()
    }

    /// The cursor behind this many of the first of a list; a multiple of 100.
    pub async fn cursor_behind(&self, list: &str, how_many: u64) -> Value {
        self.cursor_in(&format!("{list}(first: 100, after: $after)"), how_many).await
    }

    /// The same of a list that is asked for with more arguments than `first: 100, after: $after`.
    pub async fn cursor_in(&self, list: &str, how_many: u64) -> Value {
        let query = format!("query Walk($after: String) {{ list: {list} {{ pageInfo {{ endCursor }} }} }}");
        let mut after = Value::Null;
        for _ in 0..how_many / 100 {
            after = self.answered(&query, json!({ "after": after })).await["list"]["pageInfo"]["endCursor"].clone();
        }
        after
    }

    /// SQL statements and requests of the operation with this name, so far.
    pub async fn statements(&self, operation: &str) -> (f64, f64) {
        let label = format!("operation=\"{operation}\"");
        let metrics = self.client.get("/metrics").await.text;
        (sum(&metrics, "frontdesk_sql_statements_total", &label), sum(&metrics, "frontdesk_requests_total", &label))
    }

    /// SQL statements of jobs of this kind that were worked on, so far.
    pub async fn statements_of_jobs(&self, kind: &str) -> f64 {
        let metrics = self.client.get("/metrics").await.text;
        sum(&metrics, "frontdesk_job_sql_statements_total", &format!("kind=\"{kind}\""))
    }
}

/// What the metrics with a name and a label add up to.
fn sum(metrics: &str, name: &str, label: &str) -> f64 {
    let of = metrics.lines().filter(|line| line.starts_with(&format!("{name}{{")) && line.contains(label));
    of.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}

/// The inbox page that staff work on: 50 messages with assignee, visitor, the first 3 replies and their authors.
pub fn page(name: &str, after: &Value) -> (String, Value) {
    let query = format!(
        "query {name}($first: Int!, $after: String) {{ messages(first: $first, after: $after) {{
         nodes {{ {MESSAGE} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    (query, json!({ "first": 50, "after": after }))
}

/// One message with the same relations.
pub fn message(id: &str) -> (String, Value) {
    (format!("query OneMessage($id: ID!) {{ message(id: $id) {{ {MESSAGE} }} }}"), json!({ "id": id }))
}

/// A reply with its mail.
pub fn reply(id: &str) -> (String, Value) {
    let query = "mutation Reply($input: ReplyToMessageInput!) { replyToMessage(input: $input) { reply { id } errors { message } } }";
    (query.into(), json!({ "input": { "messageId": id, "content": CONTENT, "sendEmail": true } }))
}

/// What the replies say.
pub const CONTENT: &str =
    "Thank you for writing. Our engineer could look at it on Thursday; the visit itself is free of charge.";
