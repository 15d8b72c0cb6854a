//! All chats as CSV, against `COPY TO` of the same columns.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::source::CHATS;
use super::{PATIENCE, Synced};
use crate::cpu;
use crate::table::Goal::{AtLeast, AtMost, None as Any};

/// What the server may hold above what it has when it has nothing to do, in MB.
const MEMORY: f64 = 64.0;
/// What passwords took while somebody signed in goes back to the system for so long.
const REST: Duration = Duration::from_secs(5);

const REQUEST: &str =
    "mutation Request { requestExport(input: { type: CHATS, format: CSV }) { export { id } errors { message path } } }";
const SEE: &str = "query See($id: ID!) { export(id: $id) { status recordCount rowsWritten size error completedAt } }";

/// The same columns in the same order.
const COLUMNS: &str = "SELECT 'bch_' || replace(c.id::text, '-', ''), c.b2chat_id, c.status, c.source_status, c.provider, \
    c.source_provider, c.priority, a.name, d.name, k.full_name, k.mobile, c.alias, c.topic, \
    (SELECT string_agg(t, '; ') FROM jsonb_array_elements_text(c.tags::jsonb) t), c.unread_count, c.message_count, c.is_agent_available, \
    c.created_at, c.opened_at, c.picked_up_at, c.response_at, c.closed_at, extract(epoch FROM c.response_at - c.created_at), \
    extract(epoch FROM c.response_at - c.opened_at), extract(epoch FROM c.picked_up_at - c.opened_at), \
    extract(epoch FROM c.closed_at - c.created_at), c.duration_seconds, c.source_duration_seconds, c.resolution_note, c.viewer_url, \
    nullif(c.unknown_fields::text, '{}'), c.last_modified_at, c.is_deleted, c.deleted_at, c.last_sync_at, c.sync_version \
    FROM {schema}.b2chat_chats c LEFT JOIN {schema}.b2chat_agents a ON a.id = c.agent_id \
    LEFT JOIN {schema}.b2chat_departments d ON d.id = c.department_id LEFT JOIN {schema}.b2chat_contacts k ON k.id = c.contact_id \
    WHERE NOT c.is_deleted ORDER BY c.created_at, c.id";

/// Asks for the export and waits for it.
pub async fn csv(s: &mut Synced) {
    let rows = s.year * CHATS;
    tokio::time::sleep(REST).await;
    let pid = s.product.server().pid();
    let idle = cpu::resident_mb(pid);
    cpu::forget_peak(pid);
    let (began, before) = (Instant::now(), (cpu::of_process(pid), cpu::of_cluster(s.bench.postmaster)));
    let asked = s.product.client().run(REQUEST, Value::Null).await.ok();
    let id = asked.string("requestExport.export.id");
    let mut written = 0;
    let done = loop {
        let export = s.product.client().run(SEE, json!({ "id": id })).await.ok().data("export").clone();
        let now = export["rowsWritten"].as_i64().expect("a count");
        assert!(now >= written, "{written} rows were written, and then {now}");
        written = now;
        if !export["completedAt"].is_null() {
            break export;
        }
        assert!(began.elapsed() < PATIENCE, "the export is not over: {export}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let (seconds, after) = (began.elapsed().as_secs_f64(), (cpu::of_process(pid), cpu::of_cluster(s.bench.postmaster)));
    let memory = cpu::peak_mb(pid) - idle;
    assert_eq!((&done["status"], &done["recordCount"]), (&json!("COMPLETED"), &json!(rows)), "{done}");

    let file = format!("{}/chats.csv", s.database.psql("SHOW data_directory"));
    let copy = format!("COPY ({}) TO '{file}' WITH (FORMAT csv, HEADER)", COLUMNS.replace("{schema}", &s.schema));
    // Twice: the first has it in memory, as the export had it after the counting.
    s.database.psql(&copy);
    let (copying, before_copy) = (Instant::now(), cpu::of_cluster(s.bench.postmaster));
    s.database.psql(&copy);
    let (copied, of_copy) = (copying.elapsed().as_secs_f64(), cpu::of_cluster(s.bench.postmaster) - before_copy);
    std::fs::remove_file(&file).expect("the file is there");

    let rate = (rows as f64 / seconds, rows as f64 / copied);
    s.table.ratio(&format!("export of {rows} chats as CSV, to COPY: rows"), rate, "/s", AtLeast(0.3));
    let each = |seconds: f64| seconds * 1_000_000.0 / rows as f64;
    let (server, database) = (each(after.0 - before.0), each(after.1 - before.1));
    s.table.ratio("  CPU of a thousand rows", (server + database, each(of_copy)), "ms", Any);
    s.table.number("  of it the server's", server, "ms", Any);
    s.table.number("  memory above idle", memory, "MB", AtMost(MEMORY));
    s.table.number("  size of the file", done["size"].as_f64().unwrap_or(f64::NAN) / 1_048_576.0, "MiB", Any);
}
