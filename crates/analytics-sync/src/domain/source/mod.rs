//! What B2Chat says, made fit to keep.

pub mod chat;
pub mod contact;
pub mod fields;
pub mod page;
pub mod time;
pub mod words;
