//! An export, as coverage needs it.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things, id};
use super::sdl::Root;
use crate::support::ADMIN_EMAIL;

/// An export that could not be made, of the person whom the SQL names: nothing makes it while the tests count what there is.
fn insert(row: &str, user: &str) -> String {
    let at = "'2026-01-01T00:00:00+00:00'";
    format!(
        "INSERT INTO exports (id, user_id, type, format, status, filter, options, file_name, rows_written, error_message, attempts, version, \
            created_at, updated_at, completed_at) \
         VALUES ({row}, {user}, 'leads', 'csv', 'failed', '{{}}', '{{}}', 'leads.csv', 0, 'x', 1, 1, {at}, {at}, {at})"
    )
}

/// Makes one of the administrator's; returns its id.
pub async fn make(home: &Home) -> String {
    let (export, row) = id(home, "exp");
    home.sql.run(&insert(&row, &format!("(SELECT id FROM users WHERE email = '{ADMIN_EMAIL}')"))).await;
    export
}

/// One as a row of this id, of the colleague of that id.
pub async fn rows(home: &Home, hex: &str) {
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    home.sql.run(&insert(&row, &row)).await;
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    Some(match root.name.as_str() {
        "exports" => json!({}),
        "export" => json!({ "id": own.export }),
        "requestExport" => json!({ "input": { "type": "LEADS", "format": "CSV", "options": { "columns": ["name"] } } }),
        "cancelExport" => json!({ "input": { "exportId": own.export } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("export", "id") | ("cancelExport", "input.exportId") => &["exp"],
        // Where nothing is of it, nothing is exported.
        ("requestExport", _) => &[],
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "requestExport" => vec![
            with("input.options", json!({ "columns": ["colour"] })),
            with("input.options", json!({ "groupBy": "DAY" })),
            with("input.filter", json!({ "includeDeleted": true })),
            with("input.filter", json!({ "from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z" })),
        ],
        // It is over.
        "cancelExport" => {
            vec![arguments(root, own), with("input.exportId", json!("exp_0190a5f0000070008000000000000000"))]
        }
        _ => return None,
    })
}

/// Arguments with which a change goes well; none for what is about something else.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    if root.name == "cancelExport" {
        home.sql.run("UPDATE exports SET status = 'pending' WHERE status = 'failed'").await;
        return Some(arguments(root, own));
    }
    None
}
