//! Access tokens of people in a session.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    crypto::{Keyring, sha256},
    id::{SessionId, TenantId, UserId},
};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use super::signed_token::SignedTokens;

/// How many tokens are remembered. Only good ones are, so nobody can fill this with noise.
const KNOWN: u64 = 10_000;

/// Signs and reads access tokens.
#[derive(Clone)]
pub struct AccessTokens {
    signed: SignedTokens,
    /// What good tokens say, by the tokens' hashes: a client sends the same one with every request.
    known: Cache<[u8; 32], Claims>,
}

#[derive(Serialize, Deserialize)]
struct Says {
    sub: String,
    sid: String,
    tnt: String,
    ver: i32,
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
        Ok(Self { signed: SignedTokens::new(keyring, "frontdesk-api")?, known: Cache::new(KNOWN) })
    }

    /// A token for a session, and when it ends.
    pub fn sign(
        &self,
        cx: &Cx,
        user: UserId,
        session: SessionId,
        token_version: i32,
    ) -> Result<(String, DateTime<Utc>)> {
        let says =
            Says { sub: user.to_string(), sid: session.to_string(), tnt: cx.tenant.id.to_string(), ver: token_version };
        self.signed.sign(cx, says)
    }

    /// What a token says; `None` for anything that is not a good one at this instant.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
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
        let (says, expires_at) = self.signed.verify::<Says>(token)?;
        Some(Claims {
            user: says.sub.parse().ok()?,
            session: says.sid.parse().ok()?,
            tenant: says.tnt.parse().ok()?,
            token_version: says.ver,
            expires_at,
        })
    }
}
