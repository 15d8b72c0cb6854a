//! The example dashboard, as a manager uses it.

use super::{clients::node, graphiql::chromium};
use crate::stories::desk::Desk;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Options, chance};

/// A browser looks at the demo's 90 days of chats, light and dark, 1,280 and 390 pixels wide. The pictures are
/// `target/dashboard-light-1280.png` and the like.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_dashboard_works_in_a_browser() {
    let port = chance::port();
    let options = Options::new().env("FRONTDESK_CORS_ORIGINS", format!("http://127.0.0.1:{port}"));
    let desk = Desk::open_with(Backend::Sqlite, options.env("FRONTDESK_DEMO", "1")).await;
    let pictures = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("..");
    let (port, pictures, chromium) = (port.to_string(), pictures.to_string_lossy().into_owned(), chromium());
    let base = desk.server.base();
    let arguments = ["dashboard.mjs", base, &port, ADMIN_EMAIL, ADMIN_PASSWORD, &pictures, &chromium];
    let arguments = arguments.map(str::to_owned);
    let said = tokio::task::spawn_blocking(move || node("browser", &arguments.each_ref().map(String::as_str)));
    let said = said.await.expect("the script ends");
    assert!(said.trim_start().starts_with('{'), "{said}");
}
