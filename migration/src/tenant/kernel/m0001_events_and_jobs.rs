//! The outbox with its sequence, background jobs, idempotency keys, rate limits.

crate::dialect::sql_migration! {"
-- Written by every change; numbered just after the commit by the one who holds the row of event_head.
CREATE TABLE outbox (
    position {serial},
    id {id} NOT NULL,
    sequence bigint,
    topic text,
    kind text NOT NULL,
    at {time} NOT NULL,
    actor_id {id},
    payload {json} NOT NULL
);
CREATE UNIQUE INDEX outbox_sequence ON outbox (sequence);
CREATE INDEX outbox_unsealed ON outbox (position) WHERE sequence IS NULL;

CREATE TABLE event_head (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence bigint NOT NULL,
    hash {bytes} NOT NULL
);
--postgres
INSERT INTO event_head (id, sequence, hash) VALUES (1, 0, '\\x0000000000000000000000000000000000000000000000000000000000000000');
--sqlite
INSERT INTO event_head (id, sequence, hash) VALUES (1, 0, zeroblob(32));
--end

CREATE TABLE jobs (
    id {id} NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    payload {json} NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'dead')),
    run_at {time} NOT NULL,
    attempts integer NOT NULL,
    leased_until {time},
    last_error text,
    created_at {time} NOT NULL
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'queued';

CREATE TABLE idempotency_keys (
    id {bytes} NOT NULL PRIMARY KEY,
    body {bytes} NOT NULL,
    answer {bytes},
    created_at {time} NOT NULL
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE rate_limits (
    id {bytes} NOT NULL PRIMARY KEY,
    ends_at {time} NOT NULL,
    attempts integer NOT NULL
);
CREATE INDEX rate_limits_ends ON rate_limits (ends_at);
"}
