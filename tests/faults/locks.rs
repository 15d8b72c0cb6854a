//! Others hold what a server wants: rows, whole tables, and all connections.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::running::{SUBMIT, Site, enter, messages, submission, submit};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Backend, Client, PATIENCE, until};

/// An answer comes within this time whoever holds what.
const BOUND: Duration = Duration::from_secs(30);
const ASSIGN: &str = "mutation($id: ID!) { setMessageStatus(input: { messageId: $id, status: IN_PROGRESS }) { message { status } errors { code } } }";

/// Another connection to the tenant's schema.
async fn beside(site: &Site) -> DatabaseConnection {
    let mut options = ConnectOptions::new(site.url().to_owned());
    options.max_connections(1).sqlx_logging(false).set_schema_search_path(site.schema("main").await);
    Database::connect(options).await.expect("the database is there")
}

/// Told to come again, without a word about why.
fn may_come_again(answer: &Answer) {
    assert!(matches!(answer.error_code(), "CONFLICT" | "UNAVAILABLE" | "TIMEOUT"), "{answer}");
    assert_eq!(answer.json["errors"][0]["extensions"]["retryable"], Value::Bool(true), "{answer}");
    let message = answer.json["errors"][0]["message"].to_string();
    assert!(!message.contains("lock") && !message.contains("messages"), "{answer}");
}

/// A table that somebody holds (a migration by hand, a repair) makes all who want it wait, and not for ever; whoever wants something
/// else is served meanwhile, and when it is free all goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_table_makes_nobody_wait_for_ever() {
    let site = Site::new(Backend::Postgres);
    let server = site.serve().await;
    let nobody = Client::new(server.base());
    let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    submit(&nobody, "before").await;
    let other = beside(&site).await;
    other.execute_unprepared("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE").await.expect("the lock");
    let keyed: Vec<_> = (0..8).map(|number| nobody.idempotency_key(&format!("k{number}"))).collect();
    let began = Instant::now();
    let refused =
        join_all(keyed.iter().enumerate().map(|(number, one)| one.run(SUBMIT, submission(&format!("m{number}")))));
    let serving = async {
        let me = staff.run("{ viewer { user { email } } }", Value::Null).await.ok();
        assert_eq!(me.string("viewer.user.email"), ADMIN_EMAIL);
        assert_eq!(nobody.get("/healthz").await.status, 200);
    };
    let (refused, ()) = tokio::join!(refused, serving);
    refused.iter().for_each(may_come_again);
    assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
    other.execute_unprepared("ROLLBACK").await.expect("it is free");
    for (number, one) in keyed.iter().enumerate() {
        let write = async || one.run(SUBMIT, submission(&format!("m{number}"))).await.errors().is_empty().then_some(());
        until("writes go on", PATIENCE, write).await;
    }
    assert_eq!(messages(&staff).await.len(), 9, "each once");
}

/// A row that somebody holds is waited for as long as a lock may take; others' rows are changed meanwhile. Two who want each other's
/// rows: the database ends one of them, and a server that is the one tries again by itself or says that it may be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_row_holds_up_no_other() {
    let site = Site::new(Backend::Postgres);
    let server = site.serve().await;
    let nobody = Client::new(server.base());
    let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let (held, free) = (submit(&nobody, "held").await, submit(&nobody, "free").await);
    let other = beside(&site).await;
    other
        .execute_unprepared("BEGIN; SELECT 1 FROM messages WHERE content = 'held' FOR UPDATE")
        .await
        .expect("the lock");
    let (began, waiting) = (Instant::now(), staff.run(ASSIGN, json!({ "id": held })));
    let passing = async { staff.run(ASSIGN, json!({ "id": free })).await.ok() };
    let (refused, done) = tokio::join!(waiting, passing);
    assert_eq!(done.string("setMessageStatus.message.status"), "IN_PROGRESS");
    may_come_again(&refused);
    assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
    // It is given back while somebody waits for it: then it is theirs.
    let waiting = tokio::spawn({
        let (staff, held) = (staff.clone(), held.clone());
        async move { staff.run(ASSIGN, json!({ "id": held })).await }
    });
    let sql =
        "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    until("somebody waits", PATIENCE, async || {
        let count = Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, sql, []);
        let row = other.query_one_raw(count).await.expect("a database").expect("a row");
        (row.try_get::<i64>("", "n").expect("a number") > 0).then_some(())
    })
    .await;
    other.execute_unprepared("ROLLBACK").await.expect("it is free");
    let done = waiting.await.expect("an answer").ok();
    assert_eq!(done.string("setMessageStatus.message.status"), "IN_PROGRESS");
}

/// Two connections and a hundred clients, who read, write and sign in at once while a table is held for a while: everybody is answered
/// in time, with what they asked for or that they may come again; nothing is locked up for good, and each write is there once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_connections_serve_a_hundred() {
    let site = Site::new(Backend::Postgres);
    let server = site.serve_with(site.options().env("FRONTDESK_DATABASE_CONNECTIONS", "2")).await;
    let nobody = Client::new(server.base());
    let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let other = beside(&site).await;
    other.execute_unprepared("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE").await.expect("the lock");
    let began = Instant::now();
    let all = join_all((0..100).map(|number| {
        let (nobody, staff) = (nobody.idempotency_key(&format!("h{number}")), staff.clone());
        async move {
            match number % 3 {
                0 => nobody.run(SUBMIT, submission(&format!("h{number}"))).await,
                1 => staff.run("{ messages(first: 5) { nodes { id visitor { email } } } }", Value::Null).await,
                _ => staff.run("{ viewer { user { email } } }", Value::Null).await,
            }
        }
    }));
    let alive = async { assert_eq!(nobody.get("/healthz").await.status, 200) };
    let (all, ()) = tokio::join!(all, alive);
    assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
    all.iter().filter(|answer| !answer.errors().is_empty()).for_each(may_come_again);
    other.execute_unprepared("ROLLBACK").await.expect("it is free");
    let again = (0..100).filter(|number| number % 3 == 0);
    join_all(again.map(|number| {
        let nobody = nobody.idempotency_key(&format!("h{number}"));
        async move {
            let write =
                async || nobody.run(SUBMIT, submission(&format!("h{number}"))).await.errors().is_empty().then_some(());
            until("writes go on", PATIENCE, write).await;
        }
    }))
    .await;
    assert_eq!(messages(&staff).await.len(), 34, "each once");
}
