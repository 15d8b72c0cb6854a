//! Images and files are copied to our storage.

pub mod by_hand;
pub mod copy;
