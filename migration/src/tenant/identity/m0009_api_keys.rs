//! API keys, in the audit trail too; teams that are no longer in use.

crate::dialect::sql_migration! {"
-- A key acts for a person. It is shown once and stored as its SHA-256; the prefix is what it is known by afterwards.
CREATE TABLE api_keys (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    name text NOT NULL,
    prefix text NOT NULL,
    hash {bytes} NOT NULL UNIQUE,
    permissions {json} NOT NULL,
    expires_at {time},
    last_used_at {time},
    revoked_at {time},
    revoked_by {id} REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE INDEX api_keys_user ON api_keys (user_id, created_at, id);
CREATE INDEX api_keys_created ON api_keys (created_at, id);
CREATE INDEX api_keys_revoked_by ON api_keys (revoked_by);

-- Which key acted. The chain leaves it out of the hash where there is none, so links made before stay as they are.
ALTER TABLE audit_logs ADD COLUMN api_key_id {id};

-- A team is never deleted: one that is not in use gives nobody anything to see.
ALTER TABLE teams ADD COLUMN is_active {bool} NOT NULL DEFAULT TRUE;
"}
