//! Erasures, as coverage needs them.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things, id};
use super::sdl::Root;
use crate::support::ADMIN_EMAIL;

/// One that was taken back, planned by the person whom the SQL names: nobody does it while the tests count what there is.
fn insert(home: &Home, row: &str, user: &str) -> String {
    let at = "'2026-01-01T00:00:00+00:00'";
    let digest = super::harness::bytes(home, &[1; 32]);
    format!(
        "INSERT INTO erasures (id, scope, status, plan, digest, counts, tasks, planned_by_id, attempts, version, planned_at, completed_at, \
            updated_at) \
         VALUES ({row}, 'person', 'cancelled', '{{\"records\": [], \"lines\": []}}', {digest}, '{{}}', '{TASKS}', {user}, 0, 1, {at}, {at}, {at})"
    )
}

/// One thing that is to be done by hand.
const TASKS: &str = r#"[{"what": "backups", "record": null, "done_at": null, "done_by": null}]"#;

/// Makes one of the administrator's; returns its id.
pub async fn make(home: &Home) -> String {
    let (erasure, row) = id(home, "era");
    let admin = format!("(SELECT id FROM users WHERE email = '{ADMIN_EMAIL}')");
    home.sql.run(&insert(home, &row, &admin)).await;
    head(home, 1).await;
    erasure
}

/// One as a row of this id, of the colleague of that id.
pub async fn rows(home: &Home, hex: &str) {
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    home.sql.run(&insert(home, &row, &row)).await;
    let day = i32::from_str_radix(&hex[hex.len() - 4..], 16).expect("digits");
    head(home, day + 2).await;
}

/// The end of a day of the trail, so many days after one long ago: nobody of the tests waits for one.
async fn head(home: &Home, day: i32) {
    let day = chrono::NaiveDate::from_num_days_from_ce_opt(700_000 + day).expect("a day");
    let ((_, row), bytes) = (id(home, "ahd"), super::harness::bytes(home, &[1; 32]));
    home.sql
        .run(&format!(
            "INSERT INTO audit_heads (id, day, sequence, hash, rows, at, key_id, signature) \
             VALUES ({row}, '{day}', 0, {bytes}, 0, '2026-01-01T00:00:00+00:00', '00000000', {bytes})"
        ))
        .await;
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    Some(match root.name.as_str() {
        "auditHeads" | "erasures" => json!({}),
        "erasure" => json!({ "id": own.erasure }),
        "planErasure" => json!({ "input": { "of": own.visitor, "scope": "RECORD" } }),
        "confirmErasure" | "cancelErasure" => json!({ "input": { "erasureId": own.erasure } }),
        "completeErasureTask" => json!({ "input": { "erasureId": own.erasure, "task": 0 } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("erasure", "id") | ("confirmErasure" | "cancelErasure" | "completeErasureTask", "input.erasureId") => &["era"],
        ("planErasure", "input.of") => &["stf", "cli", "vis", "led", "bct", "bag", "cnv", "nws", "inv"],
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    let unknown = || with("input.erasureId", json!("era_0190a5f0000070008000000000000000"));
    Some(match root.name.as_str() {
        "planErasure" => vec![
            with("input.of", json!("nobody")),
            with("input.of", json!("@")),
            with("input.of", json!("tkt_0190a5f0000070008000000000000000")),
            with("input.of", json!("vis_0190a5f0000070008000000000000000")),
            with("input.of", json!("nobody.at.all@example.com")),
            with("input.of", json!(own.staff)),
        ],
        // It was taken back.
        "confirmErasure" | "cancelErasure" => vec![arguments(root, own), unknown()],
        "completeErasureTask" => vec![with("input.task", json!(1)), with("input.task", json!(-1)), unknown()],
        _ => return None,
    })
}

/// Arguments with which a change goes well; none for what is about something else.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    match root.name.as_str() {
        "planErasure" => {}
        // It is begun days later, when no test looks.
        "confirmErasure" => {
            let set = "mutation { a: setSetting(input: { key: \"privacy.erasure_after_days\", value: 9 }) { errors { message } } \
                b: setSetting(input: { key: \"privacy.erasure_needs_second\", value: false }) { errors { message } } }";
            home.admin.run(set, Value::Null).await.ok();
            let plan = "mutation($of: ID!) { planErasure(input: { of: $of, scope: RECORD }) { erasure { id } errors { message } } }";
            let planned = home.admin.run(plan, json!({ "of": own.visitor })).await.ok();
            return Some(json!({ "input": { "erasureId": planned.string("planErasure.erasure.id") } }));
        }
        "cancelErasure" => home.sql.run("UPDATE erasures SET status = 'planned' WHERE status = 'cancelled'").await,
        "completeErasureTask" => home.sql.run(&format!("UPDATE erasures SET tasks = '{TASKS}'")).await,
        _ => return None,
    }
    Some(arguments(root, own))
}
