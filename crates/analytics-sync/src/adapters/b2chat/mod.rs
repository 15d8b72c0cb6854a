//! B2Chat over the network.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::{
    HeaderMap, Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
};
use kernel::{
    crypto::sha256,
    outgoing::{Answer, Ask, Bounds, NoAnswer, Outgoing},
};
use serde_json::{Value as Json, json};
use tokio::time::Instant;
use url::Url;

use crate::{
    domain::{source::page::Endpoint, source::time::day, sync::days::after},
    ports::source::{Credentials, NoSource, Said, Source, Wanted},
};

/// Time for a page and its answer: large ones take long.
const PATIENCE: Duration = Duration::from_secs(45);
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 32 << 20;
/// The longest pause that B2Chat is granted.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// How long before its end a token is asked for anew.
const EARLY: Duration = Duration::from_secs(60);
/// The most tokens that are remembered.
const TOKENS: usize = 10_000;

/// A token, and until when it is used.
type Held = (String, Instant);

/// B2Chat over the network. There is one token for a subscription at a time, so it is used as long as it is good.
pub struct HttpB2chat {
    outgoing: Outgoing,
    tokens: Mutex<HashMap<[u8; 32], Held>>,
}

fn key(base: &str, held: &Credentials) -> [u8; 32] {
    sha256(json!([base, held.username, held.password]).to_string().as_bytes())
}

fn url(base: &str, path: &str) -> Result<Url, NoSource> {
    let whole = format!("{}{path}", base.trim_end_matches('/'));
    Url::parse(&whole).map_err(|_| NoSource::Address(format!("{base} is no address: set b2chat.api_url")))
}

fn secret(text: &str) -> Result<HeaderValue, NoSource> {
    let mut value =
        HeaderValue::try_from(text).map_err(|_| NoSource::Credentials("the token cannot be sent".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What it says in a body of an error, in a sentence.
fn said(answer: &Answer) -> String {
    let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = body["message"].as_str().or(body["error_description"].as_str()).or(body["error"].as_str());
    let text: String = text.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
    let status = answer.status.as_u16();
    if text.is_empty() { format!("B2Chat answered {status}") } else { format!("B2Chat answered {status}: {text}") }
}

fn pause(answer: &Answer) -> Option<Duration> {
    let asked = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    asked.map(|asked| Duration::from_secs(asked).min(LONGEST_PAUSE))
}

impl HttpB2chat {
    /// Asks over this network.
    pub fn new(outgoing: Outgoing) -> Self {
        Self { outgoing, tokens: Mutex::default() }
    }

    async fn send(
        &self,
        url: &Url,
        method: Method,
        headers: HeaderMap,
        body: &'static str,
    ) -> Result<Answer, NoSource> {
        let ask = Ask { method, headers, body: body.into() };
        let answer = self.outgoing.send(url, ask, Bounds { patience: PATIENCE, read: LONGEST_ANSWER }).await;
        let answer = answer.map_err(|error| match error {
            NoAnswer::Away(why) => NoSource::Away(why),
            NoAnswer::Never(why) => NoSource::Address(why),
        })?;
        match answer.status.as_u16() {
            429 => Err(NoSource::Limited(pause(&answer), said(&answer))),
            408 | 500.. => Err(NoSource::Away(said(&answer))),
            _ if !answer.is_whole && answer.body.len() >= LONGEST_ANSWER => {
                Err(NoSource::Answer("its answer is too long: set b2chat.page_size lower".into(), None))
            }
            _ if !answer.is_whole => Err(NoSource::Away("the answer broke off".into())),
            _ => Ok(answer),
        }
    }

    fn known(&self, key: &[u8; 32]) -> Option<String> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(key).filter(|(_, until)| *until > Instant::now()).map(|(token, _)| token.clone())
    }

    async fn token(&self, base: &str, held: &Credentials) -> Result<String, NoSource> {
        let key = key(base, held);
        if let Some(token) = self.known(&key) {
            return Ok(token);
        }
        let mut headers = HeaderMap::new();
        let basic = STANDARD.encode(format!("{}:{}", held.username, held.password));
        headers.insert(AUTHORIZATION, secret(&format!("Basic {basic}"))?);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let url = url(base, "/oauth/token")?;
        let answer = self.send(&url, Method::POST, headers, "grant_type=client_credentials").await?;
        match answer.status.as_u16() {
            200 => {}
            400 | 401 | 403 => {
                return Err(NoSource::Credentials(format!("B2Chat does not take the credentials: {}", said(&answer))));
            }
            _ => return Err(NoSource::Address(format!("there is no B2Chat at {base}: {}", said(&answer)))),
        }
        let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let Some(token) = body["access_token"].as_str().filter(|token| !token.is_empty()) else {
            let why = format!("there is no B2Chat at {base}: what should give a token gives none");
            return Err(NoSource::Address(why));
        };
        let lasts = Duration::from_secs(body["expires_in"].as_u64().unwrap_or_default().min(7 * 24 * 3600));
        let until = Instant::now() + lasts.saturating_sub(EARLY);
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= TOKENS {
            tokens.clear();
        }
        tokens.insert(key, (token.to_owned(), until));
        Ok(token.to_owned())
    }
}

#[async_trait]
impl Source for HttpB2chat {
    async fn page(&self, base: &str, held: &Credentials, wanted: Wanted) -> Result<Said, NoSource> {
        let mut address = url(base, wanted.endpoint.path())?;
        let mut params = json!({ "limit": wanted.limit, "offset": wanted.offset });
        if let Some(on) = wanted.day {
            // The end must be another day than the beginning; a record of that one that comes along is read twice.
            let (from, to) = match wanted.endpoint {
                Endpoint::Chats => ("date_range_from", "date_range_to"),
                Endpoint::Contacts => ("updated_from", "updated_to"),
            };
            params["order_dir"] = "asc".into();
            params[from] = day(on).into();
            params[to] = day(after(on)).into();
        }
        if wanted.endpoint == Endpoint::Contacts {
            params["skip_custom_attributes"] = false.into();
            params["skip_tags"] = false.into();
        }
        for (name, value) in params.as_object().into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            address.query_pairs_mut().append_pair(name, &text);
        }
        let mut again = true;
        loop {
            let token = self.token(base, held).await?;
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, secret(&format!("Bearer {token}"))?);
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let answer = self.send(&address, Method::GET, headers, "").await?;
            let status = answer.status.as_u16();
            if status == 401 {
                self.forget(base, held);
                if std::mem::take(&mut again) {
                    continue;
                }
                // The credentials are good, or there were no token: it may have ended just then.
                let why = format!("B2Chat refused a token that it had just given: {}", said(&answer));
                return Err(NoSource::Answer(why, None));
            }
            let why = said(&answer);
            let came = Said { params, status, body: answer.body };
            return if status == 200 { Ok(came) } else { Err(NoSource::Answer(why, Some(came))) };
        }
    }

    fn forget(&self, base: &str, held: &Credentials) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(base, held));
    }
}
