//! A provider of OpenID Connect, over the network.
//!
//! Signatures are checked by `jsonwebtoken`, which is here for our own tokens already. The crate `openidconnect` would
//! bring a second implementation of JWT with RSA of its own (the crate `rsa`, RUSTSEC-2023-0071), and it decides itself
//! which keys are fetched when; what it would save is in `domain::id_token`, with its table of cases.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use hyper::{
    HeaderMap, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use kernel::{Error, ProblemCode, Result};
use moka::future::Cache;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use crate::domain::people::picture::MOST_BYTES;
use crate::domain::single_sign_on::{
    discovery::{Discovery, Endpoints, SecretIn, document},
    id_token::{Claims, Refusal, Userinfo},
};
use kernel::outgoing::{Ask, Bounds, NoAnswer, Outgoing};

/// How long keys are believed.
const KEYS_TTL: TimeDelta = TimeDelta::hours(1);
/// How soon keys may be fetched again because a token names one that is not there.
const KEYS_AGAIN: TimeDelta = TimeDelta::seconds(10);
/// The longest ID token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 16 * 1024;
/// Keys of one provider that are kept.
const MOST_KEYS: usize = 50;
/// Time for a question and its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Speaks with providers.
#[derive(Clone)]
pub struct Oidc {
    outgoing: Outgoing,
    keys: Cache<String, Arc<Mutex<Keys>>>,
}

#[derive(Default)]
struct Keys {
    known: Vec<Jwk>,
    read_at: Option<DateTime<Utc>>,
}

/// A code, and what must be shown with it.
pub struct Redeem<'a> {
    /// Who we are.
    pub client_id: &'a str,
    /// Our secret; `None` for a public client.
    pub secret: Option<&'a str>,
    /// The code.
    pub code: &'a str,
    /// Where the person came back to.
    pub redirect_uri: &'a str,
    /// The PKCE verifier.
    pub verifier: &'a str,
}

/// What is sent to an endpoint.
#[derive(Default)]
struct Sent {
    /// The header `Authorization`. A secret.
    authorization: Option<String>,
    /// A form's fields, encoded; it is posted. May hold secrets.
    form: Option<String>,
}

/// What a code was exchanged for. Both are secrets.
#[derive(Deserialize)]
pub struct Tokens {
    /// The ID token, which is not checked yet.
    pub id_token: String,
    /// What the provider's own endpoints are asked with.
    access_token: Option<String>,
}

impl Redeem<'_> {
    fn form(&self, secret_in: SecretIn) -> Sent {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        fields
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", self.code)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("code_verifier", self.verifier);
        let mut authorization = None;
        match (self.secret, secret_in) {
            (Some(secret), SecretIn::Header) => {
                let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", part(self.client_id), part(secret));
                authorization = Some(format!("Basic {}", STANDARD.encode(pair)));
            }
            (Some(secret), SecretIn::Form) => {
                fields.append_pair("client_id", self.client_id).append_pair("client_secret", secret);
            }
            (None, _) => {
                fields.append_pair("client_id", self.client_id);
            }
        }
        Sent { authorization, form: Some(fields.finish()) }
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl Oidc {
    /// Speaks with providers through `outgoing`.
    pub fn new(outgoing: Outgoing) -> Self {
        let keys = Cache::builder().max_capacity(1_000).time_to_idle(Duration::from_hours(2)).build();
        Self { outgoing, keys }
    }

    /// Whether private addresses may be used.
    pub fn private(&self) -> bool {
        self.outgoing.private()
    }

    /// Gets a document, or posts a form. Answers with the status and the whole body.
    async fn ask(&self, url: &Url, sent: Sent) -> Result<(StatusCode, Vec<u8>), NoAnswer> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(mut secret) = sent.authorization.and_then(|text| HeaderValue::try_from(text).ok()) {
            secret.set_sensitive(true);
            headers.insert(AUTHORIZATION, secret);
        }
        let method = if sent.form.is_some() { Method::POST } else { Method::GET };
        if sent.form.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        let ask = Ask { method, headers, body: sent.form.unwrap_or_default().into() };
        let answer = self.outgoing.send(url, ask, Bounds { patience: PATIENCE, read: LONGEST_ANSWER }).await?;
        match answer.is_whole {
            true => Ok((answer.status, answer.body)),
            false => Err(NoAnswer::Never("the answer is too long or breaks off".into())),
        }
    }

    /// Reads an issuer's discovery document.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `issuer`.
    pub async fn discover(&self, issuer: &str) -> Result<Endpoints> {
        let invalid = |code, message: String| Error::invalid("issuer", code, message);
        let url = document(issuer, self.private()).ok_or_else(|| {
            invalid(ProblemCode::InvalidFormat, "must be an https address without query and fragment".into())
        })?;
        let unread = || invalid(ProblemCode::NotAvailable, "there is no discovery document of this issuer".into());
        let body = match self.ask(&url, Sent::default()).await {
            Ok((StatusCode::OK, body)) => body,
            Ok((status, _)) => {
                tracing::info!(%status, "a discovery document was refused");
                return Err(unread());
            }
            Err(error) => {
                tracing::info!(?error, "a discovery document could not be read");
                return Err(unread());
            }
        };
        let discovery: Discovery = serde_json::from_slice(&body).map_err(|_| unread())?;
        discovery.endpoints(issuer, self.private()).map_err(|message| invalid(ProblemCode::NotAvailable, message))
    }

    /// Exchanges a code for tokens.
    ///
    /// # Errors
    /// [`Refusal::CodeRefused`], [`Refusal::Unreachable`].
    pub async fn redeem(&self, endpoints: &Endpoints, redeem: Redeem<'_>) -> Result<Tokens, Refusal> {
        let url = Url::parse(&endpoints.token).map_err(|_| Refusal::Unreachable)?;
        let form = redeem.form(endpoints.secret_in);
        match self.ask(&url, form).await {
            Ok((StatusCode::OK, body)) => serde_json::from_slice(&body).map_err(|_| Refusal::CodeRefused),
            Ok((status, _)) if status.is_client_error() => Err(Refusal::CodeRefused),
            Ok((status, _)) => {
                tracing::warn!(%status, "a token endpoint failed");
                Err(Refusal::Unreachable)
            }
            Err(error) => {
                tracing::warn!(?error, "a token endpoint could not be asked");
                Err(Refusal::Unreachable)
            }
        }
    }

    /// What the provider says of a person whom the ID token only names; `None` where it has no such endpoint.
    ///
    /// # Errors
    /// [`Refusal::Unreachable`].
    pub async fn userinfo(&self, endpoints: &Endpoints, tokens: &Tokens) -> Result<Option<Userinfo>, Refusal> {
        let (Some(url), Some(token)) = (&endpoints.userinfo, &tokens.access_token) else { return Ok(None) };
        let url = Url::parse(url).map_err(|_| Refusal::Unreachable)?;
        let sent = Sent { authorization: Some(format!("Bearer {token}")), form: None };
        match self.ask(&url, sent).await {
            Ok((StatusCode::OK, body)) => serde_json::from_slice(&body).map(Some).map_err(|_| Refusal::Unreachable),
            other => {
                tracing::warn!(answer = ?other.map(|(status, _)| status), "a userinfo endpoint could not be asked");
                Err(Refusal::Unreachable)
            }
        }
    }

    /// A picture at an address that a provider named; `None` where there is none to be had.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where there may be one later.
    pub async fn picture(&self, address: &str) -> Result<Option<Vec<u8>>> {
        let Ok(url) = Url::parse(address) else { return Ok(None) };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("image/png, image/jpeg, image/webp"));
        let ask = Ask { method: Method::GET, headers, body: Default::default() };
        match self.outgoing.send(&url, ask, Bounds { patience: PATIENCE, read: MOST_BYTES }).await {
            Ok(answer) if answer.status == StatusCode::OK && answer.is_whole => Ok(Some(answer.body)),
            Ok(answer) if answer.status.is_server_error() => {
                Err(Error::unavailable(format!("a picture was answered with {}", answer.status)))
            }
            Ok(_) | Err(NoAnswer::Never(_)) => Ok(None),
            Err(NoAnswer::Away(why)) => Err(Error::unavailable(why)),
        }
    }

    /// What an ID token claims, where the provider signed it. The claims themselves are not checked yet.
    ///
    /// # Errors
    /// [`Refusal::BadSignature`], [`Refusal::Unreachable`].
    pub async fn claims(&self, endpoints: &Endpoints, token: &str, now: DateTime<Utc>) -> Result<Claims, Refusal> {
        if token.len() > LONGEST_TOKEN {
            return Err(Refusal::BadSignature);
        }
        // Fails for `none` and for whatever else is no algorithm.
        let header = decode_header(token).map_err(|_| Refusal::BadSignature)?;
        let key = self.key(&endpoints.jwks, header.kid.as_deref(), header.alg, now).await?;
        let mut validation = Validation::new(header.alg);
        // Signature only: the claims are held against what was asked, and against the context's clock, by the domain.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let key = DecodingKey::from_jwk(&key).map_err(|_| Refusal::BadSignature)?;
        Ok(decode::<Claims>(token, &key, &validation).map_err(|_| Refusal::BadSignature)?.claims)
    }

    /// The key that a token names, fetched again where it is not known: providers change their keys.
    async fn key(
        &self,
        address: &str,
        id: Option<&str>,
        algorithm: Algorithm,
        now: DateTime<Utc>,
    ) -> Result<Jwk, Refusal> {
        let keys = self.keys.get_with(address.to_owned(), async { Arc::default() }).await;
        let mut keys = keys.lock().await;
        let age = keys.read_at.map(|at| now - at);
        if age.is_some_and(|age| age < KEYS_TTL)
            && let Some(key) = choose(&keys.known, id, algorithm)
        {
            return Ok(key);
        }
        // Tokens with made-up names of keys do not become questions to the provider.
        if age.is_none_or(|age| age >= KEYS_AGAIN) {
            keys.read_at = Some(now);
            keys.known = self.read_keys(address).await?;
        }
        choose(&keys.known, id, algorithm).ok_or(Refusal::BadSignature)
    }

    async fn read_keys(&self, address: &str) -> Result<Vec<Jwk>, Refusal> {
        let url = Url::parse(address).map_err(|_| Refusal::Unreachable)?;
        let body = match self.ask(&url, Sent::default()).await {
            Ok((StatusCode::OK, body)) => body,
            other => {
                tracing::warn!(answer = ?other.map(|(status, _)| status), "a provider's keys could not be read");
                return Err(Refusal::Unreachable);
            }
        };
        let set: KeySet = serde_json::from_slice(&body).map_err(|_| Refusal::Unreachable)?;
        // A key of a kind that we do not know is no reason to refuse the others.
        Ok(set.keys.into_iter().take(MOST_KEYS).filter_map(|key| serde_json::from_value(key).ok()).collect())
    }
}

/// The key for a token: the one it names, or the only one there is for its algorithm.
fn choose(keys: &[Jwk], id: Option<&str>, algorithm: Algorithm) -> Option<Jwk> {
    let mut fitting = keys.iter().filter(|key| fits(key, algorithm));
    match id {
        Some(id) => fitting.find(|key| key.common.key_id.as_deref() == Some(id)).cloned(),
        None => fitting.next().filter(|_| fitting.next().is_none()).cloned(),
    }
}

/// Whether a key is one for this algorithm. A token says how it is signed, but the key decides: a public key is never
/// taken for a shared secret.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => {
            use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
            matches!(algorithm, RS256 | RS384 | RS512 | PS256 | PS384 | PS512)
        }
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => algorithm == Algorithm::ES256,
            EllipticCurve::P384 => algorithm == Algorithm::ES384,
            _ => false,
        },
        AlgorithmParameters::OctetKeyPair(key) => algorithm == Algorithm::EdDSA && key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let said = key.common.key_algorithm.is_none_or(|said| said.to_string() == format!("{algorithm:?}"));
    kind && said && key.common.public_key_use.as_ref().is_none_or(|r#use| *r#use == PublicKeyUse::Signature)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(list: serde_json::Value) -> Vec<Jwk> {
        serde_json::from_value(list).unwrap()
    }

    #[test]
    fn a_key_is_for_its_own_algorithm_only() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let ed = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": x });
        let rsa = json!({ "kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB", "alg": "RS256", "use": "sig" });
        let enc = json!({ "kty": "RSA", "kid": "enc", "n": "AQAB", "e": "AQAB", "use": "enc" });
        let oct = json!({ "kty": "oct", "kid": "oct", "k": "AQAB" });
        let set = keys(json!([ed, rsa, enc, oct]));
        let chosen = |id, algorithm| choose(&set, id, algorithm).and_then(|key| key.common.key_id);
        assert_eq!(chosen(Some("ed"), Algorithm::EdDSA).as_deref(), Some("ed"));
        assert_eq!(chosen(Some("rsa"), Algorithm::RS256).as_deref(), Some("rsa"));
        assert_eq!(chosen(None, Algorithm::RS256).as_deref(), Some("rsa"), "the only one");
        for (id, algorithm) in [
            ("rsa", Algorithm::PS256),
            ("rsa", Algorithm::HS256),
            ("oct", Algorithm::HS256),
            ("enc", Algorithm::RS256),
            ("ed", Algorithm::ES256),
            ("gone", Algorithm::RS256),
        ] {
            assert_eq!(chosen(Some(id), algorithm), None, "{id} {algorithm:?}");
        }
        let two = keys(json!([rsa, { "kty": "RSA", "n": "AQAB", "e": "AQAB" }]));
        assert!(choose(&two, None, Algorithm::RS256).is_none(), "which of two is not guessed");
    }
}
