//! How well chats went: analyses, and batches of them.

crate::dialect::sql_migration! {"
CREATE TABLE effectiveness_batches (
    id {id} NOT NULL PRIMARY KEY,
    -- running: its chats are being analysed, or wait for the next day; out_of_budget: the next chat might cost more than is left.
    state text NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'out_of_budget', 'failed')),
    provider text NOT NULL CHECK (provider IN ('builtin', 'anthropic')),
    -- Which chats were asked for, and whether those too that were analysed lately.
    filter {json} NOT NULL,
    again {bool} NOT NULL,
    total_count integer NOT NULL,
    done_count integer NOT NULL,
    cached_count integer NOT NULL,
    failed_count integer NOT NULL,
    -- The most that may be spent, in tokens; what was spent, and what is set aside for the chats that are asked about now.
    budget_tokens bigint CHECK (budget_tokens >= 0),
    spent_tokens bigint NOT NULL CHECK (spent_tokens >= 0),
    reserved_tokens bigint NOT NULL CHECK (reserved_tokens >= 0),
    -- In millionths of a US dollar.
    cost_micros bigint NOT NULL,
    -- Until when it waits, and why it waits or cannot go on.
    waits_until {time},
    failure text CHECK (failure IN ('unavailable', 'timed_out', 'rate_limited', 'limit_reached', 'misconfigured', 'refused', 'unreadable', 'gone', 'empty', 'switched_off')),
    detail text,
    created_by_id {id} REFERENCES users (id),
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    finished_at {time},
    CHECK ((finished_at IS NULL) = (state = 'running')),
    CHECK (done_count + cached_count + failed_count <= total_count)
);
CREATE INDEX effectiveness_batches_created ON effectiveness_batches (created_at, id);
CREATE INDEX effectiveness_batches_state ON effectiveness_batches (state, created_at, id);
CREATE INDEX effectiveness_batches_created_by ON effectiveness_batches (created_by_id);

CREATE TABLE effectiveness_analyses (
    id {id} NOT NULL PRIMARY KEY,
    chat_id {id} NOT NULL REFERENCES b2chat_chats (id) ON DELETE CASCADE,
    -- Who had the chat, and whose it was, when it was analysed.
    agent_id {id} REFERENCES b2chat_agents (id),
    department_id {id} REFERENCES b2chat_departments (id),
    -- Who asked for it; none where no person did.
    user_id {id} REFERENCES users (id),
    actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'system')),
    batch_id {id} REFERENCES effectiveness_batches (id),
    -- 0 to 100: 0.6 of the resolution and 0.4 of the satisfaction; the resolution alone where that is not known.
    effectiveness_score {float} NOT NULL CHECK (effectiveness_score BETWEEN 0 AND 100),
    response_time_score {float} NOT NULL CHECK (response_time_score BETWEEN 0 AND 100),
    resolution_score {float} NOT NULL CHECK (resolution_score BETWEEN 0 AND 100),
    customer_satisfaction {float} CHECK (customer_satisfaction BETWEEN 0 AND 100),
    provider text NOT NULL CHECK (provider IN ('builtin', 'anthropic')),
    model text,
    prompt_version text,
    analyzed_messages integer NOT NULL,
    input_tokens bigint,
    output_tokens bigint,
    cost_micros bigint,
    -- Reasons, recommendations and the whole answer.
    analysis_data {json} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX effectiveness_analyses_chat ON effectiveness_analyses (chat_id, created_at, id);
CREATE INDEX effectiveness_analyses_user ON effectiveness_analyses (user_id);
CREATE INDEX effectiveness_analyses_score ON effectiveness_analyses (effectiveness_score, id);
CREATE INDEX effectiveness_analyses_created ON effectiveness_analyses (created_at, id);
CREATE INDEX effectiveness_analyses_agent ON effectiveness_analyses (agent_id, created_at, id);
CREATE INDEX effectiveness_analyses_department ON effectiveness_analyses (department_id, created_at, id);
CREATE INDEX effectiveness_analyses_batch ON effectiveness_analyses (batch_id);

-- The chats of a batch, and what became of each.
CREATE TABLE effectiveness_batch_chats (
    batch_id {id} NOT NULL REFERENCES effectiveness_batches (id) ON DELETE CASCADE,
    chat_id {id} NOT NULL REFERENCES b2chat_chats (id) ON DELETE CASCADE,
    -- asking: a provider is asked about it; where nobody is at the batch any more, what was set aside for it counts as spent.
    state text NOT NULL CHECK (state IN ('waiting', 'asking', 'done', 'cached', 'failed')),
    attempts integer NOT NULL,
    reserved_tokens bigint NOT NULL,
    failure text CHECK (failure IN ('unavailable', 'timed_out', 'rate_limited', 'limit_reached', 'misconfigured', 'refused', 'unreadable', 'gone', 'empty', 'switched_off')),
    detail text,
    PRIMARY KEY (batch_id, chat_id)
);
CREATE INDEX effectiveness_batch_chats_state ON effectiveness_batch_chats (batch_id, state, chat_id);
CREATE INDEX effectiveness_batch_chats_chat ON effectiveness_batch_chats (chat_id);
"}
