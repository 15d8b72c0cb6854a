//! Leads: their list against its limit, and a page far down.

use serde_json::{Value, json};

use super::reads::same;
use super::table::Goal::{AtMost, None as Any};
use super::{Measuring, settle};

/// Leads; each has two scorings, and every second one is in a CRM.
const LEADS: u64 = 300_000;

fn page(name: &str, after: &Value) -> (String, Value) {
    let query = format!(
        "query {name}($first: Int!, $after: String) {{ leads(first: $first, after: $after) {{ nodes {{
         id name email phone company status score scoreValue sourceKind createdAt updatedAt owner {{ id name email }} createdBy {{ id name }}
         visitor {{ id name email source }} tags {{ id name color }} scores(first: 1) {{ nodes {{ id score scoreValue reasoning scoredAt }} }}
         crmRecords {{ connectionId externalId syncedAt }}
         }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    (query, json!({ "first": 50, "after": after }))
}

/// The list of leads against one statement that builds the same JSON, and a page far down.
pub async fn list(m: &mut Measuring) {
    let leads = LEADS.min(m.messages * 3 / 10);
    let filled = include_str!("data/leads.sql").replace("{leads}", &leads.to_string());
    m.database.psql(&filled.replace("{schema}", &format!("\"{}\"", m.schema)));
    settle(&m.database);
    let ours = m.product.asked([page("LeadPage", &Value::Null)]);
    let limit = m.limit_asked("/leads", [String::new()]);
    same(&ours, &limit, "the list of leads").await;
    let pages = 1_000.min(leads / 50 / 2) / 2 * 2;
    let deep = m.product.cursor_behind("leads", (pages - 2) * 50).await;
    let deep = m.product.asked([page("DeepLeadPage", &deep)]);
    let compared = m.bench.compare(&[&ours, &limit, &deep], 16, 5).await;
    let [ours, best, deep] = compared.try_into().expect("three sides");
    let what = format!("list of {leads} leads");
    m.table.ratio(&format!("{what}: CPU a request"), (ours.cpu(), best.cpu()), "ms", AtMost(1.3));
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
    let far = format!("{what}: CPU, page {pages} to page 1");
    m.table.ratio(&far, (deep.cpu(), ours.cpu()), "ms", AtMost(1.3));
    let (statements, requests) = m.product.statements("LeadPage").await;
    m.table.number(&format!("{what}: SQL statements"), statements / requests, "", Any);
}
