//! Letters: the mails that Frontdesk writes to people, from "confirm your address" to "you were invited".
//!
//! A use case queues a [`TemplatedMail`] in its own transaction ([`queue_mail`]); a worker delivers it ([`deliver_mail`]) in
//! the tenant's own [`Wording`] or in the one that comes with the [`Template`]. A letter's variables hold links with
//! tokens, so it lies in the queue encrypted, and neither a log nor an event ever repeats what is in it.

pub use crate::domain::mail::template::{Template, Variable};
pub use crate::domain::mail::wording::{Rendered, Wording, limits};
pub use crate::ports::mail::{Encryption, Mail, MailServer, MailTransport, Step, TransportError, is_mail_port};
pub use crate::usecases::mail::deliver_mail::{deliver_mail, worded_comment, worded_reply};
pub(crate) use crate::usecases::mail::deliver_mail::{render, render_wording};
pub use crate::usecases::mail::erase_mails::erase_mails;
pub use crate::usecases::mail::queue_mail::{
    Attachment, DeliverTemplatedMail, Opens, TemplatedMail, queue_mail, queue_mail_with,
};
pub(crate) use crate::usecases::mail::queue_mail::{context, queue_mail_of};
pub use kernel::text::fill::Fault;
