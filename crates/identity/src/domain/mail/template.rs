//! The mails that Frontdesk sends, what varies in each, and their first wording.

use serde::{Deserialize, Serialize};

use super::wording::{Wording, html_of};

/// A kind of mail that Frontdesk sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// Asks somebody who registered to show that the address is theirs.
    VerifyEmail,
    /// Tells somebody who registers with an address that is known already.
    AlreadyRegistered,
    /// The link to choose another password.
    ResetPassword,
    /// Tells that the password was changed.
    PasswordChanged,
    /// Asks the old address whether it may be replaced.
    ChangeEmailOld,
    /// Asks the new address whether it is theirs.
    ChangeEmailNew,
    /// Tells the old address that it was replaced.
    EmailChanged,
    /// Invites a colleague.
    Invitation,
    /// Tells of a sign-in from a place that is not known.
    NewSignIn,
    /// Something of a person's feed.
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
    /// Asks whether somebody wants the newsletter.
    NewsletterConfirm,
    /// Welcomes a subscriber of the newsletter.
    NewsletterWelcome,
    /// What was said in a live chat.
    ChatTranscript,
    /// Takes a comment on a ticket to a client.
    TicketComment,
}

/// A place in a mail that is filled when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name, as it stands between `{{` and `}}`.
    pub name: &'static str,
    /// What stands there.
    pub description: &'static str,
    /// What stands there in a preview.
    pub sample: &'static str,
    /// Whether it is the address of a page, and so may be where a link leads.
    pub is_link: bool,
}

const fn variable(name: &'static str, description: &'static str, sample: &'static str) -> Variable {
    Variable { name, description, sample, is_link: false }
}

/// Known in every mail: who gets it, and who sends it.
pub(crate) const NAME: &str = "name";
/// See [`NAME`].
pub(crate) const COMPANY: &str = "company";

const COMMON: [Variable; 2] = [
    variable(NAME, "The name of the person who gets the mail, or their address where they have none.", "Ada Lovelace"),
    variable(COMPANY, "The company's name.", "Harbour & Lane"),
];
const LINK: Variable = Variable {
    name: "link",
    description: "The address of the page that the mail leads to.",
    sample: "https://desk.example.com/continue?token=sample",
    is_link: true,
};
const EXPIRES: Variable = variable("expires", "How long the link is good.", "24 hours");
const AT: Variable = variable("at", "When it happened.", "3 May 2026, 10:15 UTC");
const NEW_EMAIL: Variable = variable("new_email", "The new address.", "ada@new.example.com");
const OLD_EMAIL: Variable = variable("old_email", "The old address.", "ada@example.com");
const INVITER: Variable = variable("inviter", "The name of the colleague who invites.", "Grace Hopper");
const ROLE: Variable = variable("role", "The role that they will have.", "STAFF");
const ADDRESS: Variable = variable("address", "The network address that it came from.", "203.0.113.7");
const AGENT: Variable = variable("agent", "The program that was used.", "Firefox on Linux");
const TITLE: Variable = variable("title", "What it is about.", "A message was assigned to you");
const SERVICE: Variable =
    variable("service", "What the visitor asked about; \"your message\" where they did not say.", "A new mast");
const SUBJECT: Variable = variable(
    "subject",
    "What the visitor wrote about: the service that they asked for, else the first words of what they wrote.",
    "A new mast",
);
const QUOTED: Variable = variable(
    "quotedMessage",
    "What the visitor wrote, as a quotation with its date.",
    "3 May 2026, 10:15 UTC, Ada Lovelace:\n> When is my boat ready?",
);
const BOOKED: Variable = variable("service", "What was booked.", "A new mast");
const WHEN: Variable = variable(
    "when",
    "When it is: as it was booked, and by the visitor's clock too where that is another.",
    "Monday, 9 March 2026, 09:00 (Europe/Berlin)",
);
const LINES: Variable = variable(
    "content",
    "What was said, a line each, with its time and who said it.",
    "10:15 Ada Lovelace: Is somebody there?\n10:16 Grace Hopper joined the chat.",
);
const CONTENT: Variable = variable("content", "What it says.", "Bob asks when his boat is ready.");

const NUMBER: Variable = variable("number", "The ticket's number.", "TKT-2026-0001");
const TICKET: Variable = variable("title", "What the ticket is about.", "The mast creaks");
const AUTHOR: Variable = variable("author", "The name of who wrote the comment.", "Grace Hopper");
const COMMENT: Variable = variable("content", "What the comment says.", "We look at it tomorrow.");
const ENCLOSED: Variable = variable(
    "files",
    "The names of the files that the comment has, a line each under a word; empty where it has none.",
    "Files:\noffer.pdf",
);
const UNSUBSCRIBE: Variable = Variable {
    name: "link",
    description: "The address of the page that ends the subscription.",
    sample: "https://desk.example.com/newsletter/unsubscribe?token=sample",
    is_link: true,
};

struct Declared {
    key: &'static str,
    description: &'static str,
    variables: &'static [Variable],
    subject: &'static str,
    text: &'static str,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::VerifyEmail,
        Self::AlreadyRegistered,
        Self::ResetPassword,
        Self::PasswordChanged,
        Self::ChangeEmailOld,
        Self::ChangeEmailNew,
        Self::EmailChanged,
        Self::Invitation,
        Self::NewSignIn,
        Self::Notification,
        Self::TestMail,
        Self::MessageReply,
        Self::ConsultationBooked,
        Self::ConsultationRescheduled,
        Self::ConsultationCancelled,
        Self::ConsultationReminder,
        Self::NewsletterConfirm,
        Self::NewsletterWelcome,
        Self::ChatTranscript,
        Self::TicketComment,
    ];

    /// The stable name, such as `verify_email`.
    pub fn key(self) -> &'static str {
        self.declared().key
    }

    /// The template of that name.
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.key() == key)
    }

    /// When it is sent, in one sentence.
    pub fn description(self) -> &'static str {
        self.declared().description
    }

    /// What may stand between `{{` and `}}` in it.
    pub fn variables(self) -> impl Iterator<Item = &'static Variable> {
        COMMON.iter().chain(self.declared().variables)
    }

    /// What a letter of this kind must bring along; the others are known without it.
    pub(crate) fn own_variables(self) -> &'static [Variable] {
        self.declared().variables
    }

    /// Whether who reads it can get in as the person it is for.
    pub(crate) fn lets_in(self) -> bool {
        use Template::{ChangeEmailNew, ChangeEmailOld, Invitation, ResetPassword, VerifyEmail};
        matches!(self, VerifyEmail | ResetPassword | ChangeEmailOld | ChangeEmailNew | Invitation)
    }

    /// Whether a company may do without it: not where people could not get in any more, or nobody could subscribe.
    pub fn can_be_off(self) -> bool {
        !self.lets_in() && self != Self::NewsletterConfirm
    }

    /// The variable whose link ends what such mails come for, with one click (RFC 8058); none where they come by themselves.
    pub(crate) fn ended_by(self) -> Option<&'static str> {
        (self == Self::NewsletterWelcome).then_some(UNSUBSCRIBE.name)
    }

    /// The wording that it comes with.
    pub fn default_wording(self) -> Wording {
        let Declared { subject, text, .. } = self.declared();
        Wording { subject: subject.into(), html: html_of(text), text: text.into() }
    }

    fn declared(self) -> Declared {
        match self {
            Self::VerifyEmail => Declared {
                key: "verify_email",
                description: "Asks somebody who registered to show that the address is theirs.",
                variables: &[LINK, EXPIRES],
                subject: "Confirm your address",
                text: "Hello {{name}},\n\nthank you for registering with {{company}}. Confirm that this is your address:\n\n\
                       {{link}}\n\nThe link is good for {{expires}}. If you did not register, nothing needs to be done.",
            },
            Self::AlreadyRegistered => Declared {
                key: "already_registered",
                description: "Tells somebody who registers with an address that is known already.",
                variables: &[LINK],
                subject: "You are registered already",
                text: "Hello {{name}},\n\nsomebody, probably you, wanted to register with {{company}} with this address, \
                       which is registered already. Sign in or choose another password here:\n\n{{link}}\n\nIf it was not \
                       you, nothing needs to be done.",
            },
            Self::ResetPassword => Declared {
                key: "reset_password",
                description: "The link to choose another password.",
                variables: &[LINK, EXPIRES],
                subject: "Choose another password",
                text: "Hello {{name}},\n\nsomebody, probably you, asked for another password at {{company}}. Choose it \
                       here:\n\n{{link}}\n\nThe link is good once, for {{expires}}. If it was not you, your password stays as \
                       it is.",
            },
            Self::PasswordChanged => Declared {
                key: "password_changed",
                description: "Tells that the password was changed.",
                variables: &[AT],
                subject: "Your password was changed",
                text: "Hello {{name}},\n\nyour password at {{company}} was changed ({{at}}), and all other sessions were \
                       ended.\n\nIf it was not you, choose another password at once and tell us.",
            },
            Self::ChangeEmailOld => Declared {
                key: "change_email_old",
                description: "Asks the old address whether it may be replaced by another.",
                variables: &[NEW_EMAIL, LINK, EXPIRES],
                subject: "Confirm that your address changes",
                text: "Hello {{name}},\n\nyour address at {{company}} is to become {{new_email}}. Confirm it here:\n\n\
                       {{link}}\n\nThe link is good for {{expires}}. If it was not you who asked, do not confirm, and choose \
                       another password.",
            },
            Self::ChangeEmailNew => Declared {
                key: "change_email_new",
                description: "Asks the new address whether it belongs to the person.",
                variables: &[LINK, EXPIRES],
                subject: "Confirm your new address",
                text: "Hello {{name}},\n\nthis is to become your address at {{company}}. Confirm it here:\n\n{{link}}\n\n\
                       The link is good for {{expires}}. If you know nothing of this, nothing needs to be done.",
            },
            Self::EmailChanged => Declared {
                key: "email_changed",
                description: "Tells the old address that it was replaced.",
                variables: &[OLD_EMAIL, NEW_EMAIL],
                subject: "Your address was changed",
                text: "Hello {{name}},\n\nyour address at {{company}} was changed from {{old_email}} to {{new_email}}.\n\n\
                       If it was not you, tell us at once.",
            },
            Self::Invitation => Declared {
                key: "invitation",
                description: "Invites somebody to become a colleague.",
                variables: &[INVITER, ROLE, LINK, EXPIRES],
                subject: "{{inviter}} invites you to {{company}}",
                text: "Hello {{name}},\n\n{{inviter}} invites you to work at the front desk of {{company}} as {{role}}. \
                       Accept here:\n\n{{link}}\n\nThe invitation is good for {{expires}}.",
            },
            Self::NewSignIn => Declared {
                key: "new_sign_in",
                description: "Tells of a sign-in from a place that is not known.",
                variables: &[AT, ADDRESS, AGENT],
                subject: "A new sign-in",
                text: "Hello {{name}},\n\nsomebody signed in to your account at {{company}} ({{at}}) from {{address}} with \
                       {{agent}}.\n\nIf it was not you, choose another password at once.",
            },
            Self::Notification => Declared {
                key: "notification",
                description: "Something of a person's feed, where they want it by mail.",
                variables: &[TITLE, CONTENT, LINK],
                subject: "{{title}}",
                text: "Hello {{name}},\n\n{{title}}\n\n{{content}}\n\n{{link}}",
            },
            Self::TestMail => Declared {
                key: "test_mail",
                description: "Shows that the mail settings work.",
                variables: &[],
                subject: "A test from {{company}}",
                text: "Hello {{name}},\n\nthis mail shows that the mail settings of {{company}} work.",
            },
            Self::MessageReply => Declared {
                key: "message_reply",
                description: "Takes a colleague's reply to the visitor who wrote.",
                variables: &[SERVICE, SUBJECT, CONTENT, QUOTED],
                subject: "Re: {{subject}}",
                text: "{{content}}\n\n{{quotedMessage}}",
            },
            Self::ConsultationBooked => Declared {
                key: "consultation_booked",
                description: "Tells a visitor that they booked a consultation, with a file for their calendar.",
                variables: &[BOOKED, WHEN, LINK],
                subject: "{{service}}: {{when}}",
                text: "Hello {{name}},\n\nyou booked {{service}} with {{company}}:\n\n{{when}}\n\nMove or cancel it \
                       here:\n\n{{link}}",
            },
            Self::ConsultationRescheduled => Declared {
                key: "consultation_rescheduled",
                description: "Tells a visitor that their consultation was moved, with a file for their calendar.",
                variables: &[BOOKED, WHEN, LINK],
                subject: "Moved: {{service}}: {{when}}",
                text: "Hello {{name}},\n\n{{service}} with {{company}} is now at another time:\n\n{{when}}\n\nMove or \
                       cancel it here:\n\n{{link}}",
            },
            Self::ConsultationCancelled => Declared {
                key: "consultation_cancelled",
                description: "Tells a visitor that their consultation was cancelled, with a file for their calendar.",
                variables: &[BOOKED, WHEN],
                subject: "Cancelled: {{service}}: {{when}}",
                text: "Hello {{name}},\n\n{{service}} with {{company}} was cancelled:\n\n{{when}}",
            },
            Self::ConsultationReminder => Declared {
                key: "consultation_reminder",
                description: "Reminds a visitor of their consultation, with a file for their calendar.",
                variables: &[BOOKED, WHEN, LINK],
                subject: "Soon: {{service}}: {{when}}",
                text: "Hello {{name}},\n\nthis reminds you of {{service}} with {{company}}:\n\n{{when}}\n\nMove or cancel \
                       it here:\n\n{{link}}",
            },
            Self::NewsletterConfirm => Declared {
                key: "newsletter_confirm",
                description: "Asks whoever reads an address's mail whether they want the newsletter.",
                variables: &[LINK, EXPIRES],
                subject: "Confirm your subscription",
                text: "Hello,\n\nsomebody, probably you, subscribed this address to the newsletter of {{company}}. Confirm \
                       that you want it:\n\n{{link}}\n\nThe link is good for {{expires}}. If it was not you, nothing needs \
                       to be done: you will not get it.",
            },
            Self::NewsletterWelcome => Declared {
                key: "newsletter_welcome",
                description: "Welcomes a subscriber of the newsletter.",
                variables: &[UNSUBSCRIBE],
                subject: "Welcome to the newsletter of {{company}}",
                text: "Hello,\n\nfrom now on you get the newsletter of {{company}}. You can end that at any time, with one \
                       click:\n\n{{link}}",
            },
            Self::ChatTranscript => Declared {
                key: "chat_transcript",
                description: "What was said in a live chat, for somebody who was there and asked for it.",
                variables: &[AT, LINES],
                subject: "Your chat with {{company}}",
                text: "Hello {{name}},\n\nthis is what was said in the chat with {{company}} ({{at}}):\n\n{{content}}",
            },
            Self::TicketComment => Declared {
                key: "ticket_comment",
                description: "Takes a comment on a ticket to the client whose it is, and to clients who watch it.",
                variables: &[NUMBER, TICKET, AUTHOR, COMMENT, ENCLOSED, LINK],
                subject: "[{{number}}] {{title}}",
                text: "Hello {{name}},\n\n{{author}} wrote on {{number}}:\n\n{{content}}\n\n{{files}}\n\n{{link}}",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_frontdesk_is_well_formed_and_found_by_its_key() {
        for template in Template::ALL {
            assert_eq!(template.default_wording().check(template), Ok(()), "{template:?}");
            assert_eq!(Template::of(template.key()), Some(template));
            let json = serde_json::to_value(template).unwrap();
            assert_eq!(json, template.key(), "one name everywhere");
            let link = template.own_variables().iter().any(|variable| variable.is_link);
            assert_eq!(link, template.default_wording().html.contains(r#"<a href="{{link}}">"#), "{template:?}");
        }
    }
}
