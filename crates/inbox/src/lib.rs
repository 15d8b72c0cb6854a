//! People who write to us.
//!
//! **Words.** A *visitor* is a person on the website, known again by a first-party token together with their address, or
//! by the address alone. A
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
pub use policy::{
    MANAGE_CHATS, MANAGE_CONSULTATIONS, MANAGE_MESSAGES, PERMISSIONS, VIEW_MESSAGES, VIEW_VISITOR_ADDRESSES,
    VIEW_VISITORS,
};
pub use ports::{Colleagues, MailError, Mailer, ReplyMail, Worded, Wording};
pub use queries::{
    messages::{self, MessagesOf, Wide},
    replies::{Replies, reply_ids},
    visitors::{self, acquaintances_of_each},
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
    index_messages::{IndexMessages, index_messages},
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
    /// Other visitors who are noted with one.
    pub const ACQUAINTANCES: u64 = 20;
}

/// The records of this context, by the words of the API: what [`kernel::record`] reads and writes.
pub mod records {
    pub use crate::store::{message::Entity as Messages, reply::Entity as MessageReplies, visitor::Entity as Visitors};
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{acquaintance, message, reply, visitor};
}
