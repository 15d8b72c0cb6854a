//! What B2Chat tells of is here, all of it and each once; who may say so, and how it is known.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::coverage::sql::Sql;
use crate::support::b2chat::{B2chat, Play, chat, contact};
use crate::support::{Answer, Backend, Options, PATIENCE, both, chance, secrets, until};

pub const CONNECT: &str = "mutation($username: String!, $password: String!) { connectB2Chat(input: { username: $username, password: $password }) { \
    connection { status nextSyncAt connectedBy { id } } errors { code message path } } }";
const START: &str = "mutation($input: StartSyncInput!) { startSync(input: $input) { syncRun { id status from to dayCount } errors { code message path } } }";
const SEE: &str = "query($id: ID!) { syncRun(id: $id) { id entity operation status from to timeZone dayCount daysDone incompleteDays recordCount createdCount \
    changedCount failedCount ratePerSecond remainingSeconds waitingUntil errorMessage completedAt startedBy { id } \
    checkpoints(first: 100) { totalCount nodes { day status totalRecords processedRecords failedRecords checkpoint failureDetails } } \
    failures(first: 10) { totalCount nodes { day recordId message } } \
    apiResponses(first: 100) { totalCount nodes { id status recordCount responseSize storedSize requestParams } } } }";
const COVERAGE: &str = "query($from: Date!, $to: Date!) { syncCoverage(from: $from, to: $to) { day expected found failed missingIds isComplete passes } }";

/// A company that B2Chat is connected with.
pub struct Company {
    pub desk: Desk,
    pub admin: Person,
    pub b2chat: B2chat,
    /// Today, where B2Chat is.
    pub today: NaiveDate,
}

#[expect(clippy::disallowed_methods, reason = "B2Chat has a clock of its own")]
fn today() -> NaiveDate {
    Utc::now().date_naive()
}

impl Company {
    pub async fn open(backend: Backend) -> Self {
        let company = Self::unconnected(backend, Options::new()).await;
        company.connect().await;
        company
    }

    pub async fn unconnected(backend: Backend, options: Options) -> Self {
        let b2chat = B2chat::start().await;
        let options = options
            .env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on")
            .env("FRONTDESK_JOB_LEASE", "2s")
            .env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let desk = Desk::open_with(backend, options).await;
        let admin = desk.admin().await;
        let company = Self { desk, admin, b2chat, today: today() };
        company.set("b2chat.api_url", json!(company.b2chat.url)).await;
        company.set("b2chat.time_zone", json!("UTC")).await;
        company.set("b2chat.page_size", json!(5)).await;
        company
    }

    pub async fn connect(&self) {
        let held = json!({ "username": self.b2chat.username, "password": self.b2chat.password });
        self.admin.client.run(CONNECT, held).await.ok();
        self.b2chat.secrets().iter().for_each(|secret| secrets::used(self.desk.server.base(), secret));
    }

    pub async fn set(&self, key: &str, value: Value) {
        let set = "mutation($key: String!, $value: JSON!) { setSetting(input: { key: $key, value: $value }) { errors { message } } }";
        self.admin.client.run(set, json!({ "key": key, "value": value })).await.ok();
    }

    /// A day so many days ago.
    pub fn day(&self, ago: u64) -> String {
        self.today.checked_sub_days(Days::new(ago)).expect("a day").to_string()
    }

    /// Days, from so many days ago up to so many.
    pub fn days(&self, from: u64, to: u64) -> Vec<String> {
        (to..=from).rev().map(|ago| self.day(ago)).collect()
    }

    pub async fn start(&self, input: Value) -> Answer {
        self.admin.client.run(START, json!({ "input": input })).await
    }

    pub async fn see(&self, run: &str) -> Value {
        self.admin.client.run(SEE, json!({ "id": run })).await.ok().data("syncRun").clone()
    }

    /// Waits until a run is over.
    pub async fn over(&self, run: &str) -> Value {
        until("the run is over", PATIENCE * 2, async || {
            let run = self.see(run).await;
            (!run["completedAt"].is_null()).then_some(run)
        })
        .await
    }

    /// Begins a run and waits until it is over.
    pub async fn sync(&self, input: Value) -> Value {
        let begun = self.start(input).await.ok();
        self.over(&begun.string("startSync.syncRun.id")).await
    }

    pub async fn manual(&self, from: u64, to: u64) -> Value {
        self.sync(json!({ "entity": "CHATS", "operation": "MANUAL", "from": self.day(from), "to": self.day(to) })).await
    }

    pub async fn coverage(&self, from: u64, to: u64) -> Vec<Value> {
        let range = json!({ "from": self.day(from), "to": self.day(to) });
        self.admin.client.run(COVERAGE, range).await.ok().list("syncCoverage").to_vec()
    }

    pub async fn turn(&self, mutation: &str, run: &str) -> Answer {
        let document = format!(
            "mutation($id: ID!) {{ {mutation}(input: {{ syncRunId: $id }}) {{ syncRun {{ id status }} errors {{ code path message }} }} }}"
        );
        self.admin.client.run(&document, json!({ "id": run })).await
    }

    /// The tables tell of just what the source has: every chat and every message, each once.
    pub async fn equals_the_source(&self) {
        let (here, there) = (here(&self.desk.sql().await).await, there(&self.b2chat.chats()));
        for (id, chat) in &there {
            assert_eq!(here.get(id), Some(chat), "{id}");
        }
        assert_eq!(here.len(), there.len(), "nothing else is here");
        let wrong = "SELECT count(*) FROM b2chat_chats WHERE closed_order <> coalesce(closed_at, '9999-01-01T00:00:00+00:00') \
            OR modified_order <> last_modified_at OR last_modified_at IS NULL";
        assert_eq!(self.desk.sql().await.number(wrong).await, 0, "what they are ordered by is what they are");
    }
}

/// An instant in SQL as the source writes it.
fn at(sqlite: bool, column: &str) -> String {
    if sqlite {
        format!("coalesce(strftime('%Y-%m-%d %H:%M:%S', {column}), '')")
    } else {
        format!("coalesce(to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), '')")
    }
}

/// What is here, by chat, as a text.
async fn here(sql: &Sql) -> BTreeMap<String, String> {
    let time = |column: &str| at(sql.is_sqlite(), column);
    let chats = format!(
        "SELECT c.b2chat_id || '|' || c.source_status || '|' || coalesce(c.alias, '') || '|' || c.source_provider || '|' || {} || '|' || {} || '|' || {} || '|' || {} \
            || '|' || {} || '|' || coalesce(a.b2chat_id, '') || '|' || coalesce(k.b2chat_id, '') || '|' || coalesce(d.code, '') || '|' || c.message_count \
            || '|' || coalesce((SELECT min(t.tag) FROM b2chat_chat_tags t WHERE t.chat_id = c.id), '') \
         FROM b2chat_chats c LEFT JOIN b2chat_agents a ON a.id = c.agent_id LEFT JOIN b2chat_contacts k ON k.id = c.contact_id \
            LEFT JOIN b2chat_departments d ON d.id = c.department_id",
        time("c.created_at"),
        time("c.opened_at"),
        time("c.picked_up_at"),
        time("c.response_at"),
        time("c.closed_at"),
    );
    let messages = format!(
        "SELECT c.b2chat_id || '|' || {} || '|' || CASE WHEN m.incoming THEN 'in' ELSE 'out' END || '|' || m.source_type || '|' || coalesce(m.text, m.image_url, m.file_url, '') \
         FROM b2chat_messages m JOIN b2chat_chats c ON c.id = m.chat_id ORDER BY c.b2chat_id, m.sent_at, m.text",
        time("m.sent_at"),
    );
    let mut all = BTreeMap::new();
    for row in sql.texts(&chats).await {
        let (id, rest) = row.split_once('|').expect("an id");
        assert!(all.insert(id.to_owned(), rest.to_owned()).is_none(), "{id} is there twice");
    }
    for row in sql.texts(&messages).await {
        let (id, rest) = row.split_once('|').expect("an id");
        let chat = all.get_mut(id).expect("its chat");
        chat.push('\n');
        chat.push_str(rest);
    }
    all
}

/// What the source has, in the same form.
fn there(chats: &[Value]) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let one = |chat: &Value| {
        let none = Vec::new();
        let messages = chat["messages"].as_array().unwrap_or(&none);
        let mut all = [
            &chat["status"],
            &chat["alias"],
            &chat["provider"],
            &chat["created_at"],
            &chat["opened_at"],
            &chat["picked_up_at"],
            &chat["responded_at"],
            &chat["closed_at"],
            &chat["agent"]["username"],
            &chat["contact"]["id"],
            &chat["department"],
        ]
        .map(&text)
        .join("|");
        all.push_str(&format!("|{}|{}", messages.len(), text(&chat["tags"][0])));
        for message in messages {
            let way = if message["incoming"] == true { "in" } else { "out" };
            all.push_str(&format!(
                "\n{}|{way}|{}|{}",
                text(&message["created_at"]),
                text(&message["type"]),
                text(&message["body"])
            ));
        }
        (text(&chat["chat_id"]), all)
    };
    chats.iter().map(one).collect()
}

both! {
    /// A whole synchronisation equals the source; once more nothing is written; what changes is, and an incremental run finds it.
    async fn what_b2chat_has_is_here(backend) {
        let company = Company::open(backend).await;
        let staff = company.desk.colleague("agent1@example.com", "Agent One", "VIEWER").await;
        company.b2chat.fill(&company.days(4, 1), 12);
        company.set("b2chat.first_day", json!(company.day(5))).await;
        let run = company.sync(json!({ "entity": "CHATS", "operation": "FULL" })).await;
        assert_eq!((&run["status"], &run["recordCount"], &run["createdCount"], &run["dayCount"]), (&json!("SUCCESS"), &json!(48), &json!(48), &json!(6)), "{run}");
        assert_eq!(run["startedBy"]["id"], json!(company.admin.id));
        company.equals_the_source().await;
        assert_eq!(company.b2chat.tokens(), 1, "one token for all");
        // Days that have several pages were read until nothing new came; each day says how complete it is.
        let covered = company.coverage(5, 0).await;
        assert_eq!(covered.len(), 6);
        for day in &covered {
            assert_eq!((&day["isComplete"], &day["expected"]), (&json!(true), &day["found"]), "{day}");
        }
        assert_eq!((&covered[1]["found"], &covered[1]["passes"]), (&json!(12), &json!(2)));
        assert_eq!(run["checkpoints"]["totalCount"], 6);
        assert_eq!(run["checkpoints"]["nodes"][1]["status"], "COMPLETED");
        assert!(run["ratePerSecond"].as_f64().is_some_and(|rate| rate > 0.0));
        let sql = company.desk.sql().await;
        let linked = "SELECT a.b2chat_id FROM b2chat_agents a JOIN users u ON u.id = a.staff_id ORDER BY a.b2chat_id";
        assert_eq!(sql.texts(linked).await, ["agent1"]);
        // Also to a colleague who comes later.
        company.desk.colleague("agent2@example.com", "Agent Two", "VIEWER").await;
        until("who came is linked", PATIENCE, async || (sql.texts(linked).await == ["agent1", "agent2"]).then_some(())).await;
        // Nothing changed: nothing is written.
        let before = sql.number("SELECT sum(sync_version) FROM b2chat_chats").await;
        let again = company.manual(5, 0).await;
        assert_eq!((&again["status"], &again["createdCount"], &again["changedCount"]), (&json!("SUCCESS"), &json!(0), &json!(0)));
        assert_eq!(sql.number("SELECT sum(sync_version) FROM b2chat_chats").await, before);
        // A chat goes on and is over; another begins. An incremental run finds both.
        company.b2chat.change(|chats| {
            let number = chats.iter().position(|chat| chat["closed_at"].is_null()).expect("one that is open");
            let chat = &mut chats[number];
            let more = json!({ "body": "Good bye", "created_at": format!("{} 23:00:00", &chat["created_at"].as_str().expect("a time")[..10]), "incoming": true, "type": "TEXT" });
            chat["messages"].as_array_mut().expect("messages").push(more);
            chat["status"] = "COMPLETED_POLL".into();
            chat["closed_at"] = chat["created_at"].clone();
        });
        let day = company.day(1);
        company.b2chat.change(|chats| chats.push(chat(900, &day, 80_000)));
        let run = company.sync(json!({ "entity": "CHATS", "operation": "INCREMENTAL" })).await;
        assert_eq!((&run["status"], &run["createdCount"], &run["changedCount"]), (&json!("SUCCESS"), &json!(1), &json!(1)), "{run}");
        company.equals_the_source().await;
        assert_eq!(sql.number("SELECT CAST(max(sync_version) AS bigint) FROM b2chat_chats").await, 2);
        // Whoever sees numbers sees how complete they are, and neither answers nor how B2Chat is connected.
        let states = "{ syncStates { entity status totalRecords lastSuccessAt } syncRuns(filter: { entity: { eq: CHATS } }) { totalCount nodes { id apiResponses { totalCount } } } }";
        let seen = staff.client.run(states, Value::Null).await.ok();
        assert_eq!(seen.data("syncStates.0.status"), "IDLE");
        assert_eq!(seen.data("syncRuns.totalCount"), 3);
        assert_eq!(seen.data("syncRuns.nodes.0.apiResponses.totalCount"), 0);
        for secret in ["{ b2chatConnection { status } }", "{ apiResponseLogs { totalCount } }"] {
            assert_eq!(staff.client.run(secret, Value::Null).await.error_code(), "FORBIDDEN");
        }
        assert_eq!(staff.client.run(START, json!({ "input": { "entity": "CHATS", "operation": "FULL" } })).await.error_code(), "FORBIDDEN");
        // An answer as it came.
        let id = run["apiResponses"]["nodes"][0]["id"].clone();
        let raw = company.admin.client.run("query($id: ID!) { apiResponseBody(id: $id) apiResponseLog(id: $id) { responseSize endpoint } }", json!({ "id": id })).await.ok();
        assert!(raw.string("apiResponseBody").contains("were exported"));
        // Whoever reads a whole answer is on record.
        let read = format!("SELECT count(*) FROM audit_logs WHERE kind = 'data.read' AND resource_kind = 'ApiResponseLog' AND resource_id = {}", super::files::id(&sql, id.as_str().expect("an id")));
        until("the read is on record", PATIENCE, async || (sql.number(&read).await == 1).then_some(())).await;
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'sync.completed'").await, 3);
    }

    /// A page of many records is written at once, whatever some of them have and others do not.
    async fn many_records_of_a_page_are_written(backend) {
        let company = Company::open(backend).await;
        company.set("b2chat.page_size", json!(1000)).await;
        company.set("b2chat.media_backup", json!(false)).await;
        company.b2chat.fill(&company.days(2, 1), 300);
        company.b2chat.change(|chats| {
            for (n, chat) in chats.iter_mut().enumerate() {
                let at = chat["created_at"].clone();
                let more = (0..n % 5).map(|m| {
                    let mut message = json!({ "body": format!("More {m} of {n}: it's \\ \"so\", {{1,NULL}} ü"), "created_at": at, "incoming": m % 2 == 0, "type": "TEXT" });
                    // Each of these is a column that others leave empty.
                    for (bit, (name, value)) in [
                        ("caption", json!(format!("Caption {n}"))),
                        ("location", json!({ "latitude": n, "longitude": -0.5 })),
                        ("message_id", json!(format!("id-{n}-{m}"))),
                    ]
                    .into_iter()
                    .enumerate()
                    {
                        if ((n + m) >> bit) & 1 == 1 {
                            message[name] = value;
                        }
                    }
                    if n % 3 == 0 && m == 1 {
                        message["type"] = "IMAGE".into();
                        message["body"] = format!("https://files.example/{n}.png").into();
                    }
                    message
                });
                chat["messages"].as_array_mut().expect("messages").extend(more.collect::<Vec<_>>());
            }
        });
        let run = company.manual(2, 1).await;
        assert_eq!((&run["status"], &run["createdCount"], &run["apiResponses"]["totalCount"]), (&json!("SUCCESS"), &json!(600), &json!(2)), "{run}");
        let (here, there) = (here(&company.desk.sql().await).await, there(&company.b2chat.chats()));
        // Messages of one moment are in no order.
        let lines = |all: &BTreeMap<String, String>| -> Vec<Vec<String>> {
            let sorted = |text: &String| {
                let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
                lines.sort_unstable();
                lines
            };
            all.values().map(sorted).collect()
        };
        assert_eq!(lines(&here), lines(&there));
        let sql = company.desk.sql().await;
        let messages = || company.b2chat.chats().into_iter().flat_map(|chat| chat["messages"].as_array().cloned().unwrap_or_default());
        for (column, name) in [("caption", "caption"), ("location", "location"), ("b2chat_message_id", "message_id")] {
            let there = messages().filter(|message| !message[name].is_null()).count();
            assert_eq!(sql.number(&format!("SELECT count({column}) FROM b2chat_messages")).await, there as i64, "{column}");
        }
        let captions = "SELECT count(*) FROM b2chat_messages m JOIN b2chat_chats c ON c.id = m.chat_id WHERE m.caption <> 'Caption ' || CAST(CAST(substr(c.b2chat_id, 25) AS integer) AS text)";
        assert_eq!(sql.number(captions).await, 0, "each has its own");
        assert_eq!(sql.number("SELECT count(*) FROM b2chat_messages WHERE media_state = 'waiting' AND image_url IS NOT NULL AND text IS NULL").await,
            messages().filter(|message| message["type"] == "IMAGE" && message["body"].as_str().is_some_and(|body| body.starts_with("https"))).count() as i64);
    }

    /// Contacts are written whole, and what a chat says of one never takes their place; agents and departments are read from chats alone.
    async fn contacts_agents_and_departments_are_read(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(2, 1), 8);
        company.b2chat.inclusive();
        company.b2chat.set_contacts((0..7).map(|n| contact(n, &format!("{} 10:00:0{n}", company.day(1)))).collect());
        let days = json!({ "operation": "MANUAL", "from": company.day(3), "to": company.day(0) });
        let of = |entity: &str| {
            let mut input = days.clone();
            input["entity"] = entity.into();
            input
        };
        let sql = company.desk.sql().await;
        for (entity, table, count) in [("DEPARTMENTS", "b2chat_departments", 5), ("AGENTS", "b2chat_agents", 5), ("CONTACTS", "b2chat_contacts", 7)] {
            let run = company.sync(of(entity)).await;
            assert_eq!((&run["status"], &run["createdCount"]), (&json!("SUCCESS"), &json!(count)), "{run}");
            assert_eq!((sql.count(table).await, sql.count("b2chat_chats").await), (count, 0));
        }
        let run = company.sync(of("CHATS")).await;
        assert_eq!((&run["status"], &run["createdCount"]), (&json!("SUCCESS"), &json!(16)));
        company.equals_the_source().await;
        assert_eq!(sql.texts("SELECT DISTINCT full_name FROM b2chat_contacts WHERE b2chat_id = '3'").await, ["Contact 3 whole"]);
        assert_eq!(sql.texts("SELECT DISTINCT email FROM b2chat_contacts WHERE b2chat_id = '3'").await, ["c3@example.com"]);
        assert_eq!(sql.count("b2chat_contacts").await, 7);
        assert_eq!(sql.number("SELECT count(*) FROM b2chat_agents WHERE department_id IS NULL").await, 0);
    }

    /// A run is paused, goes on at the same page, and is cancelled; of each kind there is one at a time.
    async fn a_run_is_paused_resumed_and_cancelled(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(10, 1), 12);
        company.b2chat.slow(Duration::from_millis(60));
        let input = json!({ "entity": "CHATS", "operation": "MANUAL", "from": company.day(10), "to": company.day(1) });
        let run = company.start(input.clone()).await.ok().string("startSync.syncRun.id");
        let second = company.start(input.clone()).await;
        assert_eq!(second.user_errors("startSync")[0].path, "input.entity");
        until("a day is done", PATIENCE, async || (company.see(&run).await["daysDone"].as_i64() >= Some(1)).then_some(())).await;
        assert!(company.see(&run).await["remainingSeconds"].is_i64());
        assert_eq!(company.turn("pauseSync", &run).await.ok().data("pauseSync.syncRun.status"), "PAUSED");
        let stood = company.see(&run).await;
        let asked = company.b2chat.pages();
        // Whoever read a page meanwhile stops at its end; the next one was asked for ahead.
        let sql = company.desk.sql().await;
        let working = "SELECT count(*) FROM jobs WHERE kind = 'analytics_sync.run'";
        until("nobody reads", PATIENCE, async || (sql.number(working).await == 0).then_some(())).await;
        assert!(company.b2chat.pages() <= asked + 2, "nothing more is asked for");
        assert_eq!(company.see(&run).await["recordCount"], stood["recordCount"]);
        company.turn("resumeSync", &run).await.ok();
        let done = company.over(&run).await;
        assert_eq!((&done["status"], &done["recordCount"]), (&json!("SUCCESS"), &json!(120)), "{done}");
        company.equals_the_source().await;
        assert_eq!(company.turn("pauseSync", &run).await.user_errors("pauseSync")[0].code, "NOT_ALLOWED");
        let run = company.start(input).await.ok().string("startSync.syncRun.id");
        assert_eq!(company.turn("cancelSync", &run).await.ok().data("cancelSync.syncRun.status"), "CANCELLED");
        assert_eq!(company.see(&run).await["status"], "CANCELLED");
        assert_eq!(company.turn("resumeSync", &run).await.user_errors("resumeSync")[0].code, "NOT_ALLOWED");
    }

    /// Records are made again from stored answers, and what would come of it is said first; later ones stay.
    async fn records_are_made_again_from_stored_answers(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(2, 1), 8);
        // An answer that came twice tells of no more.
        company.b2chat.script([Play::Fine, Play::Repeated]);
        let run = company.manual(2, 1).await;
        let sql = company.desk.sql().await;
        sql.run("DELETE FROM b2chat_chats WHERE b2chat_id LIKE '%0003'").await;
        let broken = if sql.is_sqlite() { "x'00'" } else { "decode('00', 'hex')" };
        sql.run(&format!("UPDATE b2chat_chats SET alias = 'broken', digest = {broken} WHERE b2chat_id LIKE '%0004'")).await;
        let preview = "query($id: ID!) { previewRebuild(syncRunId: $id) { answerCount recordCount addedCount changedCount unchangedCount newerCount failedCount } }";
        let said = company.admin.client.run(preview, json!({ "id": run["id"] })).await.ok();
        let said = said.data("previewRebuild");
        assert_eq!((&said["recordCount"], &said["addedCount"], &said["changedCount"], &said["unchangedCount"]), (&json!(16), &json!(1), &json!(1), &json!(14)), "{said}");
        assert_eq!(sql.count("b2chat_chats").await, 15, "nothing is changed");
        let asked = company.b2chat.pages();
        let rebuilt = company.turn("rebuildFromRaw", run["id"].as_str().expect("an id")).await.ok();
        let done = company.over(&rebuilt.string("rebuildFromRaw.syncRun.id")).await;
        assert_eq!((&done["status"], &done["createdCount"], &done["changedCount"]), (&json!("SUCCESS"), &json!(1), &json!(1)), "{done}");
        assert_eq!(done["recordCount"], 16, "{done}");
        company.equals_the_source().await;
        assert_eq!(company.b2chat.pages(), asked, "B2Chat is not asked");
        // What was told of later stays.
        company.b2chat.change(|chats| chats[4]["alias"] = "Another line".into());
        company.manual(2, 1).await;
        let said = company.admin.client.run(preview, json!({ "id": run["id"] })).await.ok();
        assert_eq!((said.data("previewRebuild.newerCount"), said.data("previewRebuild.changedCount")), (&json!(1), &json!(0)));
    }

    /// A record that counts as deleted stays so, is kept up to date, and comes back.
    async fn a_record_is_marked_as_deleted_and_goes_on(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(1, 1), 4);
        company.manual(1, 1).await;
        let sql = company.desk.sql().await;
        let id = sql.texts(&format!("SELECT {} FROM b2chat_chats WHERE b2chat_id LIKE '%0002'", if sql.is_sqlite() { "lower(hex(id))" } else { "replace(id::text, '-', '')" })).await;
        let id = format!("bch_{}", id[0]);
        let delete = "mutation($id: ID!, $reason: String!) { deleteB2ChatRecord(input: { id: $id, reason: $reason }) { id errors { code path } } }";
        let blank = company.admin.client.run(delete, json!({ "id": id, "reason": " " })).await;
        assert_eq!(blank.user_errors("deleteB2ChatRecord")[0].path, "input.reason");
        company.admin.client.run(delete, json!({ "id": id, "reason": "A test" })).await.ok();
        company.b2chat.change(|chats| chats[2]["alias"] = "Another line".into());
        let run = company.manual(1, 1).await;
        assert_eq!(run["changedCount"], 1);
        assert_eq!(sql.texts("SELECT alias || deletion_reason FROM b2chat_chats WHERE is_deleted").await, ["Another lineA test"]);
        let undelete = "mutation($id: ID!) { undeleteB2ChatRecord(input: { id: $id }) { id errors { code } } }";
        company.admin.client.run(undelete, json!({ "id": id })).await.ok();
        assert_eq!(sql.number("SELECT count(*) FROM b2chat_chats WHERE is_deleted").await, 0);
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'b2chat_record.marked'").await, 2);
    }

    /// The server is killed at twenty moments of one run. The tables equal the source, and nothing is there twice.
    async fn a_server_that_is_killed_goes_on_at_the_last_page(backend) {
        let port = chance::port();
        let options = Options::new().env("FRONTDESK_LISTEN", format!("127.0.0.1:{port}"));
        let mut company = Company::unconnected(backend, options).await;
        company.connect().await;
        company.b2chat.fill(&company.days(20, 1), 12);
        company.b2chat.slow(Duration::from_millis(40));
        let input = json!({ "entity": "CHATS", "operation": "MANUAL", "from": company.day(20), "to": company.day(1) });
        let run = company.start(input).await.ok().string("startSync.syncRun.id");
        for _ in 0..20 {
            let [more, later] = chance::bytes::<2>();
            let until_page = company.b2chat.pages() + 1 + usize::from(more % 4);
            let pages = || company.b2chat.pages();
            until("it goes on", PATIENCE, async || (pages() >= until_page).then_some(())).await;
            tokio::time::sleep(Duration::from_millis(u64::from(later) / 4)).await;
            company.desk.server.kill9().await;
            company.desk.server.restart().await;
        }
        company.b2chat.slow(Duration::ZERO);
        company.admin = company.desk.admin().await;
        let done = company.over(&run).await;
        assert_eq!((&done["status"], &done["recordCount"], &done["createdCount"], &done["changedCount"]), (&json!("SUCCESS"), &json!(240), &json!(240), &json!(0)), "{done}");
        company.equals_the_source().await;
        assert!(company.coverage(20, 1).await.iter().all(|day| day["isComplete"] == true && day["found"] == 12));
    }
}

/// Two processes work on one database: a run is worked on by one of them at a time, and equals the source.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_run_one_run() {
    let company = Company::open(Backend::Postgres).await;
    let private = || Options::new().env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on").env("FRONTDESK_JOB_LEASE", "2s");
    let beside = super::processes::beside_with(&company.desk, private()).await;
    company.b2chat.fill(&company.days(6, 1), 12);
    company.b2chat.script([Play::Fails(503), Play::Fails(500)]);
    let done = company.manual(6, 1).await;
    assert_eq!(
        (&done["status"], &done["createdCount"], &done["changedCount"]),
        (&json!("SUCCESS"), &json!(72), &json!(0)),
        "{done}"
    );
    company.equals_the_source().await;
    drop(beside);
}
