//! The audit trail: what was done to one thing among a million rows, and an exported trail proved with the file and the public key
//! alone.

use std::time::Instant;

use serde_json::{Value, json};

use crate::product;
use crate::reads::same;
use crate::support::server::frontdesk;
use crate::table::Goal::{AtLeast, AtMost, None as Any};
use crate::{Measuring, setting, settle};

/// Whose rows are read, and how many it has.
const THING: &str = "00000000-0000-4000-8000-000000000001";
const OF_THING: u64 = 60_000;

/// Columns of a row as a reply leaves it: what was before and after, who, when.
const COLUMNS: &str = "id, at, kind, severity, success, actor_kind, actor_id, request_id, resource_kind, resource_id, old_values, \
    new_values, action, metadata";
const VALUES: &str = "'message.replied', 'low', true, 'staff', gen_random_uuid(), 'req-' || n, 'Message'";
const REST: &str = "'{\"status\": \"NEW\"}', '{\"status\": \"REPLIED\", \"reply\": \"rpl_0190a5f0000070008000000000000000\"}', 'update', \
    '{\"transport\": \"http\", \"operation\": \"Reply\"}'";

/// SQL that writes so many rows, each with a time and place in the trail but in no chain yet; `age` is how long ago, by `n`.
pub(crate) fn written(schema: &str, rows: u64, age: &str) -> String {
    format!(
        "SET synchronous_commit = off; CREATE TEMPORARY TABLE made AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, {rows}) AS n; \
         INSERT INTO {schema}.audit_logs ({COLUMNS}, actor_key, actor_sealed, values_key, values_sealed) \
         SELECT id, now() - ({age}), {VALUES}, gen_random_uuid(), {REST}, gen_random_uuid(), \
            decode(repeat('ab', 120), 'hex'), gen_random_uuid(), decode(repeat('cd', 200), 'hex') FROM made; \
         INSERT INTO {schema}.outbox (id, topic, kind, at, payload) \
         SELECT id, 'inbox', 'message.replied', now() - interval '2 days', '{{}}' FROM made ORDER BY n"
    )
}

/// Runs a command beside the server; returns what it printed and how long it took.
pub(crate) fn run(url: Option<&str>, args: &[&str]) -> (String, f64) {
    let mut command = frontdesk(args.iter().copied());
    if let Some(url) = url {
        command.env("FRONTDESK_DATABASE_URL", url).env("FRONTDESK_SECRET_KEY", product::key());
    }
    let started = Instant::now();
    let out = command.output().expect("frontdesk starts");
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    (String::from_utf8_lossy(&out.stdout).into_owned(), started.elapsed().as_secs_f64())
}

fn page(name: &str, after: &Value) -> (String, Value) {
    let query = format!(
        "query {name}($thing: ID!, $after: String) {{ auditLogs(first: 50, after: $after, filter: {{ resourceId: $thing }}) {{ nodes {{
         id at eventType severity success actorKind action resourceType resourceId oldValues newValues requestId sequence hash
         }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    (query, json!({ "thing": THING, "after": after }))
}

/// What was done to one thing among `BENCH_AUDIT` rows (1,000,000), against one statement that builds the same JSON, and a page far
/// down.
pub async fn history(m: &mut Measuring) {
    let (rows, schema) = (setting("BENCH_AUDIT", 1_000_000), m.schema.clone());
    let every = (rows / OF_THING).max(1);
    m.database.psql(&format!(
        "SET synchronous_commit = off; INSERT INTO {schema}.audit_logs ({COLUMNS}) \
         SELECT gen_random_uuid(), now() - interval '300 days' + n * interval '1 second', {VALUES}, \
            CASE WHEN n % {every} = 0 THEN '{THING}'::uuid ELSE gen_random_uuid() END, {REST} FROM generate_series(1, {rows}) AS n"
    ));
    settle(&m.database);
    let ours = m.product.asked([page("TrailPage", &Value::Null)]);
    let limit = m.limit_asked("/trail", [String::new()]);
    same(&ours, &limit, "the trail of one thing").await;
    let pages = 1_000.min(rows / every / 50 / 2) / 2 * 2;
    let deep = m
        .product
        .cursor_in(
            &format!("auditLogs(first: 100, after: $after, filter: {{ resourceId: \"{THING}\" }})"),
            (pages - 2) * 50,
        )
        .await;
    let deep = m.product.asked([page("DeepTrailPage", &deep)]);
    let compared = m.bench.compare(&[&ours, &limit, &deep], 16, 5).await;
    let [ours, best, deep] = compared.try_into().expect("three sides");
    let what = format!("trail of one thing among {rows} rows: CPU");
    m.table.ratio(&what, (ours.cpu(), best.cpu()), "ms", AtMost(2.0));
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
    m.table.ratio(
        &format!("trail of one thing: CPU, page {pages} to page 1"),
        (deep.cpu(), ours.cpu()),
        "ms",
        AtMost(1.3),
    );
    let (statements, requests) = m.product.statements("TrailPage").await;
    m.table.number("trail of one thing: SQL statements", statements / requests, "", Any);
    // Nobody wrote them, so they are in no chain, and the trail would not be whole with them.
    m.database.psql(&format!(
        "ALTER TABLE {schema}.audit_logs DISABLE TRIGGER USER; DELETE FROM {schema}.audit_logs WHERE request_id LIKE 'req-%'; \
         ALTER TABLE {schema}.audit_logs ENABLE TRIGGER USER"
    ));
    settle(&m.database);
}

/// Makes `BENCH_TRAIL` rows (300,000), links, exports and proves them. No server may run before: it would link them meanwhile.
pub fn proof(m: &mut Measuring, url: &str) {
    let (rows, schema) = (setting("BENCH_TRAIL", 300_000), m.schema.clone());
    m.database.psql(&written(&schema, rows, "interval '2 days' - n * interval '1 millisecond'"));
    verify(m, url);
}

/// Links rows, exports them and proves the file.
fn verify(m: &mut Measuring, url: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("trail.jsonl");
    let file = file.to_str().expect("a path");
    // Sealed first, so that neither figure has it.
    run(Some(url), &["audit", "verify"]);
    let (said, seconds) = run(Some(url), &["audit", "export", "--file", file]);
    let rows: f64 = said.split(' ').next().and_then(|rows| rows.parse().ok()).expect("a number of rows");
    m.table.number("rows of the audit trail exported in a second", rows / seconds, "", Any);
    let (key, _) = run(Some(url), &["audit", "key"]);
    let key = key.lines().next().expect("a key").to_owned();
    let (_, seconds) = run(None, &["audit", "verify", "--file", file, "--public-key", &key]);
    m.table.number("rows of an exported trail proved in a second", rows / seconds, "", AtLeast(100_000.0));
}
