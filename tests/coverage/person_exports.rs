//! What is held on somebody, given out, as coverage needs it.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things, id};
use super::sdl::Root;
use crate::support::ADMIN_EMAIL;

/// One that could not be put together, asked for by the person whom the SQL names: nothing makes it while the tests count what
/// there is.
fn insert(home: &Home, row: &str, user: &str, subject: &str) -> String {
    let (at, no) = ("'2026-01-01T00:00:00+00:00'", if home.is_sqlite() { "0" } else { "false" });
    format!(
        "INSERT INTO person_exports (id, user_id, subject, is_own, status, file_name, tables_done, rows_written, error_message, \
            attempts, version, created_at, updated_at, completed_at) \
         VALUES ({row}, {user}, '{subject}', {no}, 'failed', 'person.zip', 0, 0, 'x', 1, 1, {at}, {at}, {at})"
    )
}

/// Makes one of the administrator's; returns its id.
pub async fn make(home: &Home) -> String {
    let (export, row) = id(home, "pex");
    let admin = format!("(SELECT id FROM users WHERE email = '{ADMIN_EMAIL}')");
    home.sql.run(&insert(home, &row, &admin, "somebody@example.com")).await;
    export
}

/// One as a row of this id, of the colleague of that id.
pub async fn rows(home: &Home, hex: &str) {
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    home.sql.run(&insert(home, &row, &row, &format!("{hex}@example.com"))).await;
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    Some(match root.name.as_str() {
        "personExports" | "requestOwnExport" => json!({}),
        "personExport" => json!({ "id": own.person_export }),
        "personRecords" => json!({ "of": own.visitor }),
        "requestPersonExport" => json!({ "input": { "of": own.visitor } }),
        "cancelPersonExport" => json!({ "input": { "personExportId": own.person_export } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("personExport", "id") | ("cancelPersonExport", "input.personExportId") => &["pex"],
        ("personRecords", "of") | ("requestPersonExport", "input.of") => {
            &["stf", "cli", "vis", "led", "bct", "bag", "cnv", "nws", "inv"]
        }
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "requestPersonExport" => vec![
            with("input.of", json!("nobody")),
            with("input.of", json!("@")),
            with("input.of", json!("tkt_0190a5f0000070008000000000000000")),
            with("input.of", json!("vis_0190a5f0000070008000000000000000")),
            with("input.of", json!("nobody.at.all@example.com")),
        ],
        // There is nothing to say that could be wrong.
        "requestOwnExport" => Vec::new(),
        // It is over.
        "cancelPersonExport" => {
            vec![arguments(root, own), with("input.personExportId", json!("pex_0190a5f0000070008000000000000000"))]
        }
        _ => return None,
    })
}

/// Arguments with which a change goes well; none for what is about something else.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    match root.name.as_str() {
        // One at a time of a person.
        "requestPersonExport" | "requestOwnExport" => {
            let over = "UPDATE person_exports SET status = 'cancelled' WHERE status IN ('pending', 'processing')";
            home.sql.run(over).await;
        }
        "cancelPersonExport" => {
            home.sql.run("UPDATE person_exports SET status = 'pending' WHERE status = 'failed'").await;
        }
        _ => return None,
    }
    Some(arguments(root, own))
}
