//! What is told of chats. No text of a line is in an event: it names the lines that it added, and who may read them loads
//! them.

use kernel::{
    events::{Event, Resource},
    id::{ChatId, ChatMessageId, DepartmentId, StaffId, VisitorId},
    personal::Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::chats::session::{ChatSide, ChatStatus};

/// The topic of all events of chats.
pub const CHATS: &str = "chats";

macro_rules! chat_events {
    ($(
        $(#[$doc:meta])*
        $name:ident = $kind:literal { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }
        |$event:ident| $change:expr;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// The chat.
            pub chat: ChatId,
            /// Whose it is.
            pub visitor: VisitorId,
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = CHATS;
            fn resource(&self) -> Resource {
                Resource::new("Chat", self.chat)
            }
            fn concerns(&self) -> Option<uuid::Uuid> {
                Some(self.chat.0)
            }
            fn change(&self) -> (Option<Json>, Option<Json>) {
                let $event = self;
                $change
            }
            fn about(&self) -> Option<Subject> {
                Some(Subject::Visitor(self.visitor))
            }
        }
    )+};
}

chat_events! {
    /// A visitor began a chat.
    ChatStarted = "chat.started" {
        /// The department that it waits for.
        department: Option<DepartmentId>,
        /// Its first lines: the visitor's, and where it waits.
        lines: Vec<ChatMessageId>,
    }
    |event| (None, Some(json!({ "status": "waiting", "departmentId": event.department, "visitorId": event.visitor })));

    /// A colleague took a chat out of the queue.
    ChatClaimed = "chat.claimed" {
        /// Who.
        staff: StaffId,
        /// The department that it waited for.
        department: Option<DepartmentId>,
        /// The line that says so.
        lines: Vec<ChatMessageId>,
    }
    |event| (Some(json!({ "status": "waiting", "assigneeId": null })), Some(json!({ "status": "active", "assigneeId": event.staff })));

    /// A chat went to somebody else, or back into a queue.
    ChatTransferred = "chat.transferred" {
        /// Who had it.
        from: Option<StaffId>,
        /// Who has it now; nobody where it waits.
        to: Option<StaffId>,
        /// The department whose queue it was in, or had been in.
        from_department: Option<DepartmentId>,
        /// The department whose queue it is in, or had been in.
        department: Option<DepartmentId>,
        /// The line that says so.
        lines: Vec<ChatMessageId>,
    }
    |event| (
        Some(json!({ "assigneeId": event.from, "departmentId": event.from_department })),
        Some(json!({ "assigneeId": event.to, "departmentId": event.department }))
    );

    /// Somebody wrote a line.
    ChatMessageSent = "chat.message_sent" {
        /// Which side.
        sender: ChatSide,
        /// The line.
        lines: Vec<ChatMessageId>,
    }
    |event| (None, Some(json!({ "sender": event.sender, "messageId": event.lines.first() })));

    /// A chat is over.
    ChatEnded = "chat.ended" {
        /// Where it stood before.
        from: ChatStatus,
        /// Who ended it.
        by: ChatSide,
        /// Who had it.
        staff: Option<StaffId>,
        /// The department that it waited for.
        department: Option<DepartmentId>,
        /// The line that says so.
        lines: Vec<ChatMessageId>,
    }
    |event| (Some(json!({ "status": event.from })), Some(json!({ "status": "ended", "endedBy": event.by })));

    /// A visitor said what they think of a chat.
    ChatRated = "chat.rated" {
        /// From 1 to 5.
        rating: i32,
        /// The line that says so.
        lines: Vec<ChatMessageId>,
    }
    |event| (Some(json!({ "rating": null })), Some(json!({ "rating": event.rating })));

    /// A side read what the other wrote.
    ChatRead = "chat.read" {
        /// Which side.
        side: ChatSide,
    }
    |event| (None, Some(json!({ "readBy": event.side })));

    /// What was said is on its way by mail to somebody who was there.
    ChatTranscriptRequested = "chat.transcript_requested" {
        /// Which side.
        side: ChatSide,
    }
    |event| (None, Some(json!({ "for": event.side })));
}
