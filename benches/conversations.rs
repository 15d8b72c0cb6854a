//! Conversations on social platforms: their list against its limit, and a page far down.

use serde_json::{Value, json};

use super::{Measuring, lists};

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
    lists::list(m, "conversations", conversations, include_str!("data/conversations.sql"), page).await;
}
