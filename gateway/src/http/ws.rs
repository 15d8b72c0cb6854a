//! Where a request becomes a WebSocket; what is said on it then is in [`super::session`].

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{FromRequestParts, ws::WebSocketUpgrade},
    response::Response,
};
use http::{Method, StatusCode, header, request::Parts};

use super::{
    accept::Format,
    answer,
    backend::{Backend, Peer, Transport},
    errors::Rejection,
    observe::OpenSocket,
    operate::Shared,
    peer,
    protocol::SUBPROTOCOL,
    request_id::RequestId,
    server::Connection,
    session::Session,
};

/// The limits of a WebSocket.
#[derive(Clone, Debug)]
pub struct WsConfig {
    /// Time from the upgrade to `connection_init`.
    pub init_timeout: Duration,
    /// How often the server pings.
    pub ping_interval: Duration,
    /// A socket that says nothing for so long, not even pongs, is closed.
    pub idle_timeout: Duration,
    /// A message that cannot be written within this time ends the socket.
    pub write_timeout: Duration,
    /// How long a closing handshake may take.
    pub close_timeout: Duration,
    /// Longest message from the client, in bytes; frames likewise.
    pub message_bytes: usize,
    /// Operations live at a time.
    pub operations: usize,
    /// Messages the client may send a second over time; four seconds' worth at once.
    pub messages_per_second: u32,
}

impl Default for WsConfig {
    fn default() -> Self {
        Self {
            init_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(25),
            idle_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            close_timeout: Duration::from_secs(2),
            message_bytes: 256 * 1024,
            operations: 32,
            messages_per_second: 50,
        }
    }
}

/// Per socket; the defaults of the library are made for few and busy ones.
const BUFFER_BYTES: usize = 8 * 1024;

/// Whether a request wants to become a WebSocket.
pub(super) fn is_upgrade(parts: &Parts) -> bool {
    parts.method == Method::GET
        && parts.headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Answers the upgrade.
pub(super) async fn upgrade<B: Backend>(shared: Arc<Shared<B>>, mut parts: Parts) -> Response {
    match accept(&shared, &mut parts).await {
        Ok((upgrade, peer)) => {
            let agreed = upgrade.selected_protocol().is_some();
            // Keeps the connection's place in the server's count for as long as the socket lives.
            let connection = parts.extensions.get::<Connection>().cloned();
            upgrade.on_upgrade(move |socket| async move {
                let _open = OpenSocket::count(Transport::WebSocket);
                let _connection = connection;
                Session::new(shared, peer, socket).run(agreed).await;
            })
        }
        Err(rejection) => {
            let id = RequestId::of(&parts.extensions);
            answer::rejected(rejection, Format::Json, &id)
        }
    }
}

async fn accept<B: Backend>(shared: &Shared<B>, parts: &mut Parts) -> Result<(WebSocketUpgrade, Peer), Rejection> {
    // Browsers let any page open a WebSocket anywhere; nothing but this check stands in the way.
    if !shared.origins.allow(parts) {
        return Err(Rejection::http(StatusCode::FORBIDDEN, "FORBIDDEN", "This origin is not allowed"));
    }
    let mut peer = peer::of(parts, &shared.config.trusted_proxies)?;
    peer.idempotency_key = None;
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &())
        .await
        .map_err(|_| Rejection::malformed("Not a valid WebSocket handshake"))?;
    let limit = shared.config.ws.message_bytes;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(limit)
        .max_frame_size(limit);
    Ok((upgrade, peer))
}
