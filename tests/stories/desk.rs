//! What the stories share: an open desk, the people at it, and the sentences they say.

use std::process::Output;
use std::time::Duration;

use serde_json::{Value, json};

use crate::coverage::sql::Sql;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Backend, Client, Options, Server, Socket};

/// How long something may take that happens by itself.
pub const SOON: Duration = Duration::from_secs(20);
/// The password of everybody whom a story adds.
pub const PASSWORD: &str = "open sesame open sesame 7";

pub const SUBMIT: &str = "mutation Submit($input: SubmitMessageInput!) { submitMessage(input: $input) {
    receipt { messageId receivedAt visitorToken } errors { code message path } } }";
pub const SIGN_IN: &str = "mutation SignIn($input: SignInInput!) { signIn(input: $input) {
    session { accessToken refreshToken viewer { user { id name email } permissions } } errors { code message path } } }";
pub const REFRESH: &str = "mutation Refresh($input: RefreshSessionInput!) { refreshSession(input: $input) {
    session { accessToken refreshToken } errors { code message path } } }";
pub const SIGN_OUT: &str = "mutation SignOut { signOut { errors { code } } }";
pub const VIEWER: &str = "query Who { viewer { user { id email } } }";
pub const ASSIGN: &str = "mutation Assign($input: AssignMessageInput!) { assignMessage(input: $input) {
    message { id status assignee { id name } } errors { code message path } } }";
pub const SET_STATUS: &str = "mutation SetStatus($input: SetMessageStatusInput!) { setMessageStatus(input: $input) {
    message { id status } errors { code message path } } }";
pub const CONVERT: &str = "mutation Convert($input: ConvertMessageInput!) { convertMessage(input: $input) {
    message { id status convertedTo { __typename id } } errors { code message path } } }";
pub const REPLY: &str = "mutation Reply($input: ReplyToMessageInput!) { replyToMessage(input: $input) {
    reply { id content emailStatus author { id } } message { id status } errors { code message path } } }";
pub const FOLLOW: &str = "subscription Follow($filter: InboxEventFilter, $after: String) {
    inboxEvents(filter: $filter, after: $after) { __typename sequence at actor { id name }
      ... on MessageReceived { message { id name } }
      ... on MessageAssigned { message { id } previousAssignee { id } newAssignee { id name } }
      ... on MessageStatusChanged { message { id } previousStatus newStatus }
      ... on MessageConverted { message { id status } convertedTo { id } }
      ... on MessageReplied { message { id status } reply { id content emailStatus } }
      ... on ReplyDelivered { message { id } reply { id emailStatus } }
      ... on ReplyFailed { message { id } reply { id emailStatus emailError } } } }";

/// A server with its first administrator.
pub struct Desk {
    pub server: Server,
    /// The website: nobody signed in.
    pub web: Client,
}

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Person {
    pub client: Client,
    pub id: String,
    pub access: String,
    pub refresh: String,
}

impl Desk {
    /// A desk without limits on attempts: most stories need more than a person makes.
    pub async fn open(backend: Backend) -> Self {
        Self::open_with(backend, Options::new()).await
    }

    /// The same with other settings.
    pub async fn open_with(backend: Backend, options: Options) -> Self {
        Self::limited(backend, options.env("FRONTDESK_RATE_LIMITS", "off")).await
    }

    /// A desk that limits attempts, as it does by default.
    pub async fn limited(backend: Backend, options: Options) -> Self {
        let server = Server::start(backend, options).await;
        let web = Client::new(server.base());
        Self { server, web }
    }

    /// The first administrator, signed in.
    pub async fn admin(&self) -> Person {
        self.sign_in(ADMIN_EMAIL, ADMIN_PASSWORD).await
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Person {
        let answer = self.web.run(SIGN_IN, credentials(email, password)).await.ok();
        let access = answer.string("signIn.session.accessToken");
        Person {
            client: self.web.bearer(&access),
            id: answer.string("signIn.session.viewer.user.id"),
            refresh: answer.string("signIn.session.refreshToken"),
            access,
        }
    }

    /// Adds a colleague from the command line and signs them in.
    pub async fn colleague(&self, email: &str, name: &str, role: &str) -> Person {
        self.cli_ok(&["staff", "add", email, "--name", name, "--role", role], PASSWORD);
        self.sign_in(email, PASSWORD).await
    }

    /// `frontdesk` beside the server, on its database.
    pub fn cli(&self, args: &[&str], stdin: &str) -> Output {
        self.server.cli(args, stdin)
    }

    /// The same, which must succeed; returns what it printed.
    #[track_caller]
    pub fn cli_ok(&self, args: &[&str], stdin: &str) -> String {
        let output = self.cli(args, stdin);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The first tenant's tables.
    pub async fn sql(&self) -> Sql {
        let url = self.server.setting("FRONTDESK_DATABASE_URL").expect("a setting of the server");
        let schemas = Sql::open(url, None).await.texts("SELECT schema_name FROM tenants WHERE slug = 'main'").await;
        Sql::open(url, Some(&schemas[0])).await
    }

    /// A visitor writes; returns the message's id.
    pub async fn message(&self, name: &str, content: &str) -> String {
        let email =
            format!("{}@visitors.example", name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "."));
        let input = json!({ "name": name, "email": email, "content": content });
        self.submit(input).await.string("submitMessage.receipt.messageId")
    }

    /// A visitor sends the form, and it is taken.
    pub async fn submit(&self, input: Value) -> Answer {
        self.web.run(SUBMIT, json!({ "input": input })).await.ok()
    }

    /// Opens a WebSocket for somebody and follows the inbox as operation `live`.
    pub async fn follow(&self, person: &Person, variables: Value) -> Socket {
        let mut socket = Socket::connect(self.server.base(), Some(&person.access)).await;
        socket.subscribe("live", FOLLOW, variables).await;
        socket
    }
}

impl Person {
    /// Replies by mail; returns the reply's id.
    pub async fn reply(&self, message: &str, content: &str) -> String {
        let input = json!({ "messageId": message, "content": content });
        let answer = self.client.run(REPLY, json!({ "input": input })).await.ok();
        answer.string("replyToMessage.reply.id")
    }

    /// Whether the access token still opens the door.
    pub async fn is_in(&self) -> bool {
        let answer = self.client.run(VIEWER, json!({})).await;
        match answer.errors() {
            [] => answer.data("viewer.user.id") == &json!(self.id),
            _ => {
                assert_eq!(answer.error_code(), "UNAUTHENTICATED", "{answer}");
                false
            }
        }
    }
}

/// The variables of [`SIGN_IN`].
pub fn credentials(email: &str, password: &str) -> Value {
    json!({ "input": { "email": email, "password": password } })
}

/// A sequence as a number.
#[track_caller]
pub fn number(value: &Value) -> i64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("not a sequence: {value}"))
}
