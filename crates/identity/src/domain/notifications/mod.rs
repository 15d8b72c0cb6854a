//! The rules of notifications: the feed, preferences, channels and deliveries.

pub mod card;
pub mod events;
pub mod level;
pub mod notification;
pub mod webhook;
