//! B2Chat, as use cases ask it, and colleagues as they are linked to its agents.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use chrono::NaiveDate;
use kernel::{Result, Tx, id::StaffId};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::domain::source::page::Endpoint;

/// What we act with at B2Chat. A secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The user name of the API.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// Leaves the secret out.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// Records that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Of which kind.
    pub endpoint: Endpoint,
    /// Of which day; of any where none is given.
    pub day: Option<NaiveDate>,
    /// Behind how many others.
    pub offset: i32,
    /// At most so many.
    pub limit: i32,
}

/// An answer with records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// With which parameters was asked.
    pub params: Json,
    /// The status of HTTP.
    pub status: u16,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoSource {
    /// It does not take the credentials.
    Credentials(String),
    /// There is nobody at the address, or somebody else.
    Address(String),
    /// It answers something else than records; with what it answered.
    Answer(String, Option<Said>),
    /// It may answer later.
    Away(String),
    /// It asks to be left alone; for so long, where it says so.
    Limited(Option<Duration>, String),
}

impl NoSource {
    /// What is wrong, in a sentence.
    pub fn sentence(&self) -> &str {
        match self {
            Self::Credentials(why)
            | Self::Address(why)
            | Self::Answer(why, _)
            | Self::Away(why)
            | Self::Limited(_, why) => why,
        }
    }
}

/// B2Chat.
#[async_trait]
pub trait Source: Send + Sync {
    /// A page of records. A token is asked for by itself, and once more where the old one is taken no more.
    async fn page(&self, base: &str, held: &Credentials, wanted: Wanted) -> Result<Said, NoSource>;
    /// Forgets the token of these credentials.
    fn forget(&self, base: &str, held: &Credentials);
}

/// What this context must know of colleagues; answered by identity through the gateway.
#[async_trait]
pub trait Colleagues: Send + Sync {
    /// The colleagues with these addresses, inside the open transaction.
    async fn with_addresses(&self, tx: &Tx, addresses: &[String]) -> Result<HashMap<String, StaffId>>;
}
