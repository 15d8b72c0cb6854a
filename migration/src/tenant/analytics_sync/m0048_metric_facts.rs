//! What metrics are counted from: a row of each thing that counts.

crate::dialect::sql_migration! {"
CREATE TABLE metric_facts (
    -- A chat of B2Chat's, a live chat or a ticket. No references: what is counted is a copy, written after what it is of.
    thing_id {id} NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('b2chat_chat', 'live_chat', 'ticket')),
    created_at {time} NOT NULL,
    opened_at {time},
    picked_up_at {time},
    response_at {time},
    closed_at {time},
    status text NOT NULL CHECK (status IN ('pending', 'open', 'closed')),
    channel text NOT NULL,
    -- None, where such things have none.
    priority text CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    agent_id {id},
    staff_id {id},
    b2chat_department_id {id},
    department_id {id},
    -- Spans in milliseconds, negative where the end is before the beginning, none where an end is not known.
    response_ms bigint,
    first_response_ms bigint,
    pickup_ms bigint,
    resolution_ms bigint
);
CREATE INDEX metric_facts_created ON metric_facts (created_at, thing_id);
CREATE INDEX metric_facts_closed ON metric_facts (closed_at, created_at, thing_id);
CREATE INDEX metric_facts_kind ON metric_facts (kind, created_at, thing_id);
CREATE INDEX metric_facts_channel ON metric_facts (channel, created_at, thing_id);
CREATE INDEX metric_facts_priority ON metric_facts (priority, created_at, thing_id);
CREATE INDEX metric_facts_agent ON metric_facts (agent_id, created_at, thing_id);
CREATE INDEX metric_facts_staff ON metric_facts (staff_id, created_at, thing_id);
CREATE INDEX metric_facts_b2chat_department ON metric_facts (b2chat_department_id, created_at, thing_id);
CREATE INDEX metric_facts_department ON metric_facts (department_id, created_at, thing_id);

CREATE TABLE metric_fact_tags (
    thing_id {id} NOT NULL REFERENCES metric_facts (thing_id) ON DELETE CASCADE,
    tag_folded text NOT NULL,
    tag text NOT NULL,
    PRIMARY KEY (thing_id, tag_folded)
);
CREATE INDEX metric_fact_tags_tag ON metric_fact_tags (tag_folded, thing_id);

-- What is there already is counted in the background.
--postgres
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
SELECT gen_random_uuid(), 'analytics.recount_metrics', '{\"part\": \"live_chats\", \"after\": null, \"own_only\": true}', 'queued', {now}, 0, {now}
WHERE EXISTS (SELECT 1 FROM chat_sessions) OR EXISTS (SELECT 1 FROM tickets);
--sqlite
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
SELECT randomblob(16), 'analytics.recount_metrics', '{\"part\": \"live_chats\", \"after\": null, \"own_only\": true}', 'queued', {now}, 0, {now}
WHERE EXISTS (SELECT 1 FROM chat_sessions) OR EXISTS (SELECT 1 FROM tickets);
--end
"}
