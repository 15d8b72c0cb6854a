use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

use super::Socket;

const SOON: Duration = Duration::from_secs(10);

/// A server that acknowledges, sends these messages, and closes with this code, or just goes away; it returns what it was told.
#[expect(clippy::result_large_err, reason = "the shape of the handshake's callback is given")]
async fn scripted(messages: Vec<Value>, close: Option<u16>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let agree = |_: &Request, mut response: Response| {
            response.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
            Ok(response)
        };
        let mut socket = tokio_tungstenite::accept_hdr_async(stream, agree).await.expect("a handshake");
        let mut told = vec![text(&mut socket).await];
        socket.send(Message::text(json!({ "type": "connection_ack" }).to_string())).await.expect("a client");
        told.push(text(&mut socket).await);
        for message in messages {
            socket.send(Message::text(message.to_string())).await.expect("a client");
            if message["type"] == "ping" {
                told.push(text(&mut socket).await);
            }
        }
        if let Some(code) = close {
            let frame = CloseFrame { code: CloseCode::from(code), reason: "over".into() };
            socket.close(Some(frame)).await.expect("a client");
            while socket.next().await.is_some() {}
        }
        told
    });
    (base, task)
}

async fn text(socket: &mut WebSocketStream<TcpStream>) -> String {
    socket.next().await.expect("a message").expect("a message").into_text().expect("text").to_string()
}

#[tokio::test]
async fn a_subscription_is_read_until_the_server_closes() {
    let next = json!({ "type": "next", "id": "1", "payload": { "data": { "inboxEvents": { "sequence": "7" } } } });
    let (base, told) = scripted(vec![json!({ "type": "ping" }), next], Some(1012)).await;
    let mut socket = Socket::connect(&base, Some("tok")).await;
    socket.subscribe("1", "subscription { inboxEvents { sequence } }", Value::Null).await;
    let frame = socket.next(SOON).await;
    assert_eq!((frame.kind.as_str(), frame.id.as_str()), ("next", "1"));
    assert_eq!(frame.data("inboxEvents.sequence"), "7");
    assert_eq!(socket.next_or_closed(SOON).await, None);
    assert_eq!(socket.close_code().await, 1012);
    let told = told.await.expect("the server");
    assert!(told[0].contains("Bearer tok") && told[1].contains("inboxEvents") && told[2].contains("pong"), "{told:?}");
}

#[tokio::test]
async fn a_server_that_goes_away_gives_no_code() {
    let (base, _) = scripted(Vec::new(), None).await;
    let mut socket = Socket::connect(&base, None).await;
    socket.complete("1").await;
    assert_eq!(socket.close_code().await, 1006);
}
