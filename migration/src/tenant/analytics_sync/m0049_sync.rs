//! How B2Chat is connected, and the runs that bring what it tells of.

crate::dialect::sql_migration! {"
-- One row at the most.
CREATE TABLE b2chat_access (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    -- AES-256-GCM; null once it is disconnected.
    credentials_encrypted {bytes},
    status text NOT NULL CHECK (status IN ('connected', 'refused', 'disconnected')),
    -- What B2Chat said when it refused the credentials.
    last_error text,
    -- Raised whenever it is connected or disconnected: a schedule of before is none.
    round integer NOT NULL,
    -- When the schedule begins runs next.
    due_at {time},
    connected_by_id {id} REFERENCES users (id),
    connected_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((credentials_encrypted IS NULL) = (status = 'disconnected'))
);
CREATE INDEX b2chat_access_connected_by ON b2chat_access (connected_by_id);

CREATE TABLE sync_runs (
    id {id} NOT NULL PRIMARY KEY,
    entity text NOT NULL CHECK (entity IN ('chats', 'contacts', 'agents', 'departments')),
    operation text NOT NULL CHECK (operation IN ('full', 'incremental', 'manual', 'rebuild')),
    status text NOT NULL CHECK (status IN ('in_progress', 'paused', 'success', 'partial', 'error', 'cancelled')),
    -- Nobody of a run that the schedule began.
    started_by_id {id} REFERENCES users (id),
    -- Days in the zone of the source, as YYYY-MM-DD, both among them.
    from_day text NOT NULL,
    to_day text NOT NULL,
    time_zone text NOT NULL,
    page_size integer NOT NULL CHECK (page_size BETWEEN 1 AND 1000),
    -- The run whose stored answers are read again, and the last of them that was.
    rebuilds_id {id} REFERENCES sync_runs (id) ON DELETE SET NULL,
    rebuilt_up_to {id},
    -- Where it goes on: the day, how many records of it were read in this pass, and which pass that is.
    cursor_day text NOT NULL,
    cursor_offset integer NOT NULL,
    cursor_pass integer NOT NULL,
    -- How many records were new in this pass.
    pass_new integer NOT NULL,
    day_count integer NOT NULL,
    days_done integer NOT NULL,
    incomplete_days integer NOT NULL,
    record_count integer NOT NULL,
    created_count integer NOT NULL,
    changed_count integer NOT NULL,
    failed_count integer NOT NULL,
    -- How long pages took, without waiting.
    worked_ms bigint NOT NULL,
    -- How often in a row no page came, and until when none is asked for.
    attempts integer NOT NULL,
    waiting_until {time},
    error_message text,
    version integer NOT NULL,
    started_at {time} NOT NULL,
    completed_at {time},
    updated_at {time} NOT NULL,
    CHECK ((completed_at IS NULL) = (status IN ('in_progress', 'paused')))
);
-- One at a time.
CREATE UNIQUE INDEX sync_runs_running ON sync_runs (entity) WHERE status IN ('in_progress', 'paused');
CREATE INDEX sync_runs_started ON sync_runs (started_at, id);
CREATE INDEX sync_runs_entity ON sync_runs (entity, started_at, id);
CREATE INDEX sync_runs_status ON sync_runs (status, started_at, id);
CREATE INDEX sync_runs_started_by ON sync_runs (started_by_id, started_at, id);
CREATE INDEX sync_runs_completed ON sync_runs (completed_at, id);
CREATE INDEX sync_runs_rebuilds ON sync_runs (rebuilds_id);

CREATE TABLE sync_states (
    id {id} NOT NULL PRIMARY KEY,
    entity text NOT NULL CHECK (entity IN ('chats', 'contacts', 'agents', 'departments')),
    -- When the last run began that lost nothing.
    last_success_at {time},
    last_synced_id text,
    last_offset integer,
    status text NOT NULL CHECK (status IN ('idle', 'running', 'error', 'paused')),
    total_records integer NOT NULL,
    successful_records integer NOT NULL,
    failed_records integer NOT NULL,
    duration_ms bigint,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX sync_states_entity ON sync_states (entity);

CREATE TABLE sync_checkpoints (
    id {id} NOT NULL PRIMARY KEY,
    run_id {id} NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    entity text NOT NULL CHECK (entity IN ('chats', 'contacts', 'agents', 'departments')),
    day text NOT NULL,
    -- As many as the source has of the day, as far as it said.
    total_records integer,
    processed_records integer NOT NULL,
    successful_records integer NOT NULL,
    failed_records integer NOT NULL,
    failure_details {json} NOT NULL,
    -- The place to go on at: day, offset, pass.
    checkpoint text NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'completed', 'failed')),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    completed_at {time}
);
CREATE UNIQUE INDEX sync_checkpoints_run ON sync_checkpoints (run_id, day);
CREATE INDEX sync_checkpoints_created ON sync_checkpoints (run_id, created_at, id);
CREATE INDEX sync_checkpoints_entity ON sync_checkpoints (entity, created_at);

CREATE TABLE api_response_logs (
    id {id} NOT NULL PRIMARY KEY,
    run_id {id} NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    endpoint text NOT NULL,
    request_params {json} NOT NULL,
    -- HTTP's.
    status integer NOT NULL,
    -- The body as it came, zstd.
    raw_response {bytes} NOT NULL,
    -- Its bytes as it came, and as it is kept.
    response_size integer NOT NULL,
    stored_size integer NOT NULL,
    record_count integer NOT NULL,
    api_timestamp {time} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX api_response_logs_run ON api_response_logs (run_id, created_at, id);
CREATE INDEX api_response_logs_endpoint ON api_response_logs (endpoint, created_at, id);
CREATE INDEX api_response_logs_created ON api_response_logs (created_at, id);

CREATE TABLE sync_failures (
    id {id} NOT NULL PRIMARY KEY,
    run_id {id} NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    day text NOT NULL,
    -- As the source names it; none where it gives no id.
    record_id text,
    message text NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX sync_failures_run ON sync_failures (run_id, created_at, id);

-- What the pages of the window told of so far.
CREATE TABLE sync_seen (
    run_id {id} NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    record_key text NOT NULL,
    pass integer NOT NULL,
    failed {bool} NOT NULL,
    PRIMARY KEY (run_id, record_key)
);

-- How complete each day is.
CREATE TABLE sync_coverage (
    entity text NOT NULL CHECK (entity IN ('chats', 'contacts', 'agents', 'departments')),
    day text NOT NULL,
    expected integer NOT NULL,
    found integer NOT NULL,
    failed integer NOT NULL,
    -- Records that the source names and that could not be read.
    missing_ids {json} NOT NULL,
    is_complete {bool} NOT NULL,
    passes integer NOT NULL,
    run_id {id} REFERENCES sync_runs (id) ON DELETE SET NULL,
    checked_at {time} NOT NULL,
    PRIMARY KEY (entity, day)
);
CREATE INDEX sync_coverage_run ON sync_coverage (run_id);
"}
