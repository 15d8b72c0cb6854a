//! Reads: lists, and by-ids for loaders. Every one starts from what the actor may see.

pub mod messages;
pub mod replies;
pub mod visitors;
pub mod whole;
