//! Anthropic's Messages API, with streaming.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    HeaderMap, Method, Request as Http, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use kernel::{Error, Result, Source};
use serde_json::Value as Json;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

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

/// The version of the API that this speaks.
const VERSION: &str = "2023-06-01";
/// How often it is asked again.
const AGAIN: u32 = 2;
/// The longest pause that the API is granted.
const PAUSE: Duration = Duration::from_secs(60);
/// The first pause where it asks for none; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest of those.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How much of a refusal is read, in bytes.
const REFUSAL: usize = 64 * 1024;

/// How the API is asked.
pub struct AnthropicSettings {
    /// Where it is.
    pub url: String,
    /// Who we are there. A secret.
    pub key: String,
    /// Which model is asked.
    pub model: String,
    /// The longest answer, in tokens.
    pub max_tokens: u32,
}

/// Asks Anthropic.
pub struct Anthropic {
    url: Url,
    key: HeaderValue,
    model: String,
    max_tokens: u32,
    tls: TlsConnector,
    source: Arc<Source>,
}

/// Why an attempt failed, and when another one may go better.
struct Failed {
    why: NoAnswer,
    again: Again,
}

enum Again {
    /// It would fail in the same way.
    Never,
    /// After a pause that grows.
    Soon,
    /// As the API asks.
    After(Duration),
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
    /// Asks by these settings.
    ///
    /// # Errors
    /// [`Error::Internal`] for settings that cannot work; it does not repeat the key.
    pub fn new(settings: AnthropicSettings, source: Arc<Source>) -> Result<Self> {
        let bad = |name: &str, what: &str| Error::internal(format!("{name} {what}"));
        let address = format!("{}/v1/messages", settings.url.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|_| bad("assistant_url", "must be an address"))?;
        let here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            _ => false,
        };
        // The key goes along.
        if url.scheme() != "https" && !(here && url.scheme() == "http") {
            return Err(bad("assistant_url", "must begin with https://"));
        }
        if settings.model.trim().is_empty() {
            return Err(bad("assistant_model", "must be set: which model is asked is nobody's choice but yours"));
        }
        let mut key = HeaderValue::try_from(settings.key.trim())
            .ok()
            .filter(|key| !key.is_empty())
            .ok_or_else(|| bad("assistant_api_key", "must be set to a key"))?;
        key.set_sensitive(true);
        if settings.max_tokens == 0 {
            return Err(bad("assistant_max_tokens", "must be at least 1"));
        }
        let (model, max_tokens) = (settings.model.trim().to_owned(), settings.max_tokens);
        Ok(Self { url, key, model, max_tokens, tls: connection::tls()?, source })
    }

    fn http(&self, body: &Json) -> Result<Http<Full<Bytes>>, hyper::http::Error> {
        let host = self.url.host_str().unwrap_or_default();
        let host = self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Http::builder()
            .method(Method::POST)
            .uri(self.url.path())
            .header(HOST, host)
            .header(USER_AGENT, "Frontdesk")
            .header(ACCEPT, "text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .header("anthropic-version", VERSION)
            .header("x-api-key", self.key.clone())
            .body(Full::new(body.to_string().into()))
    }

    /// Asks, once.
    async fn ask(&self, request: &Request, out: &dyn Out) -> Result<Answered, Failed> {
        let http = self.http(&request.body);
        let http = http.map_err(|error| never(AssistantFailure::Misconfigured, error.to_string()))?;
        let open = connection::send(&self.tls, &self.url, http).await;
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

/// What a refusal means. Its sentence is left out: it may repeat what was asked.
async fn refusal(open: Open) -> Failed {
    let (head, body) = open.response.into_parts();
    let body = Limited::new(body, REFUSAL).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let said: Json = serde_json::from_slice(&body).unwrap_or_default();
    judge(head.status, &head.headers, &said)
}

fn judge(status: StatusCode, headers: &HeaderMap, said: &Json) -> Failed {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let kind = said["error"]["type"].as_str().filter(|kind| kind.len() < 60).unwrap_or("no reason");
    let request = header("request-id").filter(|id| id.len() < 100).unwrap_or("none");
    let detail = format!("{status}, {kind}, request {request}");
    let code = said["error"]["details"]["error_code"].as_str();
    // Nothing is to be had before the next month.
    if code == Some("enforced_spend_limit_reached") {
        return never(AssistantFailure::LimitReached, detail);
    }
    let failure = match status.as_u16() {
        402 => AssistantFailure::LimitReached,
        429 => AssistantFailure::RateLimited,
        408 | 409 | 500.. => AssistantFailure::Unavailable,
        _ => AssistantFailure::Misconfigured,
    };
    let again = match header("x-should-retry") {
        Some("false") => return never(failure, detail),
        Some("true") => true,
        _ => matches!(status.as_u16(), 408 | 409 | 429 | 500..),
    };
    if !again {
        return never(failure, detail);
    }
    let millis = header("retry-after-ms").and_then(|text| text.parse().ok()).map(Duration::from_millis);
    let asked = millis.or_else(|| header("retry-after")?.parse().ok().map(Duration::from_secs));
    let again = asked.filter(|pause| *pause <= PAUSE).map_or(Again::Soon, Again::After);
    Failed { why: no(failure, detail), again }
}

#[async_trait::async_trait]
impl Provider for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    async fn answer(&self, asked: &Asked, out: &dyn Out) -> Result<Answered, NoAnswer> {
        let request = Request::of(asked, &self.model, self.max_tokens);
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(url: &str, key: &str, model: &str) -> AnthropicSettings {
        AnthropicSettings { url: url.into(), key: key.into(), model: model.into(), max_tokens: 10 }
    }

    #[test]
    fn settings_that_cannot_work_are_refused_and_the_key_is_not_repeated() {
        let source = Arc::new(Source::system());
        let new = |settings| Anthropic::new(settings, source.clone());
        assert!(new(settings("https://api.anthropic.com", "hush", "m")).is_ok());
        assert!(new(settings("http://127.0.0.1:1/", "hush", "m")).is_ok());
        for (url, key, model) in [
            ("http://api.anthropic.com", "hush", "m"),
            ("nowhere", "hush", "m"),
            ("https://api.anthropic.com", "", "m"),
            ("https://api.anthropic.com", "hush\nhush", "m"),
            ("https://api.anthropic.com", "hush", " "),
        ] {
            let error = format!("{:?}", new(settings(url, key, model)).err().unwrap());
            assert!(error.contains("assistant_") && !error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn what_may_go_better_is_tried_again_and_nothing_else() {
        let judged = |status: u16, headers: &[(&'static str, &str)], said: Json| {
            let headers =
                headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect();
            let failed = judge(StatusCode::from_u16(status).unwrap(), &headers, &said);
            let again = match failed.again {
                Again::Never => None,
                Again::Soon => Some(0),
                Again::After(pause) => Some(pause.as_millis()),
            };
            (failed.why.failure, again)
        };
        use AssistantFailure::{LimitReached, Misconfigured, RateLimited, Unavailable};
        let spent = json!({ "error": { "type": "rate_limit_error", "details": { "error_code": "enforced_spend_limit_reached" } } });
        for (status, headers, said, expected) in [
            (400, &[][..], Json::Null, (Misconfigured, None)),
            (401, &[], Json::Null, (Misconfigured, None)),
            (402, &[], Json::Null, (LimitReached, None)),
            (413, &[], Json::Null, (Misconfigured, None)),
            (429, &[("retry-after", "3")], Json::Null, (RateLimited, Some(3000))),
            (429, &[("retry-after-ms", "40"), ("retry-after", "3")], Json::Null, (RateLimited, Some(40))),
            (429, &[("retry-after", "3600")], Json::Null, (RateLimited, Some(0))),
            (429, &[], spent, (LimitReached, None)),
            (500, &[("x-should-retry", "false")], Json::Null, (Unavailable, None)),
            (409, &[], Json::Null, (Unavailable, Some(0))),
            (529, &[], Json::Null, (Unavailable, Some(0))),
        ] {
            assert_eq!(judged(status, headers, said), expected, "{status} {headers:?}");
        }
    }
}
