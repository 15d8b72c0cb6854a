//! The transports from outside: a real listener, a small schema, and a backend that plays the product.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_graphql::{
    Context, Error, ErrorExtensions, Object, Request, Response, Schema, SimpleObject, Subscription,
    async_trait::async_trait,
};
use futures_util::{
    Stream, StreamExt, future,
    stream::{self, BoxStream},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{Backend, EndReason, Failure, HttpConfig, Operation, Peer, Prepared, SessionEnd, router, serve};

mod connections;
mod over_http;
mod over_sse;
mod over_ws;

struct Query;

#[derive(SimpleObject)]
struct Row {
    id: i32,
}

#[derive(SimpleObject)]
struct Rows {
    nodes: Vec<Row>,
}

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }

    async fn echo(&self, n: i32) -> i32 {
        n
    }

    async fn rows(&self, first: Option<i32>) -> Rows {
        let nodes = (0..first.unwrap_or(25)).map(|id| Row { id }).collect();
        Rows { nodes }
    }

    async fn address(&self, ctx: &Context<'_>) -> String {
        ctx.data_unchecked::<Peer>().address.to_string()
    }

    async fn leak(&self) -> Result<Option<i32>, Error> {
        Err(Error::new("connection to postgres://admin:hunter2@db refused"))
    }

    async fn parse(&self) -> Result<Option<i32>, Error> {
        Ok(Some("Failed to parse \"x\"".parse::<i32>()?))
    }

    async fn coded(&self) -> Result<Option<i32>, Error> {
        Err(Error::new("No such row").extend_with(|_, e| e.set("code", "NOT_FOUND")))
    }

    async fn boom(&self, n: Option<i32>) -> i32 {
        n.expect("a secret in a panic")
    }

    async fn never(&self) -> Option<i32> {
        future::pending().await
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn touch(&self, by: Option<i32>) -> i32 {
        by.unwrap_or(1)
    }

    async fn stall(&self) -> Option<i32> {
        future::pending().await
    }
}

struct Events;

#[Subscription]
impl Events {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> + use<> {
        stream::iter(0..to)
    }

    async fn flood(&self) -> impl Stream<Item = String> + use<> {
        stream::repeat("x".repeat(10_000))
    }

    async fn silence(&self) -> impl Stream<Item = i32> + use<> {
        stream::pending()
    }

    async fn one_then_silence(&self) -> impl Stream<Item = i32> + use<> {
        stream::iter([1]).chain(stream::pending())
    }

    async fn burst(&self) -> impl Stream<Item = i32> + use<> {
        stream::iter(0..2).map(|n| if n == 1 { panic!("in a stream") } else { n })
    }

    async fn secret(&self) -> Result<stream::Pending<i32>, Error> {
        Err(Error::new("hunter2"))
    }
}

type Api = Schema<Query, Mutation, Events>;

/// Plays the product: what the caller's token says is what happens.
struct Fake {
    schema: Api,
    seen: Mutex<Vec<(Peer, Operation)>>,
    end: watch::Sender<Option<EndReason>>,
}

#[async_trait]
impl Backend for Fake {
    async fn prepare(&self, peer: &Peer, operation: &Operation, request: Request) -> Result<Prepared, Failure> {
        self.seen.lock().unwrap().push((peer.clone(), operation.clone()));
        match peer.authorization.as_deref() {
            Some("Bearer bad") => Err(Failure::new("UNAUTHENTICATED", "Sign in first")),
            Some("Bearer busy") => Err(Failure {
                retryable: true,
                retry_after: Some(Duration::from_millis(1_500)),
                ..Failure::new("RATE_LIMITED", "Slow down")
            }),
            Some("Bearer down") => Err(Failure::new("UNAVAILABLE", "Back soon")),
            Some("Bearer boom") => panic!("a secret in a panic"),
            _ => {
                let mut prepared = Prepared::from(request.data(peer.clone()));
                prepared.headers.insert("x-ratelimit-remaining", 7.into());
                Ok(prepared)
            }
        }
    }

    async fn connect(&self, peer: &Peer) -> Result<Option<SessionEnd>, Failure> {
        match peer.authorization.as_deref() {
            Some("Bearer refused") => Err(Failure::new("FORBIDDEN", "ä".repeat(100))),
            Some("Bearer busy") => Err(Failure { retryable: true, ..Failure::new("RATE_LIMITED", "Slow down") }),
            Some("Bearer ends") => {
                let mut end = self.end.subscribe();
                Ok(Some(Box::pin(async move {
                    let reason = end.wait_for(Option::is_some).await.map(|reason| *reason);
                    match reason {
                        Ok(Some(reason)) => reason,
                        _ => future::pending().await,
                    }
                })))
            }
            _ => Ok(None),
        }
    }

    async fn execute(&self, request: Request, _valid: bool) -> Response {
        self.schema.execute(request).await
    }

    fn stream(&self, request: Request) -> BoxStream<'static, Response> {
        self.schema.execute_stream(request)
    }

    fn sha256(&self, bytes: &[u8]) -> [u8; 32] {
        digest(bytes)
    }
}

/// Stands in for SHA-256, which the transports know by length only.
fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    for (salt, part) in digest.chunks_exact_mut(8).enumerate() {
        let mut hasher = DefaultHasher::new();
        (salt, bytes).hash(&mut hasher);
        part.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    digest
}

/// A running server, stopped when dropped.
struct Server {
    address: SocketAddr,
    fake: Arc<Fake>,
    shutdown: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Server {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut HttpConfig)) -> Self {
        let mut config = HttpConfig { origins: vec!["https://desk.test".to_owned()], ..HttpConfig::default() };
        change(&mut config);
        let fake = Arc::new(Fake {
            schema: Schema::new(Query, Mutation, Events),
            seen: Mutex::default(),
            end: watch::Sender::new(None),
        });
        let shutdown = CancellationToken::new();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = config.server.clone();
        let routes = router(fake.clone(), config, shutdown.clone());
        let stop = shutdown.clone();
        let task = tokio::spawn(async move { serve(listener, routes, &limits, stop).await });
        Self { address, fake, shutdown, task: Some(task) }
    }

    fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    fn seen(&self) -> Vec<(Peer, Operation)> {
        std::mem::take(&mut self.fake.seen.lock().unwrap())
    }

    /// Asks the server to stop and waits until it has.
    async fn stop(&mut self) {
        self.shutdown.cancel();
        self.task.take().unwrap().await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";

/// Whatever must happen soon, or the test fails rather than hangs.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), work).await.expect("took too long")
}
