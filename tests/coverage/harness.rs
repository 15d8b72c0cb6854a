//! A server with tenants and people, and what the coverage tests do with them again and again.

use std::process::Output;

use serde_json::{Value, json};

use super::sql::Sql;
use crate::support::platforms::Platforms;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Backend, Client, Options, Server, chance, upload};

/// Everybody's password who is not the first administrator.
pub const PASSWORD: &str = "the quick brown fox 2";

const SIGN_IN: &str = "mutation SignIn($email: String!, $password: String!) { signIn(input: { email: $email, \
    password: $password }) { session { accessToken refreshToken viewer { user { id } permissions } } errors { code } } }";

/// A running server.
pub struct Harness {
    /// It.
    pub server: Server,
    /// The social platforms that it knows.
    pub platforms: Platforms,
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
    /// The social platforms.
    pub platforms: Platforms,
}

impl Home {
    /// The id of a role.
    pub async fn role(&self, name: &str) -> String {
        let all = self.admin.run("{ roles(first: 100) { nodes { id name } } }", Value::Null).await.ok();
        let found = all.list("roles.nodes").iter().find(|role| role["name"] == name).expect("a role");
        found["id"].as_str().expect("an id").to_owned()
    }

    /// Whether its database is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.sql.is_sqlite()
    }
}

impl Harness {
    /// A server without limits on attempts, whose mail goes to files.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, Options::new()).await
    }

    /// The same with more settings.
    pub async fn start_with(backend: Backend, options: Options) -> Self {
        let platforms = Platforms::start().await;
        let options = platforms.settings(options);
        let options = options.env("FRONTDESK_RATE_LIMITS", "off").env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on");
        let options = options.env("FRONTDESK_NOTIFICATION_HOSTS", super::notified::HOST);
        Self { platforms, server: super::crm::start(backend, options).await }
    }

    /// `frontdesk` on the server's database.
    pub fn try_cli(&self, args: &[&str], stdin: &str) -> Output {
        self.server.cli(args, stdin)
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
        Home { slug, sql, visitor, admin, platforms: self.platforms.clone() }
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

    /// A signed-in client.
    pub async fn client(&self, home: &Home, email: &str) -> Client {
        self.cli(&["staff", "add", email, "--name", email, "--role", "STAFF", "--tenant", &home.slug], PASSWORD);
        home.sql
            .run(&format!(
                "UPDATE users SET kind = 'client', email_verified_at = created_at, \
                 role_id = (SELECT id FROM roles WHERE name = 'CLIENT') WHERE email = '{email}'"
            ))
            .await;
        home.sql
            .run(&format!(
                "DELETE FROM user_permissions WHERE user_id = (SELECT id FROM users WHERE email = '{email}')"
            ))
            .await;
        sign_in(&home.visitor, email, PASSWORD).await
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
    /// An audit row.
    pub audit: String,
    /// Somebody else who works here.
    pub colleague: String,
    /// Somebody who buys here.
    pub client: String,
    /// A role of the company's own.
    pub role: String,
    /// A department, part of another one.
    pub department: String,
    /// A team with the administrator in it.
    pub team: String,
    /// An API key of the administrator's.
    pub api_key: String,
    /// A session of the administrator, not the one that the tests use.
    pub session: String,
    /// A pending invitation.
    pub invitation: String,
    /// An identity provider and who is who there.
    pub elsewhere: super::single_sign_on::SingleSignOn,
    /// What the administrator was told, and how.
    pub told: super::notified::Told,
    /// A file that the administrator sent.
    pub file: String,
    /// What can be booked and what is.
    pub bookings: super::bookings::Bookings,
    /// What belongs to the website.
    pub website: super::website::Website,
    /// A chat, which its token opens, and a line of it.
    pub chat: Begun,
    pub line: String,
    /// Another chat, which waits too.
    pub waiting: String,
    /// What B2Chat tells of.
    pub b2chat: super::b2chat::OfB2Chat,
    /// A CRM.
    pub crm: super::crm::OfCrm,
    /// The synchronisation with B2Chat.
    pub sync: super::sync::OfSync,
    /// A run of what says how long rows are kept, an archive and a hold.
    pub retention: super::retention::OfRetention,
    /// An export that could not be made.
    pub export: String,
    /// What went wrong, and what was slow.
    pub errors: super::errors::OfErrors,
    /// An erasure that was taken back.
    pub erasure: String,
    /// What is held on somebody, which could not be put together.
    pub person_export: String,
    /// A session of the administrator's with the assistant.
    pub assistant: super::assistant::Assistant,
    /// What hangs on the message, and what is used to answer it.
    pub desk: super::desk::OnTheDesk,
    /// What the client asked for.
    pub project: String,
    /// What is promised of tickets.
    pub policy: String,
    /// Tasks for artificial intelligence.
    pub ai_tasks: super::ai_tasks::AiTasks,
    /// How well chats went.
    pub effectiveness: super::effectiveness::Effectiveness,
    /// What the help centre shows.
    pub help: super::help::Help,
    /// What somebody writes with the company on a social platform.
    pub conversation: super::conversations::Conversation,
    /// Tickets.
    pub tickets: super::tickets::OfTickets,
    /// Leads.
    pub leads: super::leads::OfLeads,
    /// What is on one of them.
    pub comments: super::comments::OfComments,
}

/// A chat as its visitor has it.
pub struct Begun {
    /// Its id.
    pub id: String,
    /// Its token.
    pub token: String,
}

/// Lets a visitor begin a chat.
pub async fn begin_chat(home: &Home, name: &str, email: &str) -> Begun {
    let begin = "mutation($input: StartChatInput!) { startChat(input: $input) { receipt { chatId chatToken } errors { code \
        path } } }";
    let input = json!({ "name": name, "email": email, "content": "Is somebody there?" });
    let begun = home.visitor.run(begin, json!({ "input": input })).await.ok();
    Begun { id: begun.string("startChat.receipt.chatId"), token: begun.string("startChat.receipt.chatToken") }
}

/// Lets the administrator claim a chat and answer.
pub async fn answer_chat(home: &Home, chat: &str) {
    let answer = "mutation($id: ID!) { claimChat(input: { chatId: $id }) { errors { message } } \
        sendChatMessage(input: { chatId: $id, content: \"Yes.\" }) { message { id } errors { message } } }";
    home.admin.run(answer, json!({ "id": chat })).await.ok().string("sendChatMessage.message.id");
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

/// The id of the session that a client acts in.
pub async fn own_session(client: &Client) -> String {
    let seen = client.run("{ sessions { nodes { id isCurrent } } }", Value::Null).await.ok();
    let own = seen.list("sessions.nodes").iter().find(|node| node["isCurrent"] == true);
    own.and_then(|node| node["id"].as_str()).expect("a session").to_owned()
}

/// Bytes as the database writes them.
pub fn bytes(home: &Home, bytes: &[u8]) -> String {
    let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    if home.is_sqlite() { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") }
}

/// A new id, as the API and as the database write it.
pub fn id(home: &Home, prefix: &str) -> (String, String) {
    let hex = chance::bytes::<16>().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    (format!("{prefix}_{hex}"), row)
}

/// Puts an invitation by the administrator into the database, without a mail.
pub async fn invite(home: &Home, email: &str, token: &str) -> String {
    let ((shown, id), hash) = (id(home, "inv"), bytes(home, &kernel::crypto::token_hash(token)));
    home.sql
        .run(&format!(
            "INSERT INTO invitations (id, email, role_id, department_id, hash, invited_by, created_at, expires_at) \
             SELECT {id}, '{email}', role_id, department_id, {hash}, id, '2026-01-01T00:00:00+00:00', \
                '2126-01-01T00:00:00+00:00' FROM users WHERE email = '{ADMIN_EMAIL}'"
        ))
        .await;
    shown
}

/// Puts a one-time token into the database, of a colleague of its own.
pub async fn plant(home: &Home, purpose: &str, token: &str, payload: &str) {
    let ((_, user), (_, row)) = (id(home, "stf"), id(home, "ott"));
    let (at, hash) = ("'2026-01-01T00:00:00+00:00'", bytes(home, &kernel::crypto::token_hash(token)));
    home.sql
        .run(&format!(
            "INSERT INTO users (id, kind, email, name, password_hash, role_id, is_active, token_version, created_at, \
                updated_at) \
             SELECT {user}, kind, '{purpose}@example.com', name, password_hash, role_id, is_active, 1, {at}, {at} \
             FROM users WHERE email = '{ADMIN_EMAIL}'"
        ))
        .await;
    home.sql
        .run(&format!(
            "INSERT INTO one_time_tokens (id, user_id, purpose, hash, payload, created_at, expires_at) \
             VALUES ({row}, {user}, '{purpose}', {hash}, '{payload}', {at}, '2126-01-01T00:00:00+00:00')"
        ))
        .await;
}

/// Lets clients register.
pub async fn allow_registration(home: &Home) {
    let open = "mutation { setSetting(input: { key: \"registration.open\", value: true }) { errors { code } } }";
    home.admin.run(open, Value::Null).await.ok();
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
        let made = home
            .admin
            .run(
                "mutation($colleague: CreateStaffInput!, $client: CreateClientInput!, $role: CreateRoleInput!) { \
                    createStaff(input: $colleague) { staff { id } errors { message } } \
                    createClient(input: $client) { client { id } errors { message } } \
                    createRole(input: $role) { role { id } errors { message } } }",
                json!({
                    "colleague": { "email": "things.colleague@example.com", "name": "Colleague", "roleId": home.role("STAFF").await },
                    "client": { "email": "things.client@example.com", "name": "Client" },
                    "role": { "name": "Own", "permissions": ["VIEW_STAFF"] },
                }),
            )
            .await
            .ok();
        let colleague = made.string("createStaff.staff.id");
        let client = made.string("createClient.client.id");
        let role = made.string("createRole.role.id");
        let made = home
            .admin
            .run(
                "mutation { parent: createDepartment(input: { name: \"Own parent\" }) { department { id } } \
                    createTeam(input: { name: \"Own team\" }) { team { id } } \
                    createApiKey(input: { name: \"Own key\", permissions: [VIEW_MESSAGES] }) { apiKey { id } } }",
                Value::Null,
            )
            .await
            .ok();
        let (team, api_key) = (made.string("createTeam.team.id"), made.string("createApiKey.apiKey.id"));
        let below = "mutation($parent: ID!, $team: ID!, $staff: ID!) { \
            createDepartment(input: { name: \"Own department\", parentId: $parent }) { department { id } } \
            addTeamMember(input: { teamId: $team, staffId: $staff }) { errors { code } } }";
        let variables = json!({ "parent": made.string("parent.department.id"), "team": team, "staff": staff });
        let department = home.admin.run(below, variables).await.ok().string("createDepartment.department.id");
        let elsewhere = sign_in(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let session = own_session(&elsewhere).await;
        // The trail knows the session by what was done in it.
        let done = "mutation { setSetting(input: { key: \"ui.theme\", scope: PERSONAL, value: \"light\" }) { errors { code } } }";
        assert!(elsewhere.run(done, Value::Null).await.ok().list("setSetting.errors").is_empty());
        let invitation = invite(home, "invited@example.com", "unknown").await;
        let elsewhere = super::single_sign_on::SingleSignOn::make(home).await;
        let told = super::notified::Told::make(home).await;
        let send = "mutation($file: Upload!) { uploadFile(input: { file: $file }) { file { id } errors { message } } }";
        let file = home.admin.run(send, json!({ "file": upload("own.txt", "Own") })).await.ok();
        let file = file.string("uploadFile.file.id");
        let bookings = super::bookings::Bookings::make(home, &staff).await;
        let website = super::website::Website::make(home, &visitor).await;
        // One that the administrator has, beside those that wait.
        answer_chat(home, &begin_chat(home, "Ada Lovelace", "ada@example.com").await.id).await;
        let waiting = begin_chat(home, "Ada Lovelace", "ada@example.com").await.id;
        let chat = begin_chat(home, "Ada Lovelace", "ada@example.com").await;
        let lines = "query($id: ID!) { chat(id: $id) { messages(first: 1) { nodes { id } } } }";
        let line = home.admin.run(lines, json!({ "id": chat.id })).await.ok().string("chat.messages.nodes.0.id");
        let desk = super::desk::OnTheDesk::make(home, &message).await;
        let project = super::projects::make(home, &client).await;
        let conversation = super::conversations::Conversation::make(home).await;
        for thing in [&chat.id, &bookings.consultation, &conversation.id] {
            let tag = "mutation($of: ID!, $tag: ID!) { addTags(input: { entityId: $of, tagIds: [$tag] }) { errors { message } } }";
            home.admin.run(tag, json!({ "of": thing, "tag": desk.tag })).await.ok();
        }
        let tickets = super::tickets::OfTickets::make(home, &staff, &client, &team, &desk.tag).await;
        let comments = super::comments::OfComments::make(home, &tickets.ticket).await;
        let help = super::help::Help::make(home, &desk.tag).await;
        let policy = super::service_levels::make(home).await;
        let ai_tasks = super::ai_tasks::AiTasks::make(home, &message).await;
        let leads = super::leads::OfLeads::make(home, &staff, &desk.tag).await;
        let crm = super::crm::OfCrm::make(home, leads.of("led")).await;
        let b2chat = super::b2chat::OfB2Chat::make(home, &staff).await;
        let effectiveness = super::effectiveness::Effectiveness::make(home, &b2chat).await;
        Self {
            b2chat,
            leads,
            message,
            visitor,
            reply,
            staff,
            audit,
            colleague,
            client,
            role,
            department,
            team,
            api_key,
            session,
            invitation,
            elsewhere,
            told,
            file,
            bookings,
            website,
            chat,
            line,
            waiting,
            crm,
            sync: super::sync::OfSync::make(home).await,
            retention: super::retention::OfRetention::make(home).await,
            export: super::exports::make(home).await,
            errors: super::errors::OfErrors::make(home).await,
            erasure: super::erasures::make(home).await,
            person_export: super::person_exports::make(home).await,
            assistant: super::assistant::Assistant::make(home).await,
            desk,
            project,
            policy,
            ai_tasks,
            effectiveness,
            help,
            conversation,
            tickets,
            comments,
        }
    }
}
