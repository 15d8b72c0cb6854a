//! A WebSocket that speaks `graphql-transport-ws`.
//!
//! One task owns the socket and all that is known of it. Each operation is a task of its own ([`super::running`]) that
//! makes finished messages and hands them over through one bounded channel, first come, first served: a slow reader
//! makes its own operations wait and nobody else's, and a chatty stream cannot keep the others silent. A message of an
//! operation that is no longer live is dropped, so an id may be used again at once.

use std::{collections::HashMap, sync::Arc, time::Instant};

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::future;
use http::StatusCode;
use serde_json::{Map, Value};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{MissedTickBehavior, interval, sleep_until, timeout},
};

use super::{
    backend::{Backend, EndReason, Peer, SessionEnd},
    errors::{self, Rejection},
    operate::Shared,
    params::Params,
    protocol::{self, Closing, Said},
    running::{Event, Running},
};

/// Messages that wait for a slow reader, for all operations of a socket together.
const WAITING: usize = 16;

struct Live {
    serial: u64,
    task: AbortHandle,
}

/// A socket and what is known of it.
pub(super) struct Session<B> {
    shared: Arc<Shared<B>>,
    peer: Peer,
    socket: WebSocket,
    sender: mpsc::Sender<Event>,
    events: mpsc::Receiver<Event>,
    live: HashMap<Arc<str>, Live>,
    tasks: JoinSet<()>,
    serial: u64,
    acknowledged: bool,
    end: Option<SessionEnd>,
    heard: Instant,
    budget: Budget,
}

/// How a socket ends: with a closing frame of ours, or because nobody is there any more.
enum Exit {
    Close(Closing),
    Gone,
}

impl From<Closing> for Exit {
    fn from(closing: Closing) -> Self {
        Self::Close(closing)
    }
}

impl<B: Backend> Session<B> {
    pub fn new(shared: Arc<Shared<B>>, peer: Peer, socket: WebSocket) -> Self {
        let (sender, events) = mpsc::channel(WAITING);
        Self {
            budget: Budget::new(shared.config.ws.messages_per_second),
            shared,
            peer,
            socket,
            sender,
            events,
            live: HashMap::new(),
            tasks: JoinSet::new(),
            serial: 0,
            acknowledged: false,
            end: None,
            heard: Instant::now(),
        }
    }

    /// Until the socket is closed; `agreed` on the subprotocol or not.
    pub async fn run(mut self, agreed: bool) {
        let exit = if agreed { self.serve().await } else { Exit::Close(Closing::SUBPROTOCOL) };
        self.tasks.abort_all();
        let wait = self.shared.config.ws.close_timeout;
        if let Exit::Close(closing) = &exit {
            tracing::debug!(
                request_id = self.peer.request_id,
                code = closing.code,
                reason = %closing.reason,
                "websocket closed"
            );
            if !matches!(timeout(wait, self.socket.send(closing.frame())).await, Ok(Ok(()))) {
                return;
            }
        }
        // Until the other side has closed too: a connection dropped with unread bytes in it would be reset, and the
        // closing frame lost.
        let rest = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        let _ = timeout(wait, rest).await;
    }

    async fn serve(&mut self) -> Exit {
        let config = self.shared.config.ws.clone();
        let deadline = tokio::time::Instant::now() + config.init_timeout;
        let mut pings = interval(config.ping_interval);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        let shutdown = self.shared.shutdown.clone();
        loop {
            let done = tokio::select! {
                () = shutdown.cancelled() => Err(Closing::GOING_AWAY.into()),
                reason = ended(&mut self.end) => Err(match reason {
                    EndReason::Expired => Closing::EXPIRED.into(),
                    EndReason::Revoked => Closing::REVOKED.into(),
                }),
                () = sleep_until(deadline), if !self.acknowledged => {
                    Err(Closing::INIT_TIMEOUT.into())
                }
                _ = pings.tick() => {
                    if self.heard.elapsed() >= config.idle_timeout {
                        Err(Closing::IDLE.into())
                    } else {
                        self.send(Message::Ping(Bytes::new())).await
                    }
                }
                Some(_) = self.tasks.join_next() => Ok(()),
                Some(event) = self.events.recv() => self.forward(event).await,
                received = self.socket.recv() => self.received(received).await,
            };
            if let Err(exit) = done {
                return exit;
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Exit> {
        let wait = self.shared.config.ws.write_timeout;
        tokio::select! {
            // What can be written at once is written, even while the server stops.
            biased;
            sent = timeout(wait, self.socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(Exit::Gone),
            },
            () = self.shared.shutdown.cancelled() => Err(Exit::Gone),
        }
    }

    async fn forward(&mut self, event: Event) -> Result<(), Exit> {
        let current = self.live.get(&event.id).map(|live| live.serial);
        if current != Some(event.serial) {
            return Ok(());
        }
        if event.last {
            self.live.remove(&event.id);
        }
        self.send(event.message).await
    }

    async fn received(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), Exit> {
        let message = match received {
            Some(Ok(message)) => message,
            // The library says so of a message over the limit, in words only; other errors have no answer to give.
            Some(Err(error)) if error.to_string().contains("too long") => {
                return Err(Closing::TOO_BIG.into());
            }
            Some(Err(_)) | None => return Err(Exit::Gone),
        };
        self.heard = Instant::now();
        if !self.budget.take() {
            return Err(Closing::FLOOD.into());
        }
        match message {
            Message::Text(text) => self.said(Said::read(&text)?).await,
            Message::Binary(_) => Err(Closing::bad_message("Invalid message received").into()),
            // The library answers pings and closes by itself.
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(Exit::Gone),
        }
    }

    async fn said(&mut self, said: Said) -> Result<(), Exit> {
        match said {
            Said::Init(_) if self.acknowledged => Err(Closing::INIT_TWICE.into()),
            Said::Init(payload) => self.init(payload).await,
            Said::Ping(payload) => self.send(protocol::pong(payload.as_deref())).await,
            Said::Pong => Ok(()),
            Said::Subscribe(..) if !self.acknowledged => Err(Closing::UNAUTHORIZED.into()),
            Said::Subscribe(id, params) => self.subscribe(id.into(), *params).await,
            Said::Complete(id) => {
                if let Some(live) = self.live.remove(id.as_str()) {
                    live.task.abort();
                }
                Ok(())
            }
        }
    }

    async fn init(&mut self, mut payload: Map<String, Value>) -> Result<(), Exit> {
        let mut text = |name: &str| match payload.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Closing::bad_message("Invalid connection_init payload")),
        };
        for (slot, names) in [
            (&mut self.peer.authorization, ["authorization", "Authorization"]),
            (&mut self.peer.tenant, ["tenant", "X-Tenant"]),
        ] {
            for name in names {
                if let Some(value) = text(name)? {
                    *slot = Some(value);
                }
            }
        }
        match self.shared.connect(&self.peer).await {
            Ok(Ok(end)) => self.end = end,
            Ok(Err(failure)) if failure.retryable => return Err(Closing::TRY_LATER.into()),
            Ok(Err(failure)) => return Err(Closing::forbidden(failure.message).into()),
            Err(_) => return Err(Closing::TRY_LATER.into()),
        }
        self.acknowledged = true;
        self.send(protocol::ack()).await
    }

    async fn subscribe(&mut self, id: Arc<str>, params: Params) -> Result<(), Exit> {
        if self.live.contains_key(&id) {
            return Err(Closing::subscriber_exists(&id).into());
        }
        self.serial += 1;
        let mut peer = self.peer.clone();
        peer.request_id = format!("{}-{}", peer.request_id, self.serial);
        if self.live.len() >= self.shared.config.ws.operations {
            let mut rejection = Rejection::http(
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                "Too many operations are open on this socket",
            )
            .retryable(true);
            errors::finish(&mut rejection.errors, &peer.request_id);
            return self.send(protocol::error(&id, &rejection.errors)).await;
        }
        let operation = Running {
            shared: self.shared.clone(),
            peer,
            sender: self.sender.clone(),
            id: id.clone(),
            serial: self.serial,
        };
        let task = self.tasks.spawn(operation.run(params));
        let live = Live { serial: self.serial, task };
        self.live.insert(id, live);
        Ok(())
    }
}

async fn ended(end: &mut Option<SessionEnd>) -> EndReason {
    match end {
        Some(end) => end.await,
        None => future::pending().await,
    }
}

/// How many messages a client may still send: a bucket that fills with time.
struct Budget {
    rate: f64,
    left: f64,
    at: Instant,
}

impl Budget {
    const BURST_SECONDS: f64 = 4.0;

    fn new(rate: u32) -> Self {
        let rate = f64::from(rate);
        Self { rate, left: rate * Self::BURST_SECONDS, at: Instant::now() }
    }

    fn take(&mut self) -> bool {
        let now = Instant::now();
        let filled = self.left + now.duration_since(self.at).as_secs_f64() * self.rate;
        self.at = now;
        self.left = filled.min(self.rate * Self::BURST_SECONDS) - 1.0;
        self.left >= 0.0
    }
}
