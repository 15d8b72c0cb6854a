//! Access tokens of platform administrators: like those of people, for another audience, so that neither passes for the
//! other.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use kernel::{Cx, Error, Result, crypto::Keyring, id::PlatformAdminId};
use serde::{Deserialize, Serialize};

use crate::domain::session::ACCESS_TOKEN_TTL;

const ISSUER: &str = "frontdesk";
const AUDIENCE: &str = "frontdesk-platform";

/// Signs and reads them.
#[derive(Clone)]
pub struct PlatformTokens {
    newest: (String, EncodingKey),
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    aud: String,
    sub: String,
    ver: i32,
    iat: i64,
    exp: i64,
}

/// What a valid one says.
#[derive(Debug, Clone)]
pub struct PlatformClaims {
    /// Who.
    pub admin: PlatformAdminId,
    /// Their token version when it was signed.
    pub token_version: i32,
}

impl PlatformTokens {
    /// With the keys of the ring: the newest signs, all verify.
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
        })
    }

    /// A token, and when it ends.
    pub fn sign(&self, cx: &Cx, admin: PlatformAdminId, token_version: i32) -> Result<(String, DateTime<Utc>)> {
        let issued = cx.now.timestamp();
        let expires_at = issued + ACCESS_TOKEN_TTL.num_seconds();
        let wire = Wire {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: admin.to_string(),
            ver: token_version,
            iat: issued,
            exp: expires_at,
        };
        let header = Header { kid: Some(self.newest.0.clone()), ..Header::new(Algorithm::HS256) };
        let token = encode(&header, &wire, &self.newest.1).map_err(Error::internal)?;
        Ok((token, DateTime::from_timestamp(expires_at, 0).unwrap_or(cx.now)))
    }

    /// What a token says; `None` for anything that is not a good one at this instant.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Option<PlatformClaims> {
        if token.len() > 2048 {
            return None;
        }
        let kid = decode_header(token).ok()?.kid?;
        let wire = decode::<Wire>(token, self.keys.get(&kid)?, &self.validation).ok()?.claims;
        if DateTime::from_timestamp(wire.exp, 0)? <= now {
            return None;
        }
        Some(PlatformClaims { admin: wire.sub.parse().ok()?, token_version: wire.ver })
    }
}
