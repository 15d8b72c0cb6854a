//! Somebody listens and does not read: it costs the server nothing, and them nothing but time.

use std::fmt::Write as _;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, SOON, number};
use crate::support::{Server, Socket, both};

const EVENTS: usize = 2000;
const SLEEPERS: usize = 4;
/// What the server may grow by; with everything kept for four sleepers it would be 160 MB.
const ROOM_KB: u64 = 40 * 1024;
/// 20 KB an event: the text of 2 KB, ten times.
const HEAVY: &str = "subscription Heavy($after: String) { inboxEvents(after: $after) { sequence ... on MessageReceived { message {
    id a: content b: content c: content d: content e: content f: content g: content h: content i: content j: content } } } }";

both! {
    /// Four colleagues close their laptops with the inbox open. Two thousand messages come in; another colleague hears of
    /// them all meanwhile. Then one of the four wakes up and gets all of them, in order.
    async fn a_sleeping_colleague_misses_nothing(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut sleepers = Vec::new();
        for _ in 0..SLEEPERS {
            let mut sleeper = Socket::connect(desk.server.base(), Some(&admin.access)).await;
            sleeper.subscribe("heavy", HEAVY, json!({ "after": "0" })).await;
            sleepers.push(sleeper);
        }
        let mut awake = desk.follow(&admin, json!({ "after": "0" })).await;
        twenty(&desk).await;
        for _ in 0..20 {
            awake.next(SOON).await;
        }
        let before = resident_kb(&desk.server);

        let writing = join_all((0..4).map(|_| async {
            for _ in 0..(EVENTS - 20) / 20 / 4 {
                twenty(&desk).await;
            }
        }));
        let hearing = async {
            let mut last = 0;
            for _ in 0..(EVENTS - 20) / 20 / 4 * 4 * 20 {
                let sequence = number(awake.next(SOON).await.data("inboxEvents.sequence"));
                assert!(sequence > last);
                last = sequence;
            }
            last
        };
        let (_, last) = tokio::join!(writing, hearing);
        let grown = resident_kb(&desk.server).saturating_sub(before);
        assert!(grown < ROOM_KB, "the server has grown by {grown} KB");

        let mut sleeper = sleepers.pop().expect("a sleeper");
        let (mut seen, mut at) = (0, 0);
        while at < last {
            let Some(frame) = sleeper.next_or_closed(SOON).await else {
                // Who reads nothing for too long is let go, and comes back where they were.
                sleeper = Socket::connect(desk.server.base(), Some(&admin.access)).await;
                sleeper.subscribe("heavy", HEAVY, json!({ "after": at.to_string() })).await;
                continue;
            };
            let sequence = number(frame.data("inboxEvents.sequence"));
            assert!(sequence > at, "{sequence} after {at}");
            assert_eq!(frame.data("inboxEvents.message.j").as_str().map(str::len), Some(2000));
            (seen, at) = (seen + 1, sequence);
        }
        let all = admin.client.run("{ messages { totalCount } }", Value::Null).await.ok();
        assert_eq!(all.data("messages.totalCount"), &json!(seen), "every message once");
        assert!(seen >= EVENTS - 80);
    }
}

/// Twenty messages in one document.
async fn twenty(desk: &Desk) {
    let mut document = "mutation Many($input: SubmitMessageInput!) {".to_owned();
    for n in 0..20 {
        write!(document, " m{n}: submitMessage(input: $input) {{ errors {{ code }} }}").expect("memory");
    }
    let input = json!({ "name": "Ann", "email": "ann@example.com", "content": "x".repeat(2000) });
    desk.web.run(&(document + " }"), json!({ "input": input })).await.ok();
}

/// What the server holds in memory, as the system counts it.
fn resident_kb(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}
