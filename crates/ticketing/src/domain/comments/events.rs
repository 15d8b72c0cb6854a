//! What is told of comments. No text is in an event: it names the comment, and who may read it loads it.

use kernel::{
    events::{Event, Resource, Severity},
    id::{FileId, TeamId, TicketCommentId, TicketId, UserId},
    personal::Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::comments::comment::{CommentSender, CommentVisibility};

macro_rules! comment_events {
    ($(
        $(#[$doc:meta])*
        $name:ident = $kind:literal { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }
        |$event:ident| $change:expr;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// The ticket.
            pub ticket: TicketId,
            /// The comment.
            pub comment: TicketCommentId,
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = crate::domain::tickets::events::TICKETS;
            fn resource(&self) -> Resource {
                Resource::new("TicketComment", self.comment)
            }
            fn concerns(&self) -> Option<uuid::Uuid> {
                Some(self.ticket.0)
            }
            fn change(&self) -> (Option<Json>, Option<Json>) {
                let $event = self;
                $change
            }
            fn details(&self) -> Option<Json> {
                Some(json!({ "ticketId": self.ticket }))
            }
        }
    )+};
}

comment_events! {
    /// Somebody said something on a ticket.
    TicketCommentAdded = "ticket_comment.added" {
        /// Which side.
        sender: CommentSender,
        /// Who sees it.
        visibility: CommentVisibility,
        /// Who is mentioned.
        people: Vec<UserId>,
        /// The teams that are mentioned.
        teams: Vec<TeamId>,
        /// The files that it has.
        files: Vec<FileId>,
    }
    |event| (None, Some(json!({ "sender": event.sender, "visibility": event.visibility, "fileIds": event.files })));

    /// Its author changed what a comment says. What it said before is kept with it.
    TicketCommentEdited = "ticket_comment.edited" {
        /// Who sees it.
        visibility: CommentVisibility,
        /// Its how many-th text it has now.
        number: i32,
    }
    |event| (Some(json!({ "text": event.number - 1 })), Some(json!({ "text": event.number })));

    /// The mail of a comment was taken by the mail server.
    TicketCommentDelivered = "ticket_comment.delivered" {
        /// To whom it goes.
        to: UserId,
    }
    |_event| (Some(json!({ "mail": "queued" })), Some(json!({ "mail": "sent" })));

    /// The mail of a comment is not sent: who was to get it may not see it any more, or the company sends none.
    TicketCommentWithheld = "ticket_comment.withheld" {
        /// To whom it would have gone.
        to: UserId,
    }
    |_event| (Some(json!({ "mail": "queued" })), Some(json!({ "mail": "withheld" })));
}

/// The mail of a comment was given up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketCommentFailed {
    /// The ticket.
    pub ticket: TicketId,
    /// The comment.
    pub comment: TicketCommentId,
    /// To whom it was to go.
    pub to: UserId,
    /// What the mail server said last.
    pub error: String,
}

impl Event for TicketCommentFailed {
    const KIND: &'static str = "ticket_comment.failed";
    const TOPIC: &'static str = crate::domain::tickets::events::TICKETS;
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("TicketComment", self.comment)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.ticket.0)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "mail": "queued" })), Some(json!({ "mail": "failed", "error": self.error })))
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "ticketId": self.ticket }))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(self.to))
    }
    // What a mail server says repeats the address.
    const PERSONAL: &'static [&'static str] = &["error"];
}

/// Files were attached to a ticket, or one was taken from it or from a comment of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketFilesChanged {
    /// The ticket.
    pub ticket: TicketId,
    /// The comment that had the file; none where the ticket has it.
    pub comment: Option<TicketCommentId>,
    /// Whether only colleagues saw it.
    pub internal: bool,
    /// What it got.
    pub added: Vec<FileId>,
    /// What it lost.
    pub removed: Vec<FileId>,
}

impl Event for TicketFilesChanged {
    const KIND: &'static str = "ticket.files_changed";
    const TOPIC: &'static str = crate::domain::tickets::events::TICKETS;
    fn resource(&self) -> Resource {
        Resource::new("Ticket", self.ticket)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.ticket.0)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "fileIds": self.removed })), Some(json!({ "fileIds": self.added })))
    }
    fn details(&self) -> Option<Json> {
        self.comment.map(|comment| json!({ "commentId": comment }))
    }
}
