//! Conversations on social platforms and their messages, which PostgreSQL keeps in a table for each month.

crate::dialect::sql_migration! {"
CREATE TABLE conversations (
    {searched id},
    social_account_id {id} NOT NULL REFERENCES social_accounts (id),
    -- As the platform names it.
    platform_conversation_id text NOT NULL,
    participant_id text NOT NULL,
    participant_name text,
    status text NOT NULL CHECK (status IN ('active', 'closed')),
    assignee_id {id} REFERENCES users (id),
    -- When its first message was written, and its last: all of its messages lie between the two.
    started_at {time} NOT NULL,
    last_message_at {time} NOT NULL,
    -- No reference: messages are archived.
    last_message_id {id},
    -- When the participant wrote last: the window for replies begins with it.
    last_inbound_at {time},
    message_count integer NOT NULL,
    closed_at {time},
    version integer NOT NULL,
    {words},
    updated_at {time} NOT NULL
);
{search conversations}
CREATE UNIQUE INDEX conversations_platform ON conversations (social_account_id, platform_conversation_id);
CREATE INDEX conversations_last_message ON conversations (last_message_at, id);
CREATE INDEX conversations_status ON conversations (status, last_message_at, id);
CREATE INDEX conversations_assignee ON conversations (assignee_id, last_message_at, id);
CREATE INDEX conversations_account ON conversations (social_account_id, last_message_at, id);
CREATE INDEX conversations_started ON conversations (started_at, id);
CREATE INDEX conversations_updated ON conversations (updated_at, id);

CREATE TABLE conversation_messages (
    id {id} NOT NULL,
    conversation_id {id} NOT NULL REFERENCES conversations (id),
    platform_message_id text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    -- Empty where there are pictures only, and where it was taken back.
    content text NOT NULL,
    sender_id text,
    -- When it was written, by the platform's clock; the month it is kept under.
    received_at {time} NOT NULL,
    edited_at {time},
    deleted_at {time},
    metadata {json} NOT NULL,
    PRIMARY KEY (id, received_at)
)
--postgres
PARTITION BY RANGE (received_at)
--end
;
--postgres
-- What belongs into no month that there is a table for. A job makes the months ahead and moves what is in here.
CREATE TABLE conversation_messages_default PARTITION OF conversation_messages DEFAULT;
--end
CREATE INDEX conversation_messages_conversation ON conversation_messages (conversation_id, received_at, id);
CREATE INDEX conversation_messages_platform ON conversation_messages (platform_message_id);

-- Which messages we have, whatever month they are in, and also when they are archived: one row a message of the platform.
CREATE TABLE conversation_message_keys (
    social_account_id {id} NOT NULL REFERENCES social_accounts (id),
    platform_message_id text NOT NULL,
    -- A message of a table in parts cannot be referred to by its id alone.
    message_id {id} NOT NULL,
    received_at {time} NOT NULL,
    -- False of one that was changed or taken back before it came.
    arrived {bool} NOT NULL,
    -- What was changed of it before it came, or after it was archived.
    changes {json},
    PRIMARY KEY (social_account_id, platform_message_id)
);
CREATE UNIQUE INDEX conversation_message_keys_message ON conversation_message_keys (message_id);

-- Who has STAFF answers in conversations too.
INSERT INTO user_permissions (user_id, permission, granted_by, created_at)
    SELECT u.id, 'MANAGE_CONVERSATIONS', NULL, {now} FROM users AS u JOIN roles AS r ON r.id = u.role_id
    WHERE r.built_in AND r.name = 'STAFF'
        AND NOT EXISTS (SELECT 1 FROM user_permissions AS g WHERE g.user_id = u.id AND g.permission = 'MANAGE_CONVERSATIONS');

-- Tags, drafts and internal notes hang on conversations and leads too.
--postgres
ALTER TABLE entity_tags DROP CONSTRAINT entity_tags_entity_type_check;
ALTER TABLE entity_tags ADD CONSTRAINT entity_tags_entity_type_check CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document', 'conversation', 'lead'));
ALTER TABLE drafts DROP CONSTRAINT drafts_entity_type_check;
ALTER TABLE drafts ADD CONSTRAINT drafts_entity_type_check CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document', 'conversation', 'lead'));
ALTER TABLE internal_notes DROP CONSTRAINT internal_notes_entity_type_check;
ALTER TABLE internal_notes ADD CONSTRAINT internal_notes_entity_type_check CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document', 'conversation', 'lead'));
--sqlite
-- SQLite cannot change a constraint: the rows move into a table that has it.
CREATE TABLE entity_tags_3 (
    tag_id BLOB NOT NULL REFERENCES tags (id),
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document', 'conversation', 'lead')),
    entity_id BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (tag_id, entity_type, entity_id)
);
INSERT INTO entity_tags_3 SELECT tag_id, entity_type, entity_id, created_at FROM entity_tags ORDER BY rowid;
DROP TABLE entity_tags;
ALTER TABLE entity_tags_3 RENAME TO entity_tags;
CREATE INDEX entity_tags_entity ON entity_tags (entity_type, entity_id);
CREATE TABLE drafts_3 (
    id BLOB NOT NULL PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES users (id),
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document', 'conversation', 'lead')),
    entity_id BLOB NOT NULL,
    subject text,
    content text NOT NULL,
    version integer NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL
);
INSERT INTO drafts_3 SELECT id, staff_id, entity_type, entity_id, subject, content, version, created_at, updated_at FROM drafts
    ORDER BY rowid;
DROP TABLE drafts;
ALTER TABLE drafts_3 RENAME TO drafts;
CREATE UNIQUE INDEX drafts_entity ON drafts (entity_type, entity_id, staff_id);
CREATE INDEX drafts_staff ON drafts (staff_id, updated_at, id);
CREATE INDEX drafts_updated ON drafts (updated_at);
CREATE TABLE internal_notes_3 (
    id BLOB NOT NULL PRIMARY KEY,
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document', 'conversation', 'lead')),
    entity_id BLOB NOT NULL,
    staff_id BLOB NOT NULL REFERENCES users (id),
    content text NOT NULL,
    is_pinned BOOLEAN NOT NULL,
    mentions TEXT NOT NULL,
    removed_at DATETIME,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL
);
INSERT INTO internal_notes_3 SELECT id, entity_type, entity_id, staff_id, content, is_pinned, mentions, removed_at, created_at,
    updated_at FROM internal_notes ORDER BY rowid;
DROP TABLE internal_notes;
ALTER TABLE internal_notes_3 RENAME TO internal_notes;
CREATE INDEX internal_notes_entity ON internal_notes (entity_type, entity_id, is_pinned, created_at, id);
CREATE INDEX internal_notes_staff ON internal_notes (staff_id);
--end
"}
