//! Reading conversations.

pub mod accounts;
pub mod archives;
pub mod held;
pub mod list;
pub mod messages;
