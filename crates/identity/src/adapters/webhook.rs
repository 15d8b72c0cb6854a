//! Posting cards to webhooks.

use std::time::Duration;

use hyper::{
    HeaderMap, Method,
    header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER},
};
use kernel::Result;
use url::Url;

use crate::{
    domain::notifications::webhook::{PostError, Webhook, judge},
    ports::Cards,
};
use kernel::outgoing::{Ask, Bounds, NoAnswer, Outgoing};

/// Time for the whole of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read, in bytes.
const READ: usize = 2048;
/// How much of an answer is shown, in characters.
const SHOWN: usize = 200;
/// The longest pause that another server is granted.
const PAUSE: Duration = Duration::from_secs(3600);

/// The same at each try of a delivery, so that whoever reads can tell a second one.
const DELIVERY: HeaderName = HeaderName::from_static("x-frontdesk-delivery");
/// What links it to the request that it came of.
const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");

/// Posts cards by HTTP.
pub struct HttpCards(Outgoing);

impl HttpCards {
    /// Posts through `outgoing`.
    pub fn new(outgoing: Outgoing) -> Self {
        Self(outgoing)
    }
}

#[async_trait::async_trait]
impl Cards for HttpCards {
    async fn post(
        &self,
        webhook: &Webhook,
        delivery: &str,
        correlation: &str,
        message: String,
    ) -> Result<(), PostError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(HeaderValue::from_str(delivery).map(|delivery| (DELIVERY, delivery)));
        headers.extend(HeaderValue::from_str(correlation).map(|correlation| (CORRELATION, correlation)));
        let ask = Ask { method: Method::POST, headers, body: message.into() };
        let answer = self.0.send(&webhook.url, ask, Bounds { patience: PATIENCE, read: READ }).await;
        let answer = answer.map_err(|error| match error {
            NoAnswer::Away(why) => PostError::Later(why, None),
            NoAnswer::Never(why) => PostError::Never(why),
        })?;
        judge(answer.status.as_u16(), retry_after(&answer.headers), &shown(&webhook.url, &answer.body))
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(PAUSE))
}

/// What an answer says, in one line; nothing of it where it repeats a part of the address, which is a secret.
fn shown(url: &Url, says: &[u8]) -> String {
    let says = String::from_utf8_lossy(says);
    let segments = url.path_segments().into_iter().flatten().map(str::to_owned);
    let mut secrets = segments.chain(url.query_pairs().map(|(_, value)| value.into_owned()));
    if secrets.any(|secret| secret.len() >= 8 && says.contains(&secret)) {
        return String::new();
    }
    let line: String = says.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_repeats_the_address_is_not_shown() {
        let url = Url::parse("https://a.example/workflows/1234567890abcdef?sp=x&sig=se%2Dcret-of-it").unwrap();
        assert_eq!(shown(&url, b"come\nback later"), "come back later");
        assert_eq!(shown(&url, b"no workflow 1234567890abcdef"), "");
        assert_eq!(shown(&url, b"bad signature se-cret-of-it"), "");
        assert_eq!(shown(&url, &[0xff; 5000]).chars().count(), SHOWN);
    }
}
