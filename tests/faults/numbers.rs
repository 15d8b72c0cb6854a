//! `kill -9` of the server while tickets are made.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::running::{Site, enter};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, Cluster, PATIENCE, both, chance, until};

/// How many make tickets, and how often the server is killed under them.
const WRITERS: usize = 6;
const CRASHES: usize = 5;
const MAKE: &str =
    "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { number } errors { code } } }";

/// Makes one ticket after the other, each until it is acknowledged; returns their numbers.
async fn keeps_making(staff: Client, who: usize, made: Arc<AtomicUsize>, over: Arc<AtomicBool>) -> Vec<String> {
    let mut numbers = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let input = json!({ "title": format!("{who}-{}", numbers.len()), "description": "D" });
        // Whatever gets no answer is asked for again, with its key.
        let keyed = staff.idempotency_key(&format!("{who}-{}", numbers.len()));
        loop {
            let answer = keyed.try_run(MAKE, json!({ "input": input })).await;
            let number = answer.ok().map(|answer| answer.json["data"]["createTicket"]["ticket"]["number"].clone());
            if let Some(Value::String(number)) = number {
                numbers.push(number);
                made.fetch_add(1, Ordering::Relaxed);
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        sleep(Duration::from_millis(5)).await;
    }
    numbers
}

both! {
    /// Whenever the server dies, none of the numbers of the tickets that are there is there twice, each that was acknowledged is among
    /// them, and no more are missing than were being taken; and those are given to the next ones.
    async fn no_number_is_left_out_or_given_twice(backend) {
        let cluster = (backend == Backend::Postgres).then(|| Cluster::private(true));
        let site = cluster.as_ref().map_or_else(Site::on_disk, |cluster| Site::on(cluster.database()));
        let mut server = site.serve_with(site.options().env("FRONTDESK_LISTEN", format!("127.0.0.1:{}", chance::port()))).await;
        let staff = enter(&Client::new(server.base()), ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let (made, over, mut writers) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)), JoinSet::new());
        for who in 0..WRITERS {
            writers.spawn(keeps_making(staff.clone(), who, Arc::clone(&made), Arc::clone(&over)));
        }
        let goes_on = async || {
            let before = made.load(Ordering::Relaxed);
            let more = async || (made.load(Ordering::Relaxed) > before + WRITERS).then_some(());
            until("tickets are made", PATIENCE, more).await;
        };
        goes_on().await;
        for _ in 0..CRASHES {
            sleep(Duration::from_millis(200 + u64::from(u16::from_be_bytes(chance::bytes())) % 500)).await;
            server.kill9().await;
            // As whoever looks right after the crash finds it.
            let there = site.look(Some("main"), "SELECT number FROM tickets ORDER BY position").await;
            no_more_missing_than(WRITERS, &there);
            server.restart().await;
            goes_on().await;
        }
        over.store(true, Ordering::Relaxed);
        let mut acknowledged = writers.join_all().await.concat();
        // What is missing yet the next ones get.
        let staff = &staff;
        for n in 0..WRITERS {
            let made = staff.run(MAKE, json!({ "input": { "title": format!("last {n}"), "description": "D" } })).await.ok();
            acknowledged.push(made.string("createTicket.ticket.number"));
        }
        acknowledged.sort_unstable();
        let there = site.look(Some("main"), "SELECT number FROM tickets ORDER BY position").await;
        no_more_missing_than(0, &there);
        // What was asked for again under its key is one ticket, however often it took.
        assert_eq!(acknowledged, there);
        assert!(there.len() > WRITERS * CRASHES, "there was something to lose: {}", there.len());
    }
}

/// The numbers of one year, from the first on, each once and all but so many.
#[track_caller]
fn no_more_missing_than(most: usize, numbers: &[String]) {
    let each: Vec<usize> = numbers.iter().map(|number| number[9..].parse().expect("a number")).collect();
    assert!(each.is_sorted_by(|one, next| one < next), "{numbers:?}");
    let missing = each.last().expect("a ticket") - each.len();
    assert!(missing <= most, "{missing} are missing: {numbers:?}");
}
