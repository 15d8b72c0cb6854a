//! Tasks for providers of artificial intelligence, and what a company's tasks read and wrote in a day.

crate::dialect::sql_migration! {"
CREATE TABLE ai_tasks (
    id {id} NOT NULL PRIMARY KEY,
    task_type text NOT NULL CHECK (task_type IN ('classify', 'score', 'reply')),
    status text NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
    -- What it is about: a thing of another context, and messages of conversations are in a table in parts.
    subject_type text NOT NULL CHECK (subject_type IN ('conversation_message', 'message', 'chat', 'lead')),
    subject_id {id} NOT NULL,
    -- What it was given, by reference.
    input {json} NOT NULL,
    output {json},
    provider text NOT NULL CHECK (provider IN ('builtin', 'anthropic')),
    model text,
    -- Of the instructions that go along.
    prompt_version text,
    input_tokens bigint,
    output_tokens bigint,
    -- In millionths of a US dollar.
    cost_micros bigint,
    latency_ms integer,
    retry_count integer NOT NULL,
    next_retry_at {time},
    failure text CHECK (failure IN ('unavailable', 'timed_out', 'rate_limited', 'limit_reached', 'misconfigured', 'refused', 'unreadable', 'gone', 'switched_off', 'interrupted')),
    error_message text,
    -- Who asked for it; null where Frontdesk did.
    requested_by_id {id} REFERENCES users (id),
    -- The task that this does again without its effect, to compare the two.
    replay_of_id {id} REFERENCES ai_tasks (id) ON DELETE CASCADE,
    -- What people decided later.
    decided text,
    decided_by_id {id} REFERENCES users (id),
    decided_at {time},
    agreed {bool},
    created_at {time} NOT NULL,
    completed_at {time},
    updated_at {time} NOT NULL,
    CHECK ((completed_at IS NOT NULL) = (status IN ('completed', 'failed'))),
    CHECK ((output IS NOT NULL) = (status = 'completed'))
);
-- What happened once is told more than once, and is one task.
CREATE UNIQUE INDEX ai_tasks_once ON ai_tasks (subject_id, task_type) WHERE requested_by_id IS NULL AND replay_of_id IS NULL;
CREATE INDEX ai_tasks_subject ON ai_tasks (subject_id, created_at, id);
CREATE INDEX ai_tasks_status ON ai_tasks (status, created_at, id);
CREATE INDEX ai_tasks_created ON ai_tasks (created_at, id);
CREATE INDEX ai_tasks_replays ON ai_tasks (replay_of_id, created_at, id);
CREATE INDEX ai_tasks_requested_by ON ai_tasks (requested_by_id);
CREATE INDEX ai_tasks_decided_by ON ai_tasks (decided_by_id);

-- What was spent on a day (UTC). Providers that cost nothing are not counted.
CREATE TABLE ai_days (
    day date NOT NULL PRIMARY KEY,
    tokens bigint NOT NULL,
    cost_micros bigint NOT NULL
);
"}
