//! Anthropic's Messages API, as far as Frontdesk asks it: refuses what the real one refuses, streams as it streams, cut in odd
//! places, and can be told to break off, to stall and to refuse.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::chance;

/// The model that there is.
pub const MODEL: &str = "claude-of-the-tests";
/// The most that a model writes.
const MOST_TOKENS: u64 = 8192;
/// The most that it reads, about four letters each.
const CONTEXT: usize = 50_000;

/// What becomes of a request that is in order.
#[derive(Clone, Debug)]
pub enum Play {
    /// This is said, in these pieces, and rests on this passage of this document: index, from, to.
    Says(Vec<&'static str>, Option<(usize, usize, usize)>),
    /// The same, ending for another reason than that all is said.
    Stops(&'static str, &'static str),
    /// The first of the pieces is said, and the rest when the test lets it.
    Waits(Vec<&'static str>),
    /// This is said, and the connection breaks.
    Breaks(&'static str),
    /// This is said, and an `error` event of this type comes.
    Errs(&'static str, &'static str),
    /// This is said, and then nothing more.
    Stalls(&'static str),
    /// An error with this status, type and headers.
    Refuses(u16, &'static str, &'static str),
    /// No more may be spent this month.
    Spent,
    /// Something that is no stream of events.
    Babbles,
    /// The tool is used with this; asked without streaming.
    Uses(Value),
    /// The same, when the test lets it.
    UsesLater(Value),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its headers.
    pub head: String,
    /// Its body.
    pub body: Value,
    /// Why it was refused; none where it was in order.
    pub refused: Option<String>,
}

/// The API on the loopback.
pub struct Anthropic {
    address: SocketAddr,
    /// The key that it knows.
    pub key: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    key: String,
    script: Mutex<VecDeque<Play>>,
    seen: Mutex<Vec<Request>>,
    count: watch::Sender<usize>,
    free: watch::Sender<bool>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Anthropic {
    /// Starts one that answers everything with the same words, resting on the first document.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let key = chance::name("sk-ant-of-the-tests-");
        let state = Arc::new(State {
            key: key.clone(),
            script: Mutex::default(),
            seen: Mutex::default(),
            count: watch::Sender::new(0),
            free: watch::Sender::new(false),
        });
        let theirs = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&theirs);
                // A client that hangs up is no fault of ours.
                tokio::spawn(async move { drop(answer(&state, stream).await) });
            }
        });
        Self { address, key, state, task }
    }

    /// The settings of a server that asks it.
    pub fn settings(&self, options: super::Options) -> super::Options {
        options
            .env("FRONTDESK_ASSISTANT_PROVIDER", "anthropic")
            .env("FRONTDESK_ASSISTANT_URL", format!("http://{}", self.address))
            .env("FRONTDESK_ASSISTANT_MODEL", MODEL)
            .env("FRONTDESK_ASSISTANT_API_KEY", &self.key)
    }

    /// The settings of a server whose tasks it does where it is asked for.
    pub fn task_settings(&self, options: super::Options) -> super::Options {
        options
            .env("FRONTDESK_AI_URL", format!("http://{}", self.address))
            .env("FRONTDESK_AI_MODEL", MODEL)
            .env("FRONTDESK_AI_API_KEY", &self.key)
    }

    /// Adds to the end of the script.
    pub fn script(&self, plays: impl IntoIterator<Item = Play>) {
        lock(&self.state.script).extend(plays);
    }

    /// Lets those go on that wait.
    pub fn go_on(&self) {
        self.state.free.send_replace(true);
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Request> {
        lock(&self.state.seen).clone()
    }

    /// Waits until so many requests came, and returns them.
    pub async fn wait(&self, count: usize, patience: Duration) -> Vec<Request> {
        let mut counted = self.state.count.subscribe();
        if timeout(patience, counted.wait_for(|n| *n >= count)).await.is_err() {
            panic!("fewer than {count} requests within {patience:?}: {:#?}", self.seen());
        }
        self.seen()
    }

    /// Asks it, as Frontdesk does not: for tests of itself. Returns the status and the type of the error.
    pub async fn ask(&self, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let client = reqwest::Client::new();
        let mut request = client.post(format!("http://{}/v1/messages", self.address)).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let said: Value = serde_json::from_str(&answer.text().await.unwrap_or_default()).unwrap_or_default();
        (status, said["error"]["type"].as_str().unwrap_or_default().to_owned())
    }
}

impl Drop for Anthropic {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn header(head: &str, name: &str) -> String {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let found = fields.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

/// What the real one says of a request that is not in order: status, type, sentence.
fn refusal(key: &str, head: &str, body: &Value) -> Option<(u16, &'static str, String)> {
    let bad = |what: &str| Some((400, "invalid_request_error", what.to_owned()));
    let mut line = head.lines().next().unwrap_or_default().split(' ');
    let (method, path) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
    if path != "/v1/messages" {
        return Some((404, "not_found_error", "Not Found".to_owned()));
    }
    if method != "POST" {
        return Some((405, "invalid_request_error", "Method Not Allowed".to_owned()));
    }
    match header(head, "x-api-key") {
        given if given.is_empty() => {
            return Some((401, "authentication_error", "x-api-key header is required".to_owned()));
        }
        given if given != key => return Some((401, "authentication_error", "invalid x-api-key".to_owned())),
        _ => {}
    }
    match header(head, "anthropic-version").as_str() {
        "" => return bad("anthropic-version: header is required"),
        "2023-06-01" => {}
        _ => return bad("anthropic-version: is not a valid version"),
    }
    if !header(head, "content-type").starts_with("application/json") {
        return bad("content-type: must be application/json");
    }
    let Some(fields) = body.as_object() else { return bad("the body is no JSON object") };
    let known = [
        "model",
        "max_tokens",
        "messages",
        "system",
        "stream",
        "temperature",
        "top_p",
        "top_k",
        "stop_sequences",
        "metadata",
        "tools",
        "tool_choice",
        "thinking",
        "output_config",
        "service_tier",
        "cache_control",
    ];
    if let Some(extra) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return bad(&format!("{extra}: Extra inputs are not permitted"));
    }
    match body["model"].as_str() {
        None => return bad("model: Field required"),
        Some(MODEL) => {}
        Some(other) => return Some((404, "not_found_error", format!("model: {other}"))),
    }
    match body["max_tokens"].as_u64() {
        None => return bad("max_tokens: Field required"),
        Some(1..=MOST_TOKENS) => {}
        Some(_) => return bad("max_tokens: is more than the model writes, or nothing"),
    }
    if !matches!(&body["system"], Value::Null | Value::String(_) | Value::Array(_)) {
        return bad("system: Input should be a valid string or list");
    }
    let Some(messages) = body["messages"].as_array().filter(|messages| !messages.is_empty()) else {
        return bad("messages: at least one message is required");
    };
    for (n, message) in messages.iter().enumerate() {
        let expected = if n % 2 == 0 { "user" } else { "assistant" };
        if message["role"] != expected {
            return bad(&format!("messages.{n}: roles must alternate, beginning with user"));
        }
        let blocks = match &message["content"] {
            Value::String(text) => vec![json!({ "type": "text", "text": text })],
            Value::Array(blocks) => blocks.clone(),
            _ => return bad(&format!("messages.{n}.content: Field required")),
        };
        if blocks.is_empty() {
            return bad(&format!("messages.{n}: all messages must have non-empty content"));
        }
        for block in &blocks {
            let good = match block["type"].as_str() {
                Some("text") => block["text"].as_str().is_some_and(|text| !text.trim().is_empty()),
                Some("document") if expected == "user" => {
                    let source = &block["source"];
                    source["type"] == "text"
                        && source["media_type"] == "text/plain"
                        && source["data"].as_str().is_some_and(|text| !text.trim().is_empty())
                        && matches!(&block["title"], Value::Null | Value::String(_))
                        && matches!(&block["citations"]["enabled"], Value::Null | Value::Bool(_))
                }
                _ => false,
            };
            if !good {
                return bad(&format!(
                    "messages.{n}.content: text content blocks must be non-empty and of a known type"
                ));
            }
        }
    }
    if let Some(why) = wrong_tools(body) {
        return bad(&why);
    }
    if messages.len() % 2 == 0 {
        return bad("messages: the last message must be the user's");
    }
    if body.to_string().chars().count() / 4 > CONTEXT {
        return bad("prompt is too long");
    }
    None
}

/// What is wrong with the tools of a request, if something is.
fn wrong_tools(body: &Value) -> Option<String> {
    let tools = body["tools"].as_array().cloned().unwrap_or_default();
    for (n, tool) in tools.iter().enumerate() {
        let schema = &tool["input_schema"];
        if tool["name"].as_str().is_none_or(str::is_empty) || schema["type"] != "object" {
            return Some(format!("tools.{n}: name and input_schema of an object are required"));
        }
        if tool["strict"] == true && schema["additionalProperties"] != false {
            return Some(format!("tools.{n}: a strict schema takes additionalProperties: false"));
        }
    }
    let chosen = &body["tool_choice"];
    if chosen["type"] == "tool" && !tools.iter().any(|tool| tool["name"] == chosen["name"]) {
        return Some("tool_choice: there is no such tool".to_owned());
    }
    None
}

/// An answer in one piece.
async fn answer_whole(stream: &mut TcpStream, body: &Value, play: Play) -> std::io::Result<()> {
    let text = |text: &str| json!([{ "type": "text", "text": text }]);
    let (content, reason) = match play {
        Play::Uses(input) => {
            let used = json!({ "type": "tool_use", "id": "toolu_of_the_tests", "name": body["tool_choice"]["name"], "input": input });
            (json!([used]), "tool_use")
        }
        Play::Stops(said, reason) => (text(said), reason),
        Play::Stalls(_) => return std::future::pending().await,
        Play::Babbles => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n<>").await?;
            return stream.shutdown().await;
        }
        Play::Breaks(_) => {
            return stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\nConnection: close\r\n\r\n{").await;
        }
        _ => (text("It takes five days."), "end_turn"),
    };
    let usage = json!({ "input_tokens": 300, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 21, "output_tokens": 12 });
    let whole =
        json!({ "id": "msg_of_the_tests", "type": "message", "role": "assistant", "model": MODEL, "content": content,
        "stop_reason": reason, "stop_sequence": null, "usage": usage })
        .to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nrequest-id: req_of_the_tests\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        whole.len()
    );
    stream.write_all((head + &whole).as_bytes()).await?;
    stream.shutdown().await
}

/// One event, as it goes over the wire.
fn event(kind: &str, mut data: Value) -> String {
    data["type"] = json!(kind);
    format!("event: {kind}\ndata: {data}\n\n")
}

fn begins() -> String {
    let usage = json!({ "input_tokens": 321, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1 });
    let message = json!({ "id": "msg_of_the_tests", "type": "message", "role": "assistant", "model": MODEL, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": usage });
    let block = json!({ "index": 0, "content_block": { "type": "text", "text": "" } });
    event("message_start", json!({ "message": message }))
        + &event("content_block_start", block)
        + &event("ping", json!({}))
}

fn says(text: &str) -> String {
    event("content_block_delta", json!({ "index": 0, "delta": { "type": "text_delta", "text": text } }))
}

fn ends(reason: &str) -> String {
    let delta = json!({ "delta": { "stop_reason": reason, "stop_sequence": null }, "usage": { "output_tokens": 12 } });
    event("content_block_stop", json!({ "index": 0 }))
        + &event("message_delta", delta)
        + &event("message_stop", json!({}))
}

/// The citation of a passage of a document of the request; of one that it does not have the same, about nothing.
fn cites(body: &Value, (index, from, to): (usize, usize, usize)) -> String {
    let documents = body["messages"].as_array().and_then(|messages| messages.last()?["content"].as_array().cloned());
    let document =
        documents.and_then(|blocks| blocks.into_iter().filter(|block| block["type"] == "document").nth(index));
    let document = document.unwrap_or_default();
    let text: String =
        document["source"]["data"].as_str().unwrap_or_default().chars().skip(from).take(to - from).collect();
    let citation = json!({ "type": "char_location", "cited_text": text, "document_index": index, "document_title": document["title"],
        "start_char_index": from, "end_char_index": to, "file_id": null });
    event("content_block_delta", json!({ "index": 0, "delta": { "type": "citations_delta", "citation": citation } }))
}

/// Sends text in chunks of a few bytes each, which cut lines and letters.
async fn send(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    for (n, piece) in text.as_bytes().chunks(7 + text.len() / 20).enumerate() {
        let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
        stream.write_all(&chunk).await?;
        if n % 3 == 0 {
            stream.flush().await?;
        }
    }
    Ok(())
}

async fn refuse(stream: &mut TcpStream, status: u16, more: &str, error: Value) -> std::io::Result<()> {
    let body = json!({ "type": "error", "error": error, "request_id": "req_of_the_tests" }).to_string();
    let head = format!(
        "HTTP/1.1 {status} As\r\nContent-Type: application/json\r\nrequest-id: req_of_the_tests\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await?;
    stream.shutdown().await
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
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let refused = refusal(&state.key, &head, &body);
    let why = refused.as_ref().map(|(_, _, why)| why.clone());
    lock(&state.seen).push(Request { head, body: body.clone(), refused: why });
    let play = match &refused {
        None => lock(&state.script).pop_front(),
        Some(_) => None,
    };
    state.count.send_modify(|count| *count += 1);
    if let Some((status, kind, why)) = refused {
        return refuse(&mut stream, status, "", json!({ "type": kind, "message": why })).await;
    }
    let play = play.unwrap_or(Play::Says(vec!["It takes ", "five days."], Some((0, 0, 3))));
    match &play {
        Play::Refuses(status, kind, headers) => {
            return refuse(&mut stream, *status, headers, json!({ "type": kind, "message": "No." })).await;
        }
        Play::Spent => {
            let error = json!({ "type": "rate_limit_error", "message": "Spent.",
                "details": { "error_code": "enforced_spend_limit_reached" } });
            return refuse(&mut stream, 429, "", error).await;
        }
        _ => {}
    }
    let play = match play {
        Play::UsesLater(input) => {
            let mut free = state.free.subscribe();
            if free.wait_for(|free| *free).await.is_err() {
                return Ok(());
            }
            Play::Uses(input)
        }
        play => play,
    };
    if body["stream"] != true {
        return answer_whole(&mut stream, &body, play).await;
    }
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nrequest-id: req_of_the_tests\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    match play {
        Play::Babbles => send(&mut stream, "data: <html>no events</html>\n\n").await?,
        Play::Says(pieces, passage) => {
            let text: String = pieces.into_iter().map(says).collect();
            let cited = passage.map(|passage| cites(&body, passage)).unwrap_or_default();
            send(&mut stream, &(begins() + &text + &cited + &ends("end_turn"))).await?;
        }
        Play::Stops(text, reason) => {
            let text = if text.is_empty() { String::new() } else { says(text) };
            send(&mut stream, &(begins() + &text + &ends(reason))).await?;
        }
        Play::Waits(pieces) => {
            let (first, rest) = pieces.split_first().expect("a piece");
            send(&mut stream, &(begins() + &says(first))).await?;
            let mut free = state.free.subscribe();
            if free.wait_for(|free| *free).await.is_err() {
                return Ok(());
            }
            let rest: String = rest.iter().copied().map(says).collect();
            send(&mut stream, &(rest + &ends("end_turn"))).await?;
        }
        Play::Breaks(text) => {
            send(&mut stream, &(begins() + &says(text))).await?;
            return Ok(());
        }
        Play::Errs(text, kind) => {
            let error = event("error", json!({ "error": { "type": kind, "message": "Something." } }));
            send(&mut stream, &(begins() + &says(text) + &error)).await?;
        }
        Play::Stalls(text) => {
            send(&mut stream, &(begins() + &says(text))).await?;
            return std::future::pending().await;
        }
        Play::Refuses(..) | Play::Spent | Play::Uses(_) | Play::UsesLater(_) => {}
    }
    stream.write_all(b"0\r\n\r\n").await?;
    stream.shutdown().await
}

#[cfg(test)]
#[path = "anthropic_tests.rs"]
mod tests;
