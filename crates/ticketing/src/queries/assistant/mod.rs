//! Sessions with the assistant as those see them whose they are, and nobody else.

pub mod messages;
pub mod sessions;
pub mod work;
