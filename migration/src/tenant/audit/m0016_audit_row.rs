//! The audit row says what was done to the thing (its action), what else there is to know, and by which request of which
//! chain of requests it came; four levels of severity; indexes for all that is asked of the trail. What it says of people is
//! sealed under keys of theirs, and its oldest rows may go behind a checkpoint.

crate::dialect::sql_migration! {"
-- What links an event and a job to the request that they came of.
ALTER TABLE outbox ADD COLUMN correlation_id text;
ALTER TABLE jobs ADD COLUMN correlation_id text;

-- What personal values are sealed under. A key that was destroyed leaves its row; somebody may get another one later.
CREATE TABLE personal_keys (
    id {id} NOT NULL PRIMARY KEY,
    subject {bytes} NOT NULL,
    key {bytes},
    created_at {time} NOT NULL,
    destroyed_at {time}
);
CREATE UNIQUE INDEX personal_keys_subject ON personal_keys (subject) WHERE key IS NOT NULL;
ALTER TABLE outbox ADD COLUMN personal_key {id};
ALTER TABLE outbox ADD COLUMN sealed {bytes};

-- Up to where the trail was whole when it was signed: rows up to there may go, and nothing else may.
CREATE TABLE audit_checkpoints (
    id {id} NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL,
    hash {bytes} NOT NULL,
    rows bigint NOT NULL,
    at {time} NOT NULL,
    key_id text NOT NULL,
    signature {bytes} NOT NULL
);
CREATE INDEX audit_checkpoints_sequence ON audit_checkpoints (sequence);

--postgres
-- The words of old rows stay, since they are hashed: info is shown as low, warning as medium.
ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_severity_check;
ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_severity_check
    CHECK (severity IN ('info', 'warning', 'low', 'medium', 'high', 'critical'));
ALTER TABLE audit_logs ADD COLUMN action text;
ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_action_check CHECK (action IN ('create', 'read', 'update', 'delete', 'export'));
ALTER TABLE audit_logs ADD COLUMN error text;
ALTER TABLE audit_logs ADD COLUMN details jsonb;
ALTER TABLE audit_logs ADD COLUMN metadata jsonb;
ALTER TABLE audit_logs ADD COLUMN correlation_id text;
ALTER TABLE audit_logs ADD COLUMN actor_key uuid;
ALTER TABLE audit_logs ADD COLUMN actor_sealed bytea;
ALTER TABLE audit_logs ADD COLUMN values_key uuid;
ALTER TABLE audit_logs ADD COLUMN values_sealed bytea;
ALTER TABLE audit_logs ADD COLUMN email_mark bytea;
ALTER TABLE audit_logs ADD COLUMN address_mark bytea;
-- A link goes with its row.
ALTER TABLE audit_chain DROP CONSTRAINT audit_chain_audit_log_id_fkey;
ALTER TABLE audit_chain ADD CONSTRAINT audit_chain_audit_log_id_fkey FOREIGN KEY (audit_log_id) REFERENCES audit_logs (id) ON DELETE CASCADE;

-- Two things may happen to a row: what it is found by is taken out when somebody is forgotten, and it goes behind a checkpoint.
DROP TRIGGER audit_logs_append_only ON audit_logs;
DROP TRIGGER audit_chain_append_only ON audit_chain;
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE ON audit_logs FOR EACH ROW
    WHEN (to_jsonb(OLD) - 'email_mark' - 'address_mark' IS DISTINCT FROM to_jsonb(NEW) - 'email_mark' - 'address_mark'
        OR NEW.email_mark IS NOT NULL OR NEW.address_mark IS NOT NULL
        OR OLD.email_mark IS NULL AND OLD.address_mark IS NULL)
    EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE ON audit_chain FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE FUNCTION audit_goes_behind_a_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last bigint;
    own bigint;
BEGIN
    EXECUTE format('SELECT max(sequence) FROM %I.audit_checkpoints', TG_TABLE_SCHEMA) INTO last;
    IF TG_TABLE_NAME = 'audit_chain' THEN
        own := OLD.sequence;
    ELSE
        EXECUTE format('SELECT sequence FROM %I.audit_chain WHERE audit_log_id = $1', TG_TABLE_SCHEMA) INTO own USING OLD.id;
    END IF;
    IF own <= last THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_logs_go BEFORE DELETE ON audit_logs FOR EACH ROW EXECUTE FUNCTION audit_goes_behind_a_checkpoint();
CREATE TRIGGER audit_chain_go BEFORE DELETE ON audit_chain FOR EACH ROW EXECUTE FUNCTION audit_goes_behind_a_checkpoint();
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_checkpoints_keep BEFORE TRUNCATE ON audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
--sqlite
-- SQLite cannot change a constraint: the rows move into a table that has it, unchanged, and the triggers come back.
CREATE TABLE audit_logs_2 (
    id BLOB NOT NULL PRIMARY KEY,
    at DATETIME NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'low', 'medium', 'high', 'critical')),
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
    new_values TEXT,
    api_key_id BLOB,
    action text CHECK (action IN ('create', 'read', 'update', 'delete', 'export')),
    error text,
    details TEXT,
    metadata TEXT,
    correlation_id text,
    actor_key BLOB,
    actor_sealed BLOB,
    values_key BLOB,
    values_sealed BLOB,
    email_mark BLOB,
    address_mark BLOB
);
CREATE TABLE audit_chain_2 (
    sequence bigint NOT NULL PRIMARY KEY,
    audit_log_id BLOB NOT NULL UNIQUE REFERENCES audit_logs_2 (id) ON DELETE CASCADE,
    hash BLOB NOT NULL
);
INSERT INTO audit_logs_2 (id, at, kind, severity, success, failure, actor_kind, actor_id, actor_email, session_id, address, agent,
    request_id, resource_kind, resource_id, old_values, new_values, api_key_id)
    SELECT id, at, kind, severity, success, failure, actor_kind, actor_id, actor_email, session_id, address, agent, request_id,
    resource_kind, resource_id, old_values, new_values, api_key_id FROM audit_logs ORDER BY rowid;
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
-- Two things may happen to a row: what it is found by is taken out when somebody is forgotten, and it goes behind a checkpoint.
CREATE TRIGGER audit_logs_no_update BEFORE UPDATE OF id, at, kind, severity, success, failure, actor_kind, actor_id, actor_email,
    session_id, address, agent, request_id, resource_kind, resource_id, old_values, new_values, api_key_id, action, error, details,
    metadata, correlation_id, actor_key, actor_sealed, values_key, values_sealed ON audit_logs
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_logs_marks_only_go BEFORE UPDATE OF email_mark, address_mark ON audit_logs
WHEN NEW.email_mark IS NOT NULL OR NEW.address_mark IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_logs_go BEFORE DELETE ON audit_logs
WHEN NOT EXISTS (SELECT 1 FROM audit_chain WHERE audit_log_id = OLD.id
    AND sequence <= (SELECT max(sequence) FROM audit_checkpoints))
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_chain_no_update BEFORE UPDATE ON audit_chain BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_chain_go BEFORE DELETE ON audit_chain
WHEN OLD.sequence > coalesce((SELECT max(sequence) FROM audit_checkpoints), 0)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
--end
CREATE INDEX audit_logs_severity ON audit_logs (severity, at, id);
CREATE INDEX audit_logs_resource_kind ON audit_logs (resource_kind, at, id);
CREATE INDEX audit_logs_request ON audit_logs (request_id, at, id);
-- What most rows lack is indexed where it is there: a correlation id that is the request's own is not stored.
CREATE INDEX audit_logs_correlation ON audit_logs (correlation_id, at, id) WHERE correlation_id IS NOT NULL;
CREATE INDEX audit_logs_session ON audit_logs (session_id, at, id) WHERE session_id IS NOT NULL;
CREATE INDEX audit_logs_address ON audit_logs (address, at, id) WHERE address IS NOT NULL;
CREATE INDEX audit_logs_actor_email ON audit_logs (actor_email, at, id) WHERE actor_email IS NOT NULL;
CREATE INDEX audit_logs_address_mark ON audit_logs (address_mark, at, id) WHERE address_mark IS NOT NULL;
CREATE INDEX audit_logs_email_mark ON audit_logs (email_mark, at, id) WHERE email_mark IS NOT NULL;
"}
