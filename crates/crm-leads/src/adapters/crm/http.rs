//! What asking any of them has in common.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hyper::{
    HeaderMap, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, IF_MODIFIED_SINCE, RETRY_AFTER},
};
use kernel::{
    crypto::sha256,
    outgoing::{Ask, Bounds, NoAnswer, Outgoing},
};
use serde_json::Value as Json;
use url::{Url, form_urlencoded};

use super::CrmClient;
use crate::{domain::crm_connections::remote::NoCrm, ports::crm::Way};

/// Time for a request and its answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 16 << 20;
/// The longest pause that a CRM is granted.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// Asks over the network.
#[derive(Clone)]
pub(super) struct Http(pub(super) Outgoing);

/// What is sent.
pub(super) enum Sent {
    Nothing,
    Json(Json),
    Form(Vec<(&'static str, String)>),
}

/// What came back.
pub(super) struct Said {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Null where there is no JSON.
    pub(super) body: Json,
}

impl Said {
    /// A number in a header.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.headers.get(name)?.to_str().ok()?.trim().parse().ok()
    }

    /// How long we are asked to wait, or as long as is usual.
    pub(super) fn wait(&self, usual: Duration) -> Duration {
        self.number(RETRY_AFTER.as_str()).map_or(usual, Duration::from_secs).min(LONGEST_PAUSE)
    }

    /// A text in the body.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body[name].as_str()
    }
}

impl Http {
    /// Asks, once. `authorization` is a secret.
    pub(super) async fn ask(
        &self,
        method: Method,
        address: &str,
        authorization: Option<&str>,
        sent: Sent,
        since: Option<DateTime<Utc>>,
    ) -> Result<Said, NoCrm> {
        let url = Url::parse(address).map_err(|_| NoCrm::Refused("its address is none".into()))?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(secret) = authorization {
            let bad = |_| NoCrm::Revoked("the token cannot be sent".into());
            let mut secret = HeaderValue::try_from(secret).map_err(bad)?;
            secret.set_sensitive(true);
            headers.insert(AUTHORIZATION, secret);
        }
        if let Some(Ok(since)) = since.map(|at| HeaderValue::try_from(at.to_rfc3339())) {
            headers.insert(IF_MODIFIED_SINCE, since);
        }
        let body = match sent {
            Sent::Nothing => Vec::new(),
            Sent::Json(json) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                json.to_string().into_bytes()
            }
            Sent::Form(fields) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(fields.iter().map(|(name, value)| (*name, value.as_str())));
                form.finish().into_bytes()
            }
        };
        let ask = Ask { method, headers, body: body.into() };
        let answer = self.0.send(&url, ask, Bounds { patience: PATIENCE, read: LONGEST_ANSWER }).await;
        let answer = answer.map_err(|error| match error {
            NoAnswer::Away(why) => NoCrm::Away(why),
            NoAnswer::Never(why) => NoCrm::Refused(why),
        })?;
        if !answer.is_whole {
            return Err(NoCrm::Away("the answer broke off".into()));
        }
        let body = serde_json::from_slice(&answer.body).unwrap_or_default();
        Ok(Said { status: answer.status, headers: answer.headers, body })
    }
}

/// The address that somebody is sent to; none where we are nobody there.
pub(super) fn authorize(address: &str, client: &CrmClient, way: Way<'_>, more: &[(&str, &str)]) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    let id = client.id.as_deref().filter(|_| client.secret.is_some())?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", id)
        .append_pair("redirect_uri", way.redirect_uri)
        .append_pair("state", way.state)
        .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(sha256(way.verifier.as_bytes())))
        .append_pair("code_challenge_method", "S256")
        .extend_pairs(more);
    Some(url.into())
}

/// The fields by which we show who we are.
pub(super) fn ours(client: &CrmClient) -> Vec<(&'static str, String)> {
    vec![
        ("client_id", client.id.clone().unwrap_or_default()),
        ("client_secret", client.secret.clone().unwrap_or_default()),
    ]
}

/// A text of the CRM's, in a sentence.
pub(super) fn said(text: Option<&str>, status: StatusCode) -> String {
    let text: String = text.unwrap_or_default().chars().take(300).collect();
    if text.is_empty() { format!("it answered {}", status.as_u16()) } else { text }
}

/// What any status means that no CRM says anything special with.
pub(super) fn usual(answer: &Said, why: Option<&str>) -> NoCrm {
    let why = said(why, answer.status);
    match answer.status.as_u16() {
        401 => NoCrm::Expired,
        423 | 429 | 477 => NoCrm::Limited(answer.wait(Duration::from_secs(60)), why),
        408 | 500.. => NoCrm::Away(why),
        _ => NoCrm::Refused(why),
    }
}

/// A value as text; none where it is empty.
pub(super) fn as_text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}
