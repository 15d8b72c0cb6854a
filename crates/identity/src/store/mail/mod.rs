//! The tables of mail: templates, wordings, the company's mail server, the queue.

pub mod email_template;
pub(crate) mod repository;
pub mod smtp_settings;
