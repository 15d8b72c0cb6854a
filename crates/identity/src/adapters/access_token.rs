//! Access tokens: JWT (RFC 7519) with HS256 under a key derived from the secret key, named by `kid`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use kernel::{
    Cx, Error, Result,
    crypto::{Keyring, sha256},
    id::{SessionId, TenantId, UserId},
};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::domain::session::ACCESS_TOKEN_TTL;

const ISSUER: &str = "frontdesk";
const AUDIENCE: &str = "frontdesk-api";
/// How many tokens are remembered. Only good ones are, so nobody can fill this with noise.
const KNOWN: u64 = 10_000;

/// Signs and reads access tokens.
#[derive(Clone)]
pub struct AccessTokens {
    newest: (String, EncodingKey),
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
    /// What good tokens say, by the tokens' hashes: a client sends the same one with every request.
    known: Cache<[u8; 32], Claims>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    tnt: String,
    ver: i32,
    iat: i64,
    exp: i64,
}

/// What a valid access token says.
#[derive(Debug, Clone, Copy)]
pub struct Claims {
    /// Who.
    pub user: UserId,
    /// In which session.
    pub session: SessionId,
    /// Of which tenant.
    pub tenant: TenantId,
    /// The person's token version when it was signed.
    pub token_version: i32,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl AccessTokens {
    /// With the keys of the ring: the newest signs, all verify, so that a key can be rotated.
    pub fn new(keyring: &Keyring) -> Result<Self> {
        let keys: Vec<_> = keyring.access_token_keys().collect();
        let (kid, key) = keys.first().ok_or_else(|| Error::internal("no secret key"))?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Time comes from the request's context, not from the system's clock.
        validation.validate_exp = false;
        Ok(Self {
            newest: (kid.clone(), EncodingKey::from_secret(key.as_slice())),
            keys: keys.iter().map(|(kid, key)| (kid.clone(), DecodingKey::from_secret(key.as_slice()))).collect(),
            validation,
            known: Cache::new(KNOWN),
        })
    }

    /// A token for a session, and when it ends.
    pub fn sign(
        &self,
        cx: &Cx,
        user: UserId,
        session: SessionId,
        token_version: i32,
    ) -> Result<(String, DateTime<Utc>)> {
        // A token says its times in whole seconds.
        let issued = cx.now.timestamp();
        let expires_at = issued + ACCESS_TOKEN_TTL.num_seconds();
        let wire = Wire {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user.to_string(),
            sid: session.to_string(),
            tnt: cx.tenant.id.to_string(),
            ver: token_version,
            iat: issued,
            exp: expires_at,
        };
        let header = Header { kid: Some(self.newest.0.clone()), ..Header::new(Algorithm::HS256) };
        let token = encode(&header, &wire, &self.newest.1).map_err(Error::internal)?;
        Ok((token, DateTime::from_timestamp(expires_at, 0).unwrap_or(cx.now)))
    }

    /// What a token says; `None` for anything that is not a good one at this instant.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        if token.len() > 2048 {
            return None;
        }
        let hash = sha256(token.as_bytes());
        let claims = match self.known.get(&hash) {
            Some(claims) => claims,
            None => {
                let claims = self.verify(token)?;
                self.known.insert(hash, claims);
                claims
            }
        };
        (claims.expires_at > now).then_some(claims)
    }

    fn verify(&self, token: &str) -> Option<Claims> {
        let kid = decode_header(token).ok()?.kid?;
        let wire = decode::<Wire>(token, self.keys.get(&kid)?, &self.validation).ok()?.claims;
        Some(Claims {
            user: wire.sub.parse().ok()?,
            session: wire.sid.parse().ok()?,
            tenant: wire.tnt.parse().ok()?,
            token_version: wire.ver,
            expires_at: DateTime::from_timestamp(wire.exp, 0)?,
        })
    }
}
