//! Files with all that is held on a person.

crate::dialect::sql_migration! {"
CREATE TABLE person_exports (
    id {id} NOT NULL PRIMARY KEY,
    -- Who asked.
    user_id {id} NOT NULL REFERENCES users (id),
    -- Whose data they are: the typed id of a record of theirs, or an e-mail address.
    subject text NOT NULL,
    -- Whether who asked is the person.
    is_own {bool} NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'expired', 'cancelled')),
    file_name text NOT NULL,
    -- Only of a file that is whole and has not ended.
    file_id {id} REFERENCES files (id),
    bytes bigint CHECK (bytes >= 0),
    -- How many tables there are to look through, and how many were; how many rows were written.
    table_count integer CHECK (table_count >= 0),
    tables_done integer NOT NULL CHECK (tables_done >= 0),
    rows_written integer NOT NULL CHECK (rows_written >= 0),
    -- Of a file that is whole.
    record_count integer CHECK (record_count >= 0),
    file_count integer CHECK (file_count >= 0),
    error_message text,
    -- Raised whenever it is begun: a worker that lost its lease writes nothing more.
    attempts integer NOT NULL,
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    started_at {time},
    completed_at {time},
    expires_at {time},
    CHECK ((file_id IS NULL) OR status = 'completed')
);
CREATE INDEX person_exports_created ON person_exports (created_at, id);
CREATE INDEX person_exports_user ON person_exports (user_id, created_at, id);
CREATE INDEX person_exports_status ON person_exports (status, expires_at);
CREATE INDEX person_exports_file ON person_exports (file_id);
-- One at a time of a person.
CREATE UNIQUE INDEX person_exports_subject ON person_exports (subject) WHERE status IN ('pending', 'processing');
"}
