//! The example website, as its visitors and a colleague use it.

use serde_json::json;

use super::{clients::node, graphiql::chromium};
use crate::stories::desk::Desk;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Options, chance};

/// Two browsers: a visitor writes, books an hour and chats with a colleague at the desk, through a reload of the page. The
/// pictures are `target/website.png` and `target/website-desk.png`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_website_works_in_a_browser() {
    let port = chance::port();
    let origin = format!("http://127.0.0.1:{port}");
    let desk = Desk::open_with(Backend::Sqlite, Options::new().env("FRONTDESK_CORS_ORIGINS", &origin)).await;
    let admin = desk.admin().await;
    let everyday = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    let hours: Vec<_> = everyday.iter().map(|day| json!({ "weekday": day, "from": "09:00", "to": "17:00" })).collect();
    let opened =
        "mutation Open($input: SetOpeningHoursInput!) { setOpeningHours(input: $input) { errors { message } } }";
    admin.client.run(opened, json!({ "input": { "hours": hours } })).await.ok();
    let made = "mutation Make($input: CreateServiceInput!) { createService(input: $input) { errors { message } } }";
    let service = json!({ "name": "Consultation", "durationMinutes": 60, "stepMinutes": 30 });
    admin.client.run(made, json!({ "input": service })).await.ok();

    let pictures = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("..");
    let (port, pictures, chromium) = (port.to_string(), pictures.to_string_lossy().into_owned(), chromium());
    let base = desk.server.base();
    let arguments = ["website.mjs", base, &port, ADMIN_EMAIL, ADMIN_PASSWORD, &pictures, &chromium];
    let arguments = arguments.map(str::to_owned);
    let said = tokio::task::spawn_blocking(move || node("browser", &arguments.each_ref().map(String::as_str)));
    let said = said.await.expect("the script ends");
    assert!(said.trim_start().starts_with('{'), "{said}");
}
