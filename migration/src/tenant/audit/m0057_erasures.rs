//! Erasures of people, and who must not come back from B2Chat.

crate::dialect::sql_migration! {"
CREATE TABLE erasures (
    id {id} NOT NULL PRIMARY KEY,
    -- The record that was named, as a typed id; an address is not kept.
    subject text,
    scope text NOT NULL CHECK (scope IN ('person', 'record', 'client_account')),
    status text NOT NULL CHECK (status IN ('planned', 'confirmed', 'erasing', 'done', 'failed', 'cancelled')),
    -- Whose records: ids and addresses. It goes with the end.
    whose {json},
    plan {json} NOT NULL,
    digest {bytes} NOT NULL,
    -- How many rows of which table were erased, noted with each batch.
    counts {json} NOT NULL,
    -- What is to be done by hand elsewhere.
    tasks {json} NOT NULL,
    error_message text,
    planned_by_id {id} REFERENCES users (id),
    confirmed_by_id {id} REFERENCES users (id),
    cancelled_by_id {id} REFERENCES users (id),
    -- Raised whenever it is begun: a worker that lost its lease writes nothing more.
    attempts integer NOT NULL,
    version integer NOT NULL,
    planned_at {time} NOT NULL,
    confirmed_at {time},
    -- When it is begun.
    due_at {time},
    started_at {time},
    completed_at {time},
    updated_at {time} NOT NULL
);
CREATE INDEX erasures_planned ON erasures (planned_at, id);
CREATE INDEX erasures_planned_by ON erasures (planned_by_id);
CREATE INDEX erasures_confirmed_by ON erasures (confirmed_by_id);
CREATE INDEX erasures_cancelled_by ON erasures (cancelled_by_id);

-- Hashes of what B2Chat calls contacts and chats of people who were erased: no page brings them back.
CREATE TABLE b2chat_erased (
    source_hash {bytes} NOT NULL PRIMARY KEY,
    erased_at {time} NOT NULL
);
"}
