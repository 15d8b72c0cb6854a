//! The server below HTTP: slow, silent, many and last connections.

use std::{net::IpAddr, time::Duration};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Server, soon};

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address).await.unwrap()
}

/// Everything until the server closes; a reset counts as closed.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = soon(stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

const REQUEST: &str = "GET /graphql?query=%7Bhello%7D HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn slow_headers_end_the_connection() {
    let server = Server::with(|config| config.server.header_timeout = Duration::from_millis(50)).await;
    // Nothing at all, too little to tell the version, half a head, and a head that never ends.
    for beginning in ["", "P", "PRI * HTTP/2.0\r\n", "GET /graphql HTTP/1.1\r\nHost: a\r\nX-A: b"] {
        let mut stream = connect(&server).await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        assert!(!rest(&mut stream).await.contains("200"), "{beginning}");
    }
    // A connection that has been of use, and then says nothing more.
    let mut stream = connect(&server).await;
    stream.write_all(REQUEST.as_bytes()).await.unwrap();
    assert!(rest(&mut stream).await.contains("world"));
}

#[tokio::test]
async fn heads_are_limited() {
    let server = Server::start().await;
    for head in [
        format!("GET /graphql HTTP/1.1\r\nHost: a\r\nX-A: {}\r\n\r\n", "x".repeat(100_000)),
        format!("GET /graphql HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-A: b\r\n".repeat(200)),
    ] {
        let mut stream = connect(&server).await;
        let _ = stream.write_all(head.as_bytes()).await;
        let answer = rest(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[tokio::test]
async fn surplus_connections_wait_and_are_then_closed() {
    let server = Server::with(|config| {
        config.server.connections = 1;
        config.server.waiting = 1;
        config.server.wait = Duration::from_millis(200);
    })
    .await;
    let mut first = connect(&server).await;
    first.write_all(REQUEST.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    soon(first.read_exact(&mut start)).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");

    let mut second = connect(&server).await;
    let mut third = connect(&server).await;
    assert_eq!(rest(&mut third).await, "");
    assert_eq!(rest(&mut second).await, "");

    let mut waiting = connect(&server).await;
    waiting.write_all(REQUEST.replace("Host", "Connection: close\r\nHost").as_bytes()).await.unwrap();
    drop(first);
    assert!(rest(&mut waiting).await.contains("world"));
}

#[tokio::test]
async fn an_answer_nobody_reads_ends_the_connection() {
    let server = Server::with(|config| {
        config.server.write_timeout = Duration::from_millis(50);
        config.server.connections = 1;
        config.server.wait = Duration::from_secs(9);
    })
    .await;
    let mut deaf = connect(&server).await;
    let request = "GET /graphql?query=subscription%7Bflood%7D HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n";
    deaf.write_all(request.as_bytes()).await.unwrap();
    // The only place is taken by the one who does not read, until the server gives it up.
    let answer = soon(Client::new().get(format!("{}?query=%7Bhello%7D", server.url())).send()).await;
    assert_eq!(answer.unwrap().status(), 200);
}

#[tokio::test]
async fn requests_under_way_finish_when_the_server_stops() {
    let mut server = Server::with(|config| {
        config.server.drain = Duration::from_secs(9);
        config.execution_timeout = Duration::from_millis(300);
    })
    .await;
    let mut idle = connect(&server).await;
    idle.write_all(REQUEST.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    soon(idle.read_exact(&mut start)).await.unwrap();
    server.seen();

    let mut busy = connect(&server).await;
    busy.write_all(REQUEST.replace("hello", "never").as_bytes()).await.unwrap();
    while server.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    soon(server.stop()).await;
    rest(&mut idle).await;
    assert!(rest(&mut busy).await.contains("504"));
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn the_deadline_cuts_off_what_does_not_finish() {
    let mut server = Server::with(|config| config.server.drain = Duration::from_millis(50)).await;
    let mut busy = connect(&server).await;
    busy.write_all(REQUEST.replace("hello", "never").as_bytes()).await.unwrap();
    while server.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    soon(server.stop()).await;
    assert_eq!(rest(&mut busy).await, "");
}

#[tokio::test]
async fn a_trusted_proxy_says_who_the_client_is() {
    for (proxies, expected) in [(vec![], "127.0.0.1"), (vec![IpAddr::from([127, 0, 0, 1])], "9.8.7.6")] {
        let server = Server::with(|config| config.trusted_proxies = proxies).await;
        let response = Client::new()
            .post(server.url())
            .header("x-forwarded-for", "1.1.1.1, 9.8.7.6")
            .json(&json!({"query": "{address}"}))
            .send()
            .await
            .unwrap();
        let body = response.json::<Value>().await.unwrap();
        assert_eq!(body["data"]["address"], expected);
    }
}
