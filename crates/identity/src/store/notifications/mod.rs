//! The tables of notifications: the feed, preferences, channels and deliveries.

pub mod notification;
pub mod notification_channel;
pub mod notification_delivery;
pub mod notification_position;
pub mod notification_preference;
