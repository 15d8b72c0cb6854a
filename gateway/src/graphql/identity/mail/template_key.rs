//! The mails by name.

use async_graphql::Enum;
use identity::mail::Template;

/// The mails that Frontdesk sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Template")]
pub enum EmailTemplateKey {
    /// Asks somebody who registered to show that the address is theirs.
    VerifyEmail,
    /// Tells somebody who registers with an address that is known already.
    AlreadyRegistered,
    /// The link to choose another password.
    ResetPassword,
    /// Tells that the password was changed.
    PasswordChanged,
    /// Asks the old address whether it may be replaced by another.
    ChangeEmailOld,
    /// Asks the new address whether it belongs to the person.
    ChangeEmailNew,
    /// Tells the old address that it was replaced.
    EmailChanged,
    /// Invites somebody to become a colleague.
    Invitation,
    /// Tells of a sign-in from a place that is not known.
    NewSignIn,
    /// Something of a person's feed, where they want it by mail.
    Notification,
    /// Shows that the mail settings work.
    TestMail,
    /// Takes a colleague's reply to a visitor.
    MessageReply,
    /// Tells a visitor that they booked a consultation.
    ConsultationBooked,
    /// Tells a visitor that their consultation was moved.
    ConsultationRescheduled,
    /// Tells a visitor that their consultation was cancelled.
    ConsultationCancelled,
    /// Reminds a visitor of their consultation.
    ConsultationReminder,
    /// Asks whoever reads an address's mail whether they want the newsletter.
    NewsletterConfirm,
    /// Welcomes a subscriber of the newsletter.
    NewsletterWelcome,
    /// What was said in a live chat, for somebody who was there and asked for it.
    ChatTranscript,
    /// Takes a comment on a ticket to the client whose it is, and to clients who watch it.
    TicketComment,
}
