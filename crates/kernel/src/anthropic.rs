//! What Anthropic's Messages API wants of whoever asks it, and what its refusals mean. What is asked is each context's own.

use std::time::Duration;

use hyper::{HeaderMap, StatusCode, header::HeaderValue};
use serde_json::Value as Json;
use url::{Host, Url};

use crate::{Error, Result, outgoing::Again};

/// The version of the API that is spoken.
pub const VERSION: &str = "2023-06-01";
/// The longest pause that the API is granted.
const PAUSE: Duration = Duration::from_secs(60);

/// How one is known there.
#[derive(Clone)]
pub struct Account {
    /// Where messages are sent.
    pub url: Url,
    /// Who we are. It is not shown where headers are.
    pub key: HeaderValue,
    /// Which model is asked.
    pub model: String,
    /// The longest answer, in tokens.
    pub max_tokens: u32,
}

impl Account {
    /// An account by settings whose names begin with `prefix`.
    ///
    /// # Errors
    /// [`Error::Internal`] for settings that cannot work; it does not repeat the key.
    pub fn new(prefix: &str, url: &str, key: &str, model: &str, max_tokens: u32) -> Result<Self> {
        let bad = |name: &str, what: &str| Error::internal(format!("{prefix}_{name} {what}"));
        let address = format!("{}/v1/messages", url.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|_| bad("url", "must be an address"))?;
        let here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            _ => false,
        };
        // The key goes along.
        if url.scheme() != "https" && !(here && url.scheme() == "http") {
            return Err(bad("url", "must begin with https://"));
        }
        if model.trim().is_empty() {
            return Err(bad("model", "must be set: which model is asked is nobody's choice but yours"));
        }
        let mut key = HeaderValue::try_from(key.trim())
            .ok()
            .filter(|key| !key.is_empty())
            .ok_or_else(|| bad("api_key", "must be set to a key"))?;
        key.set_sensitive(true);
        if max_tokens == 0 {
            return Err(bad("max_tokens", "must be at least 1"));
        }
        Ok(Self { url, key, model: model.trim().to_owned(), max_tokens })
    }
}

/// Why nothing is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is away or overloaded.
    Unavailable,
    /// It was asked too often.
    RateLimited,
    /// What may be spent is spent.
    LimitReached,
    /// What is asked is wrong: the key, the model, the size.
    Misconfigured,
}

/// A refusal. Its sentence is left out: it may repeat what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub why: Why,
    /// For the log.
    pub detail: String,
    /// When another attempt may go better.
    pub again: Again,
}

/// What a refusal means.
pub fn judge(status: StatusCode, headers: &HeaderMap, said: &Json) -> Refusal {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let kind = said["error"]["type"].as_str().filter(|kind| kind.len() < 60).unwrap_or("no reason");
    let request = header("request-id").filter(|id| id.len() < 100).unwrap_or("none");
    let detail = format!("{status}, {kind}, request {request}");
    let code = said["error"]["details"]["error_code"].as_str();
    // Nothing is to be had before the next month.
    if code == Some("enforced_spend_limit_reached") {
        return Refusal { why: Why::LimitReached, detail, again: Again::Never };
    }
    let why = match status.as_u16() {
        402 => Why::LimitReached,
        429 => Why::RateLimited,
        408 | 409 | 500.. => Why::Unavailable,
        _ => Why::Misconfigured,
    };
    let again = match header("x-should-retry") {
        Some("false") => false,
        Some("true") => true,
        _ => matches!(status.as_u16(), 408 | 409 | 429 | 500..),
    };
    if !again {
        return Refusal { why, detail, again: Again::Never };
    }
    let millis = header("retry-after-ms").and_then(|text| text.parse().ok()).map(Duration::from_millis);
    let asked = millis.or_else(|| header("retry-after")?.parse().ok().map(Duration::from_secs));
    let again = asked.filter(|pause| *pause <= PAUSE).map_or(Again::Soon, Again::After);
    Refusal { why, detail, again }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused_and_the_key_is_not_repeated() {
        let new = |url, key, model| Account::new("assistant", url, key, model, 10);
        assert!(new("https://api.anthropic.com", "hush", "m").is_ok());
        assert!(new("http://127.0.0.1:1/", "hush", "m").is_ok());
        for (url, key, model) in [
            ("http://api.anthropic.com", "hush", "m"),
            ("nowhere", "hush", "m"),
            ("https://api.anthropic.com", "", "m"),
            ("https://api.anthropic.com", "hush\nhush", "m"),
            ("https://api.anthropic.com", "hush", " "),
        ] {
            let error = format!("{:?}", new(url, key, model).err().unwrap());
            assert!(error.contains("assistant_") && !error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn what_may_go_better_is_tried_again_and_nothing_else() {
        let judged = |status: u16, headers: &[(&'static str, &str)], said: Json| {
            let headers =
                headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect();
            let refusal = judge(StatusCode::from_u16(status).unwrap(), &headers, &said);
            let again = match refusal.again {
                Again::Never => None,
                Again::Soon => Some(0),
                Again::After(pause) => Some(pause.as_millis()),
            };
            (refusal.why, again)
        };
        use Why::{LimitReached, Misconfigured, RateLimited, Unavailable};
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
