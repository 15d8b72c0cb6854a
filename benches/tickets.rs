//! Tickets: their list against its limit, and what numbers without gaps cost those who make many at once.

use serde_json::{Value, json};

use super::table::Goal::{AtLeast, AtMost};
use super::{Measuring, lists};

/// Tickets; each has four comments.
const TICKETS: u64 = 500_000;
const WRITERS: usize = 64;

fn page(name: &str, after: &Value) -> (String, Value) {
    let query = format!(
        "query {name}($first: Int!, $after: String) {{ tickets(first: $first, after: $after) {{ nodes {{
         id number title status category priority createdAt updatedAt requester {{ id name email }} assignee {{ id name email }}
         team {{ id name }} tags {{ id name color }} commentCount lastComment {{ id sender content createdAt }}
         }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    (query, json!({ "first": 50, "after": after }))
}

/// The list of tickets against one statement that builds the same JSON, and a page far down.
pub async fn list(m: &mut Measuring) {
    let tickets = TICKETS.min(m.messages);
    lists::list(m, "tickets", tickets, include_str!("data/tickets.sql"), page).await;
}

/// Tickets that many make at once, which take a number each, against projects, which take none; and whether any number is missing
/// then or was given twice.
pub async fn numbers(m: &mut Measuring) {
    let ticket = "mutation Ticket($input: CreateTicketInput!) { createTicket(input: $input) { ticket { id number } errors { message } } }";
    let ticket = m.product.asked([(
        ticket.into(),
        json!({ "input": { "title": "The boiler", "description": "It makes a noise at night." } }),
    )]);
    let client = m.database.psql("SELECT 'cli_' || replace(md5('client 1')::uuid::text, '-', '')");
    let project = "mutation Project($input: CreateProjectInput!) { createProject(input: $input) { project { id } errors { message } } }";
    let project = m
        .product
        .asked([(project.into(), json!({ "input": { "title": "A website", "type": "WEBSITE", "clientId": client } }))]);
    let compared = m.bench.compare(&[&ticket, &project], WRITERS, 3).await;
    let [numbered, plain] = compared.try_into().expect("two sides");
    let what = format!("tickets made by {WRITERS} at once, to projects, which have no number");
    m.table.ratio(&what, (numbered.rate, plain.rate), "/s", AtLeast(0.7));
    let gaps = format!(
        "SELECT max(position % 1000000000) - count(DISTINCT position) FROM \"{}\".tickets WHERE position / 1000000000 <> 2025",
        m.schema
    );
    let gaps = m.database.psql(&gaps).parse::<f64>().unwrap_or(f64::NAN);
    m.table.number("  numbers that are missing", gaps, "", AtMost(0.0));
}
