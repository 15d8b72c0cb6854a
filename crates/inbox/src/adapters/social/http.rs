//! Asking a platform: one request, and what its answer means that is the same everywhere.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use hyper::{
    HeaderMap, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER},
};
use kernel::{
    outgoing::{Answer, Ask, Bounds, NoAnswer, Outgoing, Unanswered},
    text::one_line,
};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use url::{Url, form_urlencoded};

use crate::ports::social::SocialError;

/// Time for a question and its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 512 * 1024;
/// How long a platform is left alone that asked for it and did not say for how long.
pub(super) const PAUSE: TimeDelta = TimeDelta::minutes(5);
/// The longest that it is left alone, whatever it says.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(25);

/// A request.
pub(super) struct Request {
    method: Method,
    url: Result<Url, ()>,
    headers: HeaderMap,
    body: String,
    /// What must be in no text.
    secrets: Vec<String>,
}

/// What a platform answered.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Json,
    secrets: Vec<String>,
}

impl Request {
    pub(super) fn get(base: &Url, path: &str) -> Self {
        Self::new(Method::GET, base, path)
    }

    pub(super) fn post(base: &Url, path: &str) -> Self {
        Self::new(Method::POST, base, path)
    }

    fn new(method: Method, base: &Url, path: &str) -> Self {
        // As text: what `join` makes of a path with a colon in it is another address.
        let url = Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/'))).map_err(drop);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self { method, url, headers, body: String::new(), secrets: Vec::new() }
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    fn authorization(mut self, text: String) -> Self {
        if let Ok(mut secret) = HeaderValue::try_from(text) {
            secret.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, secret);
        }
        self
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        let text = format!("Bearer {token}");
        self.secret(token).authorization(text)
    }

    pub(super) fn basic(self, id: &str, secret: &str) -> Self {
        let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let text = format!("Basic {}", STANDARD.encode(format!("{}:{}", part(id), part(secret))));
        self.secret(secret).authorization(text)
    }

    /// Marks what must be in no text.
    pub(super) fn secret(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.secrets.push(text.to_owned());
        }
        self
    }

    pub(super) fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        self
    }

    pub(super) fn json(mut self, body: &Json) -> Self {
        self.body = body.to_string();
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self
    }

    /// Asks what may be asked twice.
    pub(super) async fn ask(self, outgoing: &Outgoing) -> Result<Answered, SocialError> {
        let (url, ask, secrets) = self.parts()?;
        let answered = outgoing.send(&url, ask, bounds()).await.map_err(unsaid)?;
        Ok(Answered::of(answered, secrets))
    }

    /// Says what must not be said twice.
    pub(super) async fn say(self, outgoing: &Outgoing) -> Result<Answered, SocialError> {
        let (url, ask, secrets) = self.parts()?;
        let answered = outgoing.say(&url, ask, bounds()).await.map_err(|error| match error {
            Unanswered::Unsaid(error) => unsaid(error),
            Unanswered::Unknown(why) => SocialError::Unknown(why),
        })?;
        let answered = Answered::of(answered, secrets);
        // A gateway that gave up waiting, or a server that broke off, may have done it.
        let broke = answered.status.is_server_error() && answered.status != StatusCode::SERVICE_UNAVAILABLE;
        if broke && !answered.body["error"]["code"].is_number() {
            return Err(SocialError::Unknown(answered.say("it answered")));
        }
        Ok(answered)
    }

    fn parts(self) -> Result<(Url, Ask, Vec<String>), SocialError> {
        let url = self.url.map_err(|()| SocialError::Permanent("this is no address of the platform's".into()))?;
        Ok((url, Ask { method: self.method, headers: self.headers, body: self.body.into() }, self.secrets))
    }
}

fn bounds() -> Bounds {
    Bounds { patience: PATIENCE, read: LONGEST }
}

fn unsaid(error: NoAnswer) -> SocialError {
    match error {
        NoAnswer::Away(why) => SocialError::Later(why),
        NoAnswer::Never(why) => SocialError::Permanent(why),
    }
}

impl Answered {
    fn of(answer: Answer, secrets: Vec<String>) -> Self {
        let body = serde_json::from_slice::<Json>(&answer.body).ok().filter(|body| body.is_object());
        Self { status: answer.status, headers: answer.headers, body: body.unwrap_or_default(), secrets }
    }

    /// One line of what went wrong, without anything secret.
    pub(super) fn say(&self, what: &str) -> String {
        let error = &self.body["error"];
        let words = [&error["message"], &self.body["error_description"], &self.body["detail"], &self.body["message"]];
        let words = words.into_iter().find_map(Json::as_str).or_else(|| error.as_str()).unwrap_or_default();
        let mut words = one_line(words);
        for secret in &self.secrets {
            words = words.replace(secret.as_str(), "…");
        }
        let words: String = words.chars().filter(|c| !c.is_control()).take(300).collect();
        format!("{what} {} {words}", self.status.as_u16()).trim_end().to_owned()
    }

    /// A whole answer, or what was refused in the way that all platforms do.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, SocialError> {
        let text = self.say("it answered");
        if !self.status.is_success() {
            return Err(SocialError::Permanent(text));
        }
        serde_json::from_value(self.body).map_err(|_| SocialError::Permanent("its answer cannot be read".into()))
    }

    /// When it may be asked again, by a header that tells the instant in seconds, or how long to wait.
    pub(super) fn again_at(&self, reset: &'static str, now: DateTime<Utc>) -> DateTime<Utc> {
        let number = |name: &str| self.headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let at = number(reset).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let after = number(RETRY_AFTER.as_str()).and_then(TimeDelta::try_seconds);
        let at = at.or_else(|| after.and_then(|wait| now.checked_add_signed(wait))).unwrap_or(now + PAUSE);
        at.clamp(now, now + LONGEST_PAUSE)
    }
}

/// When what lasts so many seconds ends.
pub(super) fn ends_at(seconds: Option<i64>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds = seconds.filter(|seconds| *seconds > 0)?;
    now.checked_add_signed(TimeDelta::try_seconds(seconds)?)
}

/// A part of a path.
pub(super) fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
