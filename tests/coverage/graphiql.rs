//! The playground, as a person uses it.

use std::path::PathBuf;

use super::clients::node;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Options, Server};

/// A browser of this machine, by its usual names.
pub fn chromium() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)))
        .find(|program| program.is_file());
    let found: PathBuf = found.expect(
        "This test needs Chromium in PATH and does not skip without it. scripts/install-test-deps.sh installs it.",
    );
    found.to_string_lossy().into_owned()
}

/// In a real browser: it loads from the server alone, signs in, asks, completes, subscribes, and keeps no secret. The
/// picture of it is `target/graphiql.png`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_playground_works_in_a_browser() {
    let server = Server::start(Backend::Sqlite, Options::new()).await;
    let picture = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../graphiql.png");
    let picture = picture.to_string_lossy();
    let chromium = chromium();
    let arguments = ["graphiql.mjs", server.base(), ADMIN_EMAIL, ADMIN_PASSWORD, &picture, &chromium];
    let said = tokio::task::spawn_blocking({
        let arguments = arguments.map(str::to_owned);
        move || node("browser", &arguments.each_ref().map(String::as_str))
    });
    let said = said.await.expect("the script ends");
    assert!(said.trim_start().starts_with('{'), "{said}");
    assert!(std::fs::metadata(&*picture).is_ok_and(|picture| picture.len() > 10_000), "a picture");
}
