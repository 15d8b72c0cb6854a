//! What a platform gave us when somebody let us in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What we act with at a platform. Secrets: they are in no log, event or answer.
#[derive(Clone, Serialize, Deserialize)]
pub struct Tokens {
    /// What we act with.
    pub access: String,
    /// What that is renewed with.
    pub refresh: Option<String>,
    /// Until when the platform takes the first; `None` where it says no end.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An account that we were let into.
#[derive(Clone, Serialize, Deserialize)]
pub struct Granted {
    /// As the platform names it.
    pub account_id: String,
    /// As people read it.
    pub account_name: Option<String>,
    /// What else the platform says of it.
    pub metadata: serde_json::Value,
    /// What we act with there.
    pub tokens: Tokens,
}
