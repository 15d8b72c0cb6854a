//! Reading: the inbox page and one message against their limits, and the page where there is more of everything.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Measuring;
use super::load::{self, Connection};
use super::product::{self, Product};
use super::side::{Cost, Side};
use super::table::Goal::{AtLeast, AtMost, None as Any};

const ROUNDS: usize = 5;

/// What a client may take an answer as.
const CODINGS: [&str; 3] = ["br", "gzip", "zstd"];

/// The inbox page against one statement that builds the same JSON, and against plain rows and JSON written by hand.
pub async fn page(m: &mut Measuring) {
    let product = m.product.asked([product::page("InboxPage", &Value::Null)]);
    let limit = m.limit_asked("/page", [String::new()]);
    let plain = m.limit_asked("/plain", [String::new()]);
    same(&product, &limit, "the page").await;
    same(&product, &plain, "the page of plain rows").await;

    for connections in [1, 16] {
        let before = m.product.statements("InboxPage").await;
        load::run(product.port, &product.requests, connections, m.bench.time / 2).await;
        let after = m.product.statements("InboxPage").await;
        let each = (after.0 - before.0) / (after.1 - before.1);
        m.table.number(&format!("inbox page: SQL statements, {connections} connections"), each, "", AtMost(5.0));
    }
    let compared = m.bench.compare(&[&product, &limit, &plain], 16, ROUNDS).await;
    let [ours, best, harder] = compared.try_into().expect("three sides");
    m.table.ratio("inbox page: CPU a request", (ours.cpu(), best.cpu()), "ms", AtMost(1.3));
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
    m.table.ratio("inbox page: requests a second, 16 connections", (ours.rate, best.rate), "/s", AtLeast(0.7));
    m.table.ratio("inbox page: p50, 16 connections", (ours.p50, best.p50), "ms", Any);
    m.table.ratio("inbox page to plain rows: CPU a request", (ours.cpu(), harder.cpu()), "ms", Any);
    m.table.ratio("  of it the server's", (ours.server, harder.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, harder.database), "ms", Any);
    m.table.ratio("inbox page to plain rows: requests a second", (ours.rate, harder.rate), "/s", Any);
}

/// The inbox page for a client that takes it compressed, against the same as it is.
pub async fn compressed(m: &mut Measuring) {
    let plain = m.product.asked([product::page("InboxPage", &Value::Null)]);
    let packed = CODINGS.map(|coding| plain.taking(coding));
    let [br, gzip, zstd] = &packed;
    let costs = m.bench.compare(&[&plain, br, gzip, zstd], 16, ROUNDS).await;
    let bytes = async |side: &Side| Connection::open(side.port).await.exchange(&side.requests[0]).await.len() as f64;
    for ((coding, side), cost) in CODINGS.iter().zip(&packed).zip(&costs[1..]) {
        let cpu = (cost.cpu(), costs[0].cpu());
        m.table.ratio(&format!("inbox page as {coding}, to as it is: CPU a request"), cpu, "ms", Any);
        let size = (bytes(side).await / 1024.0, bytes(&plain).await / 1024.0);
        m.table.ratio("  its size", size, "KiB", Any);
    }
}

/// One message with its relations against one statement that builds the same JSON.
pub async fn message(m: &mut Measuring) {
    let ids = m.product.message_ids("ARCHIVED", 1_000).await;
    let product = m.product.asked(ids.iter().map(|id| product::message(id)));
    let limit = m.limit_asked("/message", ids.iter().map(|id| json!({ "id": uuid(id) }).to_string()));
    same(&product, &limit, "one message").await;
    let [ours, best] = two(m.bench.compare(&[&product, &limit], 16, ROUNDS).await);
    m.table.ratio("message(id): CPU a request", (ours.cpu(), best.cpu()), "ms", AtMost(2.0));
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
    m.table.ratio("message(id): requests a second, 16 connections", (ours.rate, best.rate), "/s", Any);
    let (statements, requests) = m.product.statements("OneMessage").await;
    m.table.number("message(id): SQL statements", statements / requests, "", Any);
}

/// The page of a tenant with few messages, and pages far down.
pub async fn growth(m: &mut Measuring, small: &Product) {
    // Messages hardly ever end here: 1,000 pages where there are as many.
    let pages = 1_000.min(m.messages / 50 / 2) / 2 * 2;
    let deep = m.product.cursor_behind("messages", (pages - 2) * 50).await;
    let deep = m.product.asked([product::page("DeepPage", &deep)]);
    let first = m.product.asked([product::page("InboxPage", &Value::Null)]);
    let few = small.asked([product::page("InboxPage", &Value::Null)]);
    let [first, deep, few] = m.bench.compare(&[&first, &deep, &few], 16, ROUNDS).await.try_into().expect("three sides");
    let messages = m.messages;
    m.table.ratio(
        &format!("inbox page: CPU, {messages} messages to 10000"),
        (first.cpu(), few.cpu()),
        "ms",
        AtMost(1.3),
    );
    m.table.ratio(&format!("inbox page: p50, {messages} messages to 10000"), (first.p50, few.p50), "ms", Any);
    m.table.ratio(&format!("inbox page: CPU, page {pages} to page 1"), (deep.cpu(), first.cpu()), "ms", AtMost(1.3));
    m.table.ratio(&format!("inbox page: p50, page {pages} to page 1"), (deep.p50, first.p50), "ms", Any);
}

/// Two results of a comparison.
pub fn two(costs: Vec<Cost>) -> [Cost; 2] {
    costs.try_into().expect("two sides")
}

/// A UUID from the id that clients see.
pub fn uuid(id: &str) -> &str {
    id.rsplit_once('_').expect("a prefixed id").1
}

/// Panics unless both sides answer the same: the comparison would be worth nothing.
pub async fn same(product: &Side, limit: &Side, what: &str) {
    for n in [0, product.requests.len() / 2, product.requests.len() - 1] {
        let [ours, theirs] = [answer(product, n).await, answer(limit, n).await];
        assert_eq!(ours["data"], theirs["data"], "{what} is not the same on both sides");
    }
}

/// The JSON of an answer without the cursor, which is ours to choose, and with times in one form.
async fn answer(side: &Side, n: usize) -> Value {
    fn normal(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("endCursor");
                fields.values_mut().for_each(normal);
            }
            Value::Array(items) => items.iter_mut().for_each(normal),
            Value::String(text) => {
                if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
                    *text = time.timestamp_micros().to_string();
                }
            }
            _ => {}
        }
    }
    let mut connection = Connection::open(side.port).await;
    let mut json = serde_json::from_slice(connection.exchange(&side.requests[n]).await).expect("JSON");
    normal(&mut json);
    json
}

impl Measuring {
    /// The limit's server and these bodies.
    pub fn limit_asked(&self, path: &str, bodies: impl IntoIterator<Item = String>) -> Side {
        let requests = bodies.into_iter().map(|body| load::post(path, None, &body)).collect();
        Side { pid: self.limit.pid(), port: self.limit.port, requests: Arc::new(requests) }
    }
}
