//! What became of the mail of a notification.

crate::dialect::sql_migration! {"
-- Null where none was wanted.
ALTER TABLE notifications ADD COLUMN mail_state text CHECK (mail_state IN ('pending', 'sent', 'failed'));
ALTER TABLE notifications ADD COLUMN mail_error text;
"}
