//! The analyst that comes with Frontdesk: rules, no network, and the same answer to the same chat.

use crate::{
    domain::effectiveness::{material::Material, rules::judge},
    ports::effectiveness::{Analyst, Given, Nothing},
    store::effectiveness::analysis::AnalystName,
};

/// Which of our rules these are. It changes with them, so that results can be told apart.
const RULES: &str = "rules 2026-11-29";

/// Goes by rules.
pub struct BuiltinAnalyst;

/// What the rules say of a chat.
pub fn by_rules(chat: &Material) -> Given {
    Given { verdict: judge(chat), model: None, prompt_version: RULES, usage: None, answer: None }
}

#[async_trait::async_trait]
impl Analyst for BuiltinAnalyst {
    fn name(&self) -> AnalystName {
        AnalystName::Builtin
    }

    fn most_tokens(&self, _: &Material) -> i64 {
        0
    }

    fn at_a_time(&self) -> u64 {
        50
    }

    async fn analyse(&self, chat: &Material) -> Result<Given, Nothing> {
        Ok(by_rules(chat))
    }
}
