//! Notifications: the feed, live too, and the channels.

pub mod channel_mutations;
pub mod channels;
pub mod events;
pub mod feed;
