//! The rules of mail: templates, wordings, the company's mail server, the queue.

pub mod events;
pub mod links;
pub(crate) mod markup;
pub(crate) mod template;
pub(crate) mod wording;
