//! What is published about mails, the company's mail server and its wordings.

use kernel::{
    events::{Event, Resource, Severity},
    id::{EmailTemplateId, JobId},
    personal::Subject,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::mail::Template;

/// A letter was handed to a mail server.
#[derive(Serialize)]
pub struct MailDelivered {
    /// The letter, by its job.
    pub letter: JobId,
    /// Which mail.
    pub template: Template,
    /// The address it went to.
    pub to: String,
}

impl Event for MailDelivered {
    const KIND: &'static str = "letter.delivered";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("Letter", self.letter)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "template": self.template, "to": self.to })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Email(self.to.clone()))
    }
    const PERSONAL: &'static [&'static str] = &["to"];
}

/// A letter was given up.
#[derive(Serialize)]
pub struct MailFailed {
    /// The letter, by its job, which is kept as dead.
    pub letter: JobId,
    /// Which mail.
    pub template: Template,
    /// The address it was meant for.
    pub to: String,
    /// Why, mostly in the mail server's words.
    pub error: String,
}

impl Event for MailFailed {
    const KIND: &'static str = "letter.failed";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("Letter", self.letter)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "template": self.template, "to": self.to, "error": self.error })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Email(self.to.clone()))
    }
    const PERSONAL: &'static [&'static str] = &["to", "error"];
}

/// A letter was not sent: the company does without such mails, who it was to was deactivated meanwhile, or what it takes is good no more.
#[derive(Serialize)]
pub struct MailWithheld {
    /// The letter, by its job.
    pub letter: JobId,
    /// Which mail.
    pub template: Template,
    /// The address it was meant for.
    pub to: String,
}

impl Event for MailWithheld {
    const KIND: &'static str = "letter.withheld";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("Letter", self.letter)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "template": self.template, "to": self.to })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Email(self.to.clone()))
    }
    const PERSONAL: &'static [&'static str] = &["to"];
}

/// The mail server of the company was changed. The password is never part of it.
#[derive(Serialize)]
pub struct SmtpSettingsChanged {
    /// What was set.
    #[serde(skip)]
    pub old: Option<Json>,
    /// What is set.
    #[serde(skip)]
    pub new: Json,
    /// Whether the password was changed too.
    pub password_changed: bool,
}

impl Event for SmtpSettingsChanged {
    const KIND: &'static str = "smtp_settings.changed";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource { kind: "SmtpSettings", id: uuid::Uuid::nil() }
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.old.clone(), Some(self.new.clone()))
    }
}

/// A test mail was sent, or not taken.
#[derive(Serialize)]
pub struct SmtpTested {
    /// The address it went to.
    pub to: String,
    /// Whether the server took it.
    pub ok: bool,
}

impl Event for SmtpTested {
    const KIND: &'static str = "smtp_settings.tested";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource { kind: "SmtpSettings", id: uuid::Uuid::nil() }
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "to": self.to, "ok": self.ok })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Email(self.to.clone()))
    }
    const PERSONAL: &'static [&'static str] = &["to"];
}

/// The wording of a mail was changed, or went back to the one it came with.
#[derive(Serialize)]
pub struct WordingChanged {
    /// The wording.
    pub wording: EmailTemplateId,
    /// Of which mail.
    pub template: Template,
    /// What it was; `None` for the one it comes with.
    #[serde(skip)]
    pub old: Option<Json>,
    /// What it is; `None` for the one it comes with.
    #[serde(skip)]
    pub new: Option<Json>,
}

impl Event for WordingChanged {
    const KIND: &'static str = "email_template.changed";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("EmailTemplate", self.wording)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.old.clone(), self.new.clone())
    }
}
