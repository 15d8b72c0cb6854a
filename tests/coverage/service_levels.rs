//! A policy of service levels, as coverage needs it.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::support::{PATIENCE, chance, until};

/// Makes a policy for all tickets, and waits until their clocks are set.
pub async fn make(home: &Home) -> String {
    let make = "mutation { createServiceLevelPolicy(input: { name: \"Own policy\", position: 5000, resolutionMinutes: 500000, \
        businessHoursOnly: false }) { serviceLevelPolicy { id } errors { message } } }";
    let made = home.admin.run(make, Value::Null).await.ok().string("createServiceLevelPolicy.serviceLevelPolicy.id");
    until("the clocks are set", PATIENCE, async || {
        let waiting = "SELECT count(*) FROM jobs WHERE kind = 'ticketing.recount_clocks'";
        (home.sql.number(waiting).await == 0).then_some(())
    })
    .await;
    made
}

/// A policy as a row of this id, for a team of it, with a clock of the ticket of this id that was met.
pub async fn rows(home: &Home, hex: &str, n: usize) {
    let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (at, no) = ("'2026-01-01T00:00:00+00:00'", if home.is_sqlite() { "0" } else { "false" });
    for sql in [
        format!(
            "INSERT INTO service_level_policies (id, name, name_folded, position, team_id, resolution_minutes, business_hours, \
                warn_percent, is_active, created_at, updated_at) \
             VALUES ({id}, 'Policy {n}', 'policy {n}', {n}, {id}, 60, {no}, 80, {no}, {at}, {at})"
        ),
        format!(
            "INSERT INTO ticket_clocks (id, ticket_id, kind, policy_id, started_at, target_minutes, business_hours, warn_percent, \
                used_seconds, due_at, met_at) \
             VALUES ({id}, {id}, 'resolution', {id}, {at}, 60, {no}, 80, 60, {at}, {at})"
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    Some(match root.name.as_str() {
        "serviceLevelPolicy" => json!({ "id": own.policy }),
        "serviceLevelPolicies" => json!({}),
        "createServiceLevelPolicy" => json!({ "input": { "name": chance::name("policy"), "position": 6000,
            "teamId": own.team, "resolutionMinutes": 500000, "businessHoursOnly": false } }),
        "updateServiceLevelPolicy" => {
            json!({ "input": { "serviceLevelPolicyId": own.policy, "name": chance::name("policy"),
            "teamId": null, "resolutionMinutes": 510000 } })
        }
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("serviceLevelPolicy", "id") | ("updateServiceLevelPolicy", "input.serviceLevelPolicyId") => &["slp"],
        ("createServiceLevelPolicy" | "updateServiceLevelPolicy", "input.teamId") => &["tem"],
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = json!("slp_0190a5f0000070008000000000000000");
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "createServiceLevelPolicy" => vec![
            with("input.name", json!(" ")),
            with("input.name", json!("OWN POLICY")),
            with("input.resolutionMinutes", json!(0)),
            with("input.teamId", json!("tem_0190a5f0000070008000000000000000")),
        ],
        "updateServiceLevelPolicy" => {
            vec![with("input.serviceLevelPolicyId", missing), with("input.resolutionMinutes", Value::Null)]
        }
        _ => return None,
    })
}
