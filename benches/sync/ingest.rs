//! Chats and messages a second through the synchronisation's own write path, against raw `COPY` of the same rows.

use std::time::{Duration, Instant};

use chrono::Days;
use serde_json::{Value, json};

use super::source::{CHATS, MESSAGES, Source};
use super::{PATIENCE, Synced};
use crate::cpu;
use crate::table::Goal::{AtLeast, AtMost, None as Any};

/// What the server may hold meanwhile, in MB.
const MEMORY: f64 = 256.0;
/// What is copied: that which there is much of.
const TABLES: [&str; 4] = ["b2chat_contacts", "b2chat_chats", "b2chat_chat_tags", "b2chat_messages"];
/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How often whoever looks signs in again: an access token lasts a quarter of an hour.
const SIGN_IN: Duration = Duration::from_mins(10);

const CONNECT: &str = "mutation Connect($username: String!, $password: String!) { \
    connectB2Chat(input: { username: $username, password: $password }) { errors { message } } }";
const START: &str =
    "mutation Start($input: StartSyncInput!) { startSync(input: $input) { syncRun { id } errors { message path } } }";
const SEE: &str = "query See($id: ID!) { syncRun(id: $id) { status dayCount daysDone incompleteDays recordCount createdCount \
    changedCount failedCount errorMessage completedAt } }";
const COUNTS: [&str; 3] = ["daysDone", "recordCount", "createdCount"];

/// CPU of the server and of PostgreSQL so far, in seconds.
fn spent(s: &Synced) -> (f64, f64) {
    (cpu::of_process(s.product.server().pid()), cpu::of_cluster(s.bench.postmaster))
}

/// A run over all days.
pub async fn run(s: &mut Synced) {
    let source = Source::start(s.first, s.days).await;
    s.set("b2chat.api_url", json!(source.url)).await;
    s.set("b2chat.time_zone", json!("UTC")).await;
    s.set("b2chat.page_size", json!(CHATS)).await;
    let held = json!({ "username": source.username, "password": source.password });
    s.product.client().run(CONNECT, held).await.ok();
    let pages_before = source.gave().0;
    s.database.psql("CHECKPOINT");

    let pid = s.product.server().pid();
    let idle = cpu::resident_mb(pid);
    cpu::forget_peak(pid);
    let (began, before) = (Instant::now(), spent(s));
    let done = followed(s).await;
    let (seconds, after) = (began.elapsed().as_secs_f64(), spent(s));
    let memory = cpu::peak_mb(pid);
    let (chats, rows) = (s.days * CHATS, s.days * CHATS * (1 + MESSAGES));
    let told = (&done["status"], &done["recordCount"], &done["createdCount"], &done["dayCount"], &done["daysDone"]);
    assert_eq!(told, (&json!("SUCCESS"), &json!(chats), &json!(chats), &json!(s.days), &json!(s.days)), "{done}");
    let count = "SELECT (SELECT count(*) FROM {schema}.b2chat_chats) + (SELECT count(*) FROM {schema}.b2chat_messages)";
    assert_eq!(s.count(count), rows as f64, "each is there, and once");

    let thousands = rows as f64 / 1000.0;
    let (server, database) = ((after.0 - before.0) * 1000.0 / thousands, (after.1 - before.1) * 1000.0 / thousands);
    let copied = copied(s, rows as f64);
    let what = format!("synchronisation of {chats} chats with {MESSAGES} messages each, to COPY: rows");
    s.table.ratio(&what, (rows as f64 / seconds, copied.rate), "/s", AtLeast(0.5));
    s.table.ratio("  CPU of a thousand rows", (server + database, copied.database), "ms", Any);
    s.table.number("  of it the server's", server, "ms", Any);
    s.table.ratio("  of it PostgreSQL's", (database, copied.database), "ms", Any);
    s.table.number("  memory of the server at most", memory, "MB", AtMost(MEMORY));
    s.table.number("  of it before it began", idle, "MB", Any);
    // What a job did is told of when it ends.
    s.worked_off(&["analytics_sync.run"]).await;
    tokio::time::sleep(LOOK).await;
    let (pages, bytes) = source.gave();
    let statements = s.product.statements_of_jobs("analytics_sync.run").await;
    let pages = (pages - pages_before) as f64;
    s.table.number("  pages", pages, "", AtMost(s.days as f64));
    s.table.number("  size of a page", bytes as f64 / pages / 1024.0, "KiB", Any);
    s.table.number("  SQL statements a page", statements / pages, "", Any);
    s.counted().await;
    s.table.number("  and until all of it is counted", began.elapsed().as_secs_f64() - seconds, "s", Any);
}

/// Begins the run and looks at it until it is over: what it says of how far it is only grows.
async fn followed(s: &mut Synced) -> Value {
    let last = s.first.checked_add_days(Days::new(s.days - 1)).expect("a day");
    let input = json!({ "entity": "CHATS", "operation": "MANUAL", "from": s.first, "to": last });
    let begun = s.product.client().run(START, json!({ "input": input })).await.ok();
    let id = begun.string("startSync.syncRun.id");
    let (began, mut signed_in, mut counts) = (Instant::now(), Instant::now(), [0; COUNTS.len()]);
    loop {
        if signed_in.elapsed() > SIGN_IN {
            s.product.sign_in().await;
            signed_in = Instant::now();
        }
        let run = s.product.client().run(SEE, json!({ "id": id })).await.ok().data("syncRun").clone();
        for (name, count) in COUNTS.iter().zip(&mut counts) {
            let now = run[name].as_i64().expect("a count");
            assert!(now >= *count, "{name} was {count} and is {now}");
            *count = now;
        }
        if !run["completedAt"].is_null() {
            return run;
        }
        assert!(began.elapsed() < PATIENCE, "the run is not over: {run}");
        tokio::time::sleep(LOOK).await;
    }
}

/// What copying cost: rows a second, and milliseconds of PostgreSQL's CPU for a thousand.
struct Copied {
    rate: f64,
    database: f64,
}

/// Copies the same rows into tables with the same columns, checks and indexes. Chats and messages are counted; what else is copied
/// was written by the synchronisation too.
fn copied(s: &Synced, rows: f64) -> Copied {
    let folder = s.database.psql("SHOW data_directory");
    let file = |table: &str| format!("'{folder}/{table}.copy'");
    s.database.psql("CREATE SCHEMA copied");
    for table in TABLES {
        s.database.psql(&format!("COPY {}.{table} TO {}", s.schema, file(table)));
        s.database.psql(&format!("CREATE TABLE copied.{table} (LIKE {}.{table} INCLUDING ALL)", s.schema));
    }
    s.database.psql("CHECKPOINT");
    let (began, before) = (Instant::now(), spent(s));
    for table in TABLES {
        s.database.psql(&format!("COPY copied.{table} FROM {}", file(table)));
    }
    let (seconds, after) = (began.elapsed().as_secs_f64(), spent(s));
    for table in TABLES {
        std::fs::remove_file(format!("{folder}/{table}.copy")).expect("the file is there");
    }
    s.database.psql("DROP SCHEMA copied CASCADE");
    Copied { rate: rows / seconds, database: (after.1 - before.1) * 1_000_000.0 / rows }
}
