//! Replies in conversations: what is suggested, what waits to be sent, and what became of it.

crate::dialect::sql_migration! {"
CREATE TABLE conversation_replies (
    id {id} NOT NULL PRIMARY KEY,
    conversation_id {id} NOT NULL REFERENCES conversations (id),
    -- What it answers. A message of a table in parts cannot be referred to by its id alone, and may be archived.
    message_id {id},
    message_received_at {time},
    source text NOT NULL CHECK (source IN ('person', 'suggestion')),
    status text NOT NULL CHECK (status IN ('pending', 'approved', 'sent', 'failed', 'rejected')),
    -- What is to be sent, or was.
    content text NOT NULL,
    -- What was suggested, where a person changed it.
    suggested_content text,
    confidence {float} CHECK (confidence >= 0 AND confidence <= 1),
    is_automatic {bool} NOT NULL,
    author_id {id} REFERENCES users (id),
    approved_by_id {id} REFERENCES users (id),
    generated_at {time} NOT NULL,
    approved_at {time},
    sent_at {time},
    attempts integer NOT NULL,
    -- When the last attempt began of which is not known what came.
    attempted_at {time},
    next_attempt_at {time},
    error_message text,
    -- What the platform names it, and the message that it became.
    platform_message_id text,
    sent_message_id {id},
    version integer NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX conversation_replies_conversation ON conversation_replies (conversation_id, generated_at, id);
CREATE INDEX conversation_replies_status ON conversation_replies (status, generated_at, id);
CREATE INDEX conversation_replies_generated ON conversation_replies (generated_at, id);
CREATE INDEX conversation_replies_author ON conversation_replies (author_id);
CREATE INDEX conversation_replies_approved_by ON conversation_replies (approved_by_id);
-- One suggestion is sent for a message, and no message is two replies.
CREATE UNIQUE INDEX conversation_replies_message_id ON conversation_replies (message_id)
    WHERE source = 'suggestion' AND status IN ('approved', 'sent');
CREATE UNIQUE INDEX conversation_replies_sent ON conversation_replies (conversation_id, platform_message_id)
    WHERE platform_message_id IS NOT NULL;
"}
