//! Searching: what a page and a count cost, where there are many messages and where there are few.

use serde_json::{Value, json};

use super::Measuring;
use super::product::Product;
use super::side::{Bench, Side};
use super::table::Goal::{AtMost, None as Any};

/// What people look for, by how many messages hold it.
const LINES: [(&str, &str); 6] = [
    ("a word that nobody wrote", "zyzzogeton"),
    ("one address", ""),
    ("the beginning of a number", "HL181"),
    ("three words", "rewiring lighthouse staircase"),
    ("a frequent word", "kitchen"),
    ("a letter", "a"),
];
const CONNECTIONS: usize = 4;
/// What has no goal of its own, or one that is far away, is measured once.
const ROUNDS: [usize; 2] = [3, 1];

fn page(text: &str) -> (String, Value) {
    let query = "query Search($filter: MessageFilter) { messages(first: 20, filter: $filter) {
        nodes { id name email content status createdAt } pageInfo { hasNextPage endCursor } } }";
    (query.into(), json!({ "filter": { "text": text } }))
}

fn count(text: &str, field: &str) -> (String, Value) {
    let query = format!("query Count($filter: MessageFilter) {{ messages(filter: $filter) {{ {field} }} }}");
    (query, json!({ "filter": { "text": text } }))
}

/// The lines on PostgreSQL with all the messages and with fewer.
pub async fn on_postgres(m: &mut Measuring, fewer: &Product, how_many: u64) {
    let messages = m.messages;
    for (name, text) in LINES {
        let [many_text, few_text] = [text_of(&m.product, text).await, text_of(fewer, text).await];
        let many = m.product.asked([page(&many_text)]);
        let few = fewer.asked([page(&few_text)]);
        let [many, few] = super::reads::two(m.bench.compare(&[&many, &few], CONNECTIONS, ROUNDS[0]).await);
        let what = format!("search, {name}: page, {messages} messages");
        m.table.number(&what, many.cpu(), "ms", AtMost(5.0));
        m.table.number("  of it PostgreSQL's", many.database, "ms", Any);
        m.table.ratio(&format!("  to {how_many} messages"), (many.cpu(), few.cpu()), "ms", AtMost(2.0));
        for (field, goal) in [("totalCountUpTo(limit: 1000)", Any), ("totalCount", Any)] {
            let counted = m.product.asked([count(&many_text, field)]);
            let cost = once(&m.bench, &counted).await;
            m.table.number(&format!("  {field}"), cost, "ms", goal);
        }
    }
}

/// The lines on SQLite.
pub async fn on_sqlite(m: &mut Measuring, product: &Product, how_many: u64) {
    for (name, text) in LINES {
        let text = text_of(product, text).await;
        let cost = once(&m.bench, &product.asked([page(&text)])).await;
        m.table.number(&format!("search, {name}: page, {how_many} messages on SQLite"), cost, "ms", AtMost(8.0));
        let cost = once(&m.bench, &product.asked([count(&text, "totalCountUpTo(limit: 1000)")])).await;
        m.table.number("  totalCountUpTo(limit: 1000)", cost, "ms", Any);
    }
}

async fn once(bench: &Bench, side: &Side) -> f64 {
    bench.compare(&[side], CONNECTIONS, ROUNDS[1]).await[0].cpu()
}

/// The text itself, or where there is none an address that somebody wrote from.
async fn text_of(product: &Product, text: &str) -> String {
    if !text.is_empty() {
        return text.to_owned();
    }
    product.newest_address().await
}
