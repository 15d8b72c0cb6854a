//! What the last release left behind goes on: every row is kept, and what its clients ask is answered as before.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::{Site, enter};
use crate::support::totp::Authenticator;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, both};

/// The key that everything in the fixture is sealed under.
const KEY: &str = "YSBrZXkgb2YgdGhlIGxhc3QgcmVsZWFzZSwgMzIgYnk=";
/// Everybody's password in it but the administrators'.
const PASSWORD: &str = "the quick brown fox 2";
const WITH_CODE: &str = "mutation($code: String) { signIn(input: { email: \"second.factor@kept.example\", password: \
    \"the quick brown fox 2\", totpCode: $code }) { session { accessToken } errors { code } } }";
/// What changes because it is asked: sign-ins and reads are on record, and where a page begins and ends goes with them.
const MOVING: [&str; 8] =
    ["auditLogs", "cursor", "pageInfo", "totalCount", "isCurrent", "lastSignInAt", "lastUsedAt", "lastSeenAt"];

/// The folder of what it left.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/last_release")
}

fn unpacked(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).expect("what was packed");
    bytes
}

/// A site with the database as it was left, and what is known of it.
fn left_behind(backend: Backend) -> (Site, Value) {
    let site = Site::new(backend).sealed_under(KEY);
    let notes = match backend {
        Backend::Postgres => {
            let dump = String::from_utf8(unpacked(&folder().join("postgres.sql.gz"))).expect("SQL");
            site.database().load(&dump);
            "postgres.json.gz"
        }
        Backend::Sqlite => {
            std::fs::create_dir(site.dir().join("frontdesk.tenants")).expect("a folder");
            for below in ["", "frontdesk.tenants"] {
                for entry in folder().join("sqlite").join(below).read_dir().expect("a folder").flatten() {
                    let path = entry.path();
                    if path.is_file() {
                        let name = path.file_stem().expect("a name");
                        std::fs::write(site.dir().join(below).join(name), unpacked(&path)).expect("a file");
                    }
                }
            }
            "sqlite.json.gz"
        }
    };
    (site, serde_json::from_slice(&unpacked(&folder().join(notes))).expect("JSON"))
}

/// How many rows there are, by company and table; `-` is the registry.
async fn rows(site: &Site) -> BTreeMap<String, i64> {
    let tables = match site.backend() {
        Backend::Postgres => "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema()",
        Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_search\\_%' ESCAPE '\\' \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        }
    };
    let mut counted = BTreeMap::new();
    for tenant in [None, Some("main"), Some("second")] {
        let counts: Vec<_> = site
            .look(tenant, tables)
            .await
            .iter()
            .map(|table| format!("SELECT '{} {table} ' || CAST(count(*) AS text) FROM {table}", tenant.unwrap_or("-")))
            .collect();
        for line in site.look(tenant, &counts.join(" UNION ALL ")).await {
            let (name, count) = line.rsplit_once(' ').expect("a count");
            counted.insert(name.to_owned(), count.parse().expect("a number"));
        }
    }
    counted
}

/// What was answered and is not in the answer any more, in its order; what has come since may stand beside it.
fn lost(at: &str, before: &Value, now: &Value) -> Option<String> {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => before
            .iter()
            .filter(|(name, _)| !MOVING.contains(&name.as_str()))
            .find_map(|(name, value)| lost(&format!("{at}.{name}"), value, now.get(name).unwrap_or(&Value::Null))),
        (Value::Array(before), Value::Array(now)) => {
            let mut rest = now.iter();
            let missing = before.iter().find(|value| !rest.any(|now| lost(at, value, now).is_none()))?;
            // One that has the same id tells what changed in it.
            let same = now.iter().find(|now| !missing["id"].is_null() && now["id"] == missing["id"]);
            same.and_then(|now| lost(at, missing, now)).or_else(|| Some(format!("{at}: {missing} is not among them")))
        }
        _ => (before != now).then(|| format!("{at}: {before} is {now}")),
    }
}

both! {
    /// A database that the last release has filled is brought up to date without a row less; people sign in as before, with
    /// their second factors and keys; each document of its clients is a good one, and what they ask is answered as it was.
    async fn a_database_of_the_last_release_goes_on(backend) {
        let (site, notes) = left_behind(backend);
        let before = rows(&site).await;
        assert!(before.values().filter(|count| **count > 0).count() > 45, "{before:?}");
        let done = site.run(["migrate"]).await.ok();
        for tenant in ["main", "second"] {
            assert_eq!(done.line(tenant), format!("{tenant}: up to date"));
        }
        let after = rows(&site).await;
        let changed: Vec<_> = before
            .iter()
            .filter(|(name, count)| after.get(*name) != Some(count) && !name.ends_with("seaql_migrations"))
            .map(|(name, count)| format!("{name}: {count} -> {}", after.get(name).copied().unwrap_or_default()))
            .collect();
        let expected = [
            // Old messages and visitors get the words of today.
            "main jobs: 2 -> 4",
            // ANALYST is new, and what staff could by being staff they were granted.
            "main roles: 8 -> 9",
            "main user_permissions: 1 -> 55",
            "second jobs: 0 -> 2",
            "second roles: 6 -> 7",
        ];
        assert_eq!(changed, expected);
        for tenant in ["main", "second"] {
            site.run(["audit", "verify", "--tenant", tenant]).await.ok();
        }

        // Without workers, so that nothing ends because the clock went on.
        let server = site.serve_with(site.options().env("FRONTDESK_WORKERS", "off")).await;
        let nobody = Client::new(server.base());
        let main = nobody.tenant("main");
        let admin = enter(&main, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        enter(&nobody.tenant("second"), ADMIN_EMAIL, ADMIN_PASSWORD).await;
        enter(&main, "staff@kept.example", PASSWORD).await;
        let asked = main.run(WITH_CODE, Value::Null).await;
        assert_eq!(asked.user_errors("signIn")[0].code, "TOTP_REQUIRED", "{asked}");
        let app = Authenticator::new(notes["totp"].as_str().expect("a secret"));
        main.run(WITH_CODE, json!({ "code": app.code(0) })).await.ok().string("signIn.session.accessToken");
        let key = main.bearer(notes["apiKey"]["key"].as_str().expect("a key"));
        let held = key.run("{ viewer { permissions } }", Value::Null).await.ok();
        assert_eq!(held.data("viewer.permissions"), &json!(["VIEW_MESSAGES"]));

        let mut changed = Vec::new();
        for kept in notes["queries"].as_array().expect("queries") {
            let root = kept["root"].as_str().expect("a name");
            let now = admin.run(kept["document"].as_str().expect("a document"), kept["variables"].clone()).await.ok();
            changed.extend(lost(root, &kept["answer"]["data"], &now.json["data"]));
        }
        // What is meant to be another: replies quote what they answer, what came with being staff is granted to each, and more is
        // told of access.
        let meant = ["\"key\":\"MESSAGE_REPLY\"", "\"MANAGE_MESSAGES\"", "\"type\":\"ACCESS_CHANGED\""];
        changed.retain(|it| !meant.iter().any(|meant| it.contains(meant)));
        assert_eq!(changed, [""; 0]);
        for kind in ["mutations", "subscriptions"] {
            for kept in notes[kind].as_array().expect("documents") {
                let answer = nobody.run(kept["document"].as_str().expect("a document"), Value::Null).await;
                let codes: Vec<_> = answer.errors().iter().map(|error| error["extensions"]["code"].clone()).collect();
                assert!(!codes.contains(&json!("GRAPHQL_VALIDATION_FAILED")), "{}: {answer}", kept["root"]);
            }
        }
    }
}
