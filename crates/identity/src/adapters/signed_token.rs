//! What all our access tokens have in common: JWT (RFC 7519) with HS256 under keys derived from the secret key, named by
//! `kid`, for one audience, so that a token of one kind never passes for another.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use kernel::{Cx, Error, Result, crypto::Keyring};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::domain::sessions::session::ACCESS_TOKEN_TTL;

const ISSUER: &str = "frontdesk";
/// No token of ours is longer, in bytes.
const LONGEST: usize = 2048;

/// Signs and verifies the tokens of one audience.
#[derive(Clone)]
pub(super) struct SignedTokens {
    audience: &'static str,
    newest: (String, EncodingKey),
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
}

/// What every token says, around what its kind says.
#[derive(Serialize, Deserialize)]
struct Wire<T> {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    #[serde(flatten)]
    says: T,
}

impl SignedTokens {
    /// With the keys of the ring: the newest signs, all verify, so that a key can be rotated.
    pub(super) fn new(keyring: &Keyring, audience: &'static str) -> Result<Self> {
        let keys: Vec<_> = keyring.access_token_keys().collect();
        let (kid, key) = keys.first().ok_or_else(|| Error::internal("no secret key"))?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[audience]);
        // Time comes from the request's context, not from the system's clock.
        validation.validate_exp = false;
        Ok(Self {
            audience,
            newest: (kid.clone(), EncodingKey::from_secret(key.as_slice())),
            keys: keys.iter().map(|(kid, key)| (kid.clone(), DecodingKey::from_secret(key.as_slice()))).collect(),
            validation,
        })
    }

    /// A token that says this, and when it ends.
    pub(super) fn sign<T: Serialize>(&self, cx: &Cx, says: T) -> Result<(String, DateTime<Utc>)> {
        // A token says its times in whole seconds.
        let iat = cx.now.timestamp();
        let exp = iat + ACCESS_TOKEN_TTL.num_seconds();
        let wire = Wire { iss: ISSUER.into(), aud: self.audience.into(), iat, exp, says };
        let header = Header { kid: Some(self.newest.0.clone()), ..Header::new(Algorithm::HS256) };
        let token = encode(&header, &wire, &self.newest.1).map_err(Error::internal)?;
        Ok((token, DateTime::from_timestamp(exp, 0).unwrap_or(cx.now)))
    }

    /// What a token says and when it ends; `None` for anything that we did not sign for this audience.
    pub(super) fn verify<T: DeserializeOwned>(&self, token: &str) -> Option<(T, DateTime<Utc>)> {
        if token.len() > LONGEST {
            return None;
        }
        let kid = decode_header(token).ok()?.kid?;
        let wire = decode::<Wire<T>>(token, self.keys.get(&kid)?, &self.validation).ok()?.claims;
        Some((wire.says, DateTime::from_timestamp(wire.exp, 0)?))
    }
}
