//! Reads of mail: templates, wordings, the company's mail server, the queue.

pub mod server;
pub mod wordings;
