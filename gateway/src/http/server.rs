//! The accept loop: HTTP/1 and HTTP/2 over TCP, with bounds on everything a client can make us hold.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tower::Service;

use super::stall::Stall;

/// The limits of the server.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Connections served at a time, WebSockets and event streams included.
    pub connections: usize,
    /// Connections that may wait for one of those; more are closed at once.
    pub waiting: usize,
    /// How long they wait before they are closed.
    pub wait: Duration,
    /// Time for the headers of a request to arrive, from the connection or from the answer before.
    pub header_timeout: Duration,
    /// Size of a request's headers, in bytes; at least 8192.
    pub header_bytes: usize,
    /// Number of a request's headers.
    pub headers: usize,
    /// Requests at a time on an HTTP/2 connection.
    pub streams: u32,
    /// A connection that reads nothing of what is sent for so long is closed.
    pub write_timeout: Duration,
    /// How long requests under way may take once the server stops.
    pub drain: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            connections: 4_096,
            waiting: 256,
            wait: Duration::from_secs(5),
            header_timeout: Duration::from_secs(10),
            header_bytes: 32 * 1024,
            headers: 100,
            streams: 64,
            write_timeout: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}

/// The connection a request came by, in the request's extensions. Who keeps a clone keeps the connection's place in the
/// server's count: a WebSocket does, since the server is done with its connection at the upgrade.
#[derive(Clone)]
pub struct Connection(Arc<Held>);

struct Held {
    address: SocketAddr,
    _permit: OwnedSemaphorePermit,
    _alive: TaskTrackerToken,
}

impl Connection {
    /// The address at the other end: the client's, or a proxy's.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.0.address.ip()
    }
}

/// Serves until `shutdown` is cancelled, then lets what is under way finish for [`ServerConfig::drain`].
///
/// The same token is to be given to [`super::router`], so that sockets and streams end too. Errors of single
/// connections, and of accepting them, are logged and never end the loop.
pub async fn serve(listener: TcpListener, routes: Router, config: &ServerConfig, shutdown: CancellationToken) {
    let server = Arc::new(Server {
        http: http(config),
        routes,
        config: config.clone(),
        places: Arc::new(Semaphore::new(config.connections)),
        tracker: TaskTracker::new(),
        shutdown: shutdown.clone(),
        kill: CancellationToken::new(),
    });
    let waiting = Arc::new(Semaphore::new(config.waiting));
    loop {
        let (stream, address) = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    backoff(&error).await;
                    continue;
                }
            },
        };
        let server = server.clone();
        let tracked = server.tracker.clone();
        if let Ok(place) = server.places.clone().try_acquire_owned() {
            tracked.spawn(server.serve(stream, address, place));
        } else if let Ok(turn) = waiting.clone().try_acquire_owned() {
            tracked.spawn(async move {
                let place = tokio::select! {
                    () = server.shutdown.cancelled() => return,
                    place = timeout(server.config.wait, server.places.clone().acquire_owned()) => place,
                };
                drop(turn);
                match place {
                    Ok(Ok(place)) => server.serve(stream, address, place).await,
                    Ok(Err(_)) | Err(_) => tracing::warn!(%address, "no place for a connection"),
                }
            });
        } else {
            tracing::warn!(%address, "no place for a connection, nor to wait for one");
        }
    }
    drop(listener);
    server.tracker.close();
    if timeout(config.drain, server.tracker.wait()).await.is_err() {
        tracing::warn!(connections = server.tracker.len(), "connections were cut off");
        server.kill.cancel();
    }
}

/// Out of file descriptors or the like: waiting a little is all there is to do. Others concern one connection only.
async fn backoff(error: &io::Error) {
    match error.kind() {
        io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::Interrupted => {}
        _ => {
            tracing::error!(%error, "a connection could not be accepted");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

fn http(config: &ServerConfig) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(config.header_timeout)
        .max_headers(config.headers)
        .max_buf_size(config.header_bytes.max(8192));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(config.streams)
        .max_header_list_size(u32::try_from(config.header_bytes).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(20)
        .max_send_buf_size(256 * 1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}

struct Server {
    http: Builder<TokioExecutor>,
    routes: Router,
    config: ServerConfig,
    places: Arc<Semaphore>,
    tracker: TaskTracker,
    shutdown: CancellationToken,
    kill: CancellationToken,
}

impl Server {
    async fn serve(self: Arc<Self>, stream: TcpStream, address: SocketAddr, place: OwnedSemaphorePermit) {
        // Answers are written whole; waiting to fill packets only delays them.
        let _ = stream.set_nodelay(true);
        let connection = Connection(Arc::new(Held { address, _permit: place, _alive: self.tracker.token() }));
        let arrived = AtomicBool::new(false);
        let service = service_fn(|mut request: Request<Incoming>| {
            arrived.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(connection.clone());
            self.routes.clone().call(request)
        });
        let io = TokioIo::new(Stall::new(stream, self.config.write_timeout));
        let mut serving = pin!(self.http.serve_connection_with_upgrades(io, service));
        // The library's own limit begins only once it knows which HTTP is spoken.
        let mut first = pin!(sleep(self.config.header_timeout));
        let (mut waiting, mut stopping) = (true, false);
        loop {
            tokio::select! {
                result = &mut serving => {
                    if let Err(error) = result {
                        tracing::debug!(%address, %error, "a connection broke off");
                    }
                    return;
                }
                () = &mut first, if waiting => {
                    waiting = false;
                    if !arrived.load(Ordering::Relaxed) {
                        return;
                    }
                }
                () = self.shutdown.cancelled(), if !stopping => {
                    stopping = true;
                    serving.as_mut().graceful_shutdown();
                }
                () = self.kill.cancelled() => return,
            }
        }
    }
}
