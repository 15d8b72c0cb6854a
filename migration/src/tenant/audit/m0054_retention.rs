//! How long rows are kept, what was moved out and removed for that, and what nothing may remove.

crate::dialect::sql_migration! {"
-- What a company decided otherwise; a policy without a row is as it comes.
CREATE TABLE retention_policies (
    name text NOT NULL PRIMARY KEY,
    hot_days integer NOT NULL CHECK (hot_days >= 0),
    total_days integer CHECK (total_days >= 0),
    action text NOT NULL CHECK (action IN ('archive', 'aggregate', 'delete')),
    is_enabled {bool} NOT NULL,
    updated_by_id {id} REFERENCES users (id),
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX retention_policies_updated_by ON retention_policies (updated_by_id);

CREATE TABLE retention_runs (
    id {id} NOT NULL PRIMARY KEY,
    is_dry {bool} NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled')),
    -- What each policy has come to so far; those that are over are not begun again.
    progress {json} NOT NULL,
    rows_due bigint NOT NULL CHECK (rows_due >= 0),
    rows_held bigint NOT NULL CHECK (rows_held >= 0),
    rows_removed bigint NOT NULL CHECK (rows_removed >= 0),
    rows_archived bigint NOT NULL CHECK (rows_archived >= 0),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    error_message text,
    -- Raised whenever it is begun: a worker that lost its lease writes nothing more.
    attempts integer NOT NULL,
    -- Who asked; none, where the schedule did.
    requested_by_id {id} REFERENCES users (id),
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    started_at {time},
    finished_at {time}
);
-- One at a time that removes, and one that counts.
CREATE UNIQUE INDEX retention_runs_is_dry ON retention_runs (is_dry) WHERE status IN ('pending', 'running', 'paused');
CREATE INDEX retention_runs_created ON retention_runs (created_at, id);
CREATE INDEX retention_runs_status ON retention_runs (status, created_at);
CREATE INDEX retention_runs_requested_by ON retention_runs (requested_by_id);

-- One object of the file storage: rows of one table that are in the database no more.
CREATE TABLE archives (
    id {id} NOT NULL PRIMARY KEY,
    policy text NOT NULL,
    source_table text NOT NULL,
    run_id {id} NOT NULL REFERENCES retention_runs (id),
    storage_key text NOT NULL UNIQUE,
    row_count integer NOT NULL CHECK (row_count >= 0),
    first_id {id} NOT NULL,
    last_id {id} NOT NULL,
    first_at {time} NOT NULL,
    last_at {time} NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0),
    sha256 {bytes} NOT NULL,
    -- The object beside it, which says the same to who has the storage alone.
    manifest_sha256 {bytes} NOT NULL,
    manifest_bytes bigint NOT NULL CHECK (manifest_bytes >= 0),
    column_names {json} NOT NULL,
    -- Of rows of the audit trail: where they stand in the chain, the hash before them, and the place that was signed.
    chain {json},
    first_sequence bigint,
    last_sequence bigint,
    created_at {time} NOT NULL,
    -- When it was read back as it should be, and its rows were removed from the database.
    sealed_at {time},
    -- When it was removed: its rows have been kept as long as they are in all.
    removed_at {time}
);
CREATE INDEX archives_table ON archives (source_table, first_at, id);
CREATE INDEX archives_created ON archives (created_at, id);
CREATE INDEX archives_last ON archives (policy, last_at);
CREATE INDEX archives_run ON archives (run_id);
CREATE INDEX archives_unsealed ON archives (created_at) WHERE sealed_at IS NULL;
CREATE INDEX archives_sequence ON archives (last_sequence) WHERE last_sequence IS NOT NULL;

-- What no policy passes and no erasure, until it is released.
CREATE TABLE legal_holds (
    id {id} NOT NULL PRIMARY KEY,
    subject_kind text NOT NULL,
    subject_id {id} NOT NULL,
    reason text NOT NULL,
    placed_by_id {id} REFERENCES users (id),
    placed_at {time} NOT NULL,
    released_by_id {id} REFERENCES users (id),
    released_at {time},
    release_reason text,
    version integer NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((released_at IS NULL) = (release_reason IS NULL))
);
CREATE INDEX legal_holds_placed ON legal_holds (placed_at, id);
CREATE INDEX legal_holds_subject ON legal_holds (subject_id) WHERE released_at IS NULL;
CREATE INDEX legal_holds_of ON legal_holds (subject_id, placed_at);
CREATE INDEX legal_holds_placed_by ON legal_holds (placed_by_id);
CREATE INDEX legal_holds_released_by ON legal_holds (released_by_id);
"}
