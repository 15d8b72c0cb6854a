//! Conversations on social platforms: their list against its limit, and a page far down.

use serde_json::{Value, json};

use super::reads::same;
use super::table::Goal::{AtMost, None as Any};
use super::{Measuring, settle};

/// Conversations; each has 25 messages.
const CONVERSATIONS: u64 = 200_000;

fn page(name: &str, after: &Value) -> (String, Value) {
    let query = format!(
        "query {name}($first: Int!, $after: String) {{ conversations(first: $first, after: $after) {{ nodes {{
         id platform accountName participantId participantName status startedAt lastMessageAt lastInboundAt messageCount closedAt updatedAt
         assignee {{ id name email }} lastMessage {{ id direction content receivedAt }} tags {{ id name color }}
         replies(first: 2) {{ nodes {{ id status content confidence generatedAt approvedBy {{ id name }} }} }}
         }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    (query, json!({ "first": 50, "after": after }))
}

/// The list of conversations against one statement that builds the same JSON, and a page far down.
pub async fn list(m: &mut Measuring) {
    let conversations = CONVERSATIONS.min(m.messages / 5);
    let filled = include_str!("data/conversations.sql").replace("{conversations}", &conversations.to_string());
    m.database.psql(&filled.replace("{schema}", &format!("\"{}\"", m.schema)));
    settle(&m.database);
    let ours = m.product.asked([page("ConversationPage", &Value::Null)]);
    let limit = m.limit_asked("/conversations", [String::new()]);
    same(&ours, &limit, "the list of conversations").await;
    let pages = 1_000.min(conversations / 50 / 2) / 2 * 2;
    let deep = m.product.cursor_behind("conversations", (pages - 2) * 50).await;
    let deep = m.product.asked([page("DeepConversationPage", &deep)]);
    let compared = m.bench.compare(&[&ours, &limit, &deep], 16, 5).await;
    let [ours, best, deep] = compared.try_into().expect("three sides");
    let what = format!("list of {conversations} conversations");
    m.table.ratio(&format!("{what}: CPU a request"), (ours.cpu(), best.cpu()), "ms", AtMost(1.3));
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
    let far = format!("{what}: CPU, page {pages} to page 1");
    m.table.ratio(&far, (deep.cpu(), ours.cpu()), "ms", AtMost(1.3));
    let (statements, requests) = m.product.statements("ConversationPage").await;
    m.table.number(&format!("{what}: SQL statements"), statements / requests, "", Any);
}
