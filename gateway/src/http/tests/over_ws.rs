//! `graphql-transport-ws`, message by message and code by code.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use super::{Server, soon};
use crate::http::{EndReason, HttpConfig, Transport, gate};

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

async fn open(server: &Server, protocol: Option<&str>, origin: Option<&str>) -> Result<Socket, tungstenite::Error> {
    let request = server.url().replace("http:", "ws:");
    let mut request = request.into_client_request()?;
    let headers = request.headers_mut();
    if let Some(protocol) = protocol {
        headers.insert("sec-websocket-protocol", protocol.parse().unwrap());
    }
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    let (socket, _) = soon(connect_async(request)).await?;
    Ok(Socket(socket))
}

impl Socket {
    async fn open(server: &Server) -> Self {
        open(server, Some("graphql-transport-ws"), None).await.unwrap()
    }

    /// Opened and acknowledged.
    async fn ready(server: &Server, payload: Value) -> Self {
        let mut socket = Self::open(server).await;
        socket.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(socket.hear().await, json!({"type": "connection_ack"}));
        socket
    }

    async fn say(&mut self, message: Value) {
        self.raw(Message::text(message.to_string())).await;
    }

    async fn raw(&mut self, message: Message) {
        soon(self.0.send(message)).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({"type": "subscribe", "id": id, "payload": {"query": query}})).await;
    }

    async fn hear(&mut self) -> Value {
        loop {
            match soon(self.0.next()).await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The code and reason the server closes with; messages before that are passed over.
    async fn closed(&mut self) -> (u16, String) {
        loop {
            match soon(self.0.next()).await.unwrap().unwrap() {
                Message::Close(Some(frame)) => return (frame.code.into(), frame.reason.to_string()),
                Message::Close(None) => panic!("no code"),
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn operations_of_every_kind_run() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, Value::Null).await;
    socket.subscribe("q", "{hello}").await;
    let next = socket.hear().await;
    assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("q")));
    assert_eq!(next["payload"]["data"]["hello"], "world");
    assert_eq!(next["payload"]["extensions"]["cost"]["requested"], 1);
    assert_eq!(socket.hear().await, json!({"type": "complete", "id": "q"}));
    socket.subscribe("m", "mutation{touch}").await;
    assert_eq!(socket.hear().await["payload"]["data"]["touch"], 1);
    socket.hear().await;
    socket.subscribe("s", "subscription{count(to:3)}").await;
    for number in 0..3 {
        assert_eq!(socket.hear().await["payload"]["data"]["count"], number);
    }
    assert_eq!(socket.hear().await["type"], "complete");
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|(_, operation)| operation.transport == Transport::WebSocket));
}

#[tokio::test]
async fn errors_before_execution_are_errors() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, Value::Null).await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription{nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("{echo(n:\"x\")}", "BAD_USER_INPUT"),
        ("{boom}", "INTERNAL_SERVER_ERROR"),
        (&gate::tests::bomb(), "QUERY_TOO_COMPLEX"),
        (&format!("{{{}}}", "a:hello ".repeat(5_000)), "QUERY_TOO_COMPLEX"),
    ] {
        socket.subscribe("1", query).await;
        let error = socket.hear().await;
        assert_eq!(error["type"], "error", "{error}");
        assert_eq!(error["payload"][0]["extensions"]["code"], code);
        assert!(error["payload"][0]["extensions"]["requestId"].is_string());
    }
    // One that was executed is a result.
    socket.subscribe("1", "{leak}").await;
    let next = socket.hear().await;
    assert_eq!((&next["type"], &next["payload"]["data"]["leak"]), (&json!("next"), &Value::Null));
    assert_eq!(next["payload"]["errors"][0]["message"], "Internal error");
    assert_eq!(socket.hear().await["type"], "complete");
    // A stream that breaks off says so; the socket and the others live on.
    socket.subscribe("1", "subscription{burst}").await;
    assert_eq!(socket.hear().await["type"], "next");
    let error = socket.hear().await;
    assert_eq!((&error["type"], &error["payload"][0]["message"]), (&json!("error"), &json!("Internal error")));
    socket.subscribe("1", "subscription{secret}").await;
    assert!(!socket.hear().await.to_string().contains("hunter2"));
}

#[tokio::test]
async fn the_product_sees_credentials_tenant_and_key() {
    let server = Server::start().await;
    let payload = json!({"Authorization": "Bearer x", "tenant": "acme"});
    let mut socket = Socket::ready(&server, payload).await;
    socket
        .say(json!({"type": "subscribe", "id": "1", "payload": {
            "query": "mutation{touch}", "extensions": {"idempotencyKey": "k"}
        }}))
        .await;
    socket.hear().await;
    let (peer, operation) = server.seen().pop().unwrap();
    assert_eq!(peer.authorization.as_deref(), Some("Bearer x"));
    assert_eq!(peer.tenant.as_deref(), Some("acme"));
    assert_eq!(peer.idempotency_key.as_deref(), Some("k"));
    assert!(operation.body_hash.is_some());

    let mut socket = Socket::ready(&server, json!({"authorization": "Bearer bad"})).await;
    socket.subscribe("1", "{hello}").await;
    assert_eq!(socket.hear().await["payload"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn bad_messages_close_with_4400() {
    let server = Server::start().await;
    for message in [
        Message::text("no json"),
        Message::text("{}"),
        Message::text(r#"{"type":"ping"} x"#),
        Message::text(format!(r#"{{"type":"{}"}}"#, "x".repeat(300))),
        Message::text(r#"{"type":"subscribe","payload":{"query":"{hello}"}}"#),
        Message::text(r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#),
        Message::binary(br#"{"type":"ping"}"#.to_vec()),
    ] {
        let mut socket = Socket::ready(&server, Value::Null).await;
        socket.raw(message).await;
        assert_eq!(socket.closed().await.0, 4400);
    }
}

#[tokio::test]
async fn initialisation_has_its_codes() {
    let server = Server::with(|config| config.ws.init_timeout = Duration::from_millis(50)).await;
    let mut socket = Socket::open(&server).await;
    assert_eq!(socket.closed().await.0, 4408);

    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    socket.subscribe("1", "{hello}").await;
    assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));

    let mut socket = Socket::ready(&server, Value::Null).await;
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await.0, 4429);

    for (token, code) in [("Bearer refused", 4403), ("Bearer busy", 1013)] {
        let mut socket = Socket::open(&server).await;
        socket.say(json!({"type": "connection_init", "payload": {"authorization": token}})).await;
        let (found, reason) = socket.closed().await;
        assert_eq!(found, code);
        assert!((1..=123).contains(&reason.len()));
    }
    let mut socket = Socket::open(&server).await;
    socket.say(json!({"type": "connection_init", "payload": {"authorization": 7}})).await;
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn a_live_id_cannot_be_taken_and_a_dead_one_can() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, Value::Null).await;
    for _ in 0..50 {
        socket.subscribe("1", "{hello}").await;
        assert_eq!(socket.hear().await["type"], "next");
        assert_eq!(socket.hear().await["type"], "complete");
    }
    let id = "ä".repeat(100);
    socket.subscribe(&id, "subscription{silence}").await;
    socket.subscribe(&id, "{hello}").await;
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 4409);
    assert!(reason.starts_with("Subscriber for ä") && reason.len() <= 123);
}

#[tokio::test]
async fn complete_ends_an_operation_and_is_not_echoed() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, Value::Null).await;
    socket.subscribe("1", "subscription{oneThenSilence}").await;
    assert_eq!(socket.hear().await["type"], "next");
    socket.say(json!({"type": "complete", "id": "1"})).await;
    socket.say(json!({"type": "complete", "id": "unknown"})).await;
    // The same id again at once, and a ping whose answer shows that nothing else was said in between.
    socket.subscribe("1", "subscription{oneThenSilence}").await;
    assert_eq!(socket.hear().await["type"], "next");
    socket.say(json!({"type": "complete", "id": "1"})).await;
    socket.say(json!({"type": "ping", "payload": {"a": 1}})).await;
    assert_eq!(socket.hear().await, json!({"type": "pong", "payload": {"a": 1}}));
    socket.say(json!({"type": "pong"})).await;
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.hear().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn a_chatty_stream_does_not_silence_the_others() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, Value::Null).await;
    socket.subscribe("flood", "subscription{flood}").await;
    socket.subscribe("count", "subscription{count(to:20)}").await;
    let (mut heard, mut floods) = (0, 0);
    while heard < 20 {
        let message = socket.hear().await;
        if message["id"] == "count" {
            heard += 1
        } else {
            floods += 1
        }
        assert!(floods < 10_000);
    }
    socket.say(json!({"type": "ping"})).await;
    while socket.hear().await["type"] != "pong" {}
}

#[tokio::test]
async fn a_socket_has_limits() {
    let small = |config: &mut HttpConfig| {
        config.ws.operations = 2;
        config.ws.message_bytes = 4_096;
        config.ws.messages_per_second = 5;
    };
    let server = Server::with(small).await;
    let mut socket = Socket::ready(&server, Value::Null).await;
    for id in ["1", "2", "3"] {
        socket.subscribe(id, "subscription{silence}").await;
    }
    let error = socket.hear().await;
    assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("3")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    for _ in 0..30 {
        if socket.0.send(Message::text(r#"{"type":"pong"}"#)).await.is_err() {
            break;
        }
    }
    assert_eq!(socket.closed().await.0, 1008);

    let mut socket = Socket::ready(&server, Value::Null).await;
    socket.raw(Message::text(" ".repeat(5_000))).await;
    assert_eq!(socket.closed().await.0, 1009);
}

#[tokio::test]
async fn origins_and_subprotocols_are_checked() {
    let server = Server::start().await;
    let ours = Some("graphql-transport-ws");
    let own = format!("http://{}", server.address);
    for origin in [None, Some("https://desk.test"), Some(own.as_str())] {
        assert!(open(&server, ours, origin).await.is_ok(), "{origin:?}");
    }
    for origin in ["https://evil.test", "null", "https://desk.test.evil.test"] {
        match open(&server, ours, Some(origin)).await {
            Err(tungstenite::Error::Http(response)) => assert_eq!(response.status(), 403),
            _ => panic!("{origin} was let in"),
        }
    }
    assert!(open(&server, Some("graphql-ws"), None).await.is_err());
    let mut socket = open(&server, None, None).await.unwrap();
    assert_eq!(socket.closed().await.0, 4406);
}

#[tokio::test]
async fn the_end_of_the_session_closes_the_socket() {
    for (reason, code) in [(EndReason::Expired, 4401), (EndReason::Revoked, 4403)] {
        let server = Server::start().await;
        let mut socket = Socket::ready(&server, json!({"authorization": "Bearer ends"})).await;
        socket.subscribe("1", "subscription{silence}").await;
        server.fake.end.send_replace(Some(reason));
        assert_eq!(socket.closed().await.0, code);
    }
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let mut server = Server::start().await;
    let mut socket = Socket::ready(&server, Value::Null).await;
    socket.subscribe("1", "subscription{silence}").await;
    server.shutdown.cancel();
    assert_eq!(socket.closed().await.0, 1001);
    drop(socket);
    soon(server.stop()).await;
}

#[tokio::test]
async fn silent_and_deaf_sockets_are_closed() {
    let server = Server::with(|config| {
        config.ws.ping_interval = Duration::from_millis(20);
        config.ws.idle_timeout = Duration::from_millis(200);
        config.ws.write_timeout = Duration::from_millis(50);
        config.ws.close_timeout = Duration::from_millis(50);
        config.server.connections = 1;
    })
    .await;
    // Answers pings by reading, so it stays, though it says nothing itself.
    let mut socket = Socket::ready(&server, Value::Null).await;
    for _ in 0..15 {
        assert!(matches!(soon(socket.0.next()).await, Some(Ok(Message::Ping(_)))));
    }
    // Reads no more: `deaf` while it is flooded, `other` in silence. The only place is free again each time the server
    // has given the socket up.
    let mut deaf = socket;
    deaf.subscribe("1", "subscription{flood}").await;
    let other = Socket::ready(&server, Value::Null).await;
    let _last = Socket::ready(&server, Value::Null).await;
    drop((deaf, other));
}
