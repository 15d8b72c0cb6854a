//! Service levels: what clocks of open tickets cost while none of them is due, and how soon one that is due is told of.

use std::time::{Duration, Instant};

use super::cpu;
use super::product::Product;
use super::table::Goal::{AtMost, None as Any};
use super::{Measuring, settle};

/// Open tickets with a policy.
const TICKETS: u64 = 100_000;
/// So many of them are due, a few each second.
const DUE: u64 = 200;
/// After so many seconds the first of them is, and the last so many later.
const FIRST: u64 = 20;
const SPREAD: u64 = 10;
/// How long what clocks cost at rest is looked at.
const REST: Duration = Duration::from_secs(10);
/// How long it is waited for the last.
const PATIENCE: Duration = Duration::from_mins(2);

/// Clocks of open tickets, of which some are due soon.
pub async fn due(m: &mut Measuring, url: &str) {
    let tickets = TICKETS.min(m.messages);
    let schema = format!("\"{}\"", m.schema);
    let filled = include_str!("data/timers.sql").replace("{tickets}", &tickets.to_string());
    let filled = filled.replace("{due}", &DUE.to_string()).replace("{first}", &FIRST.to_string());
    m.database.psql(&filled.replace("{spread}", &SPREAD.to_string()).replace("{schema}", &schema));
    settle(&m.database);
    // The first is due in so long from here.
    let begun = 3_600 - FIRST;
    m.database.psql(&format!(
        "UPDATE {schema}.ticket_clocks SET started_at = started_at + lag, due_at = due_at + lag, next_at = next_at + lag \
         FROM (SELECT now() - min(started_at) - interval '{begun} seconds' AS lag FROM {schema}.ticket_clocks) l"
    ));
    let product = Product::start(url, true).await;
    let pid = product.server().pid();
    let looked = || {
        let sql = format!(
            "SELECT pg_stat_clear_snapshot(), coalesce(seq_scan, 0) FROM pg_stat_user_tables \
             WHERE relid = '{schema}.ticket_clocks'::regclass"
        );
        m.database.psql(&sql).trim_start_matches('|').parse::<f64>().expect("a number")
    };
    // What is done once, when a process begins, is none of it.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (scans, spent) = (looked(), cpu::of_process(pid) + cpu::of_cluster(m.bench.postmaster));
    tokio::time::sleep(REST).await;
    let (scans, spent) = (looked() - scans, cpu::of_process(pid) + cpu::of_cluster(m.bench.postmaster) - spent);
    m.table.number(
        &format!("{tickets} open tickets with a service level: scans of their clocks at rest"),
        scans,
        "",
        AtMost(0.0),
    );
    m.table.number("  CPU of the server and PostgreSQL a second", spent * 1_000.0 / REST.as_secs_f64(), "ms", Any);
    let told = format!("SELECT count(*) FROM {schema}.outbox WHERE kind = 'ticket.service_level_breached'");
    let began = Instant::now();
    while m.database.psql(&told).parse() != Ok(DUE) {
        assert!(began.elapsed() < PATIENCE, "{} of {DUE} are told of", m.database.psql(&told));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let late = m.database.psql(&format!(
        "SELECT max(extract(epoch FROM o.at - (o.payload ->> 'due_at')::timestamptz)) FROM {schema}.outbox o \
         WHERE kind = 'ticket.service_level_breached'"
    ));
    m.table.number("  a breach is told after at most", late.parse().expect("a number"), "s", AtMost(5.0));
    product.server().kill9().await;
}
