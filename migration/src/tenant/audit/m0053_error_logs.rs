//! What went wrong, by groups, and which operations were slow.

crate::dialect::sql_migration! {"
CREATE TABLE error_groups (
    id {id} NOT NULL PRIMARY KEY,
    -- Of source, code and message without its numbers, ids and quoted values.
    fingerprint text NOT NULL UNIQUE,
    source text NOT NULL CHECK (source IN ('ai', 'analysis', 'api', 'auth', 'cron', 'crm', 'export', 'job', 'mail', 'social', 'sync', 'webhook')),
    -- The most serious of its errors since it was last resolved.
    level text NOT NULL CHECK (level IN ('warn', 'error', 'fatal', 'critical')),
    code text,
    message text NOT NULL,
    count integer NOT NULL CHECK (count >= 0),
    first_seen_at {time} NOT NULL,
    last_seen_at {time} NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'resolved', 'reopened')),
    resolved_by_id {id} REFERENCES users (id),
    resolved_at {time},
    reopened_at {time},
    -- When those were last told who see it.
    alerted_at {time},
    -- Since when rows of it are counted that are kept, and how many there are since.
    kept_since {time} NOT NULL,
    kept_count integer NOT NULL
);
CREATE INDEX error_groups_last_seen ON error_groups (last_seen_at, id);
CREATE INDEX error_groups_first_seen ON error_groups (first_seen_at, id);
CREATE INDEX error_groups_count ON error_groups (count, id);
CREATE INDEX error_groups_status ON error_groups (status, last_seen_at);
CREATE INDEX error_groups_resolved_by ON error_groups (resolved_by_id);
CREATE TABLE error_logs (
    id {id} NOT NULL PRIMARY KEY,
    group_id {id} NOT NULL REFERENCES error_groups (id) ON DELETE CASCADE,
    at {time} NOT NULL,
    level text NOT NULL CHECK (level IN ('warn', 'error', 'fatal', 'critical')),
    source text NOT NULL CHECK (source IN ('ai', 'analysis', 'api', 'auth', 'cron', 'crm', 'export', 'job', 'mail', 'social', 'sync', 'webhook')),
    code text,
    message text NOT NULL,
    stack text,
    -- Whose request it was; no reference: it stays when they go.
    user_id {id},
    request_id text,
    correlation_id text,
    metadata {json},
    created_at {time} NOT NULL
);
CREATE INDEX error_logs_at ON error_logs (at, id);
CREATE INDEX error_logs_group ON error_logs (group_id, at, id);
CREATE INDEX error_logs_level ON error_logs (level, at);
CREATE INDEX error_logs_source ON error_logs (source, at);
CREATE INDEX error_logs_user ON error_logs (user_id, at);
CREATE INDEX error_logs_request ON error_logs (request_id);
CREATE INDEX error_logs_correlation ON error_logs (correlation_id);
CREATE TABLE slow_operations (
    id {id} NOT NULL PRIMARY KEY,
    at {time} NOT NULL,
    -- SHA-256 of the document, in hexadecimal.
    document_hash text NOT NULL,
    operation text,
    cost bigint NOT NULL,
    statements integer NOT NULL,
    duration_ms integer NOT NULL,
    user_id {id},
    request_id text NOT NULL,
    correlation_id text
);
CREATE INDEX slow_operations_at ON slow_operations (at, id);
CREATE INDEX slow_operations_duration ON slow_operations (duration_ms, id);
CREATE INDEX slow_operations_document ON slow_operations (document_hash, at);
CREATE INDEX slow_operations_operation ON slow_operations (operation, at);
CREATE INDEX slow_operations_user ON slow_operations (user_id, at);
CREATE INDEX slow_operations_request ON slow_operations (request_id);
"}
