//! What is told of conversations. No text of a message is in an event: it names the message, and who may read it loads it.

use kernel::{
    events::{Event, Resource},
    id::{ConversationId, ConversationMessageId, SocialAccountId, StaffId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::conversations::{conversation::ConversationStatus, message::Direction};

/// The topic of all events of conversations.
pub const CONVERSATIONS: &str = "conversations";

macro_rules! conversation_events {
    ($(
        $(#[$doc:meta])*
        $name:ident = $kind:literal { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }
        |$event:ident| $change:expr;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// The conversation.
            pub conversation: ConversationId,
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = CONVERSATIONS;
            fn resource(&self) -> Resource {
                Resource::new("Conversation", self.conversation)
            }
            fn concerns(&self) -> Option<uuid::Uuid> {
                Some(self.conversation.0)
            }
            fn change(&self) -> (Option<Json>, Option<Json>) {
                let $event = self;
                $change
            }
        }
    )+};
}

conversation_events! {
    /// Somebody wrote to the company for the first time, or the company to them.
    ConversationStarted = "conversation.started" {
        /// The company's account.
        account: SocialAccountId,
    }
    |event| (None, Some(json!({ "status": "active", "socialAccountId": event.account })));

    /// There is another message. Where the participant opened a closed conversation by it, `from` and `to` differ.
    ConversationMessageAdded = "conversation.message_added" {
        /// It.
        message: ConversationMessageId,
        /// Which way it went.
        direction: Direction,
        /// Who had the conversation.
        assignee: Option<StaffId>,
        /// The conversation's status before.
        from: ConversationStatus,
        /// And now.
        to: ConversationStatus,
    }
    |event| (
        Some(json!({ "status": event.from })),
        Some(json!({ "status": event.to, "direction": event.direction, "messageId": event.message }))
    );

    /// Whoever wrote a message changed it.
    ConversationMessageEdited = "conversation.message_edited" {
        /// It.
        message: ConversationMessageId,
    }
    |event| (None, Some(json!({ "messageId": event.message })));

    /// Whoever wrote a message took it back.
    ConversationMessageDeleted = "conversation.message_deleted" {
        /// It.
        message: ConversationMessageId,
    }
    |event| (None, Some(json!({ "messageId": event.message })));

    /// A conversation was handed to somebody, or back to nobody.
    ConversationAssigned = "conversation.assigned" {
        /// Who had it.
        from: Option<StaffId>,
        /// Who has it now.
        to: Option<StaffId>,
    }
    |event| (Some(json!({ "assigneeId": event.from })), Some(json!({ "assigneeId": event.to })));

    /// A conversation was closed or opened by hand.
    ConversationStatusChanged = "conversation.status_changed" {
        /// The status before.
        from: ConversationStatus,
        /// And now.
        to: ConversationStatus,
    }
    |event| (Some(json!({ "status": event.from })), Some(json!({ "status": event.to })));
}
