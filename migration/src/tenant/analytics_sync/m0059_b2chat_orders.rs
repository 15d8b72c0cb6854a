//! Chats of B2Chat are ordered by when they were over and when they last changed, and all its messages by when they were sent.

crate::dialect::sql_migration! {"
-- What lists are ordered by is never null: a chat that is not over stands after all that are, and of whom B2Chat does not say when it
-- last changed stands where it began.
ALTER TABLE b2chat_chats ADD COLUMN closed_order {time} NOT NULL DEFAULT '9999-01-01T00:00:00+00:00';
ALTER TABLE b2chat_chats ADD COLUMN modified_order {time} NOT NULL DEFAULT '9999-01-01T00:00:00+00:00';
UPDATE b2chat_chats SET closed_order = coalesce(closed_at, closed_order), modified_order = coalesce(last_modified_at, created_at);
CREATE INDEX b2chat_chats_closed_order ON b2chat_chats (closed_order, id);
CREATE INDEX b2chat_chats_modified_order ON b2chat_chats (modified_order, id);
CREATE INDEX b2chat_messages_sent ON b2chat_messages (sent_at, id);
CREATE INDEX b2chat_messages_type_sent ON b2chat_messages (type, sent_at, id);
"}
