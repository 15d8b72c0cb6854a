//! The website's front desk: the list of chats against its limit, what a line of an open chat costs with a few and with many
//! open, and the times that can be booked.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::cpu;
use super::load::{self, Connection, percentile};
use super::reads::same;
use super::support::Socket;
use super::table::Goal::{AtLeast, AtMost, None as Any};
use super::{Measuring, settle};

/// Chats that are over; each has ten lines.
const ENDED: u64 = 300_000;
/// How many chats are open, the fewer first.
const OPEN: [usize; 2] = [20, 1_000];
/// Lines that are written, and how many milliseconds lie between two of them: 200 a second.
const LINES: usize = 2_000;
const EVERY: u64 = 5;
const CONNECTIONS: usize = 16;
/// What the server may hold while both sides of a thousand chats listen, in MB.
const MEMORY: f64 = 192.0;

const START: &str = "mutation Start($input: StartChatInput!) { startChat(input: $input) { receipt { chatId chatToken } errors { message } } }";
const CLAIM: &str =
    "mutation Claim($input: ClaimChatInput!) { claimChat(input: $input) { chat { id } errors { message } } }";
const SEND: &str = "mutation Line($input: SendChatMessageInput!) { sendChatMessage(input: $input) { message { id } errors { message } } }";
const LISTEN: &str = "subscription Chat($chatId: ID!, $chatToken: String) { chatEvents(chatId: $chatId, chatToken: $chatToken, after: \"0\") { lines { content } } }";

fn page(name: &str, after: &Value) -> (String, Value) {
    let query = format!(
        "query {name}($first: Int!, $after: String) {{ chats(first: $first, after: $after) {{ nodes {{
         id name email status startedAt lastMessageAt unreadCount createdAt updatedAt
         visitor {{ id name email source }} assignee {{ id name email }} lastMessage {{ id sender content createdAt }}
         }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    (query, json!({ "first": 50, "after": after }))
}

/// The list of chats against one statement that builds the same JSON, and a page far down.
pub async fn chats(m: &mut Measuring) {
    let filled = include_str!("data/chats.sql").replace("{chats}", &ENDED.min(m.messages).to_string());
    m.database.psql(&filled.replace("{schema}", &format!("\"{}\"", m.schema)));
    settle(&m.database);
    let ours = m.product.asked([page("ChatPage", &Value::Null)]);
    let limit = m.limit_asked("/chats", [String::new()]);
    same(&ours, &limit, "the list of chats").await;
    let pages = 1_000.min(m.messages.min(ENDED) / 50 / 2) / 2 * 2;
    let deep = m.product.cursor_behind("chats", (pages - 2) * 50).await;
    let deep = m.product.asked([page("DeepChatPage", &deep)]);
    let compared = m.bench.compare(&[&ours, &limit, &deep], 16, 5).await;
    let [ours, best, deep] = compared.try_into().expect("three sides");
    m.table.ratio("list of chats: CPU a request", (ours.cpu(), best.cpu()), "ms", AtMost(1.3));
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
    m.table.ratio(&format!("list of chats: CPU, page {pages} to page 1"), (deep.cpu(), ours.cpu()), "ms", AtMost(1.3));
    let (statements, requests) = m.product.statements("ChatPage").await;
    m.table.number("list of chats: SQL statements", statements / requests, "", AtMost(5.0));
}

/// What a line costs where few chats are open and where many are, how long it takes to the other side, and whether all come.
pub async fn open_chats(m: &mut Measuring) {
    let mut each = Vec::new();
    for open in OPEN {
        let (waits, cost, memory, lost) = talk(m, open).await;
        m.table.number(&format!("{open} open chats, 200 lines/s: p50"), percentile(&waits, 50), "ms", Any);
        m.table.number("  p99, from sending to the other side", percentile(&waits, 99), "ms", AtMost(150.0));
        m.table.number("  lines that did not come", lost as f64, "", AtMost(0.0));
        m.table.number("  memory of the server", memory, "MB", AtMost(MEMORY));
        each.push(cost);
    }
    m.table.ratio(
        "a line with 1000 chats open to one with 20: CPU of the server",
        (each[1], each[0]),
        "ms",
        AtMost(2.0),
    );
}

/// An open chat, and who listens.
struct Open {
    id: String,
    token: String,
}

/// Opens so many chats, listens from both sides and writes the lines by turns; returns how long each took to the other side, the
/// server's milliseconds a line, its memory, and how many lines one of the sides never got.
async fn talk(m: &Measuring, open: usize) -> (Vec<Duration>, f64, f64, usize) {
    let (port, base) = (m.product.server().port(), m.product.server().base().to_owned());
    let mut connection = Connection::open(port).await;
    let mut chats = Vec::new();
    for n in 0..open {
        let input = json!({ "name": format!("Visitor {n}"), "email": format!("open{open}x{n}@visitor.example"), "content": "Hello?" });
        let receipt = asked(&mut connection, None, START, input, "startChat").await["receipt"].clone();
        let text = |name: &str| receipt[name].as_str().expect("a receipt").to_owned();
        let chat = Open { id: text("chatId"), token: text("chatToken") };
        asked(&mut connection, Some(m.product.token()), CLAIM, json!({ "chatId": chat.id }), "claimChat").await;
        chats.push(chat);
    }
    let (heard, mut hears) = mpsc::unbounded_channel();
    let (here, mut listening) = mpsc::unbounded_channel();
    for chat in &chats {
        for token in [Some(&chat.token), None] {
            let signed_in = token.is_none().then(|| m.product.token());
            let mut socket = Socket::connect(&base, signed_in).await;
            socket.subscribe("chat", LISTEN, json!({ "chatId": chat.id, "chatToken": token })).await;
            let (heard, here, is_visitor) = (heard.clone(), here.clone(), token.is_some());
            tokio::spawn(async move {
                let mut here = Some(here);
                while let Some(frame) = socket.next_or_closed(Duration::from_secs(3_600)).await {
                    // How the chat began comes first: then whoever listens is heard of.
                    drop(here.take());
                    let lines = frame.payload.pointer("/data/chatEvents/lines").and_then(Value::as_array);
                    let texts = lines.into_iter().flatten().filter_map(|line| line["content"].as_str());
                    for number in texts.filter_map(|text| text.strip_prefix("line ")?.parse::<usize>().ok()) {
                        if heard.send((number, is_visitor, Instant::now())).is_err() {
                            return;
                        }
                    }
                }
            });
        }
    }
    drop(here);
    // Each lets go of its end when it has heard how its chat began.
    let nobody: Option<()> = listening.recv().await;
    assert!(nobody.is_none());

    let before = cpu::of_process(m.product.server().pid());
    let start = Instant::now() + Duration::from_millis(100);
    let due = |line: usize| start + Duration::from_millis(line as u64 * EVERY);
    let senders = (0..CONNECTIONS).map(|number| {
        let requests: Vec<_> = (number..LINES)
            .step_by(CONNECTIONS)
            .map(|line| {
                let chat = &chats[line % chats.len()];
                let is_visitor = by_visitor(line, chats.len());
                let token = is_visitor.then_some(&chat.token);
                let input = json!({ "chatId": chat.id, "chatToken": token, "content": format!("line {line}") });
                let body = json!({ "query": SEND, "variables": { "input": input } }).to_string();
                (due(line), load::post("/graphql", (!is_visitor).then(|| m.product.token()), &body))
            })
            .collect();
        tokio::spawn(async move {
            let mut connection = Connection::open(port).await;
            for (due, request) in requests {
                tokio::time::sleep_until(due.into()).await;
                connection.exchange(&request).await;
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.expect("a sender");
    }
    let mut arrived = HashMap::new();
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    while arrived.len() < LINES * 2 {
        let Ok(Some((line, is_visitor, at))) = tokio::time::timeout_at(end, hears.recv()).await else { break };
        arrived.insert((line, is_visitor), at);
    }
    let cost = (cpu::of_process(m.product.server().pid()) - before) * 1000.0 / LINES as f64;
    let memory = cpu::resident_mb(m.product.server().pid());
    let lost = LINES * 2 - arrived.len();
    let mut waits: Vec<_> = (0..LINES)
        .filter_map(|line| {
            let other = arrived.get(&(line, !by_visitor(line, chats.len())))?;
            Some(other.saturating_duration_since(due(line)))
        })
        .collect();
    waits.sort_unstable();
    (waits, cost, memory, lost)
}

/// Whether the visitor writes this line: each side every second one of its chat.
fn by_visitor(line: usize, chats: usize) -> bool {
    (line / chats).is_multiple_of(2)
}

/// What came of a mutation.
async fn asked(connection: &mut Connection, token: Option<&str>, query: &str, input: Value, name: &str) -> Value {
    let body = json!({ "query": query, "variables": { "input": input } }).to_string();
    let answer: Value =
        serde_json::from_slice(connection.exchange(&load::post("/graphql", token, &body)).await).expect("JSON");
    answer["data"][name].clone()
}

/// The times of 30 days of a service that 20 people hold, who have 5,000 bookings.
pub async fn slots(m: &mut Measuring) {
    m.database.psql(&include_str!("data/bookings.sql").replace("{schema}", &format!("\"{}\"", m.schema)));
    settle(&m.database);
    let ask = |sql: &str| m.database.psql(sql);
    let service = ask("SELECT 'svc_' || replace(md5('service')::uuid::text, '-', '')");
    let (from, to) = (ask("SELECT current_date + 1"), ask("SELECT current_date + 30"));
    let query = "query Slots($service: ID!, $from: Date!, $to: Date!) { availableSlots(serviceId: $service, from: $from, to: $to) { startsAt } }";
    let asked = m.product.asked([(query.into(), json!({ "service": service, "from": from, "to": to }))]);
    let found: Value =
        serde_json::from_slice(Connection::open(asked.port).await.exchange(&asked.requests[0]).await).expect("JSON");
    let free = found["data"]["availableSlots"].as_array().expect("times").len();
    m.table.number("available slots: times found", free as f64, "", AtLeast(1.0));
    // The first has read the company's settings too.
    let before = m.product.statements("Slots").await;
    let cost = m.bench.compare(&[&asked], 4, 3).await[0];
    m.table.number("available slots, 20 people, 30 days, 5000 bookings: CPU", cost.cpu(), "ms", AtMost(10.0));
    m.table.number("  of it PostgreSQL's", cost.database, "ms", Any);
    let after = m.product.statements("Slots").await;
    let each = (after.0 - before.0) / (after.1 - before.1);
    m.table.number("available slots: SQL statements", each, "", AtMost(3.0));
}
