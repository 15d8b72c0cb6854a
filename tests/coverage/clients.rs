//! Public clients, type generators and audits, which know nothing of how the server is made. `tests/clients` holds them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use super::harness::{Harness, session, write};
use crate::support::Options;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Server, both};

/// Audits of SHOULD that fail, with the reason why. May go down.
const NOT_KEPT: &[(&str, &str)] = &[];

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(name)
}

fn succeeded(mut command: Command, what: &str) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "{what} needs Node 20 or newer, and the tests do not skip without it ({error}). \
            scripts/install-test-deps.sh installs it."
        )
    });
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{what}:\n{}\n{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// Runs a script of a folder of `tests` with Node, after installing what its lock file says where that is not done.
pub fn node(in_folder: &str, arguments: &[&str]) -> String {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        for folder_name in ["clients", "browser", "../docs/examples/dashboard"] {
            let mut install = Command::new("bash");
            install.arg(folder("../scripts/npm-ci.sh")).arg(folder(folder_name));
            succeeded(install, &format!("npm ci in tests/{folder_name}"));
        }
    });
    // Some wait for an answer without end.
    let mut script = Command::new("timeout");
    script.args(["--kill-after=10", "240", "node"]).args(arguments).current_dir(folder(in_folder));
    succeeded(script, &format!("node {}", arguments.first().unwrap_or(&"")))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

/// Every MUST of GraphQL over HTTP, and every SHOULD but those of a list that gives the reason.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audits_of_graphql_over_http_pass() {
    let server = Server::start(Backend::Sqlite, Options::new()).await;
    let audits = lines(&node("clients", &["audits.mjs", server.base()]));
    assert!(audits.len() > 60, "{} audits", audits.len());
    let of = |status: &str| audits.iter().filter(|audit| audit["status"] == status).collect::<Vec<_>>();
    assert!(of("error").is_empty(), "MUST: {:#?}", of("error"));
    let known = |audit: &&&Value| NOT_KEPT.iter().any(|(id, _)| audit["id"] == *id);
    let warned = of("warn");
    let unknown: Vec<_> = warned.iter().filter(|audit| !known(audit)).collect();
    assert!(unknown.is_empty(), "SHOULD: {unknown:#?}");
    assert_eq!(warned.len(), NOT_KEPT.len(), "the list may only shrink");
}

/// Types made from the exported schema fit what a front end asks, and refuse what it may not.
#[test]
fn generated_types_compile_strictly() {
    node("clients", &["codegen.mjs"]);
    node("clients", &["node_modules/typescript/bin/tsc", "-p", "."]);
}

both! {
    /// The reference clients for WebSocket and for server-sent events query and subscribe.
    async fn subscribing_clients_are_served(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        write(&home, "Ada", "ada@example.com", "Hello").await;
        let token = session(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await.string("signIn.session.accessToken");
        let heard = lines(&node("clients", &["subscribe.mjs", stand.server.base(), &token]));
        let names: Vec<_> = heard.iter().map(|heard| heard["name"].as_str().unwrap_or_default()).collect();
        assert_eq!(names, ["graphql-ws", "graphql-sse"]);
        for client in &heard {
            assert_eq!(
                (&client["email"], &client["event"]["__typename"]),
                (&ADMIN_EMAIL.into(), &"MessageReceived".into()),
                "{client}"
            );
            assert_eq!(client["event"]["sequence"], heard[0]["event"]["sequence"]);
        }
    }
}
