//! Anthropic's Messages API, asked to use a tool. One question, one answer; when it is asked again is up to the task's job.

use hyper::{
    HeaderMap, Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue},
};
use kernel::{
    anthropic::{Account, Refusal, VERSION, Why, judge},
    outgoing::{Again, Ask, Bounds, NoAnswer, Outgoing},
};
use serde_json::Value as Json;

use super::request::{PROMPT_VERSION, body, output};
use crate::{
    domain::ai_tasks::material::{Asked, Given, Nothing},
    ports::ai_tasks::AiProvider,
    store::ai_tasks::task::{AiFailure, AiProviderName},
};

/// How much of an answer is read, in bytes.
const READ: usize = 1 << 20;
/// Time for an answer; the task's own patience is shorter or ends it sooner.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(10);

/// Asks Anthropic.
pub struct AnthropicAi {
    account: Account,
    outgoing: Outgoing,
}

impl AnthropicAi {
    /// Asks there.
    pub const fn new(account: Account, outgoing: Outgoing) -> Self {
        Self { account, outgoing }
    }

    fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("application/json")),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (HeaderName::from_static("anthropic-version"), HeaderValue::from_static(VERSION)),
            (HeaderName::from_static("x-api-key"), self.account.key.clone()),
        ])
    }
}

impl From<Refusal> for Nothing {
    fn from(refusal: Refusal) -> Self {
        let failure = match refusal.why {
            Why::Unavailable => AiFailure::Unavailable,
            Why::RateLimited => AiFailure::RateLimited,
            Why::LimitReached => AiFailure::LimitReached,
            Why::Misconfigured => AiFailure::Misconfigured,
        };
        Self { failure, detail: refusal.detail, again: refusal.again }
    }
}

fn nothing(failure: AiFailure, detail: impl Into<String>, again: Again) -> Nothing {
    Nothing { failure, detail: detail.into(), again }
}

#[async_trait::async_trait]
impl AiProvider for AnthropicAi {
    fn name(&self) -> AiProviderName {
        AiProviderName::Anthropic
    }

    async fn perform(&self, asked: &Asked) -> Result<Given, Nothing> {
        let body = body(asked, &self.account).to_string().into();
        let ask = Ask { method: Method::POST, headers: self.headers(), body };
        let answer = self.outgoing.send(&self.account.url, ask, Bounds { patience: PATIENCE, read: READ }).await;
        let answer = answer.map_err(|error| match error {
            NoAnswer::Away(detail) => nothing(AiFailure::Unavailable, detail, Again::Soon),
            NoAnswer::Never(detail) => nothing(AiFailure::Misconfigured, detail, Again::Never),
        })?;
        let said: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status != StatusCode::OK {
            return Err(judge(answer.status, &answer.headers, &said).into());
        }
        match said["stop_reason"].as_str() {
            Some("tool_use") => {}
            Some("refusal") => return Err(nothing(AiFailure::Refused, "the provider refused", Again::Never)),
            Some("max_tokens" | "model_context_window_exceeded") => {
                return Err(nothing(AiFailure::Unreadable, "the answer was cut off", Again::Never));
            }
            _ => return Err(nothing(AiFailure::Unreadable, "the answer breaks off", Again::Soon)),
        }
        let output = output(asked.task, &said["content"]);
        let output = output.map_err(|why| nothing(AiFailure::Unreadable, why, Again::Soon))?;
        let tokens = |name: &str| said["usage"][name].as_i64().unwrap_or_default().max(0);
        // What came from a cache was read too.
        let read = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"].map(tokens).iter().sum();
        Ok(Given {
            output,
            model: said["model"].as_str().map(|model| model.chars().take(100).collect()),
            prompt_version: Some(PROMPT_VERSION),
            usage: Some((read, tokens("output_tokens"))),
        })
    }
}
