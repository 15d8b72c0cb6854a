//! Server-sent events, distinct connections mode.

use std::time::Duration;

use futures_util::StreamExt;
use http::header::ACCEPT;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::{Server, soon};
use crate::http::{EndReason, gate};

async fn post(server: &Server, query: &str, token: &str) -> Response {
    soon(
        Client::new()
            .post(server.url())
            .header(ACCEPT, "text/event-stream")
            .header("authorization", token)
            .json(&json!({ "query": query }))
            .send(),
    )
    .await
    .unwrap()
}

/// The events of a stream that ends, as (event, data).
async fn events(response: Response) -> Vec<(String, Value)> {
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    let text = soon(response.text()).await.unwrap();
    text.split_terminator("\n\n")
        .filter(|event| *event != ":")
        .map(|event| {
            let (name, data) = event.split_once("\ndata: ").unwrap();
            let data = if data.is_empty() { Value::Null } else { serde_json::from_str(data).unwrap() };
            (name.strip_prefix("event: ").unwrap().to_owned(), data)
        })
        .collect()
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn every_kind_of_operation_is_a_stream() {
    let server = Server::start().await;
    let found = events(post(&server, "{hello}", "").await).await;
    assert_eq!(names(&found), ["next", "complete"]);
    assert_eq!(found[0].1["data"]["hello"], "world");
    let found = events(post(&server, "mutation{touch}", "").await).await;
    assert_eq!(names(&found), ["next", "complete"]);
    let found = events(post(&server, "subscription{count(to:3)}", "").await).await;
    assert_eq!(names(&found), ["next", "next", "next", "complete"]);
    assert_eq!(found[2].1["data"]["count"], 2);
}

#[tokio::test]
async fn errors_before_execution_are_events() {
    let server = Server::start().await;
    for (query, token, code) in [
        ("{", "", "GRAPHQL_PARSE_FAILED"),
        ("{nothing}", "", "GRAPHQL_VALIDATION_FAILED"),
        (&gate::tests::bomb(), "", "QUERY_TOO_COMPLEX"),
        ("subscription{silence}", "Bearer bad", "UNAUTHENTICATED"),
        ("subscription{silence}", "Bearer refused", "FORBIDDEN"),
        ("subscription{secret}", "", "INTERNAL_SERVER_ERROR"),
    ] {
        let found = events(post(&server, query, token).await).await;
        assert_eq!(names(&found), ["next", "complete"], "{query}");
        assert_eq!(found[0].1["errors"][0]["extensions"]["code"], code);
        assert!(found[0].1.get("data").is_none_or(Value::is_null));
    }
    assert_eq!(post(&server, "{hello}", "Bearer busy").await.status(), 429);
    let response = post(&server, "subscription{burst}", "").await;
    let found = events(response).await;
    assert_eq!(names(&found), ["next", "next", "complete"]);
    assert_eq!(found[1].1["errors"][0]["message"], "Internal error");
}

#[tokio::test]
async fn a_get_needs_an_origin_that_is_ours() {
    let server = Server::start().await;
    let own = format!("http://{}", server.address);
    for (origin, status) in [
        (None, 200),
        (Some(own.as_str()), 200),
        (Some("https://desk.test"), 200),
        (Some("https://evil.test"), 403),
        (Some("null"), 403),
    ] {
        let mut request = Client::new()
            .get(format!("{}?query=subscription%7Bcount(to:1)%7D", server.url()))
            .header(ACCEPT, "text/event-stream");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        assert_eq!(request.send().await.unwrap().status(), status, "{origin:?}");
    }
}

#[tokio::test]
async fn a_client_that_takes_both_gets_json_for_queries_and_events_for_subscriptions() {
    let server = Server::start().await;
    for (query, expected) in [
        ("{hello}", "application/json; charset=utf-8"),
        ("subscription{count(to:1)}", "text/event-stream; charset=utf-8"),
    ] {
        let response = Client::new()
            .post(server.url())
            .header(ACCEPT, "application/json, text/event-stream")
            .json(&json!({ "query": query }))
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["content-type"], expected);
    }
}

#[tokio::test]
async fn the_end_of_the_session_ends_the_stream() {
    let server = Server::start().await;
    let response = post(&server, "subscription{silence}", "Bearer ends").await;
    server.fake.end.send_replace(Some(EndReason::Expired));
    let found = events(response).await;
    assert_eq!(names(&found), ["next", "complete"]);
    assert_eq!(found[0].1["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn silence_is_kept_alive_and_a_stop_ends_without_complete() {
    let mut server = Server::with(|config| config.sse_keep_alive = Duration::from_millis(10)).await;
    let response = post(&server, "subscription{silence}", "").await;
    let mut body = response.bytes_stream();
    for _ in 0..3 {
        let chunk = soon(body.next()).await.unwrap().unwrap();
        assert!(chunk.starts_with(b":\n\n"));
    }
    soon(server.stop()).await;
    let mut rest = Vec::new();
    while let Some(Ok(chunk)) = soon(body.next()).await {
        rest.extend_from_slice(&chunk);
    }
    assert!(!String::from_utf8(rest).unwrap().contains("complete"));
}
