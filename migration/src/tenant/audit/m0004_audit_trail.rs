//! The audit trail and its hash chain, append-only in the database itself.

crate::dialect::sql_migration! {"
CREATE TABLE audit_logs (
    id {id} NOT NULL PRIMARY KEY,
    at {time} NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    success {bool} NOT NULL,
    failure text,
    actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'anonymous', 'system')),
    actor_id {id},
    actor_email text,
    session_id {id},
    address text,
    agent text,
    request_id text NOT NULL,
    resource_kind text,
    resource_id {id},
    old_values {json},
    new_values {json}
);
CREATE INDEX audit_logs_at ON audit_logs (at, id);
CREATE INDEX audit_logs_actor ON audit_logs (actor_id, at, id);
CREATE INDEX audit_logs_resource ON audit_logs (resource_id, at, id);
CREATE INDEX audit_logs_kind ON audit_logs (kind, at, id);

-- One row for each audit row: its number in the tenant's sequence and the hash over it and the one before.
CREATE TABLE audit_chain (
    sequence bigint NOT NULL PRIMARY KEY,
    audit_log_id {id} NOT NULL UNIQUE REFERENCES audit_logs (id),
    hash {bytes} NOT NULL
);

--postgres
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_logs_keep BEFORE TRUNCATE ON audit_logs FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE ON audit_chain FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_chain_keep BEFORE TRUNCATE ON audit_chain FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
--sqlite
CREATE TRIGGER audit_logs_no_update BEFORE UPDATE ON audit_logs BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_logs_no_delete BEFORE DELETE ON audit_logs BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_chain_no_update BEFORE UPDATE ON audit_chain BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_chain_no_delete BEFORE DELETE ON audit_chain BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
--end
"}
