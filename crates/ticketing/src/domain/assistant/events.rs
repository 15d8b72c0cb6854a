//! What is told of sessions with the assistant: that something was asked and answered, and never what.

use kernel::{
    events::{Event, Resource, Severity},
    id::{AssistantMessageId, AssistantSessionId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::store::assistant::message::AssistantFailure;

/// The topic of the assistant's events. Each concerns its session, and only whose that is follows it.
pub const ASSISTANT: &str = "assistant";

fn of(session: AssistantSessionId) -> Resource {
    Resource::new("AssistantSession", session)
}

/// Somebody asked something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuestionSent {
    /// In which session.
    pub session: AssistantSessionId,
    /// The question.
    pub question: AssistantMessageId,
    /// The answer that is to come.
    pub answer: AssistantMessageId,
}

impl Event for QuestionSent {
    const KIND: &'static str = "assistant.question_sent";
    const TOPIC: &'static str = ASSISTANT;
    fn resource(&self) -> Resource {
        of(self.session)
    }
    fn concerns(&self) -> Option<Uuid> {
        Some(self.session.0)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "questionId": self.question, "answerId": self.answer }))
    }
}

/// A question was answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuestionAnswered {
    /// In which session.
    pub session: AssistantSessionId,
    /// The answer.
    pub answer: AssistantMessageId,
    /// Who made it.
    pub provider: String,
    /// How many sources it names.
    pub sources: usize,
}

impl Event for QuestionAnswered {
    const KIND: &'static str = "assistant.answered";
    const TOPIC: &'static str = ASSISTANT;
    fn resource(&self) -> Resource {
        of(self.session)
    }
    fn concerns(&self) -> Option<Uuid> {
        Some(self.session.0)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "answerId": self.answer, "provider": self.provider, "sources": self.sources }))
    }
}

/// A question got no answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerFailed {
    /// In which session.
    pub session: AssistantSessionId,
    /// The answer that there is not.
    pub answer: AssistantMessageId,
    /// Why.
    pub failure: AssistantFailure,
}

impl Event for AnswerFailed {
    const KIND: &'static str = "assistant.answer_failed";
    const TOPIC: &'static str = ASSISTANT;
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        of(self.session)
    }
    fn concerns(&self) -> Option<Uuid> {
        Some(self.session.0)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "answerId": self.answer, "failure": self.failure }))
    }
}

/// A session was deleted by whose it was, with all that was said in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionDeleted {
    /// Which.
    pub session: AssistantSessionId,
}

impl Event for SessionDeleted {
    const KIND: &'static str = "assistant.session_deleted";
    const TOPIC: &'static str = ASSISTANT;
    fn resource(&self) -> Resource {
        of(self.session)
    }
    fn concerns(&self) -> Option<Uuid> {
        Some(self.session.0)
    }
}
