//! Taking in: what a social platform tells, against one hand-written transaction that writes the same rows.

use std::sync::Arc;

use serde_json::json;

use super::load::{self, Connection};
use super::product::Product;
use super::side::Side;
use super::support::{Backend, Options, told};
use super::table::Goal::{AtLeast, None as Any};
use super::{Measuring, settle};

/// Those who send.
const SENDERS: usize = 16;
/// How many deliveries one of them could send in a second at the most.
const MOST: usize = 1_500;
/// Who writes, each in a conversation of their own: a prime number, so that those who send seldom tell of the same one at once.
const PEOPLE: usize = 2_003;
/// The page that they write to.
const PAGE: &str = "intake";
const TEXT: &str = "Is the boiler in the cellar still under warranty? It makes a noise at night.";

/// Deliveries with a message each, which no other has. What follows from messages is done by workers; here are none.
pub async fn deliveries(m: &mut Measuring, url: &str) {
    m.database.psql(
        &include_str!("data/intake.sql")
            .replace("{schema}", &format!("\"{}\"", m.schema))
            .replace("{people}", &PEOPLE.to_string()),
    );
    settle(&m.database);
    let product =
        Product::start_with(Backend::Postgres, url, told::apps(Options::new().env("FRONTDESK_WORKERS", "off"))).await;
    let account = m.database.psql("SELECT md5('intake account')::uuid");
    let began = m.database.psql("SELECT (extract(epoch FROM now() - interval '1 day') * 1000)::bigint");
    let began: i64 = began.parse().expect("a time");
    let mut made = 0;
    // The n-th of all, as the platform tells it and as the limit is asked.
    let told_of = |n: usize| {
        let (person, message, at) = (format!("person{}", n % PEOPLE), format!("mid.{n}"), began + n as i64);
        let body = told::page(PAGE, &[told::written(PAGE, &person, &message, TEXT, at)]).to_string();
        let (header, signature) = told::signature("facebook", told::SECRET, body.as_bytes());
        load::post_with("/webhooks/social/facebook", Some((header, &signature)), &body)
    };
    let asked_of = |n: usize| {
        let at = chrono::DateTime::from_timestamp_millis(began + n as i64);
        let (person, message) = (format!("person{}", n % PEOPLE), format!("mid.{n}"));
        let body = json!({ "account": account, "person": person, "message": message, "text": TEXT, "at": at });
        load::post("/intake", None, &body.to_string())
    };
    let mut fresh = |count: usize| {
        let numbers = made..made + count;
        made += 2 * count;
        let ours = numbers.clone().map(told_of).collect();
        let limit = numbers.map(|n| asked_of(n + count)).collect();
        [
            Side { pid: product.server().pid(), port: product.server().port(), requests: Arc::new(ours) },
            Side { pid: m.limit.pid(), port: m.limit.port, requests: Arc::new(limit) },
        ]
    };
    for side in fresh(1) {
        assert_eq!(
            rows_of_one(m, &side).await,
            [1; 5],
            "a key, a message, one more of its conversation, an audit row, an event"
        );
    }
    let count = SENDERS * MOST * usize::try_from(m.bench.time.as_secs().max(1)).expect("a short time");
    let [ours, best] = m.bench.compare_fresh(|| fresh(count), SENDERS, 3).await;
    m.table.ratio(
        &format!("webhook intake: deliveries a second, {SENDERS} senders"),
        (ours.rate, best.rate),
        "/s",
        AtLeast(0.5),
    );
    m.table.ratio("  p50", (ours.p50, best.p50), "ms", Any);
    m.table.ratio("  CPU a delivery", (ours.cpu(), best.cpu()), "ms", Any);
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
}

/// How many rows one delivery adds, and how many messages are counted more.
async fn rows_of_one(m: &Measuring, side: &Side) -> [i64; 5] {
    let count = || {
        let tables = ["conversation_message_keys", "conversation_messages", "audit_logs", "outbox"]
            .map(|table| format!("(SELECT count(*) FROM {}.{table})", m.schema));
        let counted = format!("(SELECT sum(message_count) FROM {}.conversations)", m.schema);
        let found = m.database.psql(&format!("SELECT {}, {counted}", tables.join(", ")));
        let mut numbers = found.split('|').map(|n| n.parse::<i64>().expect("a count"));
        std::array::from_fn::<_, 5, _>(|_| numbers.next().expect("five counts"))
    };
    let before = count();
    Connection::open(side.port).await.exchange(&side.requests[0]).await;
    let after = count();
    std::array::from_fn(|n| after[n] - before[n])
}
