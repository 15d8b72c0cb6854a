//! A `graphql-transport-ws` client.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::secrets;

/// How long the handshake and the closing may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    closed: Option<u16>,
    base: String,
}

/// One message of the protocol.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Its type: `next`, `error`, `complete`, `connection_ack`, …
    pub kind: String,
    /// The subscription that it belongs to; empty where it has none.
    pub id: String,
    /// What it carries; null where it has none.
    pub payload: Value,
}

impl Frame {
    /// The value below `payload.data` at a JSON pointer's path with dots, such as `inboxEvents.sequence`.
    #[track_caller]
    pub fn data(&self, path: &str) -> &Value {
        let pointer = format!("/data/{}", path.replace('.', "/"));
        self.payload.pointer(&pointer).unwrap_or_else(|| panic!("no {path:?} in {self:?}"))
    }
}

impl Socket {
    /// Connects and signs in with a token, or as nobody; panics unless the server acknowledges.
    pub async fn connect(base: &str, token: Option<&str>) -> Self {
        secrets::used(base, token.unwrap_or_default());
        let payload = token.map_or(json!({}), |token| json!({ "authorization": format!("Bearer {token}") }));
        let mut socket = Self::open(base, &[]).await;
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        let answer = socket.next(PATIENCE).await;
        assert_eq!(answer.kind, "connection_ack", "{answer:?}");
        socket
    }

    /// Connects without a word of the protocol above WebSocket, with these HTTP headers.
    pub async fn open(base: &str, headers: &[(&str, &str)]) -> Self {
        match Self::try_open(base, headers).await {
            Ok(socket) => socket,
            Err(error) => panic!("no WebSocket at {base}: {error}"),
        }
    }

    /// The same, for servers that refuse: `tungstenite::Error::Http` holds their answer.
    pub async fn try_open(base: &str, headers: &[(&str, &str)]) -> Result<Self, Box<tungstenite::Error>> {
        let url = format!("{}/graphql", base.replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        for (name, value) in [("sec-websocket-protocol", "graphql-transport-ws")].iter().chain(headers) {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("the name of a header");
            request.headers_mut().insert(name, HeaderValue::from_str(value).expect("the value of a header"));
        }
        let opening = timeout(PATIENCE, tokio_tungstenite::connect_async(request));
        let (stream, _) = opening.await.expect("an answer to the handshake")?;
        Ok(Self { stream, closed: None, base: base.to_owned() })
    }

    /// Starts an operation under an id of the test's choice.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// Ends an operation.
    pub async fn complete(&mut self, id: &str) {
        self.send(json!({ "type": "complete", "id": id })).await;
    }

    /// The next message. The server's pings are answered and passed over. Panics when none comes and when the socket closes.
    pub async fn next(&mut self, patience: Duration) -> Frame {
        match timeout(patience, self.receive()).await {
            Ok(Some(frame)) => frame,
            Ok(None) => panic!("the socket is closed: {:?}", self.closed),
            Err(_) => panic!("no message within {patience:?}"),
        }
    }

    /// The next message, or none when the socket closes first.
    pub async fn next_or_closed(&mut self, patience: Duration) -> Option<Frame> {
        match timeout(patience, self.receive()).await {
            Ok(frame) => frame,
            Err(_) => panic!("neither a message nor the end within {patience:?}"),
        }
    }

    /// Reads until the server closes, and returns its code; 1005 where it gave none, 1006 where it just went away.
    pub async fn close_code(&mut self) -> u16 {
        let end = async { while self.receive().await.is_some() {} };
        timeout(PATIENCE, end).await.expect("the server closes the socket");
        self.closed.unwrap_or(1006)
    }

    /// Sends a message as it stands.
    pub async fn send(&mut self, message: Value) {
        secrets::told(&self.base, &message);
        self.send_raw(Message::text(message.to_string())).await;
    }

    /// Sends a frame as it stands: text that is no JSON, binary, a ping. To a server that has gone it is not sent.
    pub async fn send_raw(&mut self, message: Message) {
        drop(self.stream.send(message).await);
    }

    /// Closes with a normal close frame.
    pub async fn close(mut self) {
        drop(self.stream.close(None).await);
    }

    async fn receive(&mut self) -> Option<Frame> {
        loop {
            match self.stream.next().await? {
                Ok(Message::Text(text)) => {
                    let json: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
                    secrets::told(&self.base, &json);
                    let string = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
                    let frame = Frame { kind: string("type"), id: string("id"), payload: json["payload"].clone() };
                    if frame.kind != "ping" {
                        return Some(frame);
                    }
                    self.send(json!({ "type": "pong" })).await;
                }
                Ok(Message::Close(close)) => self.closed = Some(close.map_or(1005, |frame| frame.code.into())),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }
}

#[cfg(test)]
#[path = "socket_tests.rs"]
mod tests;
