//! A load generator that costs little itself: HTTP/1.1 over kept connections, bytes made ready beforehand.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// The request of a client that takes compressed answers.
pub fn taking(request: &[u8], coding: &str) -> Vec<u8> {
    let line = request.windows(2).position(|two| two == b"\r\n").expect("a request line") + 2;
    [&request[..line], format!("accept-encoding: {coding}\r\n").as_bytes(), &request[line..]].concat()
}

/// A whole POST request.
pub fn post(path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    post_with(path, bearer.as_deref().map(|bearer| ("authorization", bearer)), body)
}

/// The same with this header.
pub fn post_with(path: &str, header: Option<(&str, &str)>, body: &str) -> Vec<u8> {
    let header = header.map(|(name, value)| format!("{name}: {value}\r\n")).unwrap_or_default();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: application/json\r\n\
         {header}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

impl Connection {
    /// Connects to a port of this machine.
    pub async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP socket");
        Self { stream, buffer: Vec::with_capacity(256 * 1024) }
    }

    /// Sends a request and returns the body of its answer. Panics unless that is 200 and tells of no error.
    pub async fn exchange(&mut self, request: &[u8]) -> &[u8] {
        let (ok, body) = self.send(request).await;
        // Long answers are compared in full once, before the measuring.
        let failed = body.len() < 8192 && (find(body, b"\"errors\":[{") || find(body, b"\"data\":null"));
        assert!(ok && !failed, "{}", String::from_utf8_lossy(body));
        body
    }

    /// Sends a request and returns the body of its answer, whatever it is.
    pub async fn exchange_any(&mut self, request: &[u8]) -> &[u8] {
        self.send(request).await.1
    }

    /// Whether the answer is 200, and its body.
    async fn send(&mut self, request: &[u8]) -> (bool, &[u8]) {
        self.stream.write_all(request).await.expect("the server reads");
        self.buffer.clear();
        let head = loop {
            self.receive().await;
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head]).expect("headers are text").to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        // Compressed answers come in chunks, and nothing comes behind the last one.
        let chunked = text.contains("transfer-encoding: chunked");
        let whole = |buffer: &[u8]| match length {
            Some(length) => buffer.len() >= head + length,
            None if chunked => buffer[head..].ends_with(b"0\r\n\r\n"),
            None => panic!("an answer without a length:\n{text}"),
        };
        while !whole(&self.buffer) {
            self.receive().await;
        }
        (text.starts_with("http/1.1 200"), &self.buffer[head..])
    }

    async fn receive(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.expect("the server answers");
        assert!(read > 0, "the server closed the connection");
    }
}

fn find(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// What a number of connections got out of a server.
pub struct Round {
    /// Requests answered.
    pub requests: usize,
    /// How long it took, to the last answer.
    pub elapsed: Duration,
    /// The middle latency in milliseconds.
    pub p50: f64,
}

/// Sends requests over `connections` for `time`, each connection one after another, beginning at different places.
pub async fn run(port: u16, requests: &Arc<Vec<Vec<u8>>>, connections: usize, time: Duration) -> Round {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(port).await);
    }
    let start = Instant::now();
    let tasks: Vec<_> = open
        .into_iter()
        .enumerate()
        .map(|(number, mut connection)| {
            let requests = Arc::clone(requests);
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                let mut next = number * requests.len() / connections;
                while start.elapsed() < time {
                    let sent = Instant::now();
                    connection.exchange(&requests[next]).await;
                    latencies.push(sent.elapsed());
                    next = (next + 1) % requests.len();
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.expect("a connection that works"));
    }
    let elapsed = start.elapsed();
    latencies.sort_unstable();
    Round { requests: latencies.len(), elapsed, p50: percentile(&latencies, 50) }
}

/// A percentile of sorted times, in milliseconds.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}
