//! A ticket from its making to its end, as colleagues see it.

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Client, both};

/// All that a ticket shows.
pub const TICKET: &str = "id number title description status category priority severity dueAt resolvedAt closedAt notes \
    estimatedHours actualHours requester { id } createdBy { id } assignee { id } team { id } parent { id } mergedInto { id } \
    tags { name } watchers { id } links { relation ticket { id } } viewerCan { update manage setStatus }";

/// Changes something by one of the mutations whose payload is a ticket.
pub async fn change(client: &Client, mutation: &str, input: Value) -> Answer {
    let ty = match mutation {
        "unwatchTicket" => "WatchTicket".to_owned(),
        "unlinkTickets" => "LinkTickets".to_owned(),
        name => name[..1].to_uppercase() + &name[1..],
    };
    let document = format!(
        "mutation Change($input: {ty}Input!) {{ {mutation}(input: $input) {{ ticket {{ {TICKET} }} errors {{ code message path }} }} }}"
    );
    client.run(&document, json!({ "input": input })).await
}

/// The ticket that came of a change.
#[track_caller]
pub fn came(answer: Answer, mutation: &str) -> Value {
    let answer = answer.ok();
    assert!(answer.user_errors(mutation).is_empty(), "{answer}");
    answer.data(&format!("{mutation}.ticket")).clone()
}

/// Makes a ticket; returns it.
pub async fn make(client: &Client, input: Value) -> Value {
    came(change(client, "createTicket", input).await, "createTicket")
}

/// Makes a ticket that says nothing special; returns its id.
pub async fn plain(client: &Client, title: &str) -> String {
    id(&make(client, json!({ "title": title, "description": "In full" })).await)
}

/// The id of a ticket.
#[track_caller]
pub fn id(ticket: &Value) -> String {
    ticket["id"].as_str().expect("an id").to_owned()
}

/// A ticket as somebody sees it; null where they do not.
pub async fn see(client: &Client, id: &str) -> Value {
    let document = format!("query See($id: ID!) {{ ticket(id: $id) {{ {TICKET} }} }}");
    client.run(&document, json!({ "id": id })).await.ok().data("ticket").clone()
}

/// What happened to a ticket, as somebody sees it: action, field, old and new value of each.
pub async fn history(client: &Client, id: &str) -> Vec<Value> {
    let document = "query History($id: ID!) { ticket(id: $id) { history(first: 100) { nodes { action field oldValue newValue actor { id } } } } }";
    let seen = client.run(document, json!({ "id": id })).await.ok();
    let one = |change: &Value| json!([change["action"], change["field"], change["oldValue"], change["newValue"]]);
    seen.list("ticket.history.nodes").iter().map(one).collect()
}

/// Refused with this code at this field.
#[track_caller]
pub fn refused(answer: &Answer, mutation: &str, code: &str, path: &str) {
    let found = answer.user_errors(mutation);
    let found: Vec<_> = found.iter().map(|error| (error.code.as_str(), error.path.as_str())).collect();
    assert!(found.contains(&(code, &format!("input.{path}"))), "{found:?} is not {code} at {path}: {answer}");
}

/// A client who signed in.
pub async fn client(desk: &Desk, admin: &Person, name: &str) -> Person {
    let email = format!("{name}@clients.example");
    let create =
        "mutation($input: CreateClientInput!) { createClient(input: $input) { client { id } errors { message } } }";
    admin
        .client
        .run(create, json!({ "input": { "email": email, "name": name } }))
        .await
        .ok()
        .string("createClient.client.id");
    // With the administrator's password.
    let password = format!("(SELECT password_hash FROM users WHERE email = '{ADMIN_EMAIL}')");
    let sql =
        format!("UPDATE users SET password_hash = {password}, email_verified_at = created_at WHERE email = '{email}'");
    desk.sql().await.run(&sql).await;
    desk.sign_in(&email, ADMIN_PASSWORD).await
}

/// A colleague of a role of their own.
pub async fn of_role(desk: &Desk, admin: &Person, name: &str, permissions: &[&str]) -> Person {
    let role = "mutation($name: String!, $held: [Permission!]!) { createRole(input: { name: $name, permissions: $held }) { role { id } errors { message } } }";
    let held = json!({ "name": format!("Role of {name}"), "held": permissions });
    admin.client.run(role, held).await.ok().string("createRole.role.id");
    desk.cli_ok(
        &["staff", "add", &format!("{name}@example.com"), "--name", name, "--role", &format!("Role of {name}")],
        PASSWORD,
    );
    desk.sign_in(&format!("{name}@example.com"), PASSWORD).await
}

/// A team in use.
pub async fn team(admin: &Person, name: &str) -> String {
    let team = "mutation($name: String!) { createTeam(input: { name: $name }) { team { id } errors { message } } }";
    admin.client.run(team, json!({ "name": name })).await.ok().string("createTeam.team.id")
}

both! {
    /// Made, changed, given to a colleague and to a team, moved, resolved: each value that changes is in its history, with the
    /// right words, and each change is one event.
    async fn a_ticket_goes_through_its_life(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bea) = (client(&desk, &admin, "ann").await, desk.colleague("bea@example.com", "Bea", "STAFF").await);
        let care = team(&admin, "Care").await;
        let plain = make(&bea.client, json!({ "title": " The printer\u{200b} burns ", "description": "Since today" })).await;
        let year = &plain["number"].as_str().expect("a number")[4..8];
        assert_eq!(plain["number"], format!("TKT-{year}-0001"));
        let told = ["title", "status", "category", "priority", "severity", "requester", "assignee", "team", "notes"].map(|field| plain[field].clone());
        assert_eq!(json!(told), json!(["The printer burns", "OPEN", "SUPPORT", "MEDIUM", "NORMAL", null, null, null, ""]));
        assert_eq!(plain["createdBy"]["id"], bea.id);
        let whole = json!({ "title": "All", "description": "In full", "category": "INCIDENT", "priority": "URGENT", "severity": "CRITICAL",
            "requesterId": ann.id, "assigneeId": bea.id, "notes": "Careful", "dueAt": "2099-01-31T12:00:00+00:00", "estimatedHours": 0,
            "parentId": plain["id"] });
        let whole = make(&admin.client, whole).await;
        assert_eq!((&whole["requester"]["id"], &whole["assignee"]["id"], &whole["parent"]["id"]), (&json!(ann.id), &json!(bea.id), &plain["id"]));
        assert_eq!(json!([whole["dueAt"], whole["estimatedHours"], whole["actualHours"]]), json!(["2099-01-31T12:00:00+00:00", 0, null]));
        let by_number = "query($n: String!) { ticketByNumber(number: $n) { id children { nodes { id } totalCount } } }";
        let found = bea.client.run(by_number, json!({ "n": format!(" tkt-{year}-0001") })).await.ok();
        assert_eq!(found.data("ticketByNumber"), &json!({ "id": plain["id"], "children": { "nodes": [{ "id": whole["id"] }], "totalCount": 1 } }));
        assert!(bea.client.run(by_number, json!({ "n": "TKT-2026-9999\u{0}" })).await.ok().data("ticketByNumber").is_null());

        // What is absent stays, what is null is cleared, and nothing happens where nothing changes.
        let id = id(&whole);
        let changed = json!({ "ticketId": id, "title": "All of it", "actualHours": 7, "dueAt": null, "notes": null, "parentId": null });
        let changed = came(change(&bea.client, "updateTicket", changed).await, "updateTicket");
        assert_eq!(json!([changed["title"], changed["description"], changed["actualHours"], changed["estimatedHours"], changed["dueAt"], changed["notes"], changed["parent"]]),
            json!(["All of it", "In full", 7, 0, null, "", null]));
        came(change(&bea.client, "updateTicket", json!({ "ticketId": id, "title": "All of it" })).await, "updateTicket");
        for holder in [json!({ "teamId": care }), json!({ "teamId": care }), json!({}), json!({ "assigneeId": admin.id })] {
            let mut input = holder.clone();
            input["ticketId"] = json!(id);
            let now = came(change(&bea.client, "assignTicket", input).await, "assignTicket");
            assert_eq!(json!([now["assignee"]["id"], now["team"]["id"]]), json!([holder["assigneeId"], holder["teamId"]]));
        }
        for (status, resolved, closed) in [("IN_PROGRESS", false, false), ("RESOLVED", true, false), ("CLOSED", true, true), ("OPEN", false, false)] {
            let now = came(change(&bea.client, "setTicketStatus", json!({ "ticketId": id, "status": status })).await, "setTicketStatus");
            assert_eq!((&now["status"], now["resolvedAt"].is_string(), now["closedAt"].is_string()), (&json!(status), resolved, closed));
        }
        let expected = json!([
            ["CREATED", null, null, null],
            ["UPDATED", "TITLE", "All", "All of it"], ["UPDATED", "NOTES", "Careful", null], ["UPDATED", "DUE_AT", "2099-01-31T12:00:00+00:00", null],
            ["UPDATED", "ACTUAL_HOURS", null, "7"], ["UPDATED", "PARENT", plain["id"], null],
            ["ASSIGNED", "ASSIGNEE", bea.id, null], ["ASSIGNED", "TEAM", null, care], ["ASSIGNED", "TEAM", care, null],
            ["ASSIGNED", "ASSIGNEE", null, admin.id],
            ["STATUS_CHANGED", "STATUS", "OPEN", "IN_PROGRESS"], ["STATUS_CHANGED", "STATUS", "IN_PROGRESS", "RESOLVED"],
            ["STATUS_CHANGED", "STATUS", "RESOLVED", "CLOSED"], ["STATUS_CHANGED", "STATUS", "CLOSED", "OPEN"],
        ]);
        assert_eq!(json!(history(&bea.client, &id).await), expected);
        let who = "query($id: ID!) { ticket(id: $id) { history(last: 1) { totalCount nodes { actor { id } } } } }";
        let who = bea.client.run(who, json!({ "id": id })).await.ok();
        assert_eq!(who.data("ticket.history"), &json!({ "totalCount": 14, "nodes": [{ "actor": { "id": bea.id } }] }));
        let trail = "query($id: ID!) { auditLogs(first: 50, filter: { resourceId: $id, success: true }) { nodes { eventType oldValues newValues } } }";
        let trail = admin.client.run(trail, json!({ "id": id })).await.ok();
        let of = |kind: &str| trail.list("auditLogs.nodes").iter().filter(|row| row["eventType"] == kind).count();
        assert_eq!(["ticket.created", "ticket.updated", "ticket.assigned", "ticket.status_changed"].map(of), [1, 1, 3, 4], "{trail}");
        assert!(!trail.text.contains("Careful") && !trail.text.contains("All of it"), "texts are not repeated in the trail: {trail}");
    }

    /// Whatever is amiss is said with the field's name, and nothing is written.
    async fn what_is_amiss_with_a_ticket_is_refused(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = client(&desk, &admin, "ann").await;
        let (own, gone) = (plain(&admin.client, "Own").await, team(&admin, "Gone").await);
        let retire = "mutation($t: ID!) { updateTeam(input: { teamId: $t, isActive: false }) { errors { message } } }";
        admin.client.run(retire, json!({ "t": gone })).await.ok();
        // Sees no tickets at all; sees only what nobody has.
        let blind = of_role(&desk, &admin, "blind", &["VIEW_MESSAGES", "SEE_ALL"]).await;
        let free = of_role(&desk, &admin, "free", &["VIEW_TICKETS", "MANAGE_TICKETS", "SEE_UNASSIGNED", "VIEW_STAFF"]).await;
        let sql = desk.sql().await;
        let written = async || (sql.count("tickets").await, sql.count("ticket_history").await, sql.number(super::ticket_numbers::NEXT).await);
        let before = written().await;
        let long = "x".repeat(201);
        for (field, value, code) in [
            ("title", json!("  "), "BLANK"),
            ("title", json!(long), "TOO_LONG"),
            ("description", json!(""), "BLANK"),
            ("description", json!("y".repeat(20_001)), "TOO_LONG"),
            ("notes", json!("bell\u{7}"), "INVALID_FORMAT"),
            ("requesterId", json!("cli_0190a5f0000070008000000000000000"), "NOT_AVAILABLE"),
            ("requesterId", json!(admin.id.replace("stf_", "cli_")), "NOT_AVAILABLE"),
            ("assigneeId", json!("stf_0190a5f0000070008000000000000000"), "NOT_AVAILABLE"),
            ("assigneeId", json!(ann.id.replace("cli_", "stf_")), "NOT_AVAILABLE"),
            ("assigneeId", json!(blind.id), "NOT_AVAILABLE"),
            ("assigneeId", json!(free.id), "NOT_AVAILABLE"),
            ("teamId", json!(gone), "NOT_AVAILABLE"),
            ("dueAt", json!("2001-01-01T00:00:00Z"), "NOT_ALLOWED"),
            ("dueAt", json!("9999-01-01T00:00:00Z"), "INVALID_FORMAT"),
            ("estimatedHours", json!(-1), "INVALID_FORMAT"),
            ("estimatedHours", json!(100_001), "INVALID_FORMAT"),
            ("parentId", json!("tkt_0190a5f0000070008000000000000000"), "NOT_AVAILABLE"),
        ] {
            let mut input = json!({ "title": "T", "description": "D" });
            input[field] = value.clone();
            refused(&change(&admin.client, "createTicket", input).await, "createTicket", code, field);
            if !["requesterId", "assigneeId", "teamId"].contains(&field) {
                let input = json!({ "ticketId": own, field: value });
                refused(&change(&admin.client, "updateTicket", input).await, "updateTicket", code, field);
            } else if field != "requesterId" {
                let input = json!({ "ticketId": own, field: value });
                refused(&change(&admin.client, "assignTicket", input).await, "assignTicket", code, field);
            }
        }
        let both = json!({ "ticketId": own, "assigneeId": admin.id, "teamId": team(&admin, "Care").await });
        refused(&change(&admin.client, "assignTicket", both).await, "assignTicket", "NOT_ALLOWED", "teamId");
        refused(&change(&admin.client, "updateTicket", json!({ "ticketId": own, "actualHours": -1 })).await, "updateTicket", "INVALID_FORMAT", "actualHours");
        assert_eq!(written().await, before);

        // No ticket is a part of itself, however far around.
        let mut chain = vec![own.clone()];
        for n in 0..3 {
            let part = make(&admin.client, json!({ "title": format!("Part {n}"), "description": "D", "parentId": chain[n] })).await;
            chain.push(id(&part));
        }
        for below in &chain {
            let input = json!({ "ticketId": own, "parentId": below });
            refused(&change(&admin.client, "updateTicket", input).await, "updateTicket", "NOT_ALLOWED", "parentId");
        }
        // Two who would close a circle together: one of them does not.
        let (one, other) = (plain(&admin.client, "One").await, plain(&admin.client, "Other").await);
        let under = |ticket: &str, parent: &str| change(&admin.client, "updateTicket", json!({ "ticketId": ticket, "parentId": parent }));
        let (first, second) = tokio::join!(under(&one, &other), under(&other, &one));
        let well = [first, second].into_iter().filter(|answer| answer.errors().is_empty() && answer.user_errors("updateTicket").is_empty()).count();
        assert_eq!(well, 1);
        for from in ["RESOLVED", "CLOSED"] {
            came(change(&admin.client, "setTicketStatus", json!({ "ticketId": own, "status": from })).await, "setTicketStatus");
            for to in ["PENDING", "ON_HOLD"] {
                let answer = change(&admin.client, "setTicketStatus", json!({ "ticketId": own, "status": to })).await;
                refused(&answer, "setTicketStatus", "NOT_ALLOWED", "status");
            }
        }
        // Who sees no tickets, or not this one.
        let look = "query($id: ID!) { ticket(id: $id) { id } }";
        assert_eq!(blind.client.run(look, json!({ "id": own })).await.error_code(), "FORBIDDEN");
        came(change(&admin.client, "assignTicket", json!({ "ticketId": own, "assigneeId": admin.id })).await, "assignTicket");
        assert!(see(&free.client, &own).await.is_null());
        assert_eq!(change(&free.client, "updateTicket", json!({ "ticketId": own, "title": "X" })).await.error_code(), "NOT_FOUND");
        assert_eq!(change(&blind.client, "updateTicket", json!({ "ticketId": own, "title": "X" })).await.error_code(), "FORBIDDEN");
    }

    /// A colleague who leaves hands their open tickets over; what is over stays with them.
    async fn open_tickets_are_handed_over(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (bea, cem) = (desk.colleague("bea@example.com", "Bea", "STAFF").await, desk.colleague("cem@example.com", "Cem", "STAFF").await);
        let mut ids = Vec::new();
        for title in ["Open", "Over"] {
            ids.push(id(&make(&admin.client, json!({ "title": title, "description": "D", "assigneeId": bea.id })).await));
        }
        came(change(&admin.client, "setTicketStatus", json!({ "ticketId": ids[1], "status": "RESOLVED" })).await, "setTicketStatus");
        let leave = "mutation($who: ID!, $to: ID) { deactivateStaff(input: { staffId: $who, handOverTo: $to }) { errors { message } } }";
        admin.client.run(leave, json!({ "who": bea.id, "to": cem.id })).await.ok();
        let mut has = Vec::new();
        for id in &ids {
            has.push(see(&admin.client, id).await["assignee"]["id"].clone());
        }
        assert_eq!(has, [json!(cem.id), json!(bea.id)]);
        assert_eq!(history(&admin.client, &ids[0]).await[1], json!(["ASSIGNED", "ASSIGNEE", bea.id, cem.id]));
        let again = change(&admin.client, "assignTicket", json!({ "ticketId": ids[0], "assigneeId": bea.id })).await;
        refused(&again, "assignTicket", "NOT_AVAILABLE", "assigneeId");
    }

    /// Open work is with somebody who can do it: an heir who sees no tickets gets none, what is opened again goes back to nobody where
    /// whoever had it has left, and a team with open tickets stays in use.
    async fn open_tickets_are_with_who_can_work_on_them(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let blind = of_role(&desk, &admin, "blind", &["VIEW_MESSAGES", "SEE_ALL"]).await;
        let (care, gone) = (team(&admin, "Care").await, team(&admin, "Gone").await);
        let make_for = async |holder: &str, who: &str| id(&make(&admin.client, json!({ "title": "T", "description": "D", holder: who })).await);
        let (open, over, teams, gones) = (make_for("assigneeId", &bea.id).await, make_for("assigneeId", &bea.id).await, make_for("teamId", &care).await, make_for("teamId", &gone).await);
        let set = async |ticket: &str, status: &str| came(change(&admin.client, "setTicketStatus", json!({ "ticketId": ticket, "status": status })).await, "setTicketStatus");
        for ticket in [&over, &gones] {
            set(ticket, "RESOLVED").await;
        }
        let retire = "mutation($input: UpdateTeamInput!) { updateTeam(input: $input) { team { isActive } errors { code message path } } }";
        let retire = async |team: &str| admin.client.run(retire, json!({ "input": { "teamId": team, "isActive": false } })).await;
        refused(&retire(&care).await, "updateTeam", "NOT_ALLOWED", "isActive");
        assert_eq!(retire(&gone).await.ok().data("updateTeam.team.isActive"), false);
        let leave = "mutation($who: ID!, $to: ID) { deactivateStaff(input: { staffId: $who, handOverTo: $to }) { errors { message } } }";
        admin.client.run(leave, json!({ "who": bea.id, "to": blind.id })).await.ok();
        assert_eq!(see(&admin.client, &open).await["assignee"], Value::Null);
        for ticket in [&over, &gones] {
            let again = set(ticket, "OPEN").await;
            assert_eq!((&again["assignee"], &again["team"]), (&Value::Null, &Value::Null), "{again}");
        }
        assert_eq!(history(&admin.client, &over).await.last(), Some(&json!(["ASSIGNED", "ASSIGNEE", bea.id, null])));
        // Nor does it stay with somebody who sees it no more, after another role.
        let dan = desk.colleague("dan@example.com", "Dan", "STAFF").await;
        let (his, open) = (make_for("assigneeId", &dan.id).await, make_for("assigneeId", &dan.id).await);
        set(&his, "CLOSED").await;
        let moves = "mutation($id: ID!, $role: ID!) { updateStaff(input: { staffId: $id, roleId: $role }) { errors { message } } }";
        let role = super::roles::role(&admin, "ANALYST").await;
        admin.client.run(moves, json!({ "id": dan.id, "role": role })).await.ok();
        assert_eq!(see(&admin.client, &open).await["assignee"], Value::Null, "what is open is nobody's at once");
        assert_eq!(see(&admin.client, &his).await["assignee"]["id"], dan.id, "what is over stays");
        assert_eq!(set(&his, "OPEN").await["assignee"], Value::Null);
        // Nor after a permission of theirs, or of the role that they hold, is gone.
        let whole = super::roles::make_role(&admin, "Tickets", &["VIEW_TICKETS", "MANAGE_TICKETS", "SEE_ASSIGNED"]).await;
        let eve = super::roles::colleague(&desk, &admin, "eve", &whole, json!({})).await;
        let bare = super::roles::make_role(&admin, "Bare", &["SEE_ASSIGNED"]).await;
        let fay = super::roles::colleague(&desk, &admin, "fay", &bare, json!({})).await;
        let of_fay = async |name: &str| {
            let set = format!("mutation($id: ID!) {{ {name}(input: {{ staffId: $id, permission: VIEW_TICKETS }}) {{ errors {{ message }} }} }}");
            super::roles::run(&admin, &set, json!({ "id": fay.id })).await;
        };
        of_fay("grantPermission").await;
        let (hers, fays) = (make_for("assigneeId", &eve.id).await, make_for("assigneeId", &fay.id).await);
        let less = "mutation($id: ID!) { updateRole(input: { roleId: $id, permissions: [SEE_ASSIGNED] }) { errors { message } } }";
        super::roles::run(&admin, less, json!({ "id": whole })).await;
        assert_eq!(see(&admin.client, &hers).await["assignee"], Value::Null);
        assert_eq!(see(&admin.client, &fays).await["assignee"]["id"], fay.id, "another's role changes nothing");
        of_fay("revokePermission").await;
        assert_eq!(see(&admin.client, &fays).await["assignee"], Value::Null);
        came(change(&admin.client, "assignTicket", json!({ "ticketId": teams, "assigneeId": admin.id })).await, "assignTicket");
        assert_eq!(retire(&care).await.ok().data("updateTeam.team.isActive"), false, "it has no open ticket any more");
    }
}
