//! The end of the trail of each day, signed; and exports of the trail, which hold it with its signatures.

crate::dialect::sql_migration! {"
CREATE TABLE audit_heads (
    id {id} NOT NULL PRIMARY KEY,
    -- In UTC; a day has one at the most.
    day date NOT NULL UNIQUE,
    sequence bigint NOT NULL,
    hash {bytes} NOT NULL,
    -- How many came since the head before.
    rows bigint NOT NULL CHECK (rows >= 0),
    at {time} NOT NULL,
    key_id text NOT NULL,
    signature {bytes} NOT NULL
);
CREATE INDEX audit_heads_sequence ON audit_heads (sequence);
--postgres
CREATE TRIGGER audit_heads_append_only BEFORE UPDATE OR DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_heads_keep BEFORE TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
ALTER TABLE exports DROP CONSTRAINT exports_type_check;
ALTER TABLE exports ADD CONSTRAINT exports_type_check
    CHECK (type IN ('agents', 'contacts', 'chats', 'messages', 'leads', 'tickets', 'custom_report', 'audit_logs'));
ALTER TABLE exports DROP CONSTRAINT exports_format_check;
ALTER TABLE exports ADD CONSTRAINT exports_format_check CHECK (format IN ('csv', 'xlsx', 'pdf', 'jsonl'));
--sqlite
CREATE TRIGGER audit_heads_no_update BEFORE UPDATE ON audit_heads BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
-- SQLite cannot change a constraint: the rows move into a table that has it.
CREATE TABLE exports_2 (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB REFERENCES users (id),
    type text NOT NULL CHECK (type IN ('agents', 'contacts', 'chats', 'messages', 'leads', 'tickets', 'custom_report', 'audit_logs')),
    format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf', 'jsonl')),
    status text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'expired', 'cancelled')),
    filter TEXT NOT NULL,
    options TEXT NOT NULL,
    file_name text NOT NULL,
    file_id BLOB REFERENCES files (id),
    bytes bigint CHECK (bytes >= 0),
    total_count integer CHECK (total_count >= 0),
    rows_written integer NOT NULL CHECK (rows_written >= 0),
    record_count integer CHECK (record_count >= 0),
    error_message text,
    attempts integer NOT NULL,
    version integer NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    started_at DATETIME,
    completed_at DATETIME,
    expires_at DATETIME,
    CHECK ((file_id IS NULL) OR status = 'completed')
);
INSERT INTO exports_2 SELECT id, user_id, type, format, status, filter, options, file_name, file_id, bytes, total_count, rows_written,
    record_count, error_message, attempts, version, created_at, updated_at, started_at, completed_at, expires_at FROM exports;
DROP TABLE exports;
ALTER TABLE exports_2 RENAME TO exports;
CREATE INDEX exports_created ON exports (created_at, id);
CREATE INDEX exports_user ON exports (user_id, created_at, id);
CREATE INDEX exports_status ON exports (status, expires_at);
CREATE INDEX exports_file ON exports (file_id);
--end
"}
