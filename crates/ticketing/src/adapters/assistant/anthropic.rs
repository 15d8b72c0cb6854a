//! Anthropic's Messages API, with streaming.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request as Http, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT},
};
use kernel::{
    Result, Source,
    anthropic::{Account, Refusal, VERSION, Why, judge},
    outgoing::Again,
};
use serde_json::Value as Json;
use tokio_rustls::TlsConnector;

use super::{
    connection::{self, Open},
    request::Request,
    stream::{About, Events, Said},
};
use crate::{
    domain::assistant::{
        conversation::ANSWER,
        provider::{Answered, Asked, Citation, NoAnswer},
    },
    ports::assistant::{Out, Provider},
    store::assistant::message::{AssistantFailure, AssistantStop},
};

/// How often it is asked again.
const AGAIN: u32 = 2;
/// The first pause where it asks for none; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest of those.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How much of a refusal is read, in bytes.
const REFUSAL: usize = 64 * 1024;

/// Asks Anthropic.
pub struct Anthropic {
    account: Account,
    tls: TlsConnector,
    source: Arc<Source>,
}

/// Why an attempt failed, and when another one may go better.
struct Failed {
    why: NoAnswer,
    again: Again,
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        let failure = match refusal.why {
            Why::Unavailable => AssistantFailure::Unavailable,
            Why::RateLimited => AssistantFailure::RateLimited,
            Why::LimitReached => AssistantFailure::LimitReached,
            Why::Misconfigured => AssistantFailure::Misconfigured,
        };
        Self { why: no(failure, refusal.detail), again: refusal.again }
    }
}

fn no(failure: AssistantFailure, detail: impl Into<String>) -> NoAnswer {
    NoAnswer { failure, detail: detail.into() }
}

fn soon(failure: AssistantFailure, detail: impl Into<String>) -> Failed {
    Failed { why: no(failure, detail), again: Again::Soon }
}

fn never(failure: AssistantFailure, detail: impl Into<String>) -> Failed {
    Failed { why: no(failure, detail), again: Again::Never }
}

impl Anthropic {
    /// Asks there.
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] where TLS cannot be set up.
    pub fn new(account: Account, source: Arc<Source>) -> Result<Self> {
        Ok(Self { account, tls: connection::tls()?, source })
    }

    fn http(&self, body: &Json) -> Result<Http<Full<Bytes>>, hyper::http::Error> {
        let host = self.account.url.host_str().unwrap_or_default();
        let host = self.account.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Http::builder()
            .method(Method::POST)
            .uri(self.account.url.path())
            .header(HOST, host)
            .header(USER_AGENT, "Frontdesk")
            .header(ACCEPT, "text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .header("anthropic-version", VERSION)
            .header("x-api-key", self.account.key.clone())
            .body(Full::new(body.to_string().into()))
    }

    /// Asks, once.
    async fn ask(&self, request: &Request, out: &dyn Out) -> Result<Answered, Failed> {
        let http = self.http(&request.body);
        let http = http.map_err(|error| never(AssistantFailure::Misconfigured, error.to_string()))?;
        let open = connection::send(&self.tls, &self.account.url, http).await;
        let open = open.map_err(|error| soon(AssistantFailure::Unavailable, error))?;
        if open.response.status() == StatusCode::OK { read(open, request, out).await } else { Err(refusal(open).await) }
    }

    /// How long to wait before the attempt after `tried` others.
    fn pause(&self, tried: u32) -> Duration {
        let pause = (FIRST_PAUSE * 2_u32.pow(tried)).min(LONGEST_PAUSE);
        // Up to a quarter less, so that many do not return at once.
        pause - pause / 4 * u32::from(self.source.bytes::<1>()[0]) / 255
    }
}

/// Reads an answer as it comes.
async fn read(mut open: Open, request: &Request, out: &dyn Out) -> Result<Answered, Failed> {
    let (mut events, mut about) = (Events::default(), About::default());
    let mut citations: Vec<Citation> = Vec::new();
    let mut length = 0;
    while let Some(frame) = open.response.body_mut().frame().await {
        let frame = frame.map_err(|_| soon(AssistantFailure::Unavailable, "the answer broke off"))?;
        let Ok(bytes) = frame.into_data() else { continue };
        let whole =
            events.feed(&bytes).map_err(|_| never(AssistantFailure::Unreadable, "it is no stream of events"))?;
        for event in whole {
            match about.hear(&event) {
                Said::Text(text) => {
                    length += text.chars().count();
                    if length > ANSWER {
                        return Err(never(AssistantFailure::Unreadable, "the answer does not end"));
                    }
                    out.piece(&text);
                }
                Said::Cites(citation) => citations.extend(request.cited(&citation)),
                Said::End => return ended(about, citations),
                Said::Error(kind) => return Err(broken(&kind)),
                Said::Nothing => {}
            }
        }
    }
    Err(soon(AssistantFailure::Unavailable, "the answer broke off"))
}

fn ended(about: About, citations: Vec<Citation>) -> Result<Answered, Failed> {
    let stop = match about.stop_reason.as_deref() {
        Some("end_turn" | "stop_sequence") => AssistantStop::Complete,
        Some("max_tokens" | "model_context_window_exceeded") => AssistantStop::MaxTokens,
        Some("refusal") => AssistantStop::Refusal,
        // Neither tools nor long turns were asked for.
        other => return Err(never(AssistantFailure::Unreadable, format!("it stopped for {other:?}"))),
    };
    Ok(Answered { citations, stop, model: about.model, usage: about.read.zip(about.wrote) })
}

/// What an error in the middle of an answer means.
fn broken(kind: &str) -> Failed {
    match kind {
        "overloaded_error" | "api_error" | "timeout_error" => soon(AssistantFailure::Unavailable, kind),
        "rate_limit_error" => soon(AssistantFailure::RateLimited, kind),
        _ => never(AssistantFailure::Misconfigured, kind),
    }
}

/// What a refusal means.
async fn refusal(open: Open) -> Failed {
    let (head, body) = open.response.into_parts();
    let body = Limited::new(body, REFUSAL).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let said: Json = serde_json::from_slice(&body).unwrap_or_default();
    judge(head.status, &head.headers, &said).into()
}

#[async_trait::async_trait]
impl Provider for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn model(&self) -> Option<&str> {
        Some(&self.account.model)
    }

    async fn answer(&self, asked: &Asked, out: &dyn Out) -> Result<Answered, NoAnswer> {
        let request = Request::of(asked, &self.account.model, self.account.max_tokens);
        let mut tried = 0;
        loop {
            let failed = match self.ask(&request, out).await {
                Ok(answered) => return Ok(answered),
                Err(failed) => failed,
            };
            let pause = match failed.again {
                _ if tried == AGAIN => return Err(failed.why),
                Again::Never => return Err(failed.why),
                Again::Soon => self.pause(tried),
                Again::After(pause) => pause,
            };
            tracing::info!(why = %failed.why, "the assistant's provider is asked again");
            out.anew();
            tokio::time::sleep(pause).await;
            tried += 1;
        }
    }
}
