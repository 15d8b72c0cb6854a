//! Proving an exported audit trail, with the file and the public key alone.

use std::time::Instant;

use crate::support::server::frontdesk;
use crate::table::Goal;
use crate::{Measuring, product};

/// So many rows.
const ROWS: u32 = 300_000;

/// Runs a command beside the server; returns what it printed and how long it took.
fn run(url: Option<&str>, args: &[&str]) -> (String, f64) {
    let mut command = frontdesk(args.iter().copied());
    if let Some(url) = url {
        command.env("FRONTDESK_DATABASE_URL", url).env("FRONTDESK_SECRET_KEY", product::key());
    }
    let started = Instant::now();
    let out = command.output().expect("frontdesk starts");
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    (String::from_utf8_lossy(&out.stdout).into_owned(), started.elapsed().as_secs_f64())
}

/// Makes rows, exports them and proves the file. The server must not run: it would link them meanwhile.
pub fn verify(m: &mut Measuring, url: &str) {
    let schema = &m.schema;
    // As a reply leaves them: values after, who, when, and what is sealed of them.
    m.database.psql(&format!(
        "CREATE TEMPORARY TABLE made AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, {ROWS}) AS n; \
         INSERT INTO {schema}.audit_logs (id, at, kind, severity, success, actor_kind, actor_id, request_id, resource_kind, resource_id, \
            old_values, new_values, action, metadata, actor_key, actor_sealed, values_key, values_sealed) \
         SELECT id, now() - interval '2 days', 'message.replied', 'low', true, 'staff', gen_random_uuid(), 'req-' || n, 'Message', \
            gen_random_uuid(), '{{\"status\": \"NEW\"}}', '{{\"status\": \"REPLIED\", \"reply\": \"rpl_0190a5f0000070008000000000000000\"}}', \
            'create', '{{\"transport\": \"http\", \"operation\": \"Reply\"}}', gen_random_uuid(), decode(repeat('ab', 120), 'hex'), \
            gen_random_uuid(), decode(repeat('cd', 200), 'hex') FROM made; \
         INSERT INTO {schema}.outbox (id, topic, kind, at, payload) \
         SELECT id, 'inbox', 'message.replied', now() - interval '2 days', '{{}}' FROM made ORDER BY n"
    ));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("trail.jsonl");
    let file = file.to_str().expect("a path");
    // Sealed first, so that neither figure has it.
    run(Some(url), &["audit", "verify"]);
    let (said, seconds) = run(Some(url), &["audit", "export", "--file", file]);
    let rows: f64 = said.split(' ').next().and_then(|rows| rows.parse().ok()).expect("a number of rows");
    m.table.number("rows of the audit trail exported in a second", rows / seconds, "", Goal::None);
    let (key, _) = run(Some(url), &["audit", "key"]);
    let key = key.lines().next().expect("a key").to_owned();
    let (_, seconds) = run(None, &["audit", "verify", "--file", file, "--public-key", &key]);
    m.table.number("rows of an exported trail proved in a second", rows / seconds, "", Goal::AtLeast(100_000.0));
}
