//! Somebody else holds the embedded database.

use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::Value;

use crate::running::{SUBMIT, Site, enter, messages, submission, submit, until};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, PATIENCE};

/// Another process (a backup, somebody with the command-line shell) holds the write lock on the tenant's file. Writers
/// wait a bounded time and are told to try again, readers are not disturbed, and all goes on when the lock is gone; a
/// write that was refused can be repeated under its key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_somebody_holds_makes_writers_wait_and_not_for_ever() {
    let site = Site::new(Backend::Sqlite);
    let server = site.serve().await;
    let nobody = Client::new(server.base());
    let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    submit(&nobody, "before").await;

    let other = beside(&site).await;
    other.execute_unprepared("BEGIN IMMEDIATE").await.expect("the lock");

    let keyed: Vec<Client> = (0..8).map(|number| nobody.idempotency_key(&format!("k{number}"))).collect();
    let write =
        async |client: &Client, number: usize| client.run(SUBMIT, submission(&format!("message {number}"))).await;
    let waiting = AtomicUsize::new(keyed.len());
    let refused = futures_util::future::join_all(keyed.iter().enumerate().map(async |(number, client)| {
        let answer = write(client, number).await;
        waiting.fetch_sub(1, Ordering::Relaxed);
        answer
    }));
    let reading = async {
        assert_eq!(messages(&staff).await, ["before"]);
        assert_eq!(waiting.load(Ordering::Relaxed), keyed.len(), "who reads has an answer while all who write wait");
    };
    // That they are answered at all while the lock is held shows that they do not wait for its end.
    let (refused, ()) = tokio::join!(refused, reading);
    for answer in &refused {
        assert!(matches!(answer.error_code(), "CONFLICT" | "UNAVAILABLE" | "TIMEOUT"), "{answer}");
        assert_eq!(answer.json["errors"][0]["extensions"]["retryable"], Value::Bool(true), "{answer}");
        assert!(!answer.text.contains("locked") && !answer.text.contains("SQLite"), "{answer}");
    }

    other.execute_unprepared("ROLLBACK").await.expect("the lock is gone");
    other.close().await.expect("closed");
    for (number, client) in keyed.iter().enumerate() {
        let written = async || write(client, number).await.errors().is_empty().then_some(());
        until("writes go on", PATIENCE, written).await;
    }
    let mut all = messages(&staff).await;
    all.sort();
    let mut expected: Vec<_> = (0..8).map(|number| format!("message {number}")).collect();
    expected.insert(0, "before".to_owned());
    assert_eq!(all, expected, "each once");
}

/// The disk is full while somebody writes, and SQLite rolls back by itself. Whatever is acknowledged afterwards is there, also when
/// something was refused in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_after_a_full_disk_stays() {
    let site = Site::new(Backend::Sqlite);
    let server = site.serve().await;
    let nobody = Client::new(server.base());
    let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let other = beside(&site).await;
    // It ends the transaction as a disk does that is full.
    let full =
        "CREATE TRIGGER full BEFORE INSERT ON messages BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END";
    other.execute_unprepared(full).await.expect("the disk is full");
    let refused = nobody.run(SUBMIT, submission("too much")).await;
    assert!(!refused.errors().is_empty(), "{refused}");
    other.execute_unprepared("DROP TRIGGER full").await.expect("there is room again");

    submit(&nobody, "first").await;
    let blank = nobody.run(SUBMIT, submission(" ")).await;
    assert!(!blank.user_errors("submitMessage").is_empty(), "{blank}");
    submit(&nobody, "second").await;
    let count = "SELECT count(*) AS n FROM messages";
    let there =
        other.query_one_raw(sea_orm::Statement::from_sql_and_values(sea_orm::DbBackend::Sqlite, count, [])).await;
    let there: i64 = there.expect("a database").expect("a row").try_get("", "n").expect("a number");
    assert_eq!(there, 2, "others see what was acknowledged");
    assert_eq!(messages(&staff).await.len(), 2);
    other.close().await.expect("closed");
}

/// Another connection to the tenant's file.
async fn beside(site: &Site) -> DatabaseConnection {
    let file = site.file(&site.schema("main").await);
    let mut options = sea_orm::ConnectOptions::new(format!("sqlite://{}", file.display()));
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the file is there")
}
