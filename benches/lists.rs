//! Lists, each against one hand-written statement that builds the same JSON, and a page far down against the first.

use serde_json::Value;

use super::reads::same;
use super::table::Goal::{AtMost, None as Any};
use super::{Measuring, settle};

/// Fills a table by SQL in which `{<list>}` stands for how many rows there are to be, and measures its list. `page` is a page of 50,
/// by the name of its operation and the cursor it begins behind.
pub async fn list(m: &mut Measuring, list: &str, rows: u64, sql: &str, page: impl Fn(&str, &Value) -> (String, Value)) {
    let filled = sql.replace(&format!("{{{list}}}"), &rows.to_string());
    m.database.psql(&filled.replace("{schema}", &format!("\"{}\"", m.schema)));
    settle(&m.database);
    let name = format!("{list}_page");
    let ours = m.product.asked([page(&name, &Value::Null)]);
    let limit = m.limit_asked(&format!("/{list}"), [String::new()]);
    let what = format!("list of {rows} {list}");
    same(&ours, &limit, &what).await;
    let pages = 1_000.min(rows / 50 / 2) / 2 * 2;
    let deep = m.product.cursor_behind(list, (pages - 2) * 50).await;
    let deep = m.product.asked([page("deep_page", &deep)]);
    let compared = m.bench.compare(&[&ours, &limit, &deep], 16, 5).await;
    let [ours, best, deep] = compared.try_into().expect("three sides");
    m.table.ratio(&format!("{what}: CPU a request"), (ours.cpu(), best.cpu()), "ms", AtMost(1.3));
    m.table.ratio("  of it the server's", (ours.server, best.server), "ms", Any);
    m.table.ratio("  of it PostgreSQL's", (ours.database, best.database), "ms", Any);
    let far = format!("{what}: CPU, page {pages} to page 1");
    m.table.ratio(&far, (deep.cpu(), ours.cpu()), "ms", AtMost(1.3));
    let (statements, requests) = m.product.statements(&name).await;
    m.table.number(&format!("{what}: SQL statements"), statements / requests, "", Any);
}
