//! The use cases of notifications: the feed, preferences, channels and deliveries.

pub mod deliver_notification;
pub mod mark_notifications_read;
pub mod notify;
pub mod retry_notification_delivery;
pub mod save_notification_channel;
pub mod set_notification_preference;
pub mod test_notification_channel;
