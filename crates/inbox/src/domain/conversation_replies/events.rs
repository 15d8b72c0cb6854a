//! What is told of replies in conversations. Their texts are in no event.

use kernel::{
    events::{Event, Resource},
    id::{ConversationId, ConversationReplyId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    domain::conversations::events::CONVERSATIONS,
    store::conversation_reply::{ConversationReplyStatus, ReplySource},
};

/// There is another reply: a colleague wrote it, or it was suggested.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConversationReplyAdded {
    /// The conversation.
    pub conversation: ConversationId,
    /// It.
    pub reply: ConversationReplyId,
    /// Who wrote it.
    pub source: ReplySource,
    /// Where it stands.
    pub status: ConversationReplyStatus,
}

impl Event for ConversationReplyAdded {
    const KIND: &'static str = "conversation.reply_added";
    const TOPIC: &'static str = CONVERSATIONS;
    fn resource(&self) -> Resource {
        Resource::new("ConversationReply", self.reply)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.conversation.0)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let after = json!({ "conversationId": self.conversation, "source": self.source, "status": self.status });
        (None, Some(after))
    }
}

/// A reply stands elsewhere now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConversationReplyChanged {
    /// The conversation.
    pub conversation: ConversationId,
    /// It.
    pub reply: ConversationReplyId,
    /// Where it stood.
    pub from: ConversationReplyStatus,
    /// Where it stands.
    pub to: ConversationReplyStatus,
    /// Whether a person changed what was suggested.
    pub edited: bool,
}

impl Event for ConversationReplyChanged {
    const KIND: &'static str = "conversation.reply_changed";
    const TOPIC: &'static str = CONVERSATIONS;
    fn resource(&self) -> Resource {
        Resource::new("ConversationReply", self.reply)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.conversation.0)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": self.from })), Some(json!({ "status": self.to, "edited": self.edited })))
    }
}
