//! Secret keys and restored databases: what is sealed opens afterwards, or the start says why it will not.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::site::finish;
use super::{Done, Site, enter};
use crate::support::server::secret_key;
use crate::support::totp::Authenticator;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, Cluster, Server, both};

const BEGIN: &str = "mutation($password: String!) { beginTotpEnrolment(input: { password: $password }) { enrolment { secret } \
    errors { message } } }";
const CONFIRM: &str = "mutation($code: String!) { confirmTotp(input: { code: $code }) { errors { message } } }";
const SIGN_IN: &str = "mutation($code: String) { signIn(input: { email: \"admin@example.com\", password: \
    \"correct horse battery staple 1\", totpCode: $code }) { session { accessToken } errors { code } } }";
const SMTP: &str = "mutation { updateSmtpSettings(input: { host: \"127.0.0.1\", port: 2525, encryption: TLS, \
    fromEmail: \"desk@example.com\", username: \"desk\", password: \"mail password 77\" }) { errors { message path } } }";

/// The first company, signed out.
fn desk(server: &Server) -> Client {
    Client::new(server.base()).tenant("main")
}

/// The administrator sets up a second factor.
async fn with_second_factor(server: &Server) -> (Client, Authenticator) {
    let admin = enter(&desk(server), ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let begun = admin.run(BEGIN, json!({ "password": ADMIN_PASSWORD })).await.ok();
    let app = Authenticator::new(&begun.string("beginTotpEnrolment.enrolment.secret"));
    admin.run(CONFIRM, json!({ "code": app.code(0) })).await.ok();
    (admin, app)
}

/// Signs in with the code of so many steps later.
async fn signed_in(server: &Server, app: &Authenticator, later: i64) -> Client {
    let nobody = desk(server);
    let answer = nobody.run(SIGN_IN, json!({ "code": app.code(later) })).await.ok();
    nobody.bearer(&answer.string("signIn.session.accessToken"))
}

async fn keys(site: &Site, ring: &str, args: &[&str]) -> Done {
    let mut command = site.command(["keys"].iter().chain(args).copied());
    command.env("FRONTDESK_SECRET_KEY", ring);
    finish(command, "").await
}

both! {
    /// A key that the database does not know ends the start with a sentence that says so and names the one it wants; a new one
    /// in front of the old is taken. What the old one seals is counted and sealed anew; then it can be left out, and it is no
    /// key of this database any more.
    async fn a_key_of_another_database_is_noticed(backend) {
        let site = Site::new(backend);
        let (old, new, wrong) = (secret_key(), secret_key(), secret_key());
        let ring = |key: &str| site.options().env("FRONTDESK_SECRET_KEY", key).env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on");
        let mut server = site.serve_with(ring(&old)).await;
        let (admin, app) = with_second_factor(&server).await;
        admin.run(SMTP, Value::Null).await.ok();
        server.terminate();
        server.wait().await;

        let listed = keys(&site, &old, &[]).await.ok();
        let (id, rest) = listed.out.trim().split_once("  ").expect("an id and what it seals");
        assert_eq!(rest, "given, seals what is new: 1 mail passwords, 1 second factors", "{listed}");
        let id = id.to_owned();
        let mut command = site.command(["serve"]);
        command.env("FRONTDESK_SECRET_KEY", &wrong);
        let refused = finish(command, "").await.refused();
        assert!(refused.err.contains("is not a key of this database") && refused.err.contains(&id), "{refused}");
        let refused = keys(&site, &wrong, &["reseal"]).await.refused();
        assert!(refused.err.contains("is not a key of this database"), "{refused}");

        let both_keys = format!("{new},{old}");
        server.restart_with(ring(&both_keys)).await;
        let listed = keys(&site, &both_keys, &["list"]).await.ok();
        assert!(listed.out.contains("given, seals what is new: seals nothing"), "{listed}");
        let anew = keys(&site, &both_keys, &["reseal"]).await.ok();
        assert!(anew.out.starts_with("2 secrets are sealed under the first key now"), "{anew}");
        assert!(anew.out.contains(&format!("{id} seals nothing any more")), "{anew}");
        let again = keys(&site, &both_keys, &["reseal"]).await.ok();
        assert!(again.out.starts_with("0 secrets"), "{again}");
        assert!(site.run(["audit", "verify"]).await.ok().out.starts_with("whole: "));
        server.restart_with(ring(&new)).await;
        signed_in(&server, &app, 1).await;
        let mut command = site.command(["serve"]);
        command.env("FRONTDESK_SECRET_KEY", &old);
        let refused = finish(command, "").await.refused();
        assert!(refused.err.contains("is not a key of this database"), "{refused}");
    }
}

/// What a restored database is asked: its people sign in with their second factor, its trail is whole, its messages are there.
async fn stands(restored: &Site, server: &Server, app: &Authenticator) {
    let admin = signed_in(server, app, 1).await;
    let found = admin.run("{ messages(first: 10) { nodes { content } } }", Value::Null).await.ok();
    let contents: Vec<_> = found.list("messages.nodes").iter().map(|node| node["content"].clone()).collect();
    assert_eq!(contents, [json!("before the copy")]);
    let verified = restored.run(["audit", "verify", "--tenant", "main"]).await.ok();
    assert!(verified.out.starts_with("whole: "), "{verified}");
    assert_eq!(restored.look(None, "SELECT slug FROM tenants ORDER BY slug").await, ["main", "second"]);
}

/// The restore drill of docs/restore.md on the embedded database: the files of registry and tenants are copied while the
/// server runs, put into another folder, and served from there with the same key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_copied_while_in_use_and_restored() {
    let site = Site::new(Backend::Sqlite);
    let server = site.serve().await;
    site.tenant("second", "open sesame open sesame 7").await;
    let (_, app) = with_second_factor(&server).await;
    super::submit(&desk(&server), "before the copy").await;
    let to = site.dir().join("copy");
    let copied = site.run(["backup", to.to_str().expect("a path")]).await.ok();
    assert!(copied.out.starts_with("copied the registry and 2 tenants"), "{copied}");
    let refused = site.run(["backup", to.to_str().expect("a path")]).await.refused();
    assert!(refused.err.contains("is there already"), "{refused}");
    super::submit(&desk(&server), "after the copy").await;
    drop(server);

    let url = format!("sqlite://{}", to.join("frontdesk.db").display());
    let restored = site.moved_to(url);
    let server = restored.serve().await;
    stands(&restored, &server, &app).await;
}

/// One of PostgreSQL's programs, of the version of the cluster's server.
pub fn program(name: &str) -> Command {
    let mut found: Vec<_> = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().collect();
    found.sort_by_key(|entry| entry.file_name());
    let path = found.last().map(|entry| entry.path().join("bin").join(name)).filter(|path| path.exists());
    Command::new(path.unwrap_or_else(|| Path::new(name).to_owned()))
}

/// The restore drill of docs/restore.md on PostgreSQL: dumped while the server runs, restored into an empty cluster.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_is_restored_into_an_empty_cluster() {
    let site = Site::new(Backend::Postgres);
    let server = site.serve().await;
    site.tenant("second", "open sesame open sesame 7").await;
    let (_, app) = with_second_factor(&server).await;
    super::submit(&desk(&server), "before the copy").await;
    let file = site.dir().join("frontdesk.dump");
    let dump = program("pg_dump").args(["--format=custom", "--no-owner", "--file"]).arg(&file).arg(site.url()).status();
    assert!(dump.expect("pg_dump").success());
    super::submit(&desk(&server), "after the copy").await;
    drop(server);

    let cluster = Cluster::private(false);
    let database = cluster.database();
    let mut restore = program("pg_restore");
    restore.args(["--no-owner", "--exit-on-error", "--dbname"]).arg(database.url()).arg(&file);
    assert!(restore.status().expect("pg_restore").success());
    let restored = site.moved_to(database.url());
    let server = restored.serve_with(restored.options()).await;
    stands(&restored, &server, &app).await;
}
