//! The use cases of mail: templates, wordings, the company's mail server, the queue.

pub(crate) mod deliver_mail;
pub(crate) mod erase_mails;
pub(crate) mod queue_mail;
pub mod test_smtp;
pub mod update_email_template;
pub mod update_smtp_settings;
