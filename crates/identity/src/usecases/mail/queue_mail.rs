//! A letter is queued with the change that asks for it.

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{
    Cx, Error, Result, Tx,
    crypto::Keyring,
    id::{NotificationId, RoleId, UserId},
    jobs::{Enqueue, Job, Work},
};
use serde::{Deserialize, Serialize};

use crate::domain::mail::template::Template;

/// A mail to one person.
#[derive(Clone)]
pub struct TemplatedMail {
    /// Their address.
    pub to: String,
    /// Their name.
    pub name: Option<String>,
    /// Which mail.
    pub template: Template,
    /// The values of its variables, beside `name` and `company`, which every mail knows.
    pub variables: Vec<(&'static str, String)>,
    /// What somebody else could get into who reads it.
    pub opens: Opens,
}

/// A file that goes with a letter: something for a program to read, such as a calendar's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// What it is, such as `text/calendar; method=REQUEST; charset=UTF-8`.
    pub content_type: String,
    /// What it says.
    pub text: String,
}

/// What the link of a letter leads into, where its template [lets in](Template::lets_in).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opens {
    /// Nothing.
    #[default]
    Nothing,
    /// The account of a person.
    Account(UserId),
    /// An account to come, with this role.
    Role(RoleId),
}

/// The job: deliver this letter. Nobody but a worker with the secret key can read it.
#[derive(Serialize, Deserialize)]
pub struct DeliverTemplatedMail {
    template: Template,
    sealed: String,
    /// The notification that it tells of, which shows what becomes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notification: Option<NotificationId>,
    /// What it tells of, where letters about one thing must arrive in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
}

impl Work for DeliverTemplatedMail {
    const KIND: &'static str = "identity.deliver_mail";
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) to: String,
    pub(crate) name: Option<String>,
    pub(crate) variables: Vec<(String, String)>,
    /// Letters that were queued before there was such a thing lack it.
    #[serde(default)]
    pub(crate) opens: Opens,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) attachment: Option<Attachment>,
}

pub(crate) fn context(cx: &Cx) -> Vec<u8> {
    format!("letter of {}", cx.tenant.id).into_bytes()
}

/// Queues a letter; it goes out when the transaction has committed, and never when it has not.
///
/// # Errors
/// [`Error::Internal`] for a letter whose variables are not those of its template.
pub async fn queue_mail(tx: &Tx, cx: &Cx, keyring: &Keyring, letter: &TemplatedMail) -> Result<()> {
    queue(tx, cx, keyring, letter, About::default(), None).await
}

/// The same for a letter that takes a file along, and that arrives after those about the same thing that were queued before.
///
/// # Errors
/// As [`queue_mail`].
pub async fn queue_mail_with(
    tx: &Tx,
    cx: &Cx,
    keyring: &Keyring,
    letter: &TemplatedMail,
    attachment: Attachment,
    thread: String,
) -> Result<()> {
    let about = About { thread: Some(thread), ..About::default() };
    queue(tx, cx, keyring, letter, about, Some(attachment)).await
}

/// The same for a letter that tells of a notification.
pub(crate) async fn queue_mail_of(
    tx: &Tx,
    cx: &Cx,
    keyring: &Keyring,
    letter: &TemplatedMail,
    notification: Option<NotificationId>,
) -> Result<()> {
    queue(tx, cx, keyring, letter, About { notification, thread: None }, None).await
}

/// What a letter tells of, beside its words.
#[derive(Default)]
struct About {
    notification: Option<NotificationId>,
    thread: Option<String>,
}

async fn queue(
    tx: &Tx,
    cx: &Cx,
    keyring: &Keyring,
    letter: &TemplatedMail,
    About { notification, thread }: About,
    attachment: Option<Attachment>,
) -> Result<()> {
    let template = letter.template;
    let expected = template.own_variables();
    for variable in expected {
        let Some((_, value)) = letter.variables.iter().find(|(name, _)| *name == variable.name) else {
            return Err(Error::internal(format!("a letter {} lacks its {}", template.key(), variable.name)));
        };
        if variable.is_link && !value.starts_with("https://") && !value.starts_with("http://") {
            return Err(Error::internal(format!("the {} of a letter {} is no link", variable.name, template.key())));
        }
    }
    if letter.variables.len() != expected.len() {
        return Err(Error::internal(format!("a letter {} has variables that it does not know", template.key())));
    }
    let content = Content {
        to: letter.to.clone(),
        name: letter.name.clone(),
        variables: letter.variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        opens: letter.opens,
        attachment,
    };
    let plain = serde_json::to_vec(&content).map_err(Error::internal)?;
    let sealed = STANDARD.encode(keyring.encrypt(cx.source(), &context(cx), &plain)?);
    tx.enqueue(cx, &DeliverTemplatedMail { template, sealed, notification, thread }).await.map(drop)
}

/// Opens the letter of a job, and says which notification it tells of.
pub(crate) fn open(cx: &Cx, keyring: &Keyring, job: &Job) -> Result<(Template, Content, Option<NotificationId>)> {
    let work: DeliverTemplatedMail = job.work()?;
    let sealed = STANDARD.decode(&work.sealed).map_err(|_| Error::internal("a letter is not base64"))?;
    let plain = keyring.decrypt(&context(cx), &sealed)?;
    let content = serde_json::from_slice(&plain).map_err(|_| Error::internal("a letter cannot be read"))?;
    Ok((work.template, content, work.notification))
}
