//! What the use cases need of the open transaction, and of the world outside.

pub mod social;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    Cx, Permission, Result, Tx,
    id::{
        ChatId, ConsultationId, ConversationId, DepartmentId, MessageId, SavedReplyId, ServiceId, StaffId, TagId,
        VisitorId,
    },
};
use uuid::Uuid;

use crate::{
    domain::{
        booking::{letter::ConsultationLetter, plan::Plan},
        conversion::Target,
        entity::Entity,
        mail::Mail,
    },
    kinds::Contact,
    store::{
        booking::{consultation::Model as Consultation, hours::Model as OpeningHours},
        chats::{line::Model as ChatMessage, session::Model as Chat},
        conversations::{
            conversation::Model as Conversation, message::Model as ConversationMessage,
            message_key::Model as MessageKey,
        },
        draft::Model as Draft,
        message::Model as Message,
        newsletter_subscription::Model as NewsletterSubscription,
        saved_reply::Model as SavedReply,
        tag::Model as Tag,
        visitor::Model as Visitor,
        visitor_merge::Model as VisitorMerge,
    },
};

/// What chats need beside the records.
pub trait Chats {
    /// A chat, whoever asks, which nobody else changes until the transaction ends.
    async fn take(&self, id: ChatId) -> Result<Option<Chat>>;
    /// Adds a chat.
    async fn begin(&self, chat: &Chat) -> Result<()>;
    /// Adds a line.
    async fn say(&self, line: &ChatMessage) -> Result<()>;
    /// Makes the words anew by which a chat is found.
    async fn index(&self, chat: &Chat) -> Result<()>;
    /// The chats that somebody has, taken.
    async fn held_by(&self, staff: StaffId) -> Result<Vec<Chat>>;
    /// How many chats of a department, or of none, somebody has.
    async fn held_of(&self, staff: StaffId, department: Option<DepartmentId>) -> Result<u64>;
    /// The last lines of a chat, oldest first.
    async fn lines(&self, chat: ChatId, limit: u64) -> Result<Vec<ChatMessage>>;
}

/// Whether a message came for the first time.
#[derive(Debug, Clone)]
pub enum Arrival {
    /// It did; its key, with what was changed of it before.
    New(MessageKey),
    /// It is there already, or archived.
    Known(MessageKey),
}

/// What conversations need beside the records.
pub trait Conversations {
    /// The conversation with this account and name of the platform's, which is this one where there was none; nobody else
    /// changes it until the transaction ends. Says whether it began.
    async fn find_or_begin(&self, new: &Conversation) -> Result<(Conversation, bool)>;
    /// Takes back one that began in this transaction.
    async fn forget_conversation(&self, id: ConversationId) -> Result<()>;
    /// Makes the words anew by which a conversation is found.
    async fn index_conversation(&self, conversation: &Conversation) -> Result<()>;
    /// Notes that a message came. Of those who note the same at a time it is new to one.
    async fn arrive(&self, key: &MessageKey) -> Result<Arrival>;
    /// The key of a message, whether it came or not, which nobody else changes until the transaction ends.
    async fn key_or_await(&self, awaited: &MessageKey) -> Result<MessageKey>;
    /// Stores what was changed of a message that is not there.
    async fn note_changes(&self, key: &MessageKey) -> Result<()>;
    /// The message of a key, which nobody else changes until the transaction ends; `None` of an archived one.
    async fn message(&self, key: &MessageKey) -> Result<Option<ConversationMessage>>;
    /// The conversation that a message belongs to; `None` of an archived one.
    async fn conversation_of(&self, key: &MessageKey) -> Result<Option<ConversationId>>;
    /// Adds a message.
    async fn add_message(&self, message: &ConversationMessage) -> Result<()>;
    /// Stores what was changed of a message.
    async fn save_message(&self, message: &ConversationMessage) -> Result<()>;
    /// Gives whatever open `from` has to `to`, and returns which conversations that were.
    async fn hand_over_conversations(
        &self,
        from: StaffId,
        to: Option<StaffId>,
        at: DateTime<Utc>,
    ) -> Result<Vec<ConversationId>>;
}

/// What chats must know of those who take them; answered by the identity context through the gateway.
pub trait Takers {
    /// The name of a colleague.
    async fn name(&self, id: StaffId) -> Result<Option<String>>;
    /// Whoever else would give a colleague something waits until the transaction ends.
    async fn hold(&self, id: StaffId) -> Result<()>;
    /// Whether a colleague is active and takes chats.
    async fn takes_chats(&self, id: StaffId) -> Result<bool>;
    /// The name of a department that is in use.
    async fn department(&self, id: DepartmentId) -> Result<Option<String>>;
}

/// What messages need beside the records.
pub trait Messages {
    /// Adds a message.
    async fn add(&self, message: &Message) -> Result<()>;
    /// Gives whatever open `from` has to `to`, and returns which messages that were.
    async fn hand_over(&self, from: StaffId, to: Option<StaffId>, at: DateTime<Utc>) -> Result<Vec<MessageId>>;
}

/// Visitors. Where one is found who was merged, it is whom they became; and nobody else changes them until the transaction ends.
pub trait Visitors {
    /// The visitor who holds this token.
    async fn by_token(&self, hash: &[u8]) -> Result<Option<Visitor>>;
    /// The visitor last seen with this address.
    async fn by_email(&self, email: &str) -> Result<Option<Visitor>>;
    /// Sees to it that nobody else adds a visitor of this address until the transaction ends. Waits for whoever does.
    async fn reserve(&self, cx: &Cx, email: &str) -> Result<()>;
    /// Adds a visitor, with the words by which they are found.
    async fn add(&self, visitor: &Visitor) -> Result<()>;
    /// Makes the words of a visitor anew, whose name was changed.
    async fn index(&self, visitor: &Visitor) -> Result<()>;
    /// Makes the words of so many visitors anew, the newest of those before one. Returns whom to go on before, and `None`
    /// where there are no more.
    async fn index_before(&self, before: Option<VisitorId>, rows: u64) -> Result<Option<VisitorId>>;
    /// Notes that two were seen in one browser, for each of them unless so many others were.
    async fn acquaint(&self, one: VisitorId, other: VisitorId, at: DateTime<Utc>) -> Result<()>;
    /// Stores what changed of a visitor.
    async fn save(&self, visitor: &Visitor) -> Result<()>;
}

/// What bookings need beside the records.
pub trait Bookings {
    /// What is known of a service on these days; `None` where there is no such service that can be booked. What `but` takes
    /// counts as free.
    async fn plan(
        &self,
        service: ServiceId,
        days: (NaiveDate, NaiveDate),
        but: Option<ConsultationId>,
    ) -> Result<Option<Plan>>;
    /// Adds a consultation.
    async fn add(&self, consultation: &Consultation) -> Result<()>;
    /// A consultation whoever asks, which nobody else changes until the transaction ends: for its visitor, who showed its
    /// token, and for Frontdesk itself.
    async fn lock_own(&self, id: ConsultationId) -> Result<Option<Consultation>>;
    /// Takes the time of a consultation from `holder`; says whether it was free. Where it was not, none of it is taken.
    async fn occupy(&self, holder: Uuid, consultation: &Consultation) -> Result<bool>;
    /// Gives the time of a consultation back.
    async fn vacate(&self, consultation: ConsultationId) -> Result<()>;
    /// What somebody has that is to come, which nobody else changes until the transaction ends.
    async fn open_of(&self, staff: StaffId) -> Result<Vec<Consultation>>;
    /// Takes somebody out of all services.
    async fn leave_services(&self, staff: StaffId) -> Result<()>;
}

/// What services and opening hours need beside the records.
pub trait Services {
    /// Who holds a service.
    async fn staff_of(&self, service: ServiceId) -> Result<Vec<StaffId>>;
    /// Says who holds a service.
    async fn set_staff(&self, service: ServiceId, staff: &[StaffId]) -> Result<()>;
    /// The hours of somebody, or the company's, which nobody else sets until the transaction ends.
    async fn hours_of(&self, staff: Option<StaffId>) -> Result<Vec<OpeningHours>>;
    /// Sets them.
    async fn set_hours(&self, staff: Option<StaffId>, hours: &[OpeningHours]) -> Result<()>;
}

/// Takes the mails of bookings; they go out when the transaction has committed, and never when it has not.
pub trait Letters {
    /// Queues a mail.
    async fn queue(&self, cx: &Cx, letter: &ConsultationLetter) -> Result<()>;
}

/// Visitors who are one person.
pub trait Merges {
    /// A visitor, merged or not, whom nobody else changes until the transaction ends.
    async fn anybody(&self, id: VisitorId) -> Result<Option<Visitor>>;
    /// Whom a visitor is now: of one who was merged, whom they became; themselves else.
    async fn now(&self, id: VisitorId) -> Result<VisitorId>;
    /// The merge of a visitor.
    async fn merge_of(&self, id: VisitorId) -> Result<Option<VisitorMerge>>;
    /// Whether somebody was merged into a visitor after an instant.
    async fn merged_later(&self, into: VisitorId, after: DateTime<Utc>) -> Result<bool>;
    /// Notes a merge, and moves whatever belongs to who was merged.
    async fn merge(&self, merge: &VisitorMerge) -> Result<()>;
    /// Takes a merge back with what moved in it.
    async fn unmerge(&self, merge: &VisitorMerge) -> Result<()>;
}

/// The newsletter. What is found nobody else changes until the transaction ends.
pub trait Newsletter {
    /// The subscription of its address, which is this one where there was none.
    async fn or_new(&self, new: &NewsletterSubscription) -> Result<NewsletterSubscription>;
    /// The subscription that this token confirms.
    async fn to_confirm(&self, hash: &[u8]) -> Result<Option<NewsletterSubscription>>;
    /// The subscription that this token ends.
    async fn to_end(&self, hash: &[u8]) -> Result<Option<NewsletterSubscription>>;
}

/// The mails of the newsletter; answered by the identity context through the gateway.
#[async_trait::async_trait]
pub trait NewsletterMail: Send + Sync {
    /// Queues the mail that asks whether somebody wants the newsletter.
    async fn ask(&self, tx: &Tx, cx: &Cx, to: &str, token: &str) -> Result<()>;
    /// Queues the mail that welcomes a subscriber, by which they can end it again.
    async fn welcome(&self, tx: &Tx, cx: &Cx, to: &str, token: &str) -> Result<()>;
}

/// What a message can become; answered by the contexts of those things through the gateway.
pub trait Targets {
    /// Whether the actor sees it.
    async fn sees(&self, cx: &Cx, target: Target) -> Result<bool>;
}

/// What tags, notes and drafts hang on.
pub trait Entities {
    /// Whom a thing is about that the actor sees.
    ///
    /// # Errors
    /// [`kernel::Error::NotFound`].
    async fn found(&self, cx: &Cx, entity: Entity) -> Result<Contact>;
}

/// Which tags things have.
pub trait Tagging {
    /// Which of these tags are there; they stay until the transaction ends.
    async fn hold_tags(&self, cx: &Cx, ids: &[TagId]) -> Result<Vec<TagId>>;
    /// Those of two tags that are there; nobody gives them to anything until the transaction ends.
    async fn take_tags(&self, cx: &Cx, ids: [TagId; 2]) -> Result<HashMap<TagId, Tag>>;
    /// The tags of a thing, by name.
    async fn tags_of(&self, cx: &Cx, entity: Entity) -> Result<Vec<Tag>>;
    /// Gives a thing tags.
    async fn tag(&self, entity: Entity, tags: &[TagId], at: DateTime<Utc>) -> Result<()>;
    /// Takes tags from a thing.
    async fn untag(&self, entity: Entity, tags: &[TagId]) -> Result<()>;
    /// Gives what has one tag another instead, and returns how many things had not the other already.
    async fn move_tagged(&self, from: TagId, into: TagId) -> Result<u64>;
}

/// What saved replies need beside the records.
pub trait SavedReplyShelf {
    /// Takes a shortcut, in the form in which names are compared, for a reply that all see or that one person sees; `false`
    /// where it belongs to the other kind. Whoever wants the same one waits until the transaction ends.
    async fn claim(&self, shortcut: &str, is_global: bool) -> Result<bool>;
    /// The replies in use that have a shortcut.
    async fn with_shortcut(&self, shortcut: &str) -> Result<Vec<SavedReply>>;
    /// A saved reply that the actor sees.
    ///
    /// # Errors
    /// [`kernel::Error::NotFound`].
    async fn saved_reply(&self, cx: &Cx, id: SavedReplyId) -> Result<SavedReply>;
    /// Counts a use.
    async fn used(&self, id: SavedReplyId, at: DateTime<Utc>) -> Result<()>;
}

/// How the company and the colleague who acts are called; answered by the identity context through the gateway.
pub trait Names {
    /// The company's name.
    async fn company(&self, cx: &Cx) -> Result<String>;
    /// The colleague's name.
    async fn agent(&self, cx: &Cx) -> Result<Option<String>>;
}

/// Drafts.
pub trait Drafts {
    /// Somebody's draft for a thing, which nobody else changes until the transaction ends.
    async fn draft(&self, staff: StaffId, entity: Entity) -> Result<Option<Draft>>;
    /// Adds a draft; `false` where there is one by now.
    async fn begin(&self, draft: &Draft) -> Result<bool>;
    /// Removes somebody's draft for a thing.
    async fn forget(&self, staff: StaffId, entity: Entity) -> Result<()>;
}

/// What colleagues see; answered by the identity context through the gateway.
pub trait Onlookers {
    /// Whether a colleague whom the actor sees is active and sees a thing.
    async fn sees(&self, cx: &Cx, who: StaffId, entity: Entity) -> Result<bool>;
}

/// What this context must know of staff; answered by the identity context through the gateway.
pub trait Colleagues {
    /// Whether the staff member is there and active.
    async fn is_active(&self, id: StaffId) -> Result<bool>;
    /// Whether they are, stay so until the transaction ends, and would see work of theirs that takes this permission.
    async fn would_see(&self, cx: &Cx, id: StaffId, permission: Permission) -> Result<bool>;
}

/// Why a mail did not go out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MailError {
    /// It may go out later: the server is away or asks to come back.
    #[error("{0}")]
    Later(String),
    /// It never will: the server refuses the address or the mail.
    #[error("{0}")]
    Never(String),
}

/// A mail in the company's words.
#[derive(Debug, Clone)]
pub struct Worded {
    /// One line.
    pub subject: String,
    /// The body as text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// What the mail of a reply says.
#[derive(Debug, Clone)]
pub struct ReplyMail {
    /// The name of who wrote.
    pub name: String,
    /// The service that they asked for.
    pub service: Option<String>,
    /// What they wrote about.
    pub subject: String,
    /// The answer.
    pub content: String,
    /// What is answered, as a quotation with its date.
    pub quoted: String,
}

/// Words mails as the company wants them.
#[async_trait::async_trait]
pub trait Wording: Send + Sync {
    /// The mail of a reply; `None` where the company sends none.
    ///
    /// # Errors
    /// Where trying again may help.
    async fn reply(&self, reply: &ReplyMail) -> Result<Option<Worded>>;
}

/// Something that takes mail.
#[async_trait::async_trait]
pub trait Mailer: Send + Sync {
    /// Hands over a mail; on `Ok` somebody else is responsible for it.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
