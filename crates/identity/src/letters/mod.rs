//! Letters: the mails that Frontdesk writes to people, from "confirm your address" to "you were invited".
//!
//! A use case queues a [`Letter`] in its own transaction ([`queue_letter`]); a worker delivers it ([`deliver_letter`]) in
//! the tenant's own [`Wording`] or in the one that comes with the [`Template`]. A letter's variables hold links with
//! tokens, so it lies in the queue encrypted, and neither a log nor an event ever repeats what is in it.

mod deliver;
mod fill;
mod markup;
mod post;
mod queue;
mod template;
mod wording;

pub use deliver::{deliver_letter, worded_reply};
pub(crate) use deliver::{render, render_wording};
pub use fill::Fault;
pub use post::{Encryption, Mail, MailServer, Post, PostError, Step, is_mail_port};
pub use queue::{DeliverLetter, Letter, Opens, queue_letter};
pub(crate) use queue::{context, queue_letter_of};
pub use template::{Template, Variable};
pub use wording::{Rendered, Wording, limits};
