//! Tickets, as coverage needs them.

use serde_json::{Value, json};

use super::fixtures::put;
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::support::{ADMIN_EMAIL, chance};

/// Tickets of the administrator's making.
pub struct OfTickets {
    /// One that the administrator has, a client's, tagged.
    pub ticket: String,
    /// Its number.
    pub number: String,
    /// One that is tied to it.
    pub other: String,
    /// One that went into another.
    pub merged: String,
}

/// Makes a ticket; returns its id and number.
pub async fn make(home: &Home, input: Value) -> (String, String) {
    let make = "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { id number } errors { message path } } }";
    let made = home.admin.run(make, json!({ "input": input })).await.ok();
    (made.string("createTicket.ticket.id"), made.string("createTicket.ticket.number"))
}

fn about(title: &str) -> Value {
    json!({ "title": title, "description": "And in full" })
}

impl OfTickets {
    /// Makes them.
    pub async fn make(home: &Home, staff: &str, client: &str, team: &str, tag: &str) -> Self {
        let parent = make(home, about("A whole")).await.0;
        let own = json!({ "title": "Own", "description": "In full", "requesterId": client, "assigneeId": staff, "parentId": parent });
        let (ticket, number) = make(home, own).await;
        let part = json!({ "title": "Other", "description": "In full", "teamId": team, "parentId": ticket });
        let (other, _) = make(home, part).await;
        let (merged, _) = make(home, about("Merged")).await;
        let (into, _) = make(home, about("Into")).await;
        let around = "mutation($id: ID!, $other: ID!, $merged: ID!, $into: ID!, $tag: ID!) { \
            linkTickets(input: { ticketId: $id, otherId: $other, kind: RELATED }) { errors { message } } \
            mergeTickets(input: { fromId: $merged, intoId: $into }) { errors { message } } \
            addTags(input: { entityId: $id, tagIds: [$tag] }) { errors { message } } }";
        let variables = json!({ "id": ticket, "other": other, "merged": merged, "into": into, "tag": tag });
        home.admin.run(around, variables).await.ok();
        Self { ticket, number, other, merged }
    }
}

/// Valid arguments of an operation on tickets; `None` for any other.
pub fn arguments(root: &Root, own: &Things) -> Option<Value> {
    let tickets = &own.tickets;
    let input = match root.name.as_str() {
        "tickets" => return Some(json!({})),
        "ticket" => return Some(json!({ "id": tickets.ticket })),
        "ticketByNumber" => return Some(json!({ "number": tickets.number })),
        "createTicket" => json!({ "title": "New", "description": "In full" }),
        "updateTicket" => json!({ "ticketId": tickets.ticket, "title": chance::name("ticket") }),
        "assignTicket" => json!({ "ticketId": tickets.ticket, "assigneeId": own.staff }),
        "setTicketStatus" => json!({ "ticketId": tickets.ticket, "status": "IN_PROGRESS" }),
        "watchTicket" | "unwatchTicket" => json!({ "ticketId": tickets.ticket }),
        "linkTickets" => json!({ "ticketId": tickets.ticket, "otherId": tickets.other, "kind": "DUPLICATE_OF" }),
        "unlinkTickets" => json!({ "ticketId": tickets.ticket, "otherId": tickets.other, "kind": "RELATED" }),
        "mergeTickets" => json!({ "fromId": tickets.other, "intoId": tickets.ticket }),
        "unmergeTicket" => json!({ "ticketId": tickets.merged }),
        "assignTickets" => json!({ "ticketIds": [tickets.ticket], "assigneeId": own.staff }),
        "setTicketStatuses" => json!({ "ticketIds": [tickets.ticket], "status": "OPEN" }),
        "tagTickets" => json!({ "ticketIds": [tickets.other], "add": [own.desk.tag] }),
        _ => return None,
    };
    Some(json!({ "input": input }))
}

/// The prefixes of the ids that an argument of an operation on tickets takes; `None` for any other.
pub fn kinds(root: &Root, place: &str) -> Option<&'static [&'static str]> {
    let all = [
        "ticket",
        "tickets",
        "createTicket",
        "updateTicket",
        "assignTicket",
        "setTicketStatus",
        "watchTicket",
        "unwatchTicket",
        "linkTickets",
        "unlinkTickets",
        "mergeTickets",
        "unmergeTicket",
        "assignTickets",
        "setTicketStatuses",
        "tagTickets",
    ];
    if !all.contains(&root.name.as_str()) {
        return None;
    }
    Some(match place.trim_end_matches(".eq").trim_end_matches(".in") {
        "input.assigneeId" | "filter.assigneeId" => &["stf"],
        "input.requesterId" | "filter.requesterId" => &["cli"],
        "filter.createdById" => &["stf"],
        "input.teamId" | "filter.teamId" => &["tem"],
        "input.userId" => &["stf"],
        "input.messageId" => &["msg"],
        "input.add" | "input.remove" | "filter.tags.any" | "filter.tags.all" | "filter.tags.none" => &["tag"],
        _ => &["tkt"],
    })
}

/// One of each as rows of this id, by the colleague and for the client of these ids.
pub async fn rows(home: &Home, hex: &str, client: &str, n: usize) {
    let id = |hex: &str| if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (row, client, at) = (id(hex), id(client), "'2026-01-01T00:00:00+00:00'");
    let other = id(&format!("1{}", &hex[1..]));
    let insert = |row: &str, n: usize, parent: &str, holder: &str, changed: &str| {
        format!(
            "INSERT INTO tickets (id, number, position, title, description, status, category, priority, urgency, severity, \
                requester_id, created_by_id, {holder}, notes, due_order, parent_id, comment_count, public_comment_count, version, \
                created_at, updated_at, shown_at) VALUES ({row}, 'TKT-1999-{n:04}', {n}, 'Ticket', 'x', 'open', 'support', 'medium', 2, \
                'normal', {client}, {colleague}, {colleague}, '', {at}, {parent}, 0, 0, 1, {at}, '{changed}', '{changed}')",
            colleague = id(hex)
        )
    };
    for sql in [
        insert(&other, 2 * n + 1, "NULL", "team_id", "2026-01-01T00:00:00+00:00"),
        insert(&row, 2 * n + 2, &other, "assignee_id", "2026-01-02T00:00:00+00:00"),
        format!(
            "INSERT INTO ticket_links (id, ticket_id, other_id, kind, created_at) VALUES ({row}, {row}, {other}, 'related', {at})"
        ),
        format!("INSERT INTO ticket_watchers (ticket_id, user_id, created_at) VALUES ({row}, {client}, {at})"),
        format!(
            "INSERT INTO ticket_history (id, ticket_id, user_id, action, created_at) VALUES ({row}, {row}, {client}, 'created', {at})"
        ),
        format!(
            "INSERT INTO entity_tags (tag_id, entity_type, entity_id, created_at) VALUES ({row}, 'ticket', {row}, {at})"
        ),
        format!(
            "INSERT INTO drafts (id, staff_id, entity_type, entity_id, content, version, created_at, updated_at) \
             SELECT {other}, id, 'ticket', {row}, 'x', 1, {at}, {at} FROM users WHERE email = '{ADMIN_EMAIL}'"
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// Arguments with which a mutation of these goes well; `None` where that needs nothing special.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    let with = |place: &str, value: Value| arguments(root, own).map(|all| put(all, place, value));
    let run = async |document: &str| home.admin.run(document, json!({ "id": own.tickets.ticket })).await.ok();
    match root.name.as_str() {
        // The fixtures' ticket is the administrator's already, and each is one event.
        "assignTicket" | "assignTickets" => {
            let spare = make(home, about("Spare")).await.0;
            if root.name == "assignTicket" {
                with("input.ticketId", json!(spare))
            } else {
                with("input.ticketIds", json!([spare]))
            }
        }
        "setTicketStatus" => with("input.ticketId", json!(make(home, about("Spare")).await.0)),
        "setTicketStatuses" => {
            let spare = make(home, about("Spare")).await.0;
            put(with("input.ticketIds", json!([spare]))?, "input.status", json!("PENDING")).into()
        }
        "unwatchTicket" => {
            run("mutation($id: ID!) { watchTicket(input: { ticketId: $id }) { errors { message } } }").await;
            None
        }
        "watchTicket" => {
            run("mutation($id: ID!) { unwatchTicket(input: { ticketId: $id }) { errors { message } } }").await;
            None
        }
        "mergeTickets" => with("input.fromId", json!(make(home, about("Spare")).await.0)),
        "tagTickets" => with("input.ticketIds", json!([make(home, about("Spare")).await.0])),
        _ => None,
    }
}

/// Arguments with which a mutation of these is refused to a signed-in person; `None` for any other.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |field: &str, value: Value| arguments(root, own).map(|all| put(all, field, value));
    let missing = |kind: &str| json!(format!("{kind}_0190a5f0000070008000000000000000"));
    let refused = match root.name.as_str() {
        "createTicket" => vec![
            with("input.title", json!("  ")),
            with("input.requesterId", missing("cli")),
            with("input.dueAt", json!("2001-01-01T00:00:00Z")),
            with("input.estimatedHours", json!(-1)),
        ],
        "updateTicket" => vec![
            with("input.ticketId", missing("tkt")),
            with("input.actualHours", json!(-1)),
            with("input.parentId", json!(own.tickets.ticket)),
        ],
        "assignTicket" => vec![
            with("input.ticketId", missing("tkt")),
            with("input.assigneeId", missing("stf")),
            with("input.teamId", json!(own.team)),
        ],
        "setTicketStatus" => {
            vec![with("input.ticketId", missing("tkt")), with("input.ticketId", json!(own.tickets.merged))]
        }
        "watchTicket" => vec![with("input.ticketId", missing("tkt")), with("input.userId", missing("stf"))],
        "unwatchTicket" => vec![with("input.ticketId", missing("tkt"))],
        "linkTickets" | "unlinkTickets" => {
            vec![with("input.otherId", missing("tkt")), with("input.otherId", json!(own.tickets.ticket))]
        }
        "mergeTickets" => vec![
            with("input.intoId", missing("tkt")),
            with("input.intoId", json!(own.tickets.other)),
            with("input.intoId", json!(own.tickets.merged)),
        ],
        "unmergeTicket" => {
            vec![with("input.ticketId", missing("tkt")), with("input.ticketId", json!(own.tickets.ticket))]
        }
        "assignTickets" => vec![with("input.ticketIds", json!([])), with("input.assigneeId", missing("stf"))],
        "setTicketStatuses" => vec![with("input.ticketIds", json!([]))],
        "tagTickets" => vec![with("input.ticketIds", json!([])), with("input.add", json!([missing("tag")]))],
        _ => return None,
    };
    Some(refused.into_iter().flatten().collect())
}
