//! Numbers of ten thousand random chats against statements that know nothing of how they are counted; and counted step by step
//! against counted from nothing.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::metrics::{Chat, agent, ask, by, chat, department, instant, one, put, recount, rows};
use crate::coverage::sql::Sql;
use crate::support::both;

/// The same numbers in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len() as u64) as usize]
    }

    fn chat(&mut self, number: u128) -> Chat {
        // A third of them around the days on which clocks change in Berlin.
        let day = match self.roll(6) {
            0 => "2026-03-28 12:00:00",
            1 => "2026-10-24 12:00:00",
            _ => "2026-01-01 00:00:00",
        };
        let around = if day.starts_with("2026-01") { 364 * 86_400 } else { 2 * 86_400 };
        let day: chrono::DateTime<chrono::Utc> = instant(day).parse().unwrap();
        let created = day + chrono::TimeDelta::seconds(self.roll(around) as i64);
        let mut later = |from: Option<chrono::DateTime<chrono::Utc>>, most: u64| match self.roll(5) {
            0 => None,
            // Some end before they begin.
            1 => from.map(|from| from - chrono::TimeDelta::seconds(self.roll(most) as i64)),
            _ => from.map(|from| from + chrono::TimeDelta::seconds(self.roll(most) as i64)),
        };
        let opened = later(Some(created), 120);
        let picked_up = later(opened.or(Some(created)), 600);
        let answered = later(picked_up.or(Some(created)), 900);
        let closed = later(Some(created), 300_000);
        let text = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
        let stored = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| instant(&text(at)));
        Chat {
            opened: stored(opened),
            picked_up: stored(picked_up),
            answered: stored(answered),
            closed: stored(closed),
            status: if closed.is_some() { "closed" } else { self.of(&["open", "pending", "closed"]) },
            provider: self.of(&["whatsapp", "facebook", "instagram", "telegram", "livechat", "b2cbotapi"]),
            priority: self.of(&["urgent", "high", "normal", "low"]),
            agent: Some(u128::from(self.roll(6))).filter(|agent| *agent > 0),
            department: Some(10 + u128::from(self.roll(4))).filter(|department| *department > 10),
            tags: [self.of(&["", "Gold", "Silver"]), self.of(&["", "Late", "gift"])]
                .into_iter()
                .filter(|tag| !tag.is_empty())
                .collect(),
            is_deleted: self.roll(20) == 0,
            ..chat(number, &text(created))
        }
    }
}

/// Seconds since 1970 of a column.
fn seconds(sql: &Sql, column: &str) -> String {
    if sql.is_sqlite() {
        format!("CAST(strftime('%s', {column}) AS integer)")
    } else {
        format!("CAST(extract(epoch FROM {column}) AS bigint)")
    }
}

/// The same as the wall in Berlin shows it in 2026.
fn berlin(sql: &Sql, column: &str) -> String {
    let at = seconds(sql, column);
    // 29 March and 25 October, 01:00 UTC.
    format!("({at} + CASE WHEN {at} >= 1774746000 AND {at} < 1792890000 THEN 7200 ELSE 3600 END)")
}

/// What a statement answers with: a text with `|` between its numbers.
async fn text(sql: &Sql, statement: &str) -> String {
    sql.texts(statement).await.pop().expect("a row")
}

/// The first and the last instant of the days that are asked for: 1 February to 30 November in Berlin.
const FROM: i64 = 1_769_900_400;
const UNTIL: i64 = 1_796_079_600;

fn filter() -> Value {
    json!({ "from": "2026-02-01", "to": "2026-11-30", "timeZone": "Europe/Berlin" })
}

fn span(sql: &Sql, metric: &str) -> (String, String) {
    let of = |from: &str, until: &str| (seconds(sql, from), seconds(sql, until));
    match metric {
        "RESPONSE_TIME" => of("created_at", "response_at"),
        "FIRST_RESPONSE_TIME" => of("opened_at", "response_at"),
        "PICKUP_TIME" => of("opened_at", "picked_up_at"),
        _ => of("created_at", "closed_at"),
    }
}

/// Count, negative, missing, mean, and the ranks of a span, of the chats that a condition leaves.
async fn expected(sql: &Sql, metric: &str, which: &str) -> Vec<Option<f64>> {
    let ((from, until), created) = (span(sql, metric), seconds(sql, "created_at"));
    let all = format!(
        "SELECT {until} - {from} AS v FROM b2chat_chats AS c WHERE NOT is_deleted AND {created} >= {FROM} AND {created} < {UNTIL} AND {which}"
    );
    let good =
        format!("SELECT v, row_number() OVER (ORDER BY v) AS n, count(*) OVER () AS c FROM ({all}) AS a WHERE v >= 0");
    // The nearest rank is the smallest number that is not below so many in a hundred of all.
    let rank = |percent: i32| format!("(SELECT min(v) FROM ({good}) AS g WHERE n * 100 >= c * {percent})");
    let parts = [
        format!("(SELECT count(*) FROM ({all}) AS a WHERE v >= 0)"),
        format!("(SELECT count(*) FROM ({all}) AS a WHERE v < 0)"),
        format!("(SELECT count(*) FROM ({all}) AS a WHERE v IS NULL)"),
        format!("(SELECT sum(v) FROM ({all}) AS a WHERE v >= 0)"),
        rank(50),
        rank(90),
        rank(95),
        rank(99),
    ];
    let joined = parts.map(|part| format!("coalesce(CAST({part} AS text), '')")).join(" || '|' || ");
    let mut found: Vec<Option<f64>> =
        text(sql, &format!("SELECT {joined}")).await.split('|').map(|part| part.parse().ok()).collect();
    found[3] = found[3].map(|sum| sum / found[0].unwrap());
    found
}

fn numbers(found: &Value) -> Vec<Option<f64>> {
    ["count", "negative", "missing", "average", "median", "p90", "p95", "p99"].map(|name| found[name].as_f64()).to_vec()
}

fn close(one: &[Option<f64>], other: &[Option<f64>]) -> bool {
    let same = |pair: (&Option<f64>, &Option<f64>)| match pair {
        (Some(one), Some(other)) => (one - other).abs() < 1e-6 * other.abs().max(1.0),
        (one, other) => one == other,
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}

async fn ready(desk: &Desk, count: u128, dice: &mut Dice) -> (Person, Sql) {
    let (admin, sql) = (desk.admin().await, desk.sql().await);
    for number in 1..=5 {
        agent(&sql, number, &format!("Agent {number}"), None).await;
    }
    department(&sql, 11, "Sales", None).await;
    department(&sql, 12, "Export", Some(11)).await;
    department(&sql, 13, "Help", None).await;
    let chats: Vec<_> = (0..count).map(|number| dice.chat(1_000 + number)).collect();
    put(&sql, &chats).await;
    recount(&admin, &sql).await;
    (admin, sql)
}

/// Everything that metrics say of the year, and the rows that they are counted from.
async fn everything(admin: &Person, sql: &Sql) -> (Vec<Value>, String) {
    let value = "values { metric now { count average median p90 p95 p99 shortest longest rate negative missing } }";
    let mut said = vec![ask(admin, &filter(), value).await.ok().json["data"].clone()];
    for grouping in ["AGENT", "DEPARTMENT", "CHANNEL", "PRIORITY", "TAG", "HOUR", "WEEK", "MONTH"] {
        let fields = format!("groups(by: {grouping}) {{ groups {{ key {value} }} }}");
        said.push(ask(admin, &filter(), &fields).await.ok().json["data"].clone());
    }
    let id = if sql.is_sqlite() { "hex(thing_id)" } else { "CAST(thing_id AS text)" };
    let row = format!(
        "{id} || kind || created_at || coalesce(CAST(closed_at AS text), '') || status || channel || coalesce(priority, '') || \
            coalesce(CAST(response_ms AS text), '') || '/' || coalesce(CAST(resolution_ms AS text), '')"
    );
    let facts = sql.texts(&format!("SELECT {row} FROM metric_facts ORDER BY thing_id")).await.join("\n");
    let tags = sql
        .texts(&format!("SELECT {id} || tag_folded FROM metric_fact_tags ORDER BY thing_id, tag_folded"))
        .await
        .join("\n");
    let block = if sql.is_sqlite() { "hex(block)" } else { "encode(block, 'hex')" };
    let days = sql
        .texts(&format!("SELECT day || ':' || things || {block} FROM metric_days WHERE things > 0 ORDER BY day"))
        .await;
    (said, format!("{facts}\n{tags}\n{}", days.join("\n")))
}

both! {
    /// Each number of ten thousand chats is what a statement of its own says, together and in each group.
    async fn ten_thousand_chats_are_what_the_database_says(backend) {
        let desk = Desk::open(backend).await;
        let (admin, sql) = ready(&desk, 10_000, &mut Dice(12)).await;
        let filter = filter();
        for metric in ["RESPONSE_TIME", "FIRST_RESPONSE_TIME", "PICKUP_TIME", "RESOLUTION_TIME", "DURATION"] {
            let (found, expected) = (numbers(&one(&admin, &filter, metric).await), expected(&sql, metric, "1 = 1").await);
            assert!(close(&found, &expected), "{metric}: {found:?} {expected:?}");
            assert!(found[0] > Some(1000.0) && found[1] > Some(100.0) && found[2] > Some(100.0), "{found:?}");
        }
        let tagged = "EXISTS (SELECT 1 FROM b2chat_chat_tags AS t WHERE t.chat_id = c.id AND t.tag_folded = 'gold')";
        for (field, value, which) in [
            ("tag", json!("GOLD"), tagged),
            ("channel", json!("telegram"), "provider = 'telegram'"),
            ("priority", json!("HIGH"), "priority = 'high'"),
        ] {
            let mut filter = filter.clone();
            filter[field] = value;
            let (found, expected) =
                (numbers(&one(&admin, &filter, "RESPONSE_TIME").await), expected(&sql, "RESPONSE_TIME", which).await);
            assert!(close(&found, &expected), "{field}: {found:?} {expected:?}");
            let behind = rows(&admin, &filter, "RESPONSE_TIME").await.ok();
            assert_eq!(behind.data("metricRows.totalCount").as_f64(), expected[0], "{field}");
        }
        let (created, local) = (seconds(&sql, "created_at"), berlin(&sql, "created_at"));
        let within = format!("NOT is_deleted AND {created} >= {FROM} AND {created} < {UNTIL}");
        let (opened, answered, closed) = (seconds(&sql, "opened_at"), seconds(&sql, "response_at"), seconds(&sql, "closed_at"));
        for (metric, which) in [
            ("VOLUME", within.clone()),
            ("CLOSED", format!("{within} AND status = 'closed'")),
            ("UNASSIGNED", format!("{within} AND agent_id IS NULL")),
            ("SLA_BREACHES", format!("{within} AND {answered} - {opened} > 300")),
            ("OPEN_BACKLOG", format!(
                "NOT is_deleted AND {created} < {UNTIL} AND ({closed} >= {UNTIL} OR closed_at IS NULL AND status <> 'closed')"
            )),
        ] {
            let expected = sql.number(&format!("SELECT count(*) FROM b2chat_chats WHERE {which}")).await;
            assert!(expected > 0, "{metric}");
            assert_eq!(one(&admin, &filter, metric).await["count"], json!(expected), "{metric}");
            assert_eq!(rows(&admin, &filter, metric).await.ok().data("metricRows.totalCount"), &json!(expected), "{metric}");
        }
        // By the day and the hour on the wall.
        let mut days = Vec::new();
        for line in sql.texts(&format!(
            "SELECT ({local} / 86400) || '|' || count(*) FROM b2chat_chats WHERE {within} GROUP BY {local} / 86400 ORDER BY {local} / 86400"
        )).await {
            let (day, count) = line.split_once('|').unwrap();
            days.push((day.parse::<i64>().unwrap(), count.parse::<i64>().unwrap()));
        }
        let found = by(&admin, &filter, "DAY", "VOLUME", "count").await;
        let found: Vec<_> = found
            .into_iter()
            .map(|(day, count)| {
                let day: chrono::NaiveDate = day.as_str().unwrap().parse().unwrap();
                (i64::from(day.to_epoch_days()), count.as_i64().unwrap())
            })
            .filter(|(_, count)| *count > 0)
            .collect();
        assert_eq!(found, days);
        let mut hours = Vec::new();
        for line in sql.texts(&format!(
            "SELECT (({local} % 86400) / 3600) || '|' || count(*) FROM b2chat_chats WHERE {within} GROUP BY ({local} % 86400) / 3600 \
                ORDER BY ({local} % 86400) / 3600"
        )).await {
            let (hour, count) = line.split_once('|').unwrap();
            hours.push((json!(format!("{:02}", hour.parse::<i64>().unwrap())), json!(count.parse::<i64>().unwrap())));
        }
        assert_eq!(by(&admin, &filter, "HOUR", "VOLUME", "count").await, hours);
        // The cells of the heat map are all that there is.
        let map = ask(&admin, &filter, "heatMap { values(only: [VOLUME]) { now { count } } }").await.ok();
        let sum: i64 = map.list("metrics.heatMap").iter().map(|cell| cell["values"][0]["now"]["count"].as_i64().unwrap()).sum();
        assert_eq!(sum, days.iter().map(|day| day.1).sum::<i64>());
    }

    /// However often random chats change, what was counted step by step is what is counted from nothing.
    async fn counted_step_by_step_is_counted_from_nothing(backend) {
        let desk = Desk::open(backend).await;
        let mut dice = Dice(7);
        let (admin, sql) = ready(&desk, 600, &mut dice).await;
        for _ in 0..3 {
            let changed: Vec<_> = (0..150).map(|_| { let number = 1_000 + u128::from(dice.roll(700)); dice.chat(number) }).collect();
            let mut by_number = std::collections::BTreeMap::new();
            changed.into_iter().for_each(|chat| drop(by_number.insert(chat.number, chat)));
            put(&sql, &by_number.into_values().collect::<Vec<_>>()).await;
            recount(&admin, &sql).await;
            let kept = everything(&admin, &sql).await;
            sql.run("DELETE FROM metric_fact_tags").await;
            sql.run("DELETE FROM metric_facts").await;
            sql.run("DELETE FROM metric_days").await;
            recount(&admin, &sql).await;
            let anew = everything(&admin, &sql).await;
            assert_eq!(kept.0, anew.0);
            assert!(kept.1 == anew.1, "the rows differ");
        }
    }
}
