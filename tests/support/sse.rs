//! A reader of server-sent events, as GraphQL over SSE sends them.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use serde_json::Value;
use tokio::time::timeout;

type Pieces = dyn Stream<Item = reqwest::Result<Vec<u8>>> + Send;

/// An open stream of events; closed when dropped.
pub struct Sse {
    pieces: Pin<Box<Pieces>>,
    unread: Vec<u8>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name: `next` or `complete`; `message` where it has none.
    pub event: String,
    /// Its lines of data, joined.
    pub data: String,
    /// Its id; empty where it has none.
    pub id: String,
}

impl Event {
    /// The data as JSON; null where it is empty.
    #[track_caller]
    pub fn json(&self) -> Value {
        if self.data.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

impl Sse {
    /// Panics unless the answer is a stream of events.
    pub(super) async fn new(response: reqwest::Response) -> Self {
        let (status, kind) = (response.status(), response.headers().get("content-type").cloned());
        if !status.is_success() || !kind.as_ref().is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
        {
            panic!("no stream of events: {status} {kind:?}\n{}", response.text().await.unwrap_or_default());
        }
        Self { pieces: Box::pin(response.bytes_stream().map(|piece| piece.map(Into::into))), unread: Vec::new() }
    }

    /// The next event, or none at the end of the stream; comments are passed over. Panics when nothing comes.
    pub async fn next(&mut self, patience: Duration) -> Option<Event> {
        let next = async {
            loop {
                while let Some(block) = self.block() {
                    if let Some(event) = parse(&block) {
                        return Some(event);
                    }
                }
                self.unread.extend(self.pieces.next().await?.ok()?);
            }
        };
        match timeout(patience, next).await {
            Ok(event) => event,
            Err(_) => panic!("no event within {patience:?}"),
        }
    }

    /// The next block that a blank line ends. Servers send LF or CRLF, not a mixture.
    fn block(&mut self) -> Option<String> {
        let end_of =
            |blank: &[u8]| self.unread.windows(blank.len()).position(|w| w == blank).map(|at| at + blank.len());
        let end = end_of(b"\n\n").or_else(|| end_of(b"\r\n\r\n"))?;
        Some(String::from_utf8_lossy(&self.unread.drain(..end).collect::<Vec<_>>()).into_owned())
    }
}

fn parse(block: &str) -> Option<Event> {
    let mut event = Event { event: "message".to_owned(), data: String::new(), id: String::new() };
    let mut said = false;
    let mut data: Vec<&str> = Vec::new();
    for line in block.lines() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => event.event = value.to_owned(),
            "data" => data.push(value),
            "id" => event.id = value.to_owned(),
            _ => continue,
        }
        said = true;
    }
    event.data = data.join("\n");
    said.then_some(event)
}
