//! Projects, from asking to completion: as the client, as staff, as a stranger.

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person};
use crate::support::{Answer, Client, both};

const CREATE: &str = "mutation Create($input: CreateProjectInput!) { createProject(input: $input) { project { id title status type \
    budget { amount currency } startDate endDate client { id } createdBy { id } progress viewerCan { update setStatus } } \
    errors { code message path } } }";
const UPDATE: &str = "mutation Update($input: UpdateProjectInput!) { updateProject(input: $input) { project { id title description \
    budget { amount currency } startDate endDate requirements } errors { code message path } } }";
const MOVE: &str = "mutation Move($id: ID!, $status: ProjectStatus!) { setProjectStatus(input: { projectId: $id, status: $status }) \
    { project { status viewerCan { setStatus } } errors { code message path } } }";
const LIST: &str = "query All($filter: ProjectFilter, $order: [ProjectOrder!], $first: Int, $after: String) { projects(filter: $filter, \
    orderBy: $order, first: $first, after: $after) { totalCount pageInfo { endCursor } nodes { id title } } }";
const FIND: &str = "query($id: ID!) { node(id: $id) { id } project(id: $id) { id } }";

/// Adds a client and signs them in.
pub async fn client(desk: &Desk, email: &str, name: &str) -> Person {
    desk.cli_ok(&["staff", "add", email, "--name", name, "--role", "STAFF"], PASSWORD);
    let sql = desk.sql().await;
    let role = "(SELECT id FROM roles WHERE name = 'CLIENT')";
    for change in [
        format!(
            "UPDATE users SET kind = 'client', email_verified_at = created_at, role_id = {role} WHERE email = '{email}'"
        ),
        format!("DELETE FROM user_permissions WHERE user_id = (SELECT id FROM users WHERE email = '{email}')"),
    ] {
        sql.run(&change).await;
    }
    desk.sign_in(email, PASSWORD).await
}

async fn ask(who: &Person, input: Value) -> Answer {
    who.client.run(CREATE, json!({ "input": input })).await
}

async fn go(who: &Person, id: &str, status: &str) -> Answer {
    who.client.run(MOVE, json!({ "id": id, "status": status })).await
}

#[track_caller]
fn wrong(answer: &Answer, mutation: &str) -> (String, String) {
    let found = answer.user_errors(mutation);
    assert_eq!(found.len(), 1, "{answer}");
    (found[0].path.clone(), found[0].code.clone())
}

async fn titles(client: &Client, variables: Value) -> Vec<String> {
    let found = client.run(LIST, variables).await.ok();
    let title = |node: &Value| node["title"].as_str().expect("a title").to_owned();
    found.list("projects.nodes").iter().map(title).collect()
}

both! {
    /// A client asks, staff approve and do, the client sees how far it is; a stranger and another client see nothing by any path.
    async fn a_project_goes_from_asking_to_completion(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (cleo, dora) = (client(&desk, "cleo@example.com", "Cleo").await, client(&desk, "dora@example.com", "Dora").await);
        let input = json!({ "title": " A shop ", "type": "E_COMMERCE", "budget": { "amount": "13024.92", "currency": "eur" },
            "startDate": "2027-01-04", "endDate": "2027-06-30", "requirements": "Pay by card" });
        let asked = ask(&cleo, input.clone()).await.ok();
        let project = asked.string("createProject.project.id");
        assert_eq!(
            asked.data("createProject.project"),
            &json!({ "id": project, "title": "A shop", "status": "PENDING", "type": "E_COMMERCE",
                "budget": { "amount": "13024.92", "currency": "EUR" }, "startDate": "2027-01-04", "endDate": "2027-06-30",
                "client": { "id": cleo.id }, "createdBy": { "id": cleo.id }, "progress": null,
                "viewerCan": { "update": false, "setStatus": ["CANCELLED"] } })
        );
        // Only who keeps projects says yes; what is not in the table is refused.
        assert_eq!(go(&cleo, &project, "APPROVED").await.error_code(), "FORBIDDEN");
        let viewer = desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        assert_eq!(go(&viewer, &project, "APPROVED").await.error_code(), "FORBIDDEN");
        assert_eq!(wrong(&go(&admin, &project, "REVIEW").await, "setProjectStatus"), ("input.status".into(), "NOT_ALLOWED".into()));
        for (status, next) in [
            ("APPROVED", json!(["IN_PROGRESS", "CANCELLED"])),
            ("IN_PROGRESS", json!(["REVIEW", "CANCELLED"])),
            ("REVIEW", json!(["IN_PROGRESS", "COMPLETED", "CANCELLED"])),
            ("IN_PROGRESS", json!(["REVIEW", "CANCELLED"])),
            ("REVIEW", json!(["IN_PROGRESS", "COMPLETED", "CANCELLED"])),
            ("COMPLETED", json!([])),
        ] {
            let moved = go(&admin, &project, status).await.ok();
            let now = json!({ "status": status, "viewerCan": { "setStatus": next } });
            assert_eq!(moved.data("setProjectStatus.project"), &now);
            // A step later the client cannot take it back any more.
            assert_eq!(wrong(&go(&cleo, &project, "CANCELLED").await, "setProjectStatus").0, "input.status");
        }
        assert_eq!(wrong(&go(&admin, &project, "CANCELLED").await, "setProjectStatus").1, "NOT_ALLOWED", "what is over stays over");

        // They see their own, staff see all; who may not, sees none of it by its id, in lists, below the client.
        let other = ask(&dora, json!({ "title": "A brand", "type": "BRANDING" })).await.ok().string("createProject.project.id");
        let own = ask(&cleo, json!({ "title": "Never mind", "type": "OTHER" })).await.ok().string("createProject.project.id");
        assert_eq!(go(&cleo, &own, "CANCELLED").await.ok().string("setProjectStatus.project.status"), "CANCELLED");
        assert_eq!(titles(&cleo.client, json!({})).await, ["Never mind", "A shop"]);
        assert_eq!(titles(&dora.client, json!({})).await, ["A brand"]);
        assert_eq!(titles(&dora.client, json!({ "filter": { "clientId": { "eq": cleo.id } } })).await, [""; 0]);
        assert_eq!(titles(&dora.client, json!({ "filter": { "text": "shop" } })).await, [""; 0]);
        assert_eq!(titles(&viewer.client, json!({})).await, ["Never mind", "A brand", "A shop"]);
        let nothing = json!({ "node": null, "project": null });
        assert_eq!(dora.client.run(FIND, json!({ "id": project })).await.ok().data(""), &nothing);
        assert_eq!(cleo.client.run(FIND, json!({ "id": other })).await.ok().data(""), &nothing);
        assert_eq!(go(&dora, &project, "CANCELLED").await.error_code(), "NOT_FOUND");
        let below = "query($id: ID!) { client(id: $id) { projects { totalCount nodes { id } } } }";
        let seen = admin.client.run(below, json!({ "id": dora.id })).await.ok();
        assert_eq!(seen.data("client.projects"), &json!({ "totalCount": 1, "nodes": [{ "id": other }] }));
        let stranger = desk.web.run(LIST, json!({})).await;
        assert_eq!(stranger.error_code(), "UNAUTHENTICATED");
        let change = json!({ "input": { "projectId": own, "title": "Mine" } });
        assert_eq!(cleo.client.run(UPDATE, change).await.error_code(), "FORBIDDEN");

        // All of it is on record, and what a client wrote is sealed as theirs.
        let trail = "query($id: ID!) { auditLogs(filter: { resourceId: $id, success: true }, first: 50) { nodes { eventType actorKind \
            newValues } } }";
        let trail = admin.client.run(trail, json!({ "id": project })).await.ok();
        let rows = trail.list("auditLogs.nodes");
        assert_eq!(rows.len(), 7, "{trail}");
        let first = rows.last().expect("the first");
        assert_eq!((&first["eventType"], &first["newValues"]["title"]), (&json!("project.saved"), &json!("A shop")));
        assert_eq!(rows[0]["newValues"], json!({ "status": "COMPLETED" }));
        let sql = desk.sql().await;
        let clear = "SELECT count(*) FROM audit_logs WHERE CAST(new_values AS text) LIKE '%A shop%'";
        assert_eq!(sql.number(clear).await, 0);
    }

    /// Staff make projects for clients, change them, and find them by what they are; lists are read to the end by any order.
    async fn staff_keep_the_projects_of_clients(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let cleo = client(&desk, "cleo@example.com", "Cleo").await;
        let set = "mutation($value: JSON!) { setSetting(input: { key: \"company.currency\", value: $value }) { errors { path } } }";
        admin.client.run(set, json!({ "value": "gbp" })).await.ok();
        let mut made = Vec::new();
        for (title, kind, start) in [
            ("Alpha", "WEBSITE", json!("2027-03-01")),
            ("Beta", "WEB_APP", json!(null)),
            ("Gamma", "MOBILE_APP", json!("2027-01-01")),
            ("Delta", "MARKETING", json!("2027-02-01")),
        ] {
            let input = json!({ "clientId": cleo.id, "title": title, "type": kind, "startDate": start,
                "budget": { "amount": "0.1" } });
            let one = ask(&admin, input).await.ok();
            assert_eq!(one.data("createProject.project.budget"), &json!({ "amount": "0.10", "currency": "GBP" }));
            assert_eq!(one.data("createProject.project.viewerCan.setStatus"), &json!(["APPROVED", "CANCELLED"]));
            made.push(one.string("createProject.project.id"));
        }
        let update = |input: Value| admin.client.run(UPDATE, json!({ "input": input }));
        let changed = update(json!({ "projectId": made[0], "description": "With a map", "endDate": "2027-04-01",
            "budget": { "amount": "123", "currency": "JPY" } })).await.ok();
        assert_eq!(
            changed.data("updateProject.project"),
            &json!({ "id": made[0], "title": "Alpha", "description": "With a map", "requirements": null,
                "budget": { "amount": "123", "currency": "JPY" }, "startDate": "2027-03-01", "endDate": "2027-04-01" })
        );
        // In its own currency where none is named; and what is cleared is gone.
        let changed = update(json!({ "projectId": made[0], "budget": { "amount": "7" } })).await.ok();
        assert_eq!(changed.data("updateProject.project.budget"), &json!({ "amount": "7", "currency": "JPY" }));
        let cleared = update(json!({ "projectId": made[1], "budget": null, "startDate": null, "description": null })).await.ok();
        assert_eq!(cleared.data("updateProject.project.budget"), &Value::Null);
        go(&admin, &made[2], "APPROVED").await.ok();

        for (filter, found) in [
            (json!({ "status": { "eq": "APPROVED" } }), vec!["Gamma"]),
            (json!({ "type": { "in": ["WEBSITE", "MARKETING"] } }), vec!["Alpha", "Delta"]),
            (json!({ "startDate": { "gte": "2027-02-01" } }), vec!["Alpha", "Delta"]),
            (json!({ "startDate": { "lt": "2027-02-01" } }), vec!["Gamma"]),
            (json!({ "endDate": { "lte": "2027-04-01" } }), vec!["Alpha"]),
            (json!({ "text": "MAP" }), vec!["Alpha"]),
            (json!({ "clientId": { "eq": admin.id.replace("stf_", "cli_") } }), vec![]),
        ] {
            let order = json!([{ "field": "TITLE", "direction": "ASC" }]);
            assert_eq!(titles(&admin.client, json!({ "filter": filter, "order": order })).await, found, "{filter}");
        }
        for (field, direction, all) in [
            ("TITLE", "ASC", ["Alpha", "Beta", "Delta", "Gamma"]),
            ("CREATED_AT", "ASC", ["Alpha", "Beta", "Gamma", "Delta"]),
            ("START_DATE", "ASC", ["Gamma", "Delta", "Alpha", "Beta"]),
            ("START_DATE", "DESC", ["Beta", "Alpha", "Delta", "Gamma"]),
        ] {
            let (mut read, mut after) = (Vec::new(), Value::Null);
            for _ in 0..4 {
                let order = json!([{ "field": field, "direction": direction }]);
                let page = admin.client.run(LIST, json!({ "order": order, "first": 1, "after": after })).await.ok();
                read.push(page.string("projects.nodes.0.title"));
                after = page.data("projects.pageInfo.endCursor").clone();
            }
            assert_eq!(read, all, "{field} {direction}");
        }
    }

    /// A budget of three decimals or in no currency, an end before the start, another's project, nobody's: refused by name, and
    /// nothing is written.
    async fn what_no_project_can_be_is_refused_by_name(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (cleo, dora) = (client(&desk, "cleo@example.com", "Cleo").await, client(&desk, "dora@example.com", "Dora").await);
        let with = |more: Value| {
            let mut input = json!({ "title": "A shop", "type": "E_COMMERCE" });
            input.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
            input
        };
        let budget = |amount: &str, currency: Value| json!({ "budget": { "amount": amount, "currency": currency } });
        for (more, field) in [
            (budget("1.005", json!("EUR")), "input.budget.amount"),
            (budget("1.5", json!("JPY")), "input.budget.amount"),
            (budget("1.0001", json!("KWD")), "input.budget.amount"),
            (budget("-1", json!("EUR")), "input.budget.amount"),
            (budget("1e3", json!("EUR")), "input.budget.amount"),
            (budget("99999999999999", json!("EUR")), "input.budget.amount"),
            (budget("1", Value::Null), "input.budget.currency"),
            (budget("1", json!("DEM")), "input.budget.currency"),
            (json!({ "startDate": "2027-02-02", "endDate": "2027-02-01" }), "input.endDate"),
            (json!({ "title": "x".repeat(201) }), "input.title"),
            (json!({ "clientId": dora.id }), "input.clientId"),
        ] {
            assert_eq!(wrong(&ask(&cleo, with(more.clone())).await, "createProject").0, field, "{more}");
        }
        for nobody in [json!(null), json!("cli_0190a5f0000070008000000000000000"), json!(admin.id.replace("stf_", "cli_"))] {
            let refused = ask(&admin, with(json!({ "clientId": nobody }))).await;
            assert_eq!(wrong(&refused, "createProject").0, "input.clientId", "{nobody}");
        }
        assert_eq!(titles(&admin.client, json!({})).await, [""; 0]);
        let one = ask(&cleo, with(json!({ "startDate": "2027-02-01", "endDate": "2027-02-01" }))).await.ok();
        let one = one.string("createProject.project.id");
        let update = |input: Value| admin.client.run(UPDATE, json!({ "input": input }));
        for (input, field) in [
            (json!({ "projectId": one, "startDate": "2027-02-02" }), "input.startDate"),
            (json!({ "projectId": one, "endDate": "2027-01-31" }), "input.endDate"),
            (json!({ "projectId": one, "title": " " }), "input.title"),
        ] {
            assert_eq!(wrong(&update(input).await, "updateProject").0, field);
        }
        let bad = cleo.client.run(LIST, json!({ "filter": { "startDate": { "gt": "2027-02-30" } } })).await;
        assert_eq!(bad.errors()[0]["extensions"]["fields"], json!(["filter.startDate.gt"]));
    }

    /// How far a project is shows in its tickets, rounded down until all are done (B31, B32, B33); they are its client's.
    async fn tickets_say_how_far_a_project_is(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (cleo, dora) = (client(&desk, "cleo@example.com", "Cleo").await, client(&desk, "dora@example.com", "Dora").await);
        let shop = ask(&cleo, json!({ "title": "A shop", "type": "E_COMMERCE" })).await.ok().string("createProject.project.id");
        let make = "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { id project { id } } errors { code path \
            message } } }";
        let ticket = async |who: &Person, more: Value| {
            let mut input = json!({ "title": "Pay by card", "description": "It does not", "projectId": shop });
            input.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
            who.client.run(make, json!({ "input": input })).await
        };
        let far = async || {
            let seen = "query($id: ID!) { project(id: $id) { progress tickets { totalCount } } }";
            let seen = cleo.client.run(seen, json!({ "id": shop })).await.ok();
            (seen.data("project.progress").clone(), seen.data("project.tickets.totalCount").clone())
        };
        assert_eq!(far().await, (Value::Null, json!(0)), "nothing is planned");
        let mut tickets = Vec::new();
        for who in [&admin, &admin, &cleo] {
            let more = if who.id == admin.id { json!({ "requesterId": cleo.id }) } else { json!({}) };
            let made = ticket(who, more).await.ok();
            assert_eq!(made.data("createTicket.ticket.project"), &json!({ "id": shop }));
            tickets.push(made.string("createTicket.ticket.id"));
        }
        assert_eq!(far().await, (json!(0), json!(3)));
        let solve = "mutation($id: ID!) { setTicketStatus(input: { ticketId: $id, status: RESOLVED }) { errors { message } } }";
        for (id, progress) in tickets.iter().zip([33, 66, 100]) {
            admin.client.run(solve, json!({ "id": id })).await.ok();
            assert_eq!(far().await.0, json!(progress));
        }
        // Another client's ticket is no part of it, and whoever does not see it names nothing.
        for (who, more, code) in [
            (&admin, json!({ "requesterId": dora.id }), "NOT_ALLOWED"),
            (&dora, json!({}), "NOT_AVAILABLE"),
            (&admin, json!({ "projectId": "prj_0190a5f0000070008000000000000000" }), "NOT_AVAILABLE"),
        ] {
            let refused = ticket(who, more).await;
            assert_eq!(wrong(&refused, "createTicket"), ("input.projectId".into(), code.into()));
        }
        let update = "mutation($id: ID!, $project: ID) { updateTicket(input: { ticketId: $id, projectId: $project }) { ticket { project { \
            id } history(last: 1) { nodes { field } } } errors { path } } }";
        let out = admin.client.run(update, json!({ "id": tickets[0], "project": null })).await.ok();
        assert_eq!(
            out.data("updateTicket.ticket"),
            &json!({ "project": null, "history": { "nodes": [{ "field": "PROJECT" }] } })
        );
        assert_eq!(far().await, (json!(100), json!(2)));
    }
}
