//! One verb a file.

pub mod add_staff;
pub mod bootstrap;
pub mod deactivate_staff;
pub mod refresh_session;
pub mod sign_in;
pub mod sign_out;
pub mod deliver_notification;
pub mod mark_notifications_read;
pub mod retry_notification_delivery;
pub mod save_notification_channel;
pub mod set_notification_preference;
pub mod tell;
pub mod test_notification_channel;
