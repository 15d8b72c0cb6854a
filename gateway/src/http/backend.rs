//! The seam to the product: what a transport knows of its caller, and what it asks of the product.

use std::{borrow::Cow, fmt, net::IpAddr, sync::Arc, time::Duration};

use async_graphql::{Name, Request, Response, async_trait::async_trait, parser::types::OperationType};
use futures_util::{future::BoxFuture, stream::BoxStream};
use http::HeaderMap;

/// Everything a transport knows of its caller, the same for HTTP, WebSocket and SSE.
#[derive(Clone)]
pub struct Peer {
    /// The client's address; behind a trusted proxy, the one the proxy reports.
    pub address: IpAddr,
    /// `User-Agent`, at most 512 bytes.
    pub user_agent: Option<String>,
    /// Names this operation in logs and answers; safe to log.
    pub request_id: String,
    /// The trace that it is a part of, where the caller told of one (W3C `traceparent`); safe to log.
    pub trace: Option<Arc<str>>,
    /// `Host` (or `:authority`), unverified.
    pub host: Option<String>,
    /// The tenant's slug from `X-Tenant` or from `connection_init`, unverified.
    pub tenant: Option<String>,
    /// The whole `Authorization` value, scheme included. A secret.
    pub authorization: Option<String>,
    /// `Idempotency-Key`, or `extensions.idempotencyKey` where there are no headers; 1 to 255 visible ASCII characters.
    pub idempotency_key: Option<String>,
}

/// Leaves the secrets out, so that a `{peer:?}` in a log line cannot leak them.
impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer")
            .field("address", &self.address)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// How the operation came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// GraphQL over HTTP.
    Http,
    /// `graphql-transport-ws`.
    WebSocket,
    /// `text/event-stream`.
    Sse,
}

impl Transport {
    /// A short word for logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::WebSocket => "websocket",
            Self::Sse => "sse",
        }
    }
}

/// The facts of an operation that has passed the document gate.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// The operation's name; chosen by the client, so not a safe metrics label.
    pub name: Option<Name>,
    /// The name as a metrics label: one of few, or `other`.
    pub label: Arc<str>,
    /// The cost computed before execution, in values of the response.
    pub cost: u64,
    /// SHA-256 of query, operation name and variables in canonical form; only for a mutation with an idempotency key.
    pub body_hash: Option<[u8; 32]>,
    /// How it came in.
    pub transport: Transport,
    /// Whether its document asks what the API is like.
    pub introspects: bool,
}

/// What [`Backend::prepare`] hands back.
pub struct Prepared {
    /// The request with the product's data in it.
    pub request: Request,
    /// Headers for the HTTP answer, such as rate limits; WebSockets have no place for them.
    pub headers: HeaderMap,
}

impl From<Request> for Prepared {
    fn from(request: Request) -> Self {
        Self { request, headers: HeaderMap::new() }
    }
}

/// Why the product does not take an operation or a connection. The text goes to the client as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `extensions.code`. Validated to the transports: `UNAUTHENTICATED` (401), `RATE_LIMITED` (429), `UNAVAILABLE` (503).
    pub code: &'static str,
    /// For people; nothing internal in it.
    pub message: Cow<'static, str>,
    /// Whether the same operation may succeed later.
    pub retryable: bool,
    /// How long to wait before; sent as `Retry-After` in whole seconds, rounded up.
    pub retry_after: Option<Duration>,
    /// Headers for the HTTP answer, such as rate limits.
    pub headers: Box<HeaderMap>,
}

impl Failure {
    /// A failure that is not worth retrying.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), retryable: false, retry_after: None, headers: Box::default() }
    }
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The token's time is up.
    Expired,
    /// Access was taken away.
    Revoked,
}

/// Resolves when the caller's token ends or access is taken away. Dropping it gives the watch up.
pub type SessionEnd = BoxFuture<'static, EndReason>;

/// The product behind the transports.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Authenticates, resolves the tenant, counts against limits and puts the request's data into the request. Called
    /// once for each operation on every transport, after the gate.
    ///
    /// # Errors
    /// The [`Failure`] to answer with; nothing is executed then.
    async fn prepare(&self, peer: &Peer, operation: &Operation, request: Request) -> Result<Prepared, Failure>;

    /// Whether the caller may send files with a request: asked before the files are read.
    ///
    /// # Errors
    /// The [`Failure`] to answer with.
    async fn may_upload(&self, _peer: &Peer) -> Result<(), Failure> {
        Err(Failure::new("FORBIDDEN", "files are not taken here"))
    }

    /// Checks a `connection_init`, or the caller of an SSE subscription. `None` is a session that does not end.
    ///
    /// # Errors
    /// The [`Failure`] the connection is refused with.
    async fn connect(&self, peer: &Peer) -> Result<Option<SessionEnd>, Failure>;

    /// Runs a query or a mutation; one that is known to be `valid` need not be validated.
    async fn execute(&self, request: Request, valid: bool) -> Response;

    /// Runs a subscription.
    fn stream(&self, request: Request) -> BoxStream<'static, Response>;

    /// SHA-256, from the product's one cryptographic library.
    fn sha256(&self, bytes: &[u8]) -> [u8; 32];
}
