//! What goes wrong at B2Chat is seen, named, and never half-written.

use serde_json::{Value, json};

use super::b2chat_sync::{CONNECT, Company};
use crate::support::b2chat::{B2chat, Play, chat};
use crate::support::{Options, PATIENCE, both, secrets, until};

const TEST: &str = "mutation { testB2Chat { isWorking fault message errors { code } } }";

both! {
    /// Wrong credentials, an address where nobody is, a web page and other data: each is told apart, and nothing is kept of the first.
    async fn what_is_wrong_with_the_connection_is_told(backend) {
        let company = Company::unconnected(backend, Options::new()).await;
        let run = |held: Value| company.admin.client.run(CONNECT, held);
        let wrong = run(json!({ "username": company.b2chat.username, "password": "no-password-of-b2chat" })).await;
        let wrong = &wrong.user_errors("connectB2Chat")[0];
        assert_eq!((wrong.path.as_str(), wrong.code.as_str()), ("input.password", "INVALID_CREDENTIALS"));
        assert_eq!(run(json!({ "username": " ", "password": "x" })).await.user_errors("connectB2Chat")[0].path, "input.username");
        let begun = company.start(json!({ "entity": "CHATS", "operation": "FULL" })).await;
        assert_eq!(begun.user_errors("startSync")[0].code, "NOT_AVAILABLE", "nothing is connected");
        assert_eq!(company.admin.client.run(TEST, Value::Null).await.error_code(), "NOT_FOUND");
        company.connect().await;
        let tried = async || company.admin.client.run(TEST, Value::Null).await.ok().data("testB2Chat").clone();
        assert_eq!(tried().await["isWorking"], true);
        for (play, fault) in [(Play::Html, "ANSWER"), (Play::Other, "ANSWER"), (Play::Fails(404), "ANSWER"), (Play::Fails(503), "ADDRESS")] {
            company.b2chat.script([play]);
            let tried = tried().await;
            assert_eq!((&tried["isWorking"], &tried["fault"]), (&json!(false), &json!(fault)), "{tried}");
        }
        company.set("b2chat.api_url", json!("http://127.0.0.1:1")).await;
        assert_eq!(tried().await["fault"], "ADDRESS");
        for (key, value) in [("b2chat.time_zone", "Mars/Olympus"), ("b2chat.api_url", "ftp://x"), ("b2chat.first_day", "soon")] {
            let set = "mutation($key: String!, $value: JSON!) { setSetting(input: { key: $key, value: $value }) { errors { path code } } }";
            let refused = company.admin.client.run(set, json!({ "key": key, "value": value })).await;
            assert_eq!(refused.user_errors("setSetting")[0].path, "input.value", "{key}");
        }
        let gone = "mutation { disconnectB2Chat { connection { status } errors { code } } }";
        assert_eq!(company.admin.client.run(gone, Value::Null).await.ok().data("disconnectB2Chat.connection.status"), "DISCONNECTED");
        let sql = company.desk.sql().await;
        assert_eq!(sql.number("SELECT count(*) FROM b2chat_access WHERE credentials_encrypted IS NOT NULL").await, 0);
    }

    /// The credentials go to the address that they were given for and to no other, whoever sets another.
    async fn credentials_stay_with_their_address(backend) {
        let company = Company::open(backend).await;
        company.set("b2chat.first_day", json!(company.day(6))).await;
        let incremental = json!({ "entity": "CHATS", "operation": "INCREMENTAL" });
        for from in [6, 3] {
            assert_eq!(company.sync(incremental.clone()).await["from"], json!(company.day(from)));
        }
        let other = B2chat::start().await;
        company.set("b2chat.api_url", json!(other.url)).await;
        let run = company.manual(1, 1).await;
        assert!(run["status"] == "ERROR" && run["errorMessage"].as_str().is_some_and(|why| why.contains("connect it again")), "{run}");
        let tried = company.admin.client.run(TEST, Value::Null).await.ok().data("testB2Chat").clone();
        assert!(tried["fault"] == "ADDRESS" && tried["message"].as_str().is_some_and(|why| why.contains("connect it again")), "{tried}");
        assert_eq!((other.tokens(), other.pages()), (0, 0), "nothing was asked there");
        // With the other's it is connected there; set back to where it was, it is the other way round.
        let held = json!({ "username": other.username, "password": other.password });
        company.admin.client.run(CONNECT, held).await.ok();
        other.secrets().iter().for_each(|secret| secrets::used(company.desk.server.base(), secret));
        assert_eq!(company.manual(1, 1).await["status"], "SUCCESS");
        // Of another B2Chat nothing is known: all its days are read once.
        for from in [6, 3] {
            assert_eq!(company.sync(incremental.clone()).await["from"], json!(company.day(from)));
        }
        let before = company.b2chat.tokens();
        company.set("b2chat.api_url", json!(company.b2chat.url)).await;
        assert_eq!(company.manual(1, 1).await["status"], "ERROR");
        assert_eq!(company.b2chat.tokens(), before);
    }

    /// Limits, failures, broken lines, web pages and a token that ends in the middle hold a run up and cost it nothing.
    async fn a_run_gets_over_what_passes(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(3, 1), 12);
        company.b2chat.script([
            Play::Fails(503), Play::Fine, Play::Html, Play::Fine, Play::Ends, Play::Limited(1), Play::Fine, Play::Cut, Play::Fine,
            Play::Other, Play::Fine, Play::Fails(500), Play::Fine, Play::Ends,
        ]);
        let run = company.manual(3, 1).await;
        assert_eq!((&run["status"], &run["recordCount"], &run["failedCount"]), (&json!("SUCCESS"), &json!(36), &json!(0)), "{run}");
        company.equals_the_source().await;
        assert_eq!(company.b2chat.tokens(), 3);
    }

    /// Limits, failures and answers that cannot be read are counted each by itself: who was busy for long and answers nonsense once is
    /// not given up for that.
    async fn faults_of_several_kinds_do_not_add_up(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(1, 1), 4);
        let busy = [Play::Limited(0), Play::Limited(0), Play::Fails(503), Play::Limited(0)];
        company.b2chat.script(busy.into_iter().chain([Play::Html, Play::Fails(500), Play::Other]));
        let run = company.manual(1, 1).await;
        assert_eq!((&run["status"], &run["recordCount"]), (&json!("SUCCESS"), &json!(4)), "{run}");
        let sql = company.desk.sql().await;
        assert_eq!(sql.number("SELECT CAST(attempts + odd_attempts + limited_attempts AS bigint) FROM sync_runs").await, 0);
    }

    /// A run that waits for B2Chat and is paused and resumed is worked on once, however often that is.
    async fn a_run_that_is_resumed_is_worked_on_once(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(1, 1), 4);
        company.b2chat.script([Play::Limited(3_000), Play::Limited(3_000), Play::Limited(3_000)]);
        let before = company.b2chat.pages();
        let day = company.day(1);
        let begun = company.start(json!({ "entity": "CHATS", "operation": "MANUAL", "from": day, "to": day })).await.ok();
        let run = begun.string("startSync.syncRun.id");
        let waits = async || {
            until("it waits for B2Chat", PATIENCE, async || {
                (!company.see(&run).await["waitingUntil"].is_null()).then_some(())
            })
            .await;
        };
        let sql = company.desk.sql().await;
        for _ in 0..2 {
            waits().await;
            company.turn("pauseSync", &run).await.ok();
            assert_eq!(company.turn("resumeSync", &run).await.ok().data("resumeSync.syncRun.status"), "IN_PROGRESS");
        }
        waits().await;
        until("one job is left", PATIENCE, async || {
            (sql.number("SELECT count(*) FROM jobs WHERE kind = 'analytics_sync.run'").await == 1).then_some(())
        })
        .await;
        company.turn("pauseSync", &run).await.ok();
        company.turn("resumeSync", &run).await.ok();
        assert_eq!(company.over(&run).await["status"], "SUCCESS");
        assert_eq!(company.b2chat.pages() - before, 4, "each time it was resumed it asked once");
    }

    /// A record that can never be read does not make every incremental run begin at the first day again: it goes on where the last
    /// run ended, and back to days that are not whole no further than 30 days.
    async fn a_record_that_cannot_be_read_costs_no_more_than_itself(backend) {
        let company = Company::open(backend).await;
        company.set("b2chat.first_day", json!(company.day(45))).await;
        let broken = |ago: u64, n: usize| {
            let mut broken = chat(n, &company.day(ago), 3_600);
            broken["created_at"] = format!("{} no time", company.day(ago)).into();
            broken
        };
        company.b2chat.change(|chats| chats.extend([broken(44, 0), chat(3, &company.day(2), 3_600)]));
        let run = company.sync(json!({ "entity": "CHATS", "operation": "FULL" })).await;
        assert_eq!((&run["status"], &run["dayCount"], &run["incompleteDays"]), (&json!("PARTIAL"), &json!(46), &json!(1)), "{run}");
        let incremental = json!({ "entity": "CHATS", "operation": "INCREMENTAL" });
        let run = company.sync(incremental.clone()).await;
        assert_eq!((&run["status"], &run["from"]), (&json!("SUCCESS"), &json!(company.day(3))), "{run}");
        let state = company.admin.client.run("{ syncStates { lastSuccessAt } }", Value::Null).await.ok();
        assert!(state.data("syncStates.0.lastSuccessAt").is_string(), "{state:?}");
        company.b2chat.change(|chats| chats.push(broken(20, 6)));
        assert_eq!(company.manual(20, 20).await["status"], "PARTIAL");
        let run = company.sync(incremental.clone()).await;
        assert_eq!((&run["status"], &run["from"]), (&json!("PARTIAL"), &json!(company.day(20))), "{run}");
        // Put right, it is read by the next one, and nothing is left to go back for.
        let day = company.day(20);
        company.b2chat.change(|chats| *chats.last_mut().expect("a chat") = chat(6, &day, 3_600));
        let run = company.sync(incremental.clone()).await;
        assert_eq!((&run["status"], &run["from"], &run["createdCount"]), (&json!("SUCCESS"), &json!(day), &json!(1)), "{run}");
        assert_eq!(company.sync(incremental).await["from"], json!(company.day(3)));
    }

    /// Pages that are lost, repeated and reordered, and chats that come and go while pages are read: whatever is there is read, and
    /// the day says that it is complete.
    async fn pages_that_move_lose_nothing(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(4, 1), 12);
        let day = company.day(4);
        company.b2chat.script([Play::Removes, Play::Adds(chat(700, &day, 86_000)), Play::Lost, Play::Repeated, Play::Reordered]);
        let run = company.manual(4, 1).await;
        assert_eq!((&run["status"], &run["incompleteDays"]), (&json!("SUCCESS"), &json!(0)), "{run}");
        let sql = company.desk.sql().await;
        for chat in company.b2chat.chats() {
            let id = chat["chat_id"].as_str().expect("an id");
            assert_eq!(sql.number(&format!("SELECT count(*) FROM b2chat_chats WHERE b2chat_id = '{id}'")).await, 1, "{id}");
        }
        assert!(company.coverage(4, 1).await.iter().all(|day| day["isComplete"] == true));
    }

    /// B2Chat's clock is ahead of ours: what it says will be is kept as it says, the day is complete, and what has not come here yet is
    /// left for when it has. Set back, it says of a chat that it was over before it began, and that is kept, too.
    async fn a_clock_that_is_ahead_loses_nothing(backend) {
        let company = Company::open(backend).await;
        company.set("b2chat.first_day", json!(company.day(1))).await;
        let tomorrow = company.today.succ_opt().expect("a day").to_string();
        let late = 86_400 - 120;
        company.b2chat.change(|chats| chats.extend([chat(0, &company.day(0), late), chat(1, &company.day(0), late), chat(2, &tomorrow, 300)]));
        let run = company.sync(json!({ "entity": "CHATS", "operation": "FULL" })).await;
        assert_eq!((&run["status"], &run["createdCount"], &run["incompleteDays"]), (&json!("SUCCESS"), &json!(2), &json!(0)), "{run}");
        let covered = &company.coverage(0, 0).await[0];
        assert_eq!((&covered["expected"], &covered["found"], &covered["isComplete"]), (&json!(2), &json!(2), &json!(true)), "{covered}");
        company.b2chat.change(|chats| {
            chats.truncate(2);
            chats[1]["status"] = "CLOSED".into();
            chats[1]["closed_at"] = format!("{} 00:00:01", company.day(0)).into();
        });
        let run = company.sync(json!({ "entity": "CHATS", "operation": "INCREMENTAL" })).await;
        assert_eq!((&run["status"], &run["createdCount"], &run["changedCount"]), (&json!("SUCCESS"), &json!(0), &json!(1)), "{run}");
        company.equals_the_source().await;
        let sql = company.desk.sql().await;
        assert_eq!(sql.number("SELECT count(*) FROM metric_facts WHERE resolution_ms < 0").await, 1);
    }

    /// The zone of B2Chat was set wrong. Set right, everything is read at its right time, and no message is there twice.
    async fn a_zone_that_is_put_right_moves_what_is_there(backend) {
        let company = Company::open(backend).await;
        company.set("b2chat.time_zone", json!("America/Bogota")).await;
        company.b2chat.fill(&company.days(3, 2), 6);
        let run = company.manual(3, 2).await;
        assert_eq!((&run["status"], &run["timeZone"]), (&json!("SUCCESS"), &json!("America/Bogota")), "{run}");
        let sql = company.desk.sql().await;
        let messages = sql.count("b2chat_messages").await;
        company.set("b2chat.time_zone", json!("UTC")).await;
        let run = company.manual(3, 2).await;
        assert_eq!((&run["status"], &run["createdCount"], &run["changedCount"]), (&json!("SUCCESS"), &json!(0), &json!(12)), "{run}");
        assert_eq!(sql.count("b2chat_messages").await, messages);
        company.equals_the_source().await;
    }

    /// Records that cannot be read are named, the rest of their page is kept, and the run is never a success; put right, they come
    /// when the day is read once more. A chat that is over before it began is kept as it is.
    async fn what_cannot_be_read_is_named(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(2, 1), 4);
        company.b2chat.change(|chats| {
            chats[0]["created_at"] = format!("{} no time", &chats[0]["created_at"].as_str().expect("a time")[..10]).into();
            chats[1]["closed_at"] = "2001-01-01 00:00:00".into();
            chats[2]["department"] = json!({ "code": "SALES", "name": "Sales", "parent_code": "SALES" });
            chats[3]["messages"] = json!([{ "body": "x", "incoming": true, "type": "TEXT" }]);
        });
        let run = company.manual(2, 1).await;
        assert_eq!((&run["status"], &run["failedCount"], &run["createdCount"]), (&json!("PARTIAL"), &json!(3), &json!(6)), "{run}");
        let failures = run["failures"]["nodes"].as_array().expect("failures");
        for (id, word) in [("0000", "created_at"), ("0003", "message 1")] {
            let named = |one: &&Value| one["recordId"].as_str().is_some_and(|record| record.ends_with(id));
            let found = failures.iter().find(named).unwrap_or_else(|| panic!("{id} is not among {failures:?}"));
            assert!(found["message"].as_str().is_some_and(|text| text.contains(word)), "{found}");
        }
        let own = failures.iter().find(|one| one["message"].as_str().is_some_and(|text| text.contains("own parent")));
        assert!(own.is_some_and(|one| one["recordId"].as_str().is_some_and(|record| record.ends_with("0002"))), "{failures:?}");
        let covered = company.coverage(2, 2).await;
        assert_eq!((&covered[0]["isComplete"], &covered[0]["failed"], &covered[0]["expected"]), (&json!(false), &json!(2), &json!(4)));
        assert_eq!(covered[0]["missingIds"].as_array().map(Vec::len), Some(2));
        let sql = company.desk.sql().await;
        assert_eq!(sql.number("SELECT count(*) FROM b2chat_chats WHERE duration_seconds < 0").await, 1);
        assert_eq!(sql.number("SELECT count(*) FROM b2chat_departments WHERE parent_id IS NOT NULL").await, 0);
        let told = "{ notifications(first: 20) { nodes { type resourceId } } }";
        until("those who keep it are told", PATIENCE, async || {
            let told = company.admin.client.run(told, Value::Null).await.ok();
            told.list("notifications.nodes").iter().any(|one| one["type"] == "SYNC_PARTIAL" && one["resourceId"] == run["id"]).then_some(())
        })
        .await;
        // Put right.
        let day = company.day(2);
        company.b2chat.change(|chats| {
            chats[0] = chat(0, &day, 3600);
            chats[2] = chat(2, &day, 3720);
            chats[3] = chat(3, &day, 3780);
        });
        let refetch = "mutation($day: Date!) { refetchSyncDays(input: { entity: CHATS, from: $day }) { syncRun { id } errors { code } } }";
        let begun = company.admin.client.run(refetch, json!({ "day": day })).await.ok();
        let run = company.over(&begun.string("refetchSyncDays.syncRun.id")).await;
        assert_eq!(run["status"], "SUCCESS", "{run}");
        company.equals_the_source().await;
        assert_eq!(company.coverage(2, 2).await[0]["isComplete"], true);
    }

    /// What does not pass ends a run, with what B2Chat said and the answer as it came; whoever keeps it is told.
    async fn a_run_that_cannot_go_on_says_why(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(1, 1), 4);
        company.b2chat.script([Play::Html, Play::Html, Play::Html, Play::Html]);
        let run = company.manual(1, 1).await;
        assert_eq!((&run["status"], &run["recordCount"]), (&json!("ERROR"), &json!(0)), "{run}");
        assert!(run["errorMessage"].as_str().is_some_and(|why| why.contains("web page")), "{run}");
        assert_eq!(run["apiResponses"]["totalCount"], 4);
        let sql = company.desk.sql().await;
        assert_eq!(sql.count("b2chat_chats").await, 0);
        let told = "{ notifications(first: 20) { nodes { type } } }";
        until("those who keep it are told", PATIENCE, async || {
            let told = company.admin.client.run(told, Value::Null).await.ok();
            told.list("notifications.nodes").iter().any(|one| one["type"] == "SYNC_FAILED").then_some(())
        })
        .await;
        // Days that are no days of a run.
        let from = |from: &str, to: &str| json!({ "entity": "CHATS", "operation": "MANUAL", "from": from, "to": to });
        for (input, path) in [
            (from("2016-01-01", "2026-01-01"), "input.from"),
            (from("2026-01-02", "2026-01-01"), "input.to"),
            (from("2026-01-02", "2999-01-01"), "input.from"),
            (json!({ "entity": "CHATS", "operation": "MANUAL" }), "input.from"),
            (json!({ "entity": "CHATS", "operation": "FULL", "from": "2026-01-01" }), "input.from"),
            (json!({ "entity": "CHATS", "operation": "REBUILD" }), "input.operation"),
        ] {
            let refused = company.start(input.clone()).await;
            assert_eq!(refused.user_errors("startSync")[0].path, path, "{input}");
        }
        company.set("b2chat.first_day", json!("2011-01-01")).await;
        let refused = company.start(json!({ "entity": "CHATS", "operation": "FULL" })).await;
        assert_eq!(refused.user_errors("startSync")[0].path, "input.operation");
        assert!(refused.user_errors("startSync")[0].message.contains("1098 days"));
        assert_eq!(sql.count("sync_runs").await, 1);
    }

    /// Answers are kept for as long as is set, and no longer; runs that are long over go too.
    async fn stored_answers_are_kept_for_a_while(backend) {
        let company = Company::unconnected(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        company.connect().await;
        company.b2chat.fill(&company.days(1, 1), 4);
        let run = company.manual(1, 1).await;
        let sql = company.desk.sql().await;
        assert_eq!(run["apiResponses"]["totalCount"], 1);
        let log = &run["apiResponses"]["nodes"][0];
        assert!(log["storedSize"].as_i64() < log["responseSize"].as_i64(), "{log}");
        sql.run("UPDATE api_response_logs SET created_at = '2020-01-01T00:00:00+00:00'").await;
        until("it is gone", PATIENCE, async || (sql.count("api_response_logs").await == 0).then_some(())).await;
        let rebuilt = company.turn("rebuildFromRaw", run["id"].as_str().expect("an id")).await;
        assert_eq!(rebuilt.user_errors("rebuildFromRaw")[0].code, "NOT_AVAILABLE");
        assert_eq!(sql.count("sync_runs").await, 1);
        sql.run("UPDATE sync_runs SET completed_at = '2020-01-01T00:00:00+00:00'").await;
        until("it is gone", PATIENCE, async || (sql.count("sync_runs").await == 0).then_some(())).await;
        assert_eq!(sql.count("sync_checkpoints").await, 0);
        assert_eq!(sql.count("b2chat_chats").await, 4, "what was read stays");
    }
}
