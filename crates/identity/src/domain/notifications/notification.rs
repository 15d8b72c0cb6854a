//! What people are told, and by which ways: the types of notifications, declared in one table.

use kernel::id::{EventId, UserId};
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use super::level::NotificationLevel;
use crate::mail::Template;

/// The longest body of a notification, in characters.
pub const BODY: usize = 1000;
/// The longest name of a channel, in characters.
pub const CHANNEL_NAME: usize = 100;
/// The longest address of a webhook, in characters.
pub const WEBHOOK_URL: usize = 2000;
/// Deliveries that are given up one after the other before their channel is switched off.
pub const GIVEN_UP_AT_MOST: i32 = 5;
/// The longest id and name of a team or channel of Teams, in characters.
pub const TEAMS_PLACE: usize = 200;
/// How high unread notifications are counted; more are not worth the work.
pub const UNREAD_COUNTED: u64 = 1000;

/// The types of notifications. A context that tells people of something new adds a variant here, its line in
/// [`NotificationType::declared`], and what of its events becomes one in the gateway's `notices`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum NotificationType {
    /// A colleague assigned a message to somebody.
    MessageAssigned,
    /// The mail of a reply was given up.
    ReplyFailed,
    /// Somebody signed in with a program that they had not used before.
    NewSignIn,
    /// Somebody's role or permissions were changed, or what lets them in or acts for them.
    AccessChanged,
    /// A channel was switched off because deliveries through it failed.
    ChannelSwitchedOff,
    /// Somebody became a colleague by an invitation.
    InvitationAccepted,
    /// A colleague mentioned somebody in an internal note.
    Mentioned,
    /// A ticket was assigned to somebody, or to a team of theirs.
    TicketAssigned,
    /// Somebody commented on a ticket that somebody has, asked for or watches.
    TicketCommented,
    /// Somebody was mentioned in a comment on a ticket.
    TicketMentioned,
    /// The due date of a ticket that somebody has or watches is near, or past.
    TicketDue,
    /// The time of a service level of a ticket is nearly over.
    ServiceLevelWarned,
    /// A service level of a ticket was breached.
    ServiceLevelBreached,
    /// A social platform takes the company no more, or soon will not.
    SocialAccountRefused,
    /// A reply on a social platform was given up.
    ConversationReplyFailed,
    /// A conversation was assigned to somebody.
    ConversationAssigned,
    /// A participant wrote in a conversation that somebody has.
    ConversationMessage,
    /// A chat was handed to somebody.
    ChatAssigned,
    /// A consultation was booked with somebody, assigned to them or moved, or called off.
    ConsultationAssigned,
    /// A lead was assigned to somebody.
    LeadAssigned,
    /// A lead that somebody has is hot from now on.
    LeadHot,
    /// A CRM lets the company in no more.
    CrmConnectionLost,
    /// A synchronisation that somebody began is over.
    SyncFinished,
    /// A synchronisation is over, and not whole.
    SyncPartial,
    /// A synchronisation could not go on.
    SyncFailed,
    /// There is no room left for copies of images and files that B2Chat points at.
    #[sea_orm(string_value = "b2chat_media_stopped")]
    #[serde(rename = "b2chat_media_stopped")]
    B2chatMediaStopped,
    /// An export is there.
    ExportFinished,
    /// An export could not be made.
    ExportFailed,
    /// A batch of analyses that somebody began is over, or cannot go on.
    EffectivenessBatchFinished,
    /// Something went wrong that needs somebody.
    ErrorAlerted,
    /// An error that was resolved happened again.
    ErrorReopened,
    /// What is held on a person is put together.
    PersonExportFinished,
    /// What is held on a person could not be put together.
    PersonExportFailed,
    /// Rows could not be archived or removed that are older than they are kept.
    RetentionFailed,
}

/// What is declared of a type.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// What it tells, in one sentence.
    pub description: &'static str,
    /// The title of its notifications; it names nobody, as a channel of the company shows it too.
    pub title: &'static str,
    /// How it is meant.
    pub level: NotificationLevel,
    /// Whether it is the person's own affair, which no channel of the company may take.
    pub personal: bool,
    /// Whether it is mailed where the person did not decide.
    pub email: bool,
    /// Whether it goes to the person's own Teams channel where they did not decide.
    pub teams: bool,
}

impl NotificationType {
    /// All types, in the order in which they are shown.
    pub const ALL: [Self; 34] = [
        Self::MessageAssigned,
        Self::ReplyFailed,
        Self::NewSignIn,
        Self::AccessChanged,
        Self::ChannelSwitchedOff,
        Self::InvitationAccepted,
        Self::Mentioned,
        Self::TicketAssigned,
        Self::TicketCommented,
        Self::TicketMentioned,
        Self::TicketDue,
        Self::ServiceLevelWarned,
        Self::ServiceLevelBreached,
        Self::SocialAccountRefused,
        Self::ConversationReplyFailed,
        Self::ConversationAssigned,
        Self::ConversationMessage,
        Self::ChatAssigned,
        Self::ConsultationAssigned,
        Self::LeadAssigned,
        Self::LeadHot,
        Self::CrmConnectionLost,
        Self::SyncFinished,
        Self::SyncPartial,
        Self::SyncFailed,
        Self::B2chatMediaStopped,
        Self::ExportFinished,
        Self::ExportFailed,
        Self::EffectivenessBatchFinished,
        Self::ErrorAlerted,
        Self::ErrorReopened,
        Self::PersonExportFinished,
        Self::PersonExportFailed,
        Self::RetentionFailed,
    ];

    /// The table of the types.
    pub const fn declared(self) -> Declared {
        match self {
            Self::MessageAssigned => Declared {
                description: "A colleague assigned a message to you.",
                title: "Message assigned",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ReplyFailed => Declared {
                description: "The mail of a reply that you wrote, or to a message that you have, was given up.",
                title: "Reply not delivered",
                level: NotificationLevel::Error,
                personal: false,
                email: false,
                teams: true,
            },
            Self::NewSignIn => Declared {
                description: "Somebody signed in as you with a program that you had not used before.",
                title: "New sign-in",
                level: NotificationLevel::Warning,
                personal: true,
                email: true,
                teams: false,
            },
            Self::AccessChanged => Declared {
                description: "Your role or your permissions were changed, your second factor was taken away, or an API key was made that acts for you.",
                title: "Access changed",
                level: NotificationLevel::Warning,
                personal: true,
                email: true,
                teams: false,
            },
            Self::ChannelSwitchedOff => Declared {
                description: "A channel that you keep was switched off, because deliveries through it failed.",
                title: "Delivery channel switched off",
                level: NotificationLevel::Error,
                personal: false,
                email: true,
                teams: true,
            },
            Self::InvitationAccepted => Declared {
                description: "Somebody whom you invited is a colleague now.",
                title: "Invitation accepted",
                level: NotificationLevel::Success,
                personal: false,
                email: false,
                teams: true,
            },
            Self::Mentioned => Declared {
                description: "A colleague mentioned you in an internal note.",
                title: "Mentioned in a note",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::LeadAssigned => Declared {
                description: "A lead was assigned to you.",
                title: "Lead assigned",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::LeadHot => Declared {
                description: "A lead that you have is hot from now on.",
                title: "Lead is hot",
                level: NotificationLevel::Success,
                personal: false,
                email: false,
                teams: true,
            },
            Self::TicketAssigned => Declared {
                description: "A ticket was assigned to you, or to a team of yours.",
                title: "Ticket assigned",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::TicketCommented => Declared {
                description: "Somebody commented on a ticket that you have, asked for or watch.",
                title: "Comment on a ticket",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::TicketMentioned => Declared {
                description: "Somebody mentioned you in a comment on a ticket.",
                title: "Mentioned on a ticket",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::TicketDue => Declared {
                description: "The due date of a ticket that you have or watch is near, or past.",
                title: "Ticket due",
                level: NotificationLevel::Warning,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ServiceLevelWarned => Declared {
                description: "The time of a service level is nearly over: of a ticket that you have or watch, or that nobody has.",
                title: "Service level nearly over",
                level: NotificationLevel::Warning,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ServiceLevelBreached => Declared {
                description: "A service level was breached: of a ticket that you have or watch, or that nobody has.",
                title: "Service level breached",
                level: NotificationLevel::Error,
                personal: false,
                email: false,
                teams: true,
            },
            Self::SocialAccountRefused => Declared {
                description: "A social platform takes the company no more, or soon will not: an account is to be connected again.",
                title: "Social account to be connected again",
                level: NotificationLevel::Error,
                personal: false,
                email: true,
                teams: true,
            },
            Self::ConversationReplyFailed => Declared {
                description: "A reply on a social platform that you wrote, or in a conversation that you have, was given up.",
                title: "Reply not sent",
                level: NotificationLevel::Error,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ConversationAssigned => Declared {
                description: "A colleague assigned a conversation to you.",
                title: "Conversation assigned",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ConversationMessage => Declared {
                description: "Somebody wrote in a conversation that you have.",
                title: "Message in a conversation",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ChatAssigned => Declared {
                description: "A colleague handed a chat to you.",
                title: "Chat assigned",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ConsultationAssigned => Declared {
                description: "A consultation was booked with you or assigned to you, or one of yours was moved or called off.",
                title: "Consultation",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::CrmConnectionLost => Declared {
                description: "A CRM that you keep the connection with lets the company in no more.",
                title: "CRM connection lost",
                level: NotificationLevel::Error,
                personal: false,
                email: true,
                teams: true,
            },
            Self::SyncFinished => Declared {
                description: "A synchronisation with B2Chat that somebody began is over.",
                title: "Synchronisation finished",
                level: NotificationLevel::Success,
                personal: false,
                email: false,
                teams: true,
            },
            Self::SyncPartial => Declared {
                description: "A synchronisation with B2Chat is over, and some records or days are not whole.",
                title: "Synchronisation not whole",
                level: NotificationLevel::Warning,
                personal: false,
                email: false,
                teams: true,
            },
            Self::SyncFailed => Declared {
                description: "A synchronisation with B2Chat could not go on.",
                title: "Synchronisation failed",
                level: NotificationLevel::Error,
                personal: false,
                email: true,
                teams: true,
            },
            Self::B2chatMediaStopped => Declared {
                description: "There is no room left for copies of images and files that B2Chat points at, and you keep the synchronisation.",
                title: "No room for copies of B2Chat's media",
                level: NotificationLevel::Warning,
                personal: false,
                email: true,
                teams: true,
            },
            Self::EffectivenessBatchFinished => Declared {
                description: "A batch of analyses that you began is over, or cannot go on.",
                title: "Analyses finished",
                level: NotificationLevel::Info,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ErrorAlerted => Declared {
                description: "Something went wrong that needs somebody, and you see the log of errors; once an hour for each kind of error.",
                title: "Error that needs somebody",
                level: NotificationLevel::Error,
                personal: false,
                email: false,
                teams: true,
            },
            Self::ErrorReopened => Declared {
                description: "An error that was resolved happened again, and you see the log of errors.",
                title: "Resolved error happened again",
                level: NotificationLevel::Warning,
                personal: false,
                email: false,
                teams: true,
            },
            Self::PersonExportFinished => Declared {
                description: "What is held on a person, as you asked, is put together.",
                title: "Personal data ready",
                level: NotificationLevel::Success,
                personal: true,
                email: true,
                teams: false,
            },
            Self::PersonExportFailed => Declared {
                description: "What is held on a person could not be put together, as you asked.",
                title: "Personal data not ready",
                level: NotificationLevel::Error,
                personal: true,
                email: true,
                teams: false,
            },
            Self::RetentionFailed => Declared {
                description: "A run that archives or removes old rows broke off, and you decide how long rows are kept.",
                title: "Retention broke off",
                level: NotificationLevel::Error,
                personal: false,
                email: true,
                teams: true,
            },
            Self::ExportFinished => Declared {
                description: "A file that you asked for is there.",
                title: "Export finished",
                level: NotificationLevel::Success,
                personal: true,
                email: false,
                teams: false,
            },
            Self::ExportFailed => Declared {
                description: "A file that you asked for could not be made.",
                title: "Export failed",
                level: NotificationLevel::Error,
                personal: true,
                email: false,
                teams: false,
            },
        }
    }

    /// The name that is stored.
    pub fn name(self) -> String {
        sea_orm::ActiveEnum::to_value(&self)
    }
}

/// Something that people are to be told. It holds nothing that only some may read: what it is about is read by
/// `resource`, with the rights that one has then.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The event's number, for the position of whoever follows the events.
    pub sequence: i64,
    /// The event that it tells of.
    pub event: EventId,
    /// What links it to others that came of the same beginning.
    pub correlation: Option<String>,
    /// Its type.
    pub kind: NotificationType,
    /// Who is told; somebody who is not active is not.
    pub to: Vec<UserId>,
    /// Who did it.
    pub actor: Option<UserId>,
    /// What happened, in a sentence or two.
    pub body: String,
    /// What it is about, as a prefixed id.
    pub resource: Option<String>,
    /// More of that, by name.
    pub metadata: Option<Json>,
    /// What a letter about it says in its own template; `None` for the one of all notifications.
    pub letter: Option<(Template, Vec<(&'static str, String)>)>,
}

/// What somebody was told of and may see no more: it stops counting as unread.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// The number of the event that took it out of their sight.
    pub sequence: i64,
    /// Who was told.
    pub user: UserId,
    /// The things, as prefixed ids.
    pub resources: Vec<String>,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn every_type_is_declared_and_listed_once() {
        assert!(NotificationType::iter().eq(NotificationType::ALL));
        let titles: HashSet<_> = NotificationType::ALL.iter().map(|kind| kind.declared().title).collect();
        assert_eq!(titles.len(), NotificationType::ALL.len());
        assert!(NotificationType::ALL.iter().all(|kind| kind.declared().description.ends_with('.')));
    }
}
