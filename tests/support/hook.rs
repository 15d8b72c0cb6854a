//! A webhook that can be told to fail, as Teams' workflows do.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// What the webhook does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Answers with this status.
    Status(u16),
    /// Answers 429 and asks to come back after so many seconds.
    Later(u64),
    /// Answers 302 to this address.
    Redirect(String),
    /// Answers 202 with a body that does not end.
    Endless,
    /// Answers 202 after a while.
    Slow(Duration),
    /// Never answers.
    Silence,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Its path with the query.
    pub path: String,
    /// The header by which a second try is known.
    pub delivery: String,
    /// Its body.
    pub body: Value,
}

impl Posted {
    /// The texts of the card.
    pub fn text(&self) -> String {
        let blocks = self.body["attachments"][0]["content"]["body"].as_array().cloned().unwrap_or_default();
        let texts = blocks.iter().filter_map(|block| block["inlines"][0]["text"].as_str());
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// A webhook on the loopback.
pub struct Hook {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    script: Mutex<VecDeque<Reply>>,
    posted: Mutex<Vec<Posted>>,
    count: watch::Sender<usize>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hook {
    /// Starts one that answers 202.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let theirs = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&theirs);
                // A client that hangs up is no fault of ours.
                tokio::spawn(async move { drop(answer(&state, stream).await) });
            }
        });
        Self { address, state, task }
    }

    /// Its address with a secret in it, as Teams shows them.
    pub fn url(&self, secret: &str) -> String {
        format!("http://{}/workflows/1/triggers/manual/paths/invoke?sp=run&sig={secret}", self.address)
    }

    /// Adds replies to the end of the script; when it is over, everything is taken.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state.script).extend(replies);
    }

    /// All requests so far.
    pub fn posted(&self) -> Vec<Posted> {
        lock(&self.state.posted).clone()
    }

    /// Waits until so many requests came, and returns them.
    pub async fn wait(&self, count: usize, patience: Duration) -> Vec<Posted> {
        let mut counted = self.state.count.subscribe();
        if timeout(patience, counted.wait_for(|n| *n >= count)).await.is_err() {
            panic!("fewer than {count} cards within {patience:?}: {:#?}", self.posted());
        }
        self.posted()
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(state: &State, mut stream: TcpStream) -> std::io::Result<()> {
    let mut read = Vec::new();
    let (head, body) = loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        read.extend_from_slice(&piece[..length]);
        let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        let length: usize = header(&head, "content-length").parse().unwrap_or_default();
        if read.len() >= end + 4 + length {
            break (head, read[end + 4..].to_vec());
        }
    };
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let reply = lock(&state.script).pop_front().unwrap_or(Reply::Status(202));
    lock(&state.posted).push(Posted { path, delivery: header(&head, "x-frontdesk-delivery"), body });
    state.count.send_modify(|count| *count += 1);
    let (status, more) = match reply {
        Reply::Status(status) => (status, String::new()),
        Reply::Later(seconds) => (429, format!("Retry-After: {seconds}\r\n")),
        Reply::Redirect(to) => (302, format!("Location: {to}\r\n")),
        Reply::Slow(time) => {
            tokio::time::sleep(time).await;
            (202, String::new())
        }
        Reply::Silence => return std::future::pending().await,
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000000000000\r\n\r\n").await?;
            loop {
                stream.write_all(&[b'x'; 65536]).await?;
            }
        }
    };
    let answer = format!("HTTP/1.1 {status} As\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

fn header(head: &str, name: &str) -> String {
    let found =
        head.lines().filter_map(|line| line.split_once(':')).find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}
