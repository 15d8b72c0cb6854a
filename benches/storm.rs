//! Knowing who asks: what `viewer` costs, and what becomes of everybody else while two hundred people sign in at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Measuring;
use super::load::{self, Connection, percentile};
use super::product;
use super::side::Side;
use super::table::Goal::{AtLeast, AtMost, None as Any};

/// Attempts under way at any time.
const ATTEMPTS: usize = 200;
/// Connections of the people who work meanwhile.
const WORKING: usize = 4;

const VIEWER: &str = "query Viewer { viewer { user { id name email } permissions tenant { name } } }";
const SIGN_IN: &str =
    "mutation SignIn($input: SignInInput!) { signIn(input: $input) { session { accessToken } errors { code } } }";

/// `viewer` against the inbox page, in requests for a second of CPU.
pub async fn viewer(m: &mut Measuring) {
    let viewer = m.product.asked([(VIEWER.to_owned(), Value::Null)]);
    let page = m.product.asked([product::page("InboxPage", &Value::Null)]);
    let [viewer, page] = super::reads::two(m.bench.compare(&[&viewer, &page], 16, 3).await);
    let each_second = |cost: super::side::Cost| 1000.0 / cost.cpu();
    let both = (each_second(viewer), each_second(page));
    m.table.ratio("viewer: requests a CPU second, to the inbox page", both, "/s", AtLeast(8.0));
    let (statements, requests) = m.product.statements("Viewer").await;
    m.table.number("viewer: SQL statements", statements / requests, "", AtMost(0.1));
}

/// The p99 of other requests, of all together and of each kind, alone and while 200 sign-ins are under way all the time.
pub async fn sign_in_storm(m: &mut Measuring) {
    let viewer = m.product.asked([(VIEWER.to_owned(), Value::Null)]);
    let page = m.product.asked([product::page("InboxPage", &Value::Null)]);
    let both = m.product.asked([(VIEWER.to_owned(), Value::Null), product::page("InboxPage", &Value::Null)]);
    // The goal is for what people do; the kinds tell where it goes. A hash has a low priority and still keeps its processor
    // until the next tick, which a request of half a millisecond feels most.
    for (name, side, goal) in [
        ("viewer and inbox page", &both, AtMost(3.0)),
        ("viewer alone", &viewer, Any),
        ("inbox page alone", &page, Any),
    ] {
        p99(side, m.bench.time / 2).await;
        let alone = p99(side, m.bench.time * 2).await;
        let storm = Storm::begin(side.port);
        let during = p99(side, m.bench.time * 2).await;
        let (answered, turned_away) = storm.end().await;
        m.table.ratio(&format!("sign-in storm: p99 of {name}, to p99 alone"), (during, alone), "ms", goal);
        let seconds = (m.bench.time * 2).as_secs_f64();
        m.table.number("  sign-ins checked meanwhile", answered as f64 / seconds, "/s", Any);
        m.table.number("  sign-ins told to come back", turned_away as f64 / seconds, "/s", Any);
    }
}

/// The p99 of requests over a few connections, in milliseconds.
pub(crate) async fn p99(side: &Side, time: Duration) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..WORKING)
        .map(|_| {
            let (port, requests) = (side.port, Arc::clone(&side.requests));
            tokio::spawn(async move {
                let mut connection = Connection::open(port).await;
                let mut latencies = Vec::new();
                let mut turns = requests.iter().cycle();
                while let (true, Some(request)) = (start.elapsed() < time, turns.next()) {
                    let sent = Instant::now();
                    connection.exchange(request).await;
                    latencies.push(sent.elapsed());
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.expect("a connection that works"));
    }
    latencies.sort_unstable();
    percentile(&latencies, 99)
}

/// Attempts to sign in with wrong passwords, so many at a time.
struct Storm(Vec<tokio::task::JoinHandle<()>>, Arc<[std::sync::atomic::AtomicUsize; 2]>);

impl Storm {
    fn begin(port: u16) -> Self {
        let counts = Arc::<[std::sync::atomic::AtomicUsize; 2]>::default();
        let attempts = (0..ATTEMPTS).map(|n| {
            let counts = Arc::clone(&counts);
            let input = json!({ "email": format!("storm{n}@example.com"), "password": "guess guess guess" });
            let body = json!({ "query": SIGN_IN, "variables": { "input": input } }).to_string();
            tokio::spawn(async move {
                let request = load::post("/graphql", None, &body);
                let mut connection = Connection::open(port).await;
                loop {
                    let busy = connection.exchange_any(&request).await.windows(11).any(|part| part == b"UNAVAILABLE");
                    counts[usize::from(busy)].fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            })
        });
        Self(attempts.collect(), counts)
    }

    /// How many were checked, and how many were told to come back.
    async fn end(self) -> (usize, usize) {
        for attempt in &self.0 {
            attempt.abort();
        }
        for attempt in self.0 {
            assert!(attempt.await.is_err_and(|error| error.is_cancelled()), "an attempt was not answered");
        }
        let [checked, busy] = &*self.1;
        (checked.load(std::sync::atomic::Ordering::Relaxed), busy.load(std::sync::atomic::Ordering::Relaxed))
    }
}
