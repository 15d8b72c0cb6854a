//! Files that data are exported to.

crate::dialect::sql_migration! {"
CREATE TABLE exports (
    id {id} NOT NULL PRIMARY KEY,
    -- Who asked; none, where Frontdesk itself did.
    user_id {id} REFERENCES users (id),
    type text NOT NULL CHECK (type IN ('agents', 'contacts', 'chats', 'messages', 'leads', 'tickets', 'custom_report')),
    format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf')),
    status text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'expired', 'cancelled')),
    -- What was asked for, as it was asked.
    filter {json} NOT NULL,
    options {json} NOT NULL,
    file_name text NOT NULL,
    -- Only of a file that is whole and has not ended.
    file_id {id} REFERENCES files (id),
    bytes bigint CHECK (bytes >= 0),
    -- How many rows there are to write, once they were counted, and how many were written.
    total_count integer CHECK (total_count >= 0),
    rows_written integer NOT NULL CHECK (rows_written >= 0),
    -- How many rows the file has; none before it is whole.
    record_count integer CHECK (record_count >= 0),
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
CREATE INDEX exports_created ON exports (created_at, id);
CREATE INDEX exports_user ON exports (user_id, created_at, id);
CREATE INDEX exports_status ON exports (status, expires_at);
CREATE INDEX exports_file ON exports (file_id);
"}
