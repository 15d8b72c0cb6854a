//! Numbers over chats of B2Chat's, live chats and tickets: each against what was worked out by hand.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::coverage::sql::Sql;
use crate::support::{Answer, PATIENCE, both, until};

/// A chat of B2Chat's, as a synchronisation would write it. Times as PostgreSQL and SQLite both read them.
#[derive(Clone, Debug)]
pub struct Chat {
    pub number: u128,
    pub created: String,
    pub opened: Option<String>,
    pub picked_up: Option<String>,
    pub answered: Option<String>,
    pub closed: Option<String>,
    pub status: &'static str,
    pub provider: &'static str,
    pub priority: &'static str,
    pub agent: Option<u128>,
    pub department: Option<u128>,
    pub tags: Vec<&'static str>,
    pub is_deleted: bool,
}

/// A chat that began then, of which nothing more is known.
pub fn chat(number: u128, created: &str) -> Chat {
    Chat {
        number,
        created: instant(created),
        opened: None,
        picked_up: None,
        answered: None,
        closed: None,
        status: "open",
        provider: "whatsapp",
        priority: "normal",
        agent: None,
        department: None,
        tags: Vec::new(),
        is_deleted: false,
    }
}

/// `2026-03-02 09:00:00` in UTC, as it is stored.
pub fn instant(text: &str) -> String {
    format!("{}+00:00", text.replace(' ', "T"))
}

const SPACE: u128 = 0x0190_a5f0_0000_7000_a000_0000_0000_0000;

/// The id of a row with a number, in hexadecimal.
pub fn hex(number: u128) -> String {
    format!("{:032x}", SPACE + number)
}

/// The same as SQL says it.
pub fn id(sql: &Sql, number: u128) -> String {
    let hex = hex(number);
    if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
}

fn bytes(sql: &Sql) -> &'static str {
    if sql.is_sqlite() { "x'00'" } else { "'\\x00'::bytea" }
}

fn flag(sql: &Sql, value: bool) -> &'static str {
    match (sql.is_sqlite(), value) {
        (true, true) => "1",
        (true, false) => "0",
        (false, true) => "true",
        (false, false) => "false",
    }
}

/// Writes chats in the place of those with the same numbers.
pub async fn put(sql: &Sql, chats: &[Chat]) {
    for chats in chats.chunks(500) {
        let text = |value: &Option<String>| value.as_ref().map_or("NULL".to_owned(), |value| format!("'{value}'"));
        let named = |value: Option<u128>| value.map_or("NULL".to_owned(), |number| id(sql, number));
        let (mut ids, mut rows, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        for chat in chats {
            let key = id(sql, chat.number);
            let order = ["urgent", "high", "normal", "low"].iter().position(|known| *known == chat.priority).unwrap();
            let (deleted, now) = (flag(sql, chat.is_deleted), "'2026-01-01T00:00:00+00:00'");
            let deleted_at = if chat.is_deleted { now } else { "NULL" };
            let mut row =
                format!("({key}, 'chat-{}', {}, {}, ", chat.number, named(chat.agent), named(chat.department));
            let (provider, status) = (chat.provider, chat.status);
            write!(row, "'{provider}', '{provider}', '{status}', '{status}', '[]', '{}', {order}, 0, ", chat.priority)
                .unwrap();
            let times = [&chat.opened, &chat.picked_up, &chat.answered, &chat.closed].map(text).join(", ");
            write!(row, "'{}', {times}, '{{}}', 0, {deleted}, {deleted_at}, {}, 1)", chat.created, bytes(sql)).unwrap();
            rows.push(row);
            tags.extend(chat.tags.iter().map(|tag| format!("({key}, '{}', '{tag}')", tag.to_lowercase())));
            ids.push(key);
        }
        sql.run(&format!("DELETE FROM b2chat_chats WHERE id IN ({})", ids.join(", "))).await;
        sql.run(&format!(
            "INSERT INTO b2chat_chats (id, b2chat_id, agent_id, department_id, provider, source_provider, status, source_status, \
                tags, priority, priority_order, unread_count, created_at, opened_at, picked_up_at, response_at, closed_at, \
                unknown_fields, message_count, is_deleted, deleted_at, digest, sync_version) VALUES {}",
            rows.join(", ")
        ))
        .await;
        if !tags.is_empty() {
            sql.run(&format!("INSERT INTO b2chat_chat_tags (chat_id, tag_folded, tag) VALUES {}", tags.join(", ")))
                .await;
        }
    }
}

/// An agent of B2Chat's; of a colleague where one is named by their id as SQL says it.
pub async fn agent(sql: &Sql, number: u128, name: &str, staff: Option<&str>) {
    let (yes, no, now) = (flag(sql, true), flag(sql, false), "'2026-01-01T00:00:00+00:00'");
    sql.run(&format!(
        "INSERT INTO b2chat_agents (id, b2chat_id, id_derived, name, name_order, staff_id, is_active, is_deleted, created_at, \
            updated_at) VALUES ({}, 'agent-{number}', {no}, '{name}', '{name}', {}, {yes}, {no}, {now}, {now})",
        id(sql, number),
        staff.unwrap_or("NULL")
    ))
    .await;
}

/// A department of B2Chat's, below another.
pub async fn department(sql: &Sql, number: u128, name: &str, below: Option<u128>) {
    let (yes, no, now) = (flag(sql, true), flag(sql, false), "'2026-01-01T00:00:00+00:00'");
    let path = below.into_iter().chain([number]).map(|number| format!("{}/", hex(number))).collect::<String>();
    sql.run(&format!(
        "INSERT INTO b2chat_departments (id, code, code_derived, name, name_order, parent_id, path, level, is_leaf, is_active, \
            created_at, updated_at) VALUES ({}, 'code-{number}', {no}, '{name}', '{name}', {}, '{path}', {}, {yes}, {yes}, {now}, {now})",
        id(sql, number),
        below.map_or("NULL".to_owned(), |below| id(sql, below)),
        u8::from(below.is_some())
    ))
    .await;
}

/// Waits until nothing is to be counted any more.
pub async fn counted(sql: &Sql) {
    until("all is counted", PATIENCE * 5, async || {
        let jobs = sql.number("SELECT count(*) FROM jobs WHERE kind LIKE 'analytics.%'").await;
        (jobs == 0).then_some(())
    })
    .await;
    assert_eq!(sql.number("SELECT count(*) FROM metric_days WHERE mark <> counted").await, 0);
}

/// Counts everything anew, and waits until that is done.
pub async fn recount(admin: &Person, sql: &Sql) {
    let done = admin.client.run("mutation { recountMetrics { queued errors { code } } }", Value::Null).await.ok();
    assert_eq!(done.data("recountMetrics.queued"), true);
    counted(sql).await;
}

pub const NUMBERS: &str = "count average median p90 p95 p99 shortest longest rate negative missing";

/// What the metrics of a period say.
pub async fn ask(who: &Person, filter: &Value, fields: &str) -> Answer {
    let document = format!("query Ask($filter: MetricFilter!) {{ metrics(filter: $filter) {{ {fields} }} }}");
    who.client.run(&document, json!({ "filter": filter })).await
}

/// The numbers of one metric of all things together.
pub async fn one(who: &Person, filter: &Value, metric: &str) -> Value {
    let fields = format!("values(only: [{metric}]) {{ now {{ {NUMBERS} }} }}");
    ask(who, filter, &fields).await.ok().data("metrics.values.0.now").clone()
}

/// What one number of a metric is in each group.
pub async fn by(who: &Person, filter: &Value, grouping: &str, metric: &str, number: &str) -> Vec<(Value, Value)> {
    let fields = format!(
        "groups(by: {grouping}) {{ leftOut groups {{ key values(only: [{metric}]) {{ now {{ {number} }} }} }} }}"
    );
    let found = ask(who, filter, &fields).await.ok();
    let groups = found.list("metrics.groups.groups").iter();
    groups.map(|group| (group["key"].clone(), group["values"][0]["now"][number].clone())).collect()
}

/// The ids of the things behind a number.
pub async fn rows(who: &Person, filter: &Value, metric: &str) -> Answer {
    let document = format!(
        "query Rows($filter: MetricFilter!) {{ metricRows(metric: {metric}, filter: $filter, first: 100) {{ totalCount \
            pageInfo {{ hasNextPage endCursor }} nodes {{ thingId kind status channel priority createdAt responseSeconds firstResponseSeconds \
            liveChat {{ id }} ticket {{ id }} b2chatChat {{ id b2chatId }} }} }} }}"
    );
    who.client.run(&document, json!({ "filter": filter })).await
}

fn march() -> Value {
    json!({ "from": "2026-03-02", "to": "2026-03-03" })
}

/// The same with more.
pub fn with(filter: &Value, more: Value) -> Value {
    let mut filter = filter.clone();
    let (filter_of, more) = (filter.as_object_mut().expect("an object"), more);
    filter_of.extend(more.as_object().expect("an object").clone());
    filter
}

/// Nine chats, whose numbers are easily worked out.
async fn nine(desk: &Desk, admin: &Person) -> Sql {
    let sql = desk.sql().await;
    let staff = admin.id.trim_start_matches("stf_");
    let staff = if sql.is_sqlite() { format!("x'{staff}'") } else { format!("'{staff}'::uuid") };
    agent(&sql, 1, "Ann", Some(&staff)).await;
    agent(&sql, 2, "Ben", None).await;
    department(&sql, 3, "Sales", None).await;
    department(&sql, 4, "Export", Some(3)).await;
    let at = |time: &str| Some(instant(time));
    put(
        &sql,
        &[
            // The period before: Sunday.
            Chat {
                opened: at("2026-03-01 10:00:00"),
                answered: at("2026-03-01 10:01:40"),
                closed: at("2026-03-01 10:10:00"),
                status: "closed",
                ..chat(10, "2026-03-01 10:00:00")
            },
            // Answered after 2 minutes, of which 1 in the queue; over after an hour.
            Chat {
                opened: at("2026-03-02 09:01:00"),
                picked_up: at("2026-03-02 09:01:30"),
                answered: at("2026-03-02 09:02:00"),
                closed: at("2026-03-02 10:00:00"),
                status: "closed",
                agent: Some(1),
                department: Some(3),
                tags: vec!["Gold", "New"],
                ..chat(11, "2026-03-02 09:00:00")
            },
            // At the threshold, which is none above it.
            Chat {
                opened: at("2026-03-02 09:00:00"),
                picked_up: at("2026-03-02 09:04:00"),
                answered: at("2026-03-02 09:05:00"),
                agent: Some(2),
                department: Some(4),
                priority: "urgent",
                tags: vec!["gold"],
                ..chat(12, "2026-03-02 09:00:00")
            },
            // Above it.
            Chat {
                opened: at("2026-03-02 23:00:00"),
                answered: at("2026-03-02 23:10:00"),
                agent: Some(2),
                provider: "telegram",
                ..chat(13, "2026-03-02 23:00:00")
            },
            // Closed before it began.
            Chat {
                opened: at("2026-03-03 12:00:00"),
                answered: at("2026-03-03 11:59:59"),
                closed: at("2026-03-03 11:00:00"),
                status: "closed",
                agent: Some(1),
                ..chat(14, "2026-03-03 12:00:00")
            },
            // Of which nothing is known.
            Chat { status: "pending", priority: "low", ..chat(15, "2026-03-03 12:30:00") },
            // Not there.
            Chat { is_deleted: true, ..chat(16, "2026-03-03 12:30:00") },
            // After the period.
            chat(17, "2026-03-04 00:00:00"),
            // Open from long before on.
            chat(18, "2025-11-11 11:11:11"),
        ],
    )
    .await;
    recount(admin, &sql).await;
    sql
}

both! {
    /// Each metric, worked out by hand.
    async fn each_metric_is_what_its_definition_says(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        nine(&desk, &admin).await;
        let filter = march();
        let time = |count: i32, average: Value, ranks: [Value; 4], ends: [Value; 2], negative: i32, missing: i32| {
            let [median, p90, p95, p99] = ranks;
            let [shortest, longest] = ends;
            json!({ "count": count, "average": average, "median": median, "p90": p90, "p95": p95, "p99": p99,
                "shortest": shortest, "longest": longest, "rate": null, "negative": negative, "missing": missing })
        };
        let f = |value: f64| json!(value);
        let ranks = |median: f64, most: f64| [f(median), f(most), f(most), f(most)];
        // 120, 300 and 600 seconds.
        let response = time(3, f(340.0), ranks(300.0, 600.0), [f(120.0), f(600.0)], 1, 1);
        assert_eq!(one(&admin, &filter, "RESPONSE_TIME").await, response);
        // 60, 300 and 600.
        let first = time(3, f(320.0), ranks(300.0, 600.0), [f(60.0), f(600.0)], 1, 1);
        assert_eq!(one(&admin, &filter, "FIRST_RESPONSE_TIME").await, first);
        let resolution = time(1, f(3600.0), ranks(3600.0, 3600.0), [f(3600.0), f(3600.0)], 1, 3);
        assert_eq!(one(&admin, &filter, "RESOLUTION_TIME").await, resolution);
        assert_eq!(one(&admin, &filter, "DURATION").await, resolution);
        // 30 and 240.
        let pickup = time(2, f(135.0), ranks(30.0, 240.0), [f(30.0), f(240.0)], 0, 3);
        assert_eq!(one(&admin, &filter, "PICKUP_TIME").await, pickup);
        let things = |count: i32, rate: Value, negative: i32, missing: i32| {
            let mut numbers = time(count, Value::Null, Default::default(), Default::default(), negative, missing);
            numbers["rate"] = rate;
            numbers
        };
        assert_eq!(one(&admin, &filter, "VOLUME").await, things(5, Value::Null, 0, 0));
        assert_eq!(one(&admin, &filter, "CLOSED").await, things(2, f(0.4), 0, 0));
        assert_eq!(one(&admin, &filter, "UNASSIGNED").await, things(1, f(0.2), 0, 0));
        assert_eq!(one(&admin, &filter, "SLA_BREACHES").await, things(1, f(1.0 / 3.0), 1, 1));
        // 12, 13, 15 and what is open from long before on.
        assert_eq!(one(&admin, &filter, "OPEN_BACKLOG").await, things(4, Value::Null, 0, 0));

        // What there is nothing of is null and not 0.
        let nothing = json!({ "from": "2026-01-01", "to": "2026-01-31" });
        assert_eq!(one(&admin, &nothing, "RESPONSE_TIME").await, time(0, Value::Null, Default::default(), Default::default(), 0, 0));
        assert_eq!(one(&admin, &nothing, "SLA_BREACHES").await, things(0, Value::Null, 0, 0));

        // The threshold is a setting.
        let set = "mutation { setSetting(input: { key: \"analytics.sla_threshold_minutes\", value: 4 }) { errors { message } } }";
        admin.client.run(set, Value::Null).await.ok();
        until("the threshold", PATIENCE, async || {
            (one(&admin, &filter, "SLA_BREACHES").await["count"] == json!(2)).then_some(())
        })
        .await;

        let defined = admin.client.run("{ metricDefinitions { metric text unit version } }", Value::Null).await.ok();
        let defined = defined.list("metricDefinitions");
        assert_eq!(defined.len(), 10);
        assert!(defined.iter().all(|one| one["version"] == 1 && one["text"].as_str().is_some_and(|text| text.len() > 30)));
        let own = ask(&admin, &filter, "values { definition { metric text unit version } }").await.ok();
        let own: Vec<_> = own.list("metrics.values").iter().map(|value| value["definition"].clone()).collect();
        assert_eq!(&own, defined);
    }

    /// By each thing that things are told apart by, and filtered by it.
    async fn things_are_told_apart_by_what_they_have(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        nine(&desk, &admin).await;
        let filter = march();
        let volumes = async |grouping: &str| by(&admin, &filter, grouping, "VOLUME", "count").await;
        let pair = |key: Value, count: i32| (key, json!(count));
        let (ben, sales, export) = (format!("bag_{}", hex(2)), format!("bdp_{}", hex(3)), format!("bdp_{}", hex(4)));
        let agents = volumes("AGENT").await;
        assert_eq!(agents.iter().map(|(_, count)| count.clone()).collect::<Vec<_>>(), [json!(2), json!(2), json!(1)]);
        assert!(agents.contains(&pair(json!(admin.id), 2)), "an agent who is a colleague is that: {agents:?}");
        assert_eq!(agents[2], pair(Value::Null, 1), "nobody has one");
        let called = ask(&admin, &filter, "groups(by: AGENT) { groups { key label } }").await.ok();
        let called = called.list("metrics.groups.groups").iter().find(|group| group["key"] == json!(admin.id)).map(|group| group["label"].clone());
        assert_eq!(called, Some(json!("Ann")), "who sees B2Chat reads what the agent is called, also of one who is a colleague");
        let ends = |key: &Value, end: &str| key.as_str().is_some_and(|key| key.rsplit('_').next() == end.rsplit('_').next());
        assert!(agents.iter().any(|(key, _)| ends(key, &ben)), "{agents:?}");
        let departments = volumes("DEPARTMENT").await;
        assert_eq!(departments[0], pair(Value::Null, 3));
        assert!(ends(&departments[1].0, &sales) && departments[1].1 == json!(2), "with those below it: {departments:?}");
        assert!(ends(&departments[2].0, &export) && departments[2].1 == json!(1), "{departments:?}");
        assert_eq!(volumes("CHANNEL").await, [pair(json!("whatsapp"), 4), pair(json!("telegram"), 1)]);
        assert_eq!(volumes("PRIORITY").await, [pair(json!("URGENT"), 1), pair(json!("NORMAL"), 3), pair(json!("LOW"), 1)]);
        assert_eq!(volumes("TAG").await, [pair(Value::Null, 3), pair(json!("gold"), 2), pair(json!("new"), 1)]);
        let hours = volumes("HOUR").await;
        assert_eq!(hours.len(), 24);
        assert_eq!([&hours[9], &hours[12], &hours[23]], [&pair(json!("09"), 2), &pair(json!("12"), 2), &pair(json!("23"), 1)]);
        assert_eq!(volumes("DAY").await, [pair(json!("2026-03-02"), 3), pair(json!("2026-03-03"), 2)]);
        assert_eq!(volumes("WEEK").await, [pair(json!("2026-W10"), 5)]);
        assert_eq!(volumes("MONTH").await, [pair(json!("2026-03"), 5)]);
        assert_eq!(by(&admin, &filter, "DAY", "OPEN_BACKLOG", "count").await, [
            pair(json!("2026-03-02"), 3), pair(json!("2026-03-03"), 4),
        ]);
        let means = by(&admin, &filter, "CHANNEL", "RESPONSE_TIME", "average").await;
        assert_eq!(means, [(json!("whatsapp"), json!(210.0)), (json!("telegram"), json!(600.0))]);

        let (ben, sales, export) = (agents.iter().find(|(key, _)| ends(key, &ben)).unwrap().0.clone(), &departments[1].0, &departments[2].0);
        for (more, count) in [
            (json!({ "agentId": ben }), 2),
            (json!({ "staffId": admin.id }), 2),
            (json!({ "departmentId": sales }), 2),
            (json!({ "departmentId": export }), 1),
            (json!({ "channel": "telegram" }), 1),
            (json!({ "channel": "carrier pigeon" }), 0),
            (json!({ "priority": "URGENT" }), 1),
            (json!({ "tag": "GOLD" }), 2),
            (json!({ "tag": "silver" }), 0),
            (json!({ "kinds": ["B2CHAT_CHAT"] }), 5),
            (json!({ "kinds": ["LIVE_CHAT", "TICKET"] }), 0),
            (json!({ "kinds": [] }), 0),
            (json!({ "tag": "gold", "priority": "URGENT", "channel": "whatsapp" }), 1),
        ] {
            let filter = with(&filter, more);
            assert_eq!(one(&admin, &filter, "VOLUME").await["count"], json!(count), "{filter}");
            assert_eq!(rows(&admin, &filter, "VOLUME").await.ok().data("metricRows.totalCount"), &json!(count), "{filter}");
        }
        let limited = ask(&admin, &filter, "groups(by: TAG, limit: 2) { leftOut groups { key label } }").await.ok();
        assert_eq!(limited.data("metrics.groups"), &json!({ "leftOut": 1, "groups": [
            { "key": null, "label": null }, { "key": "gold", "label": "Gold" },
        ] }));
    }

    /// The things behind each number are as many as it says, for who sees them; who does not has the number alone.
    async fn each_number_has_its_rows(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        nine(&desk, &admin).await;
        let filter = march();
        for metric in [
            "RESPONSE_TIME", "FIRST_RESPONSE_TIME", "RESOLUTION_TIME", "PICKUP_TIME", "DURATION", "VOLUME", "CLOSED", "OPEN_BACKLOG",
            "SLA_BREACHES", "UNASSIGNED",
        ] {
            let count = one(&admin, &filter, metric).await["count"].clone();
            let behind = rows(&admin, &filter, metric).await.ok();
            assert_eq!(behind.data("metricRows.totalCount"), &count, "{metric}");
            assert_eq!(json!(behind.list("metricRows.nodes").len()), count, "{metric}");
        }
        let late = rows(&admin, &filter, "SLA_BREACHES").await.ok();
        assert_eq!(late.data("metricRows.nodes.0.firstResponseSeconds"), &json!(600.0));
        assert_eq!(late.data("metricRows.nodes.0.thingId"), &json!(format!("bch_{}", hex(13))));
        assert_eq!(late.data("metricRows.nodes.0.b2chatChat.id"), late.data("metricRows.nodes.0.thingId"));
        let all = rows(&admin, &filter, "VOLUME").await.ok();
        for row in all.list("metricRows.nodes") {
            let links = [&row["b2chatChat"]["id"], &row["liveChat"], &row["ticket"]];
            assert_eq!(links, [&row["thingId"], &Value::Null, &Value::Null], "{row}");
        }
        let newest = rows(&admin, &filter, "VOLUME").await.ok();
        let newest: Vec<_> = newest.list("metricRows.nodes").iter().map(|row| row["createdAt"].clone()).collect();
        assert!(newest.windows(2).all(|two| two[0].as_str() >= two[1].as_str()), "{newest:?}");

        // Numbers may be seen without the chats.
        let create = "mutation($input: CreateRoleInput!) { createRole(input: $input) { role { id } errors { message } } }";
        let input = json!({ "name": "NUMBERS", "permissions": ["VIEW_ANALYTICS"] });
        admin.client.run(create, json!({ "input": input })).await.ok();
        let reader = desk.colleague("numbers@example.com", "Nora", "NUMBERS").await;
        assert_eq!(one(&reader, &filter, "VOLUME").await["count"], json!(5));
        assert_eq!(rows(&reader, &filter, "VOLUME").await.ok().data("metricRows.totalCount"), &json!(0));
        let named = ask(&reader, &filter, "groups(by: AGENT) { groups { label } }").await.ok();
        assert!(named.list("metrics.groups.groups").iter().all(|group| group["label"].is_null()), "{named}");
        let staff = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        assert_eq!(ask(&staff, &filter, "timeZone").await.error_code(), "FORBIDDEN");
        assert_eq!(rows(&staff, &filter, "VOLUME").await.error_code(), "FORBIDDEN");
    }

    /// Compared with as many days right before, and each hour of the week.
    async fn the_period_before_and_the_hours_of_the_week(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        nine(&desk, &admin).await;
        let filter = march();
        let fields = "values(only: [RESPONSE_TIME, VOLUME, CLOSED]) { metric now { count average } previous { count average rate }
            difference { count average median rate } }";
        let compared = ask(&admin, &filter, fields).await.ok();
        // Before it are 28 February and 1 March, with one chat that was answered after 100 seconds.
        assert_eq!(compared.data("metrics.values.0.previous"), &json!({ "count": 1, "average": 100.0, "rate": null }));
        assert_eq!(compared.data("metrics.values.0.difference"), &json!({ "count": 2, "average": 240.0, "median": 200.0, "rate": null }));
        assert_eq!(compared.data("metrics.values.1.difference.count"), &json!(4));
        assert_eq!(compared.data("metrics.values.2.difference.rate"), &json!(-0.6));
        let days = ask(&admin, &filter, "groups(by: DAY) { groups { key values(only: [VOLUME]) { now { count } previous { count } } } }").await.ok();
        assert_eq!(days.data("metrics.groups.groups.0.values.0.previous.count"), &json!(0));
        assert_eq!(days.data("metrics.groups.groups.1.values.0.previous.count"), &json!(1));

        let map = ask(&admin, &filter, "heatMap { weekday hour values(only: [VOLUME]) { now { count } } }").await.ok();
        let cells = map.list("metrics.heatMap");
        assert_eq!(cells.len(), 168);
        let full: Vec<_> = cells
            .iter()
            .filter(|cell| cell["values"][0]["now"]["count"] != json!(0))
            .map(|cell| (cell["weekday"].as_i64().unwrap(), cell["hour"].as_i64().unwrap(), cell["values"][0]["now"]["count"].as_i64().unwrap()))
            .collect();
        assert_eq!(full, [(1, 9, 2), (1, 23, 1), (2, 12, 2)]);
    }
}
