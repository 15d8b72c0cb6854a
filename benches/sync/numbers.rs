//! Numbers of a year: a whole dashboard, and what a filter leaves of it.

use std::time::Instant;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::Synced;
use super::source::{CHATS, tag};
use crate::cpu;
use crate::load::Connection;
use crate::settle;
use crate::side::{Cost, Side};
use crate::table::Goal::{AtMost, None as Any};

const ROUNDS: usize = 3;
/// Whoever looks at a dashboard is alone with it.
const CONNECTIONS: usize = 1;

/// Every metric with all its numbers and the period before, by day, and everything by which a manager tells things apart.
const DASHBOARD: &str = "metrics(filter: $filter) { timeZone
    values { metric now { count average median p90 p95 p99 shortest longest rate negative missing }
        previous { count average median p90 rate } difference { count average median rate } }
    days: groups(by: DAY) { groups { day values(only: [VOLUME, CLOSED, OPEN_BACKLOG, FIRST_RESPONSE_TIME]) { metric now { count median p90 } } } }
    agents: groups(by: AGENT, limit: 100) { leftOut groups { key label staff { name }
        values(only: [VOLUME, FIRST_RESPONSE_TIME, RESOLUTION_TIME, SLA_BREACHES]) { metric now { count median rate } } } }
    departments: groups(by: DEPARTMENT) { groups { key label values(only: [VOLUME, FIRST_RESPONSE_TIME]) { metric now { count median } } } }
    channels: groups(by: CHANNEL) { groups { key values(only: [VOLUME]) { now { count } } } }
    priorities: groups(by: PRIORITY) { groups { key values(only: [VOLUME, FIRST_RESPONSE_TIME]) { now { count median } } } }
    tags: groups(by: TAG, limit: 25) { groups { key label values(only: [VOLUME]) { now { count } } } }
    heatMap { weekday hour values(only: [VOLUME]) { now { count } } } }";

/// What the page in docs/examples/dashboard asks for, one after the other.
const PAGE: [(&str, &str); 4] = [
    (
        "Together",
        "metrics(filter: $filter) { timeZone values(only: [VOLUME, FIRST_RESPONSE_TIME, RESOLUTION_TIME, SLA_BREACHES, OPEN_BACKLOG]) { \
         metric now { count median p90 rate } previous { count median rate } } }",
    ),
    (
        "ByDay",
        "metrics(filter: $filter) { groups(by: DAY) { groups { day values(only: [VOLUME, CLOSED, FIRST_RESPONSE_TIME]) { metric \
         now { count median p90 } } } } }",
    ),
    ("Heat", "metrics(filter: $filter) { heatMap { weekday hour values(only: [VOLUME]) { now { count } } } }"),
    (
        "Agents",
        "metrics(filter: $filter) { groups(by: AGENT, limit: 25) { leftOut groups { label staff { name } \
         values(only: [VOLUME, FIRST_RESPONSE_TIME, RESOLUTION_TIME, SLA_BREACHES]) { metric now { count median rate } } } } }",
    ),
];

/// The first and the last day of the year.
fn year(s: &Synced) -> (NaiveDate, NaiveDate) {
    let last = s.first.checked_add_days(Days::new(s.days - 1)).expect("a day");
    (last.checked_sub_days(Days::new(s.year - 1)).expect("a day"), last)
}

/// Puts the days before those that were synchronised, as copies of these, and has all counted anew.
pub async fn fill(s: &mut Synced) {
    let (first, _) = year(s);
    let sql = include_str!("../data/b2chat_year.sql").replace("{schema}", &s.schema);
    let sql = sql.replace("{days}", &s.days.to_string()).replace("{year}", &s.year.to_string());
    s.database.psql(&sql.replace("{first}", &first.to_string()));
    let chats = s.count("SELECT count(*) FROM {schema}.b2chat_chats");
    assert_eq!(chats, (s.year * CHATS) as f64, "a year of chats");
    settle(&s.database);
    s.product.sign_in().await;
    let began = Instant::now();
    let recount = "mutation Recount { recountMetrics { queued errors { message } } }";
    assert_eq!(s.product.client().run(recount, Value::Null).await.ok().data("recountMetrics.queued"), &json!(true));
    s.counted().await;
    // Each is looked at twice: as it is, and whether it is still there.
    let rate = chats / began.elapsed().as_secs_f64();
    s.table.number("chats counted anew in a second", rate, "", Any);
    settle(&s.database);
    s.product.sign_in().await;
}

/// A request of this name for what a filter leaves of the year.
fn asked(s: &Synced, name: &str, fields: &str, more: Value) -> Side {
    let (from, to) = year(s);
    let mut filter = json!({ "from": from, "to": to, "timeZone": "UTC" });
    filter.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let query = format!("query {name}($filter: MetricFilter!) {{ {fields} }}");
    s.product.asked([(query, json!({ "filter": filter }))])
}

/// How many things an answer counts in all.
async fn volume(side: &Side) -> f64 {
    let mut connection = Connection::open(side.port).await;
    let answer: Value = serde_json::from_slice(connection.exchange(&side.requests[0]).await).expect("JSON");
    let values = answer["data"]["metrics"]["values"].as_array().expect("numbers").iter();
    let found = values.filter(|value| value["metric"] == "VOLUME").find_map(|value| value["now"]["count"].as_f64());
    found.expect("a volume")
}

async fn statements(s: &Synced, name: &str, side: &Side) -> f64 {
    let before = s.product.statements(name).await;
    Connection::open(side.port).await.exchange(&side.requests[0]).await;
    let after = s.product.statements(name).await;
    (after.0 - before.0) / (after.1 - before.1)
}

/// The whole dashboard of the year.
pub async fn dashboard(s: &mut Synced) {
    let whole = asked(s, "Dashboard", DASHBOARD, json!({}));
    assert_eq!(volume(&whole).await, (s.year * CHATS) as f64, "all are counted");
    let each = statements(s, "Dashboard", &whole).await;
    cpu::forget_peak(whole.pid);
    let before = cpu::resident_mb(whole.pid);
    let cost = s.bench.compare(&[&whole], CONNECTIONS, ROUNDS).await[0];
    let what = format!("dashboard of {} days with {} chats: CPU a request", s.year, s.year * CHATS);
    s.table.number(&what, cost.cpu(), "ms", AtMost(100.0));
    parts(s, &cost);
    s.table.number("  SQL statements", each, "", AtMost(10.0));
    s.table.number("  memory above what it had", cpu::peak_mb(whole.pid) - before, "MB", Any);
    let page: Vec<_> = PAGE.iter().map(|(name, fields)| asked(s, name, fields, json!({}))).collect();
    let costs = s.bench.compare(&page.iter().collect::<Vec<_>>(), CONNECTIONS, 1).await;
    let sum = costs.iter().map(Cost::cpu).sum();
    s.table.number("  as the page of the examples asks for it, in four requests: CPU of all", sum, "ms", Any);
}

fn parts(s: &mut Synced, cost: &Cost) {
    s.table.number("  of it the server's", cost.server, "ms", Any);
    s.table.number("  of it PostgreSQL's", cost.database, "ms", Any);
    s.table.number("  p50", cost.p50, "ms", Any);
}

/// What one agent, a department with those below it, or a tag has of it.
pub async fn filtered(s: &mut Synced) {
    let id = |prefix: &str, table: &str, which: &str| {
        let sql = format!("SELECT '{prefix}_' || replace(id::text, '-', '') FROM {}.{table} WHERE {which}", s.schema);
        s.database.psql(&sql)
    };
    let agent = id("bag", "b2chat_agents", "b2chat_id = 'agent7'");
    let department = id("bdp", "b2chat_departments", "code = 'D1'");
    let below = "SELECT count(*) FROM {schema}.b2chat_chats WHERE department_id IN (SELECT b.id FROM {schema}.b2chat_departments a \
         JOIN {schema}.b2chat_departments b ON starts_with(b.path, a.path) WHERE a.code = 'D1')";
    let tagged = "SELECT count(*) FROM {schema}.b2chat_chat_tags WHERE tag = '{tag}'".replace("{tag}", &tag(3));
    let of_agent = "SELECT count(*) FROM {schema}.b2chat_chats c JOIN {schema}.b2chat_agents a ON a.id = c.agent_id \
         WHERE a.b2chat_id = 'agent7'";
    for (what, filter, count) in [
        ("an agent", json!({ "agentId": agent }), of_agent),
        ("a department and those below it", json!({ "departmentId": department }), below),
        ("a tag", json!({ "tag": tag(3) }), &tagged),
    ] {
        let side = asked(s, "Filtered", DASHBOARD, filter);
        assert_eq!(volume(&side).await, s.count(count), "the dashboard of {what}");
        let cost = s.bench.compare(&[&side], CONNECTIONS, ROUNDS).await[0];
        s.table.number(&format!("dashboard of {what}: CPU a request"), cost.cpu(), "ms", AtMost(300.0));
        s.table.number("  p50", cost.p50, "ms", AtMost(300.0));
    }
}
