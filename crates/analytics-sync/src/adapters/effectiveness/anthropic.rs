//! Anthropic's Messages API, asked to use a tool. One question, one answer; when it is asked again is up to the batch.

use hyper::{
    HeaderMap, Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue},
};
use kernel::{
    anthropic::{Account, Refusal, VERSION, Why, judge},
    outgoing::{Again, Ask, Bounds, NoAnswer, Outgoing},
};
use serde_json::Value as Json;

use super::request::{PROMPT_VERSION, body, verdict};
use crate::{
    domain::effectiveness::material::Material,
    ports::effectiveness::{Analyst, Given, Nothing},
    store::effectiveness::{analysis::AnalystName, item::AnalysisFailure},
};

/// How much of an answer is read and kept, in bytes.
const READ: usize = 1 << 18;
/// Time for an answer; the batch's own patience ends it sooner.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(10);
/// What the provider adds to a question with a tool, in tokens; more than it says that it does.
const ADDED: i64 = 1_000;

/// Asks Anthropic.
pub struct AnthropicAnalyst {
    account: Account,
    outgoing: Outgoing,
}

impl AnthropicAnalyst {
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

/// What is refused costs nothing.
const FREE: Option<(i64, i64)> = Some((0, 0));

impl From<Refusal> for Nothing {
    fn from(refusal: Refusal) -> Self {
        let failure = match refusal.why {
            Why::Unavailable => AnalysisFailure::Unavailable,
            Why::RateLimited => AnalysisFailure::RateLimited,
            Why::LimitReached => AnalysisFailure::LimitReached,
            Why::Misconfigured => AnalysisFailure::Misconfigured,
        };
        Self { failure, detail: refusal.detail, again: refusal.again, usage: FREE }
    }
}

fn unsaid(error: NoAnswer) -> Nothing {
    match error {
        // It may have been asked, and paid for.
        NoAnswer::Away(detail) => {
            Nothing { failure: AnalysisFailure::Unavailable, detail, again: Again::Soon, usage: None }
        }
        NoAnswer::Never(detail) => {
            Nothing { failure: AnalysisFailure::Misconfigured, detail, again: Again::Never, usage: FREE }
        }
    }
}

#[async_trait::async_trait]
impl Analyst for AnthropicAnalyst {
    fn name(&self) -> AnalystName {
        AnalystName::Anthropic
    }

    fn most_tokens(&self, chat: &Material) -> i64 {
        // A token is a byte at least.
        let asked = i64::try_from(body(chat, &self.account).to_string().len()).unwrap_or(i64::MAX);
        asked.saturating_add(ADDED).saturating_add(i64::from(self.account.max_tokens))
    }

    fn at_a_time(&self) -> u64 {
        4
    }

    async fn analyse(&self, chat: &Material) -> Result<Given, Nothing> {
        let body = body(chat, &self.account).to_string().into();
        let ask = Ask { method: Method::POST, headers: self.headers(), body };
        let bounds = Bounds { patience: PATIENCE, read: READ };
        let answer = self.outgoing.send(&self.account.url, ask, bounds).await.map_err(unsaid)?;
        let said: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status != StatusCode::OK {
            return Err(judge(answer.status, &answer.headers, &said).into());
        }
        let counted = |name: &str| said["usage"][name].as_i64().map(|tokens| tokens.max(0));
        // What came from a cache was read too.
        let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"].map(counted);
        let cached: i64 = cached.into_iter().flatten().fold(0, i64::saturating_add);
        let usage = counted("input_tokens").zip(counted("output_tokens"));
        let usage = usage.map(|(read, wrote)| (read.saturating_add(cached), wrote));
        let nothing = |failure, detail: &str| Nothing { failure, detail: detail.into(), again: Again::Never, usage };
        match said["stop_reason"].as_str() {
            Some("tool_use") => {}
            Some("refusal") => return Err(nothing(AnalysisFailure::Refused, "the provider refused")),
            Some("max_tokens" | "model_context_window_exceeded") => {
                return Err(nothing(AnalysisFailure::Unreadable, "the answer was cut off"));
            }
            _ => return Err(nothing(AnalysisFailure::Unreadable, "the answer is none that was asked for")),
        }
        let verdict = verdict(&said["content"]).map_err(|why| nothing(AnalysisFailure::Unreadable, why))?;
        Ok(Given {
            verdict,
            model: said["model"].as_str().map(|model| model.chars().take(100).collect()),
            prompt_version: PROMPT_VERSION,
            usage,
            answer: Some(said),
        })
    }
}
