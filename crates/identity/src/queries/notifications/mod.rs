//! Reads of notifications: the feed, preferences, channels and deliveries.

pub mod audience;
pub mod channels;
pub mod feed;
