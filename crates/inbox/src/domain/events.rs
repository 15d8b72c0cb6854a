//! What this context publishes. The payloads are what subscribers and later webhooks decode, so a field, once
//! published, stays.

use kernel::{
    events::{Event, Resource, Severity},
    id::{MessageId, MessageReplyId, StaffId, VisitorId},
    personal::Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::message::MessageStatus;

/// The topic of all events here.
pub const TOPIC: &str = "inbox";

/// A visitor wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessageReceived {
    /// The message.
    pub message: MessageId,
    /// Who wrote it.
    pub visitor: VisitorId,
}

impl Event for MessageReceived {
    const KIND: &'static str = "message.received";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Message", self.message)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "status": "new", "visitorId": self.visitor })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Visitor(self.visitor))
    }
}

/// A message was handed to somebody, or back to nobody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessageAssigned {
    /// The message.
    pub message: MessageId,
    /// Who had it.
    pub from: Option<StaffId>,
    /// Who has it now.
    pub to: Option<StaffId>,
}

impl Event for MessageAssigned {
    const KIND: &'static str = "message.assigned";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Message", self.message)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "assigneeId": self.from })), Some(json!({ "assigneeId": self.to })))
    }
}

/// A message's status changed by hand.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessageStatusChanged {
    /// The message.
    pub message: MessageId,
    /// The status before.
    pub from: MessageStatus,
    /// The status now.
    pub to: MessageStatus,
}

impl Event for MessageStatusChanged {
    const KIND: &'static str = "message.status_changed";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Message", self.message)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": self.from })), Some(json!({ "status": self.to })))
    }
}

/// A message became something else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessageConverted {
    /// The message.
    pub message: MessageId,
    /// The status before.
    pub from: MessageStatus,
    /// The id of what it had become before, where it had.
    pub previous: Option<String>,
    /// The id of what it became, with its prefix.
    pub to: String,
}

impl Event for MessageConverted {
    const KIND: &'static str = "message.converted";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Message", self.message)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let before = json!({ "status": self.from, "convertedTo": self.previous });
        (Some(before), Some(json!({ "status": MessageStatus::Converted, "convertedTo": self.to })))
    }
}

/// A staff member replied. Where that moved the message, `from` and `to` differ.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessageReplied {
    /// The message.
    pub message: MessageId,
    /// The reply.
    pub reply: MessageReplyId,
    /// The status before.
    pub from: MessageStatus,
    /// The status now.
    pub to: MessageStatus,
}

impl Event for MessageReplied {
    const KIND: &'static str = "message.replied";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Message", self.message)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": self.from })), Some(json!({ "status": self.to, "replyId": self.reply })))
    }
}

/// A reply's mail was accepted by the mail server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplyDelivered {
    /// The message.
    pub message: MessageId,
    /// The reply.
    pub reply: MessageReplyId,
}

impl Event for ReplyDelivered {
    const KIND: &'static str = "reply.delivered";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("MessageReply", self.reply)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "emailStatus": "queued" })), Some(json!({ "emailStatus": "sent" })))
    }
}

/// A reply's mail was given up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplyFailed {
    /// The message.
    pub message: MessageId,
    /// The reply.
    pub reply: MessageReplyId,
    /// The visitor whom it was for; events of before this was kept do not say.
    #[serde(default)]
    pub visitor: Option<VisitorId>,
    /// What the mail server said last; it often repeats the visitor's address.
    #[serde(default)]
    pub error: String,
}

impl Event for ReplyFailed {
    const KIND: &'static str = "reply.failed";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("MessageReply", self.reply)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "emailStatus": "queued" })), Some(json!({ "emailStatus": "failed", "error": self.error })))
    }
    fn about(&self) -> Option<Subject> {
        self.visitor.map(Subject::Visitor)
    }
    const PERSONAL: &'static [&'static str] = &["error"];
}
