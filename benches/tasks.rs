//! Work in the background: tasks of artificial intelligence by the rules that come along.

use std::time::{Duration, Instant};

use super::product::Product;
use super::table::Goal::{AtLeast, AtMost, None as Any};
use super::{Measuring, settle};

/// Tasks.
const TASKS: u64 = 10_000;
/// Processes that do them.
const WORKERS: usize = 2;
/// How long they are waited for.
const PATIENCE: Duration = Duration::from_mins(10);

/// Tasks that wait when two processes begin to do them: how many are done in a second, from the first to the last, with all that
/// follows from them, and whether any was done twice or not at all.
pub async fn builtin(m: &mut Measuring, url: &str) {
    let tasks = TASKS.min(m.messages / 5);
    let schema = format!("\"{}\"", m.schema);
    let filled = include_str!("data/tasks.sql").replace("{tasks}", &tasks.to_string());
    m.database.psql(&filled.replace("{schema}", &schema));
    settle(&m.database);
    let mut processes = Vec::new();
    for _ in 0..WORKERS {
        processes.push(Product::start(url, true).await);
    }
    let waiting =
        format!("SELECT count(*) FROM {schema}.jobs WHERE kind = 'crm_leads.run_ai_task' AND state = 'queued'");
    let began = Instant::now();
    while m.database.psql(&waiting) != "0" {
        assert!(began.elapsed() < PATIENCE, "tasks are not done");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let number = |sql: &str| m.database.psql(&sql.replace("{schema}", &schema)).parse::<f64>().unwrap_or(f64::NAN);
    let rate = number(
        "SELECT (count(*) - 1) / extract(epoch FROM max(completed_at) - min(completed_at)) FROM {schema}.ai_tasks WHERE completed_at IS NOT NULL",
    );
    let done = number("SELECT count(*) FROM {schema}.ai_tasks WHERE status = 'completed'");
    let undone = number("SELECT count(*) FROM {schema}.ai_tasks WHERE status <> 'completed'");
    let twice = number(
        "SELECT count(*) - count(DISTINCT resource_id) FROM {schema}.audit_logs WHERE kind = 'ai_task.completed'",
    );
    let leads = number("SELECT count(*) FROM {schema}.leads WHERE source_kind = 'message'");
    m.table.number(&format!("AI tasks by rules, {WORKERS} workers: done in a second"), rate, "/s", AtLeast(1_000.0));
    m.table.number("  tasks done, those that followed among them", done, "", Any);
    m.table.number("  leads that came of them", leads, "", Any);
    m.table.number("  tasks that were not done", undone, "", AtMost(0.0));
    m.table.number("  tasks that were done twice", twice, "", AtMost(0.0));
    for process in processes {
        process.server().kill9().await;
    }
}
