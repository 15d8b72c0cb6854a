//! GraphQL on the network: HTTP, WebSocket and server-sent events over one endpoint, `/graphql`.
//!
//! async-graphql gives types and execution; the transports and the document gate are ours, since the stock ones let a
//! document of 800 bytes stop the server. One way leads through this module, whatever the transport:
//!
//! ```text
//! server ── edge ──┬── graphql ──┬── params ── operate ── documents ── gate (scan, weigh, cost)
//!  (TCP)   (ids,   ├── sse ──────┤                 │
//!           CORS)  └── ws ───────┘                 └── backend ── the product
//! ```
//!
//! The product is behind [`Backend`]; nothing here knows of tenants, tokens or tables.

mod validated;
use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, routing::any};
use tokio_util::sync::CancellationToken;

mod accept;
mod answer;
mod backend;
mod cached;
mod compress;
mod cors;
mod cost;
mod documents;
mod edge;
mod errors;
mod gate;
mod graphql;
mod limits;
mod multipart;
mod observe;
mod operate;
mod params;
mod passed;
mod peer;
mod protocol;
mod request_id;
mod running;
mod scan;
mod server;
mod session;
mod sse;
mod stall;
mod uploads;
mod weigh;
mod ws;

#[cfg(test)]
mod tests;

pub use backend::{Backend, EndReason, Failure, Operation, Peer, Prepared, SessionEnd, Transport};
pub use compress::{AS_IT_IS, Compressible};
pub use errors::code_of;
pub use limits::Limits;
pub use request_id::RequestId;
pub use server::{Connection, ServerConfig, serve};
pub use uploads::{Upload, Uploads};
pub use ws::WsConfig;

use cors::Origins;
use documents::Documents;
use errors::Rejection;
use observe::Names;
use operate::Shared;

/// Where the endpoint is.
pub const PATH: &str = "/graphql";

/// What can be set about the transports. The defaults are made for production.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// What a document may cost.
    pub limits: Limits,
    /// Text of documents kept parsed, in bytes; as much again for persisted queries.
    pub document_cache_bytes: u64,
    /// Longest body, in bytes.
    pub body_bytes: usize,
    /// Time for a body to arrive.
    pub body_timeout: Duration,
    /// Bytes of the files of one multipart request.
    pub upload_bytes: u64,
    /// Time for a request with files to arrive, of which nothing may be silent for longer than `body_timeout`.
    pub upload_timeout: Duration,
    /// Time for an operation to be prepared and executed. Subscriptions may go on.
    pub execution_timeout: Duration,
    /// Origins of web pages, besides our own, that may use the API: `https://desk.example.com`.
    pub origins: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How often a silent stream of events shows that it is alive.
    pub sse_keep_alive: Duration,
    /// WebSockets.
    pub ws: WsConfig,
    /// Connections.
    pub server: ServerConfig,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            document_cache_bytes: 4 * 1024 * 1024,
            body_bytes: 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            upload_bytes: 10 * 1024 * 1024,
            upload_timeout: Duration::from_secs(120),
            execution_timeout: Duration::from_secs(15),
            origins: Vec::new(),
            trusted_proxies: Vec::new(),
            sse_keep_alive: Duration::from_secs(15),
            ws: WsConfig::default(),
            server: ServerConfig::default(),
        }
    }
}

/// The routes of the GraphQL endpoint; what is on no route is answered with 404.
///
/// Other routes are merged in: `router(..).merge(edge(others, &config))`. Sockets and streams end when `shutdown` is
/// cancelled.
pub fn router<B: Backend>(backend: Arc<B>, config: HttpConfig, shutdown: CancellationToken) -> Router {
    let origins = Arc::new(Origins::new(&config.origins));
    let shared = Arc::new(Shared {
        backend,
        documents: Documents::new(config.limits.clone(), config.document_cache_bytes),
        origins: origins.clone(),
        names: Arc::new(Names::default()),
        shutdown,
        config,
    });
    let routes = Router::new().route(PATH, any(graphql::endpoint::<B>)).with_state(shared).fallback(nothing_here);
    edge::wrap(routes, origins)
}

/// Gives other routes what the GraphQL endpoint has: request ids, security headers, CORS, compression of what is
/// [`Compressible`], and an answer when a handler panics.
pub fn edge(routes: Router, config: &HttpConfig) -> Router {
    edge::wrap(routes, Arc::new(Origins::new(&config.origins)))
}

async fn nothing_here(request: axum::extract::Request) -> axum::response::Response {
    let rejection = Rejection::http(StatusCode::NOT_FOUND, "NOT_FOUND", "There is nothing at this address");
    let id = RequestId::of(request.extensions());
    answer::rejected(rejection, accept::Format::Json, &id)
}
