//! Files: what is kept outside of the database.

crate::dialect::sql_migration! {"
CREATE TABLE files (
    id {id} NOT NULL PRIMARY KEY,
    storage_key text UNIQUE,
    name text NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    content_type text,
    sha256 {bytes},
    stored_at {time},
    uploaded_by {id},
    -- The typed id of what it belongs to.
    owner_kind text,
    owner_id {id},
    created_at {time} NOT NULL,
    expires_at {time},
    CHECK ((owner_id IS NULL) = (owner_kind IS NULL)),
    -- What belongs to nothing has an end.
    CHECK ((owner_id IS NULL) = (expires_at IS NOT NULL)),
    CHECK (stored_at IS NULL OR (storage_key IS NOT NULL AND content_type IS NOT NULL AND sha256 IS NOT NULL)),
    CHECK (owner_id IS NULL OR stored_at IS NOT NULL)
);
CREATE INDEX files_owner ON files (owner_id, owner_kind, created_at) WHERE owner_id IS NOT NULL;
CREATE INDEX files_waiting ON files (uploaded_by) WHERE expires_at IS NOT NULL;
CREATE INDEX files_ended ON files (expires_at) WHERE expires_at IS NOT NULL;
"}
