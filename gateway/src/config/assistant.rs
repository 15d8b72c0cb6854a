//! Who answers what the assistant is asked.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use kernel::{Error, Result, Source, anthropic::Account};
use serde::{Deserialize, Serialize};
use ticketing::{Anthropic, Builtin, Provider};

use super::{Config, span};

/// Who answers what the assistant is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssistantProvider {
    /// Frontdesk itself, by quoting.
    Builtin,
    /// Anthropic's Messages API.
    Anthropic,
}

/// Who answers, and how long that may take.
#[derive(Clone)]
pub struct Assistant {
    /// Who.
    pub provider: Arc<dyn Provider>,
    /// How long.
    pub patience: Duration,
}

impl Config {
    /// Who answers what the assistant is asked, and how long that may take.
    ///
    /// # Errors
    /// [`Error::Internal`] for a provider that is not set up, and a time that is none or longer than ten minutes.
    pub fn assistant(&self, source: &Arc<Source>) -> Result<Assistant> {
        let limit = span(&self.assistant_time_limit).filter(|limit| *limit <= TimeDelta::minutes(10));
        let bad = || Error::internal("assistant_time_limit must be a time such as 60s, 10m at most");
        let patience = limit.and_then(|limit| limit.to_std().ok()).ok_or_else(bad)?;
        let provider: Arc<dyn Provider> = match self.assistant_provider {
            AssistantProvider::Builtin => Arc::new(Builtin),
            AssistantProvider::Anthropic => {
                let (key, model) = (self.assistant_api_key.as_deref(), self.assistant_model.as_deref());
                let (key, model) = (key.unwrap_or_default(), model.unwrap_or_default());
                let account = Account::new("assistant", &self.assistant_url, key, model, self.assistant_max_tokens)?;
                Arc::new(Anthropic::new(account, source.clone())?)
            }
        };
        Ok(Assistant { provider, patience })
    }
}
