//! Access tokens of platform administrators.

use chrono::{DateTime, Utc};
use kernel::{Cx, Result, crypto::Keyring, id::PlatformAdminId};
use serde::{Deserialize, Serialize};

use super::signed_token::SignedTokens;

/// Signs and reads them.
#[derive(Clone)]
pub struct PlatformTokens(SignedTokens);

#[derive(Serialize, Deserialize)]
struct Says {
    sub: String,
    ver: i32,
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
        SignedTokens::new(keyring, "frontdesk-platform").map(Self)
    }

    /// A token, and when it ends.
    pub fn sign(&self, cx: &Cx, admin: PlatformAdminId, token_version: i32) -> Result<(String, DateTime<Utc>)> {
        self.0.sign(cx, Says { sub: admin.to_string(), ver: token_version })
    }

    /// What a token says; `None` for anything that is not a good one at this instant.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Option<PlatformClaims> {
        let (says, expires_at) = self.0.verify::<Says>(token)?;
        if expires_at <= now {
            return None;
        }
        Some(PlatformClaims { admin: says.sub.parse().ok()?, token_version: says.ver })
    }
}
