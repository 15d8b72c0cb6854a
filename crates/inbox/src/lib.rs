//! People who write to us.
//!
//! **Words.** A *visitor* is a person on the website, known again by a first-party token, then by address. A
//! *message* is what a visitor wrote through the contact form. It is *new* until somebody takes it or replies
//! (*in progress*), and ends *converted* or *archived*; its *assignee* is the staff member who has it. A *reply*
//! goes to the visitor by mail.
//!
//! **Invariants.** Anybody may write; only staff who may see messages can find them. A reply to a new message moves it
//! to in progress. A mail is queued in the transaction that stores the reply, and every try to deliver it carries the
//! same Message-ID, so a mail system that gets it twice can tell. An archived message takes no reply until it is
//! reopened.
//!
//! **Published events**: `message.received`, `message.assigned`, `message.status_changed`, `message.replied`,
//! `reply.delivered`, `reply.failed`.

mod adapters;
mod domain;
mod policy;
mod ports;
mod queries;
mod store;
mod usecases;

pub use adapters::{
    mail::{FileMail, SmtpMail},
    rehearsal::{Said, rehearse},
    server::{Authorities, Encryption, MailServer},
};
pub use domain::{
    events::{
        MessageAssigned, MessageReceived, MessageReplied, MessageStatusChanged, ReplyDelivered, ReplyFailed, TOPIC,
    },
    mail::{Address, Mail},
};
pub use policy::{MANAGE_CHATS, MANAGE_CONSULTATIONS, MANAGE_MESSAGES, PERMISSIONS, VIEW_MESSAGES, VIEW_VISITORS};
pub use ports::{Colleagues, MailError, Mailer, ReplyMail, Worded, Wording};
pub use queries::{
    messages::{
        MessageCriteria, MessageField, MessageOrder, Wide, count_messages, count_messages_of_each, messages,
        messages_by_ids, messages_of, messages_of_each, visible_message_ids,
    },
    replies::{count_replies_of_each, replies, replies_by_ids, replies_of_each, reply_ids, reply_place},
    visitors::{VisitorCriteria, VisitorField, VisitorOrder, count_visitors, visitors, visitors_by_ids},
    whole::{Whole, With, message_with},
};
pub use store::{
    message::{MessageStatus, Model as Message},
    reply::{EmailStatus, Model as MessageReply},
    visitor::Model as Visitor,
};
pub use usecases::{
    assign_message::{AssignMessage, assign_message},
    deliver_reply::{DeliverReply, MailSettings, deliver_reply},
    hand_over::hand_over,
    reply_to_message::{Replied, ReplyToMessage, reply_to_message},
    set_message_status::{SetMessageStatus, set_message_status},
    submit_message::{Receipt, SubmitMessage, submit_message},
};

/// The longest texts, in characters, as the SDL states them.
pub mod limits {
    /// A person's or company's name, a service.
    pub const LINE: usize = 200;
    /// The text of a message or reply.
    pub const CONTENT: usize = 20_000;
    /// The address of a page.
    pub const URL: usize = 2_000;
    /// A search.
    pub const SEARCH: usize = 200;
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{message, reply, visitor};
}
