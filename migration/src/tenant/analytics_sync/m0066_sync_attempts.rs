//! Whatever keeps a run of the synchronisation from its next page is counted by itself: a limit that was waited for says nothing of an
//! answer that cannot be read.

crate::dialect::sql_migration! {"
ALTER TABLE sync_runs ADD COLUMN odd_attempts integer NOT NULL DEFAULT 0;
ALTER TABLE sync_runs ADD COLUMN limited_attempts integer NOT NULL DEFAULT 0;
"}
