//! What a request shows to say who sends it.

use chrono::{DateTime, Utc};
use kernel::id::TenantId;

use super::{access_token::Claims, api_key::KeyClaims};

/// An access token that was read, or the text of an API key.
#[derive(Debug, Clone, Copy)]
pub enum Credential {
    /// Speaks for a session.
    Token(Claims),
    /// Speaks for a person.
    Key(KeyClaims),
}

impl Credential {
    /// Of which tenant.
    pub fn tenant(&self) -> TenantId {
        match self {
            Self::Token(claims) => claims.tenant,
            Self::Key(key) => key.tenant,
        }
    }

    /// When it ends, as far as it says so itself: the end of a key stands in the database.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Token(claims) => Some(claims.expires_at),
            Self::Key(_) => None,
        }
    }
}

impl From<&Claims> for Credential {
    fn from(claims: &Claims) -> Self {
        Self::Token(*claims)
    }
}
