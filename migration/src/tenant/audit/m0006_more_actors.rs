//! The audit trail knows clients and platform administrators too.

crate::dialect::sql_migration! {"
--postgres
ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_actor_kind_check;
ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_actor_kind_check
    CHECK (actor_kind IN ('staff', 'client', 'platform', 'anonymous', 'system'));
--sqlite
-- SQLite cannot change a constraint: the rows move into a table that has it, unchanged, and the triggers come back.
CREATE TABLE audit_logs_2 (
    id BLOB NOT NULL PRIMARY KEY,
    at DATETIME NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    success BOOLEAN NOT NULL,
    failure text,
    actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'client', 'platform', 'anonymous', 'system')),
    actor_id BLOB,
    actor_email text,
    session_id BLOB,
    address text,
    agent text,
    request_id text NOT NULL,
    resource_kind text,
    resource_id BLOB,
    old_values TEXT,
    new_values TEXT
);
CREATE TABLE audit_chain_2 (
    sequence bigint NOT NULL PRIMARY KEY,
    audit_log_id BLOB NOT NULL UNIQUE REFERENCES audit_logs_2 (id),
    hash BLOB NOT NULL
);
INSERT INTO audit_logs_2 SELECT id, at, kind, severity, success, failure, actor_kind, actor_id, actor_email, session_id, address,
    agent, request_id, resource_kind, resource_id, old_values, new_values FROM audit_logs ORDER BY rowid;
INSERT INTO audit_chain_2 SELECT sequence, audit_log_id, hash FROM audit_chain ORDER BY sequence;
-- With their table, the triggers go; without them, dropping a table does not look like deleting its rows.
DROP TRIGGER audit_chain_no_update;
DROP TRIGGER audit_chain_no_delete;
DROP TRIGGER audit_logs_no_update;
DROP TRIGGER audit_logs_no_delete;
DROP TABLE audit_chain;
DROP TABLE audit_logs;
ALTER TABLE audit_logs_2 RENAME TO audit_logs;
ALTER TABLE audit_chain_2 RENAME TO audit_chain;
CREATE INDEX audit_logs_at ON audit_logs (at, id);
CREATE INDEX audit_logs_actor ON audit_logs (actor_id, at, id);
CREATE INDEX audit_logs_resource ON audit_logs (resource_id, at, id);
CREATE INDEX audit_logs_kind ON audit_logs (kind, at, id);
CREATE TRIGGER audit_logs_no_update BEFORE UPDATE ON audit_logs BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_logs_no_delete BEFORE DELETE ON audit_logs BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_chain_no_update BEFORE UPDATE ON audit_chain BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_chain_no_delete BEFORE DELETE ON audit_chain BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
--end
"}
