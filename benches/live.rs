//! How long a visitor's message takes to a subscriber: from sending it to reading the event from the socket.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Measuring;
use super::load::{self, Connection, percentile};
use super::support::Socket;
use super::table::Goal::{AtMost, None as Any};

/// One message in so many milliseconds: 50 a second.
const EVERY: u64 = 20;
const CONNECTIONS: usize = 8;
const MESSAGES: usize = 500;

const SUBMIT: &str = "mutation Submit($input: SubmitMessageInput!) { submitMessage(input: $input) { receipt { messageId } errors { message } } }";
const LISTEN: &str =
    "subscription Live { inboxEvents { sequence ... on MessageReceived { message { id name content } } } }";

/// 500 messages at 50 a second, whether or not the server keeps up, and one subscriber.
pub async fn submit_to_subscriber(m: &mut Measuring) {
    let mut socket = Socket::connect(m.product.server().base(), Some(m.product.token())).await;
    socket.subscribe("live", LISTEN, Value::Null).await;
    // The subscription is set up when the server has read it; there is no acknowledgement to wait for.
    tokio::time::sleep(Duration::from_millis(500)).await;

    let listener = tokio::spawn(async move {
        let mut arrived = HashMap::new();
        while arrived.len() < MESSAGES {
            let frame = socket.next(Duration::from_secs(20)).await;
            if let Some(id) = frame.data("inboxEvents.message.id").as_str() {
                arrived.insert(id.to_owned(), Instant::now());
            }
        }
        arrived
    });
    let port = m.product.server().port();
    let start = Instant::now() + Duration::from_millis(100);
    let senders: Vec<_> = (0..CONNECTIONS).map(|number| tokio::spawn(send(port, start, number))).collect();
    let mut sent = Vec::new();
    for sender in senders {
        sent.extend(sender.await.expect("a sender"));
    }
    let arrived = listener.await.expect("a listener");
    let mut waits: Vec<_> = sent.iter().map(|(id, at)| arrived[id].saturating_duration_since(*at)).collect();
    waits.sort_unstable();
    m.table.number("submit to subscriber at 50/s: p50", percentile(&waits, 50), "ms", Any);
    m.table.number("submit to subscriber at 50/s: p99", percentile(&waits, 99), "ms", AtMost(100.0));
}

/// Sends every eighth message at its time; returns ids and when they were due.
async fn send(port: u16, start: Instant, number: usize) -> Vec<(String, Instant)> {
    let mut connection = Connection::open(port).await;
    let mut sent = Vec::new();
    for n in (number..MESSAGES).step_by(CONNECTIONS) {
        let input = json!({ "name": "Bench Visitor", "email": format!("bench{n}@visitor.example"), "content": "Is anybody there?" });
        let request =
            load::post("/graphql", None, &json!({ "query": SUBMIT, "variables": { "input": input } }).to_string());
        let due = start + Duration::from_millis(n as u64 * EVERY);
        tokio::time::sleep_until(due.into()).await;
        let answer: Value = serde_json::from_slice(connection.exchange(&request).await).expect("JSON");
        let id = answer["data"]["submitMessage"]["receipt"]["messageId"].as_str().expect("an id");
        sent.push((id.to_owned(), due));
    }
    sent
}
