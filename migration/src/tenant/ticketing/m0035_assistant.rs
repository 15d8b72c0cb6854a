//! Sessions with the assistant, what was asked and answered in them, and what the answers quote.

crate::dialect::sql_migration! {"
CREATE TABLE assistant_sessions (
    id {id} NOT NULL PRIMARY KEY,
    -- Whose it is, client or colleague; nobody else sees it.
    user_id {id} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title text NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX assistant_sessions_user ON assistant_sessions (user_id, updated_at, id);
-- What is old enough to go.
CREATE INDEX assistant_sessions_updated ON assistant_sessions (updated_at, id);

CREATE TABLE assistant_messages (
    id {id} NOT NULL PRIMARY KEY,
    session_id {id} NOT NULL REFERENCES assistant_sessions (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('user', 'assistant')),
    -- The question that is answered.
    question_id {id} REFERENCES assistant_messages (id) ON DELETE CASCADE,
    -- Of an answer under way what there is of it.
    content text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'streaming', 'done', 'failed')),
    -- Raised whenever an answer is begun anew.
    round integer NOT NULL,
    provider text,
    model text,
    error text CHECK (error IN ('unavailable', 'timed_out', 'rate_limited', 'limit_reached', 'misconfigured', 'refused', 'unreadable', 'interrupted', 'not_allowed')),
    stop_reason text CHECK (stop_reason IN ('complete', 'max_tokens', 'refusal')),
    input_tokens integer,
    output_tokens integer,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    -- An answer has its question, and nothing else has one.
    CHECK ((question_id IS NULL) = (role = 'user'))
);
CREATE INDEX assistant_messages_session ON assistant_messages (session_id, created_at, id);
CREATE INDEX assistant_messages_question ON assistant_messages (question_id);
-- One answer at a time; and those that a crash may have left.
CREATE UNIQUE INDEX assistant_messages_under_way ON assistant_messages (session_id) WHERE state IN ('pending', 'streaming');

-- What an answer quotes. No reference to the document: what was answered stays when that goes.
CREATE TABLE assistant_sources (
    message_id {id} NOT NULL REFERENCES assistant_messages (id) ON DELETE CASCADE,
    position integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('guide', 'help_document')),
    document_id {id} NOT NULL,
    -- As it was then.
    title text NOT NULL,
    quote text NOT NULL,
    -- Where the quote stood in the document's text, in characters.
    starts_at integer NOT NULL,
    ends_at integer NOT NULL,
    PRIMARY KEY (message_id, position)
);
"}
