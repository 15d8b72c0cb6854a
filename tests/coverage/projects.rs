//! A project of a client's, as coverage needs it.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;

/// Makes a project of a client's.
pub async fn make(home: &Home, client: &str) -> String {
    let make = "mutation($client: ID!) { createProject(input: { clientId: $client, title: \"Own project\", type: WEBSITE }) { \
        project { id } errors { message } } }";
    home.admin.run(make, json!({ "client": client })).await.ok().string("createProject.project.id")
}

/// A project as a row of this id, of the client of another, made by the colleague of that id.
pub async fn rows(home: &Home, hex: &str, client: &str) {
    let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let at = "'2026-01-01T00:00:00+00:00'";
    let sql = format!(
        "INSERT INTO projects (id, title, status, type, client_id, budget, currency, starts_on, created_by_id, created_at, updated_at) \
         VALUES ({id}, 'Project', 'PENDING', 'WEBSITE', {client}, 120050, 'EUR', '9999-12-31', {id}, {at}, {at})"
    );
    home.sql.run(&sql).await;
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    let budget = json!({ "amount": "1200.50", "currency": "EUR" });
    Some(match root.name.as_str() {
        "project" => json!({ "id": own.project }),
        "projects" => json!({}),
        "createProject" => {
            json!({ "input": { "clientId": own.client, "title": "A shop", "type": "E_COMMERCE", "budget": budget } })
        }
        "updateProject" => {
            json!({ "input": { "projectId": own.project, "title": "Another title", "budget": budget } })
        }
        "setProjectStatus" => json!({ "input": { "projectId": own.project, "status": "APPROVED" } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("project", "id") | ("updateProject" | "setProjectStatus", "input.projectId") => &["prj"],
        ("createTicket" | "updateTicket", "input.projectId") => &["prj"],
        ("createProject", "input.clientId") | ("projects", "filter.clientId.eq" | "filter.clientId.in") => &["cli"],
        _ => return None,
    })
}

/// Arguments with which a change goes well; none for what goes well with the usual ones.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    if root.name != "setProjectStatus" {
        return None;
    }
    home.sql.run("UPDATE projects SET status = 'PENDING'").await;
    Some(arguments(root, own))
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = json!("prj_0190a5f0000070008000000000000000");
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "createProject" => vec![
            with("input.title", json!(" ")),
            with("input.budget.amount", json!("1.005")),
            with("input.clientId", json!("cli_0190a5f0000070008000000000000000")),
        ],
        "updateProject" => vec![with("input.projectId", missing), with("input.title", json!(" "))],
        "setProjectStatus" => vec![with("input.projectId", missing), with("input.status", json!("COMPLETED"))],
        _ => return None,
    })
}
