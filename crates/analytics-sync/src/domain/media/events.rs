//! What is told of our copies of media: who had them made, and what stopped that. Each copy is shown by its message.

use kernel::{
    events::{Event, Resource, Severity},
    id::{B2chatChatId, TenantId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// The topic of what happens with what B2Chat tells of.
const TOPIC: &str = "analytics";

/// What it is about: the chat, or all of the company's.
fn about(tenant: TenantId, chat: Option<B2chatChatId>) -> Resource {
    chat.map_or_else(|| Resource::new("Tenant", tenant), |chat| Resource::new("B2ChatChat", chat))
}

/// Somebody wants now what waits to be copied.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct B2chatMediaRequested {
    /// Whose media.
    pub tenant: TenantId,
    /// Of which chat only.
    pub chat: Option<B2chatChatId>,
    /// How many wait.
    pub waiting: i64,
}

impl Event for B2chatMediaRequested {
    const KIND: &'static str = "b2chat_media.requested";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        about(self.tenant, self.chat)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "waiting": self.waiting }))
    }
}

/// Somebody wants tried again what was given up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct B2chatMediaRetried {
    /// Whose media.
    pub tenant: TenantId,
    /// Of which chat only.
    pub chat: Option<B2chatChatId>,
    /// How many.
    pub retried: i64,
}

impl Event for B2chatMediaRetried {
    const KIND: &'static str = "b2chat_media.retried";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        about(self.tenant, self.chat)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "retried": self.retried }))
    }
}

/// There is no room left for copies: what waits goes on waiting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct B2chatMediaStopped {
    /// Whose media.
    pub tenant: TenantId,
    /// How many wait.
    pub waiting: i64,
}

impl Event for B2chatMediaStopped {
    const KIND: &'static str = "b2chat_media.stopped";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        about(self.tenant, None)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "waiting": self.waiting }))
    }
    fn error(&self) -> Option<String> {
        Some("there is no room left for files of this size".into())
    }
}
