//! Who does tasks for artificial intelligence.

use std::{sync::Arc, time::Duration};

use analytics_sync::{Analyst, AnthropicAnalyst, BuiltinAnalyst};
use chrono::TimeDelta;
use crm_leads::{AiProvider, AiProviderName, AnthropicAi, BuiltinAi, Price};
use kernel::{Error, Result, anthropic::Account, outgoing::Outgoing};

use super::{AssistantProvider, Config, span};

/// Who does tasks, how long they may take and what they cost.
#[derive(Clone)]
pub struct Ai {
    /// Who is asked unless somebody asks for another.
    pub usual: AiProviderName,
    /// All who can be.
    pub providers: Vec<Arc<dyn AiProvider>>,
    /// All who can analyse chats.
    pub analysts: Vec<Arc<dyn Analyst>>,
    /// How long a task may take.
    pub patience: Duration,
    /// What a provider costs that costs something.
    pub price: Price,
}

impl Config {
    /// Who does tasks for artificial intelligence.
    ///
    /// # Errors
    /// [`Error::Internal`] for settings that cannot work.
    pub fn ai(&self, outgoing: &Outgoing) -> Result<Ai> {
        let limit = span(&self.ai_time_limit).filter(|limit| *limit <= TimeDelta::seconds(50));
        let bad = || Error::internal("ai_time_limit must be a time such as 40s, 50s at most");
        let patience = limit.and_then(|limit| limit.to_std().ok()).ok_or_else(bad)?;
        let price = Price {
            input: micros("ai_input_price", &self.ai_input_price)?,
            output: micros("ai_output_price", &self.ai_output_price)?,
        };
        let mut providers: Vec<Arc<dyn AiProvider>> = vec![Arc::new(BuiltinAi)];
        let mut analysts: Vec<Arc<dyn Analyst>> = vec![Arc::new(BuiltinAnalyst)];
        let usual = match self.ai_provider {
            AssistantProvider::Builtin => AiProviderName::Builtin,
            AssistantProvider::Anthropic => AiProviderName::Anthropic,
        };
        if usual == AiProviderName::Anthropic || self.ai_api_key.is_some() {
            let (key, model) = (self.ai_api_key.as_deref(), self.ai_model.as_deref());
            let (key, model) = (key.unwrap_or_default(), model.unwrap_or_default());
            let account = Account::new("ai", &self.ai_url, key, model, self.ai_max_tokens)?;
            analysts.push(Arc::new(AnthropicAnalyst::new(account.clone(), outgoing.clone())));
            providers.push(Arc::new(AnthropicAi::new(account, outgoing.clone())));
        }
        Ok(Ai { usual, providers, analysts, patience, price })
    }
}

/// An amount of US dollars with at most six decimals, in millionths.
fn micros(name: &str, text: &str) -> Result<i64> {
    let bad = || Error::internal(format!("{name} must be an amount such as 3 or 0.25"));
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(rest) || rest.len() > 6 || whole.len() > 9 {
        return Err(bad());
    }
    format!("{whole}{rest:0<6}").parse().map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_exact() {
        for (text, expected) in [("0", 0), ("3", 3_000_000), ("0.25", 250_000), ("15.000001", 15_000_001)] {
            assert_eq!(micros("x", text).unwrap(), expected);
        }
        for wrong in ["", "-1", "1,5", "1.0000001", "a", "."] {
            assert!(micros("x", wrong).is_err(), "{wrong}");
        }
    }
}
