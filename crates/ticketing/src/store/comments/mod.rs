//! Comments: what they say and said, who is mentioned in them, and the mails that they become.

pub(crate) mod board;
pub mod comment;
pub mod edit;
pub mod mail;
pub mod mention;
