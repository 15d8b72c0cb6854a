//! The audit trail of years moves into archives: as fast as it goes, and as fast as is usual while others read the inbox. On a
//! database of its own, since a trail goes from its beginning.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::product::{self, Product};
use crate::side::Bench;
use crate::storm::p99;
use crate::support::Cluster;
use crate::table::Goal::{AtLeast, AtMost, None as Any};
use crate::table::Table;
use crate::{seed, setting, settle, trail};

/// Messages of the inbox that is read.
const MESSAGES: u64 = 10_000;
/// As fast as a setting lets it.
const PACE: u64 = 1_000_000;

/// `BENCH_ARCHIVE` rows (1,000,000) of years ago: one half is archived by itself, the other while the inbox is read.
pub async fn all(cluster: &Cluster, bench: Bench, mut table: Table) -> Table {
    let rows = setting("BENCH_ARCHIVE", 1_000_000);
    let database = cluster.database();
    let url = database.url();
    seed(&url, MESSAGES);
    let schema = database.psql("SELECT schema_name FROM public.tenants");
    // What the filling left in the trail is as old as the rest, and linked anew with it.
    database.psql(&format!(
        "ALTER TABLE {schema}.audit_logs DISABLE TRIGGER USER; UPDATE {schema}.audit_logs SET at = at - interval '1001 days'; \
         ALTER TABLE {schema}.audit_logs ENABLE TRIGGER USER; \
         ALTER TABLE {schema}.audit_chain DISABLE TRIGGER USER; DELETE FROM {schema}.audit_chain; \
         ALTER TABLE {schema}.audit_chain ENABLE TRIGGER USER; \
         UPDATE {schema}.outbox SET sequence = NULL; \
         UPDATE {schema}.event_head SET sequence = 0, hash = decode(repeat('00', 32), 'hex')"
    ));
    let age = format!(
        "CASE WHEN n <= {rows} / 2 THEN interval '1000 days' ELSE interval '900 days' END - n * interval '1 second'"
    );
    database.psql(&trail::written(&schema, rows, &age));
    settle(&database);
    // Linked first: what is in no chain is not archived.
    trail::run(Some(&url), &["audit", "verify"]);

    let product = Product::start(&url, true).await;
    let policy = "mutation($days: Int!) { setRetentionPolicy(input: { policy: \"audit_logs\", hotDays: $days }) { errors { message } } }";
    let pace = "mutation($rows: JSON!) { setSetting(input: { key: \"retention.rows_per_second\", value: $rows }) { errors { message } } }";
    product.answered(policy, json!({ "days": 950 })).await;
    product.answered(pace, json!({ "rows": PACE })).await;
    let (_, rate) = archived(&product, async || tokio::time::sleep(Duration::from_millis(100)).await).await;
    table.number("rows of the trail archived and removed in a second", rate, "", AtLeast(20_000.0));

    product.answered(policy, json!({ "days": 730 })).await;
    let usual = "mutation { resetSetting(input: { key: \"retention.rows_per_second\" }) { errors { message } } }";
    product.answered(usual, Value::Null).await;
    let inbox = product.asked([product::page("InboxPage", &Value::Null)]);
    p99(&inbox, bench.time / 2).await;
    let alone = p99(&inbox, bench.time * 5).await;
    // Four who read as fast as they are answered are the worst that others can do to it, and it to them.
    let (mut during, rate) = archived(&product, async || p99(&inbox, Duration::from_secs(1)).await).await;
    during.sort_unstable_by(f64::total_cmp);
    table.number("  while four read the inbox without a pause", rate, "", Any);
    table.ratio("  p99 of their pages meanwhile, to p99 alone", (during[during.len() / 2], alone), "ms", AtMost(1.5));
    product.server().kill9().await;
    table
}

/// Has the trail archived, does something again and again meanwhile, and returns what came of that and how many rows went in a second.
async fn archived<T>(product: &Product, meanwhile: impl AsyncFn() -> T) -> (Vec<T>, f64) {
    let retention =
        "mutation { runRetention(input: { policies: [\"audit_logs\"] }) { run { id } errors { message } } }";
    let started = Instant::now();
    let run = product.answered(retention, Value::Null).await["runRetention"]["run"]["id"].clone();
    let state = "query($run: ID!) { retentionRun(id: $run) { status error rowsArchived } }";
    let mut all = Vec::new();
    loop {
        all.push(meanwhile().await);
        let found = product.answered(state, json!({ "run": run })).await["retentionRun"].clone();
        assert_ne!(found["status"], "FAILED", "{found}");
        if found["status"] == "COMPLETED" {
            let rows = found["rowsArchived"].as_f64().expect("a number");
            assert!(rows > 0.0, "nothing was archived");
            return (all, rows / started.elapsed().as_secs_f64());
        }
    }
}
