//! What was typed stays beside what it means, and a conversation keeps the subject that it began with.

crate::dialect::sql_migration! {"
-- Numbers are in one form (E.164) from now on; older ones stay as they were typed until they are saved again.
ALTER TABLE users ADD COLUMN phone_typed text;
UPDATE users SET phone_typed = phone;

ALTER TABLE message_replies ADD COLUMN email_subject text;
"}
