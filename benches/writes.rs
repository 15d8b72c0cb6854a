//! Writing: a reply with audit row, event and mail job against one hand-written transaction that writes the same rows.

use serde_json::json;

use super::Measuring;
use super::load::Connection;
use super::product::{self, CONTENT, Product};
use super::reads::{two, uuid};
use super::side::Side;
use super::table::Goal::{AtLeast, None as Any};

/// Replies at 16 connections. The limit delivers no mail, so the product's server does not either; the mails wait for
/// another process, as they do where `frontdesk worker` runs apart.
pub async fn replies(m: &mut Measuring, url: &str) {
    let product = Product::start(url, false).await;
    let ids = product.message_ids("IN_PROGRESS", 4_000).await;
    let author = m.database.psql(&format!("SELECT id FROM {}.users WHERE email = 'admin@example.com'", m.schema));
    let ours = product.asked(ids.iter().map(|id| product::reply(id)));
    let ask = |id: &String| json!({ "id": uuid(id), "author": author, "content": CONTENT }).to_string();
    let limit = m.limit_asked("/reply", ids.iter().map(ask));
    for side in [&ours, &limit] {
        assert_eq!(rows_of_one(m, side).await, "1|1|1|1", "a reply, a job, an audit row and an event");
    }
    let [ours, best] = two(m.bench.compare(&[&ours, &limit], 16, 3).await);
    m.table.ratio("replyToMessage: a second, 16 writers", (ours.rate, best.rate), "/s", AtLeast(0.5));
    m.table.ratio("replyToMessage: p50, 16 writers", (ours.p50, best.p50), "ms", Any);
    m.table.ratio("replyToMessage: CPU a request", (ours.cpu(), best.cpu()), "ms", Any);
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
}

/// How many rows one request adds to the tables.
async fn rows_of_one(m: &Measuring, side: &Side) -> String {
    let count = || {
        let tables = ["message_replies", "jobs", "audit_logs", "outbox"]
            .map(|table| format!("(SELECT count(*) FROM {}.{table})", m.schema));
        m.database.psql(&format!("SELECT {}", tables.join(", ")))
    };
    let numbers = |text: &str| text.split('|').map(|n| n.parse::<i64>().expect("a count")).collect::<Vec<_>>();
    let before = count();
    Connection::open(side.port).await.exchange(&side.requests[0]).await;
    let after = count();
    let added: Vec<_> =
        numbers(&after).iter().zip(numbers(&before)).map(|(after, before)| (after - before).to_string()).collect();
    added.join("|")
}
