//! Whatever keeps a run of the synchronisation from its next page is counted by itself: a limit that was waited for says nothing of an
//! answer that cannot be read. And with which account of B2Chat's it is connected: of another one nothing is read yet.

crate::dialect::sql_migration! {"
ALTER TABLE sync_runs ADD COLUMN odd_attempts integer NOT NULL DEFAULT 0;
ALTER TABLE sync_runs ADD COLUMN limited_attempts integer NOT NULL DEFAULT 0;
-- A hash of address and user name.
ALTER TABLE b2chat_access ADD COLUMN account text;
-- Since when it is another account than before.
ALTER TABLE b2chat_access ADD COLUMN account_since {time};
"}
