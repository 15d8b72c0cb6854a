//! What an event concerns stands beside it, so that whoever follows one thing reads what concerns it and nothing else.

crate::dialect::sql_migration! {"
ALTER TABLE outbox ADD COLUMN concerns {id};
-- Only what is followed one by one has it.
CREATE INDEX outbox_concerns ON outbox (concerns, sequence) WHERE concerns IS NOT NULL;
--postgres
UPDATE outbox SET concerns = substr(payload ->> 'user', 5)::uuid WHERE kind IN ('notification.created', 'notifications.read');
--sqlite
UPDATE outbox SET concerns = unhex(substr(payload ->> 'user', 5)) WHERE kind IN ('notification.created', 'notifications.read');
--end
"}
