//! Leads: their list against its limit, and a page far down.

use serde_json::{Value, json};

use super::{Measuring, lists};

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
    lists::list(m, "leads", leads, include_str!("data/leads.sql"), page).await;
}
