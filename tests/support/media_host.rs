//! A server with images and files that does as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it does when it is asked for a path.
#[derive(Clone, Debug)]
pub enum Gives {
    /// Answers 200 with these bytes, and says that they are of this type.
    Bytes(&'static str, Vec<u8>),
    /// Answers with this status.
    Status(u16),
    /// Leads to another address.
    LeadsTo(String),
    /// Announces more bytes than it sends.
    BreaksOff,
    /// Sends bytes that do not end.
    Endless,
    /// Never answers.
    Silence,
}

/// The server, on the loopback.
pub struct MediaHost {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    gives: Mutex<BTreeMap<String, VecDeque<Gives>>>,
    asked: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MediaHost {
    /// Starts one that has nothing.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let theirs = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&theirs);
                // Who hangs up is no fault of ours.
                tokio::spawn(async move { drop(answer(&state, stream).await) });
            }
        });
        Self { address, state, task }
    }

    /// The address of a path, which gives these one after the other, the last of them for ever.
    pub fn gives(&self, path: &str, all: impl IntoIterator<Item = Gives>) -> String {
        lock(&self.state.gives).insert(path.to_owned(), all.into_iter().collect());
        format!("http://{}{path}", self.address)
    }

    /// How often it was asked for a path.
    pub fn asked(&self, path: &str) -> usize {
        lock(&self.state.asked).iter().filter(|asked| *asked == path).count()
    }
}

impl Drop for MediaHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(state: &State, mut stream: TcpStream) -> std::io::Result<()> {
    let mut read = Vec::new();
    while !read.windows(4).any(|window| window == b"\r\n\r\n") {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        read.extend_from_slice(&piece[..length]);
    }
    let head = String::from_utf8_lossy(&read).into_owned();
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let gives = {
        let mut gives = lock(&state.gives);
        match gives.get_mut(&path) {
            Some(all) if all.len() > 1 => all.pop_front(),
            Some(all) => all.front().cloned(),
            None => None,
        }
    };
    lock(&state.asked).push(path);
    let (status, more, body) = match gives.unwrap_or(Gives::Status(404)) {
        Gives::Bytes(kind, bytes) => (200, format!("Content-Type: {kind}\r\n"), bytes),
        Gives::Status(status) => (status, String::new(), Vec::new()),
        Gives::LeadsTo(to) => (302, format!("Location: {to}\r\n"), Vec::new()),
        Gives::BreaksOff => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nGIF89a").await?;
            return stream.shutdown().await;
        }
        Gives::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n").await?;
            loop {
                stream.write_all(&[b'x'; 65536]).await?;
            }
        }
        Gives::Silence => return std::future::pending().await,
    };
    let head = format!("HTTP/1.1 {status} As\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}
