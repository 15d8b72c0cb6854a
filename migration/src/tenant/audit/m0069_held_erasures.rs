//! Erasures wait for legal holds, and are noted outside the database.

crate::dialect::sql_migration! {"
--postgres
ALTER TABLE erasures DROP CONSTRAINT erasures_status_check;
ALTER TABLE erasures ADD CONSTRAINT erasures_status_check
    CHECK (status IN ('planned', 'confirmed', 'erasing', 'done', 'failed', 'cancelled', 'expired', 'held'));
-- What legal holds keep, while they do.
ALTER TABLE erasures ADD COLUMN kept jsonb NOT NULL DEFAULT '[]';
-- When it was noted in the file storage.
ALTER TABLE erasures ADD COLUMN noted_at timestamptz;
--sqlite
-- SQLite cannot change a constraint: the rows move into a table that has it.
CREATE TABLE erasures_2 (
    id BLOB NOT NULL PRIMARY KEY,
    subject text,
    scope text NOT NULL CHECK (scope IN ('person', 'record', 'client_account')),
    status text NOT NULL
        CHECK (status IN ('planned', 'confirmed', 'erasing', 'done', 'failed', 'cancelled', 'expired', 'held')),
    whose TEXT,
    plan TEXT NOT NULL,
    digest BLOB NOT NULL,
    counts TEXT NOT NULL,
    tasks TEXT NOT NULL,
    error_message text,
    planned_by_id BLOB REFERENCES users (id),
    confirmed_by_id BLOB REFERENCES users (id),
    cancelled_by_id BLOB REFERENCES users (id),
    attempts integer NOT NULL,
    version integer NOT NULL,
    planned_at DATETIME NOT NULL,
    confirmed_at DATETIME,
    due_at DATETIME,
    started_at DATETIME,
    completed_at DATETIME,
    updated_at DATETIME NOT NULL,
    -- What legal holds keep, while they do.
    kept TEXT NOT NULL DEFAULT '[]',
    -- When it was noted in the file storage.
    noted_at DATETIME
);
INSERT INTO erasures_2 (id, subject, scope, status, whose, plan, digest, counts, tasks, error_message, planned_by_id,
    confirmed_by_id, cancelled_by_id, attempts, version, planned_at, confirmed_at, due_at, started_at, completed_at, updated_at)
    SELECT id, subject, scope, status, whose, plan, digest, counts, tasks, error_message, planned_by_id,
    confirmed_by_id, cancelled_by_id, attempts, version, planned_at, confirmed_at, due_at, started_at, completed_at, updated_at
    FROM erasures ORDER BY rowid;
DROP TABLE erasures;
ALTER TABLE erasures_2 RENAME TO erasures;
CREATE INDEX erasures_planned ON erasures (planned_at, id);
CREATE INDEX erasures_planned_by ON erasures (planned_by_id);
CREATE INDEX erasures_confirmed_by ON erasures (confirmed_by_id);
CREATE INDEX erasures_cancelled_by ON erasures (cancelled_by_id);
--end
"}
