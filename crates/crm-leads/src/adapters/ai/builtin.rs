//! The provider that comes with Frontdesk: rules, no network, and the same answer to the same question.

use kernel::outgoing::Again;

use crate::{
    domain::ai_tasks::{
        material::{Asked, Given, Nothing},
        output::Output,
        reply::reply,
        words::classify,
    },
    ports::ai_tasks::AiProvider,
    store::ai_tasks::task::{AiFailure, AiProviderName, AiTaskType},
};

/// Goes by rules.
pub struct BuiltinAi;

#[async_trait::async_trait]
impl AiProvider for BuiltinAi {
    fn name(&self) -> AiProviderName {
        AiProviderName::Builtin
    }

    async fn perform(&self, asked: &Asked) -> Result<Given, Nothing> {
        let none = |failure, detail: &str| Nothing { failure, detail: detail.into(), again: Again::Never };
        let output = match asked.task {
            AiTaskType::Classify => Output::Classify(classify(&asked.material.theirs())),
            AiTaskType::Score => {
                let scored = asked.material.by_rules.clone();
                Output::Score(scored.ok_or_else(|| none(AiFailure::Gone, "there is no lead to score"))?)
            }
            AiTaskType::Reply => {
                let replied = reply(&asked.material);
                Output::Reply(replied.ok_or_else(|| none(AiFailure::Refused, "there is nothing to answer"))?)
            }
        };
        Ok(Given { output, model: None, prompt_version: None, usage: None })
    }
}
