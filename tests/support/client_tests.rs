use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Answer, Client};

/// Answers one request with this status line, type and body, and returns what was asked.
async fn canned(status: &'static str, kind: &'static str, body: &'static str) -> (Client, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let client = Client::new(&format!("http://{}/", listener.local_addr().expect("an address")));
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a request");
        let mut asked = String::new();
        while !asked.contains("\r\n\r\n") || asked.contains("application/json") && !asked.ends_with('}') {
            let mut piece = [0; 4096];
            let length = stream.read(&mut piece).await.expect("a request");
            asked.push_str(std::str::from_utf8(&piece[..length]).expect("text"));
        }
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nx-request-id: r1\r\nconnection: close\r\n\r\n");
        stream.write_all(format!("{head}{body}").as_bytes()).await.expect("a reader");
        asked
    });
    (client, task)
}

async fn answer(body: &'static str) -> Answer {
    let (client, _) = canned("200 OK", "application/json", body).await;
    client.run("{ q }", Value::Null).await
}

#[tokio::test]
async fn headers_and_variables_are_sent() {
    let (client, asked) = canned("200 OK", "application/json", r#"{"data":{"a":[{"b":"c"}],"n":null}}"#).await;
    let client = client.bearer("old").bearer("tok").tenant("acme").idempotency_key("k1");
    let answer = client.run("query($x: Int) { a }", json!({ "x": 1 })).await.ok();
    assert_eq!(
        (answer.string("a.0.b").as_str(), answer.data("n"), answer.header("x-request-id")),
        ("c", &Value::Null, "r1")
    );
    let asked = asked.await.expect("the server");
    for part in [
        "POST /graphql",
        "authorization: Bearer tok\r\n",
        "x-tenant: acme",
        "idempotency-key: k1",
        r#""variables":{"x":1}"#,
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    assert!(!asked.contains("old"));
}

#[tokio::test]
async fn errors_are_read() {
    let refused = answer(r#"{"data":null,"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}"#).await;
    assert_eq!(refused.error_code(), "FORBIDDEN");
    let corrected =
        answer(r#"{"data":{"m":{"errors":[{"code":"TOO_LONG","message":"x","path":["input","name"]}]}}}"#).await;
    let errors = corrected.user_errors("m");
    assert_eq!((errors.len(), errors[0].code.as_str(), errors[0].path.as_str()), (1, "TOO_LONG", "input.name"));
}

#[tokio::test]
#[should_panic(expected = "\"code\": \"TOO_LONG\"")]
async fn misuse_prints_the_whole_answer() {
    answer(r#"{"data":{"m":{"errors":[{"code":"TOO_LONG"}]}}}"#).await.ok();
}

#[tokio::test]
#[should_panic(expected = "no \"b\" of \"a.b\"")]
async fn a_missing_path_is_named() {
    answer(r#"{"data":{"a":{}}}"#).await.data("a.b");
}

#[tokio::test]
async fn events_are_read_to_the_end() {
    let body = ":\n\nevent: next\ndata: {\"a\":\ndata: 1}\nid: 7\n\n: keep\n\nevent: complete\ndata:\n\n";
    let (client, asked) = canned("200 OK", "text/event-stream; charset=utf-8", body).await;
    let mut stream = client.stream("subscription { s }", Value::Null).await;
    let event = stream.next(Duration::from_secs(10)).await.expect("an event");
    assert_eq!((event.event.as_str(), event.id.as_str(), event.json()), ("next", "7", json!({ "a": 1 })));
    assert_eq!(stream.next(Duration::from_secs(10)).await.expect("an event").event, "complete");
    assert_eq!(stream.next(Duration::from_secs(10)).await, None);
    assert!(asked.await.expect("the server").contains("accept: text/event-stream\r\n"));
}

#[tokio::test]
#[should_panic(expected = "no stream of events: 401 Unauthorized")]
async fn a_refused_stream_says_why() {
    let (client, _) = canned("401 Unauthorized", "application/json", "{}").await;
    client.stream("subscription { s }", Value::Null).await;
}
