//! What B2Chat tells of: departments, agents, contacts, chats and their messages, with our copies of media.

crate::dialect::sql_migration! {"
CREATE TABLE b2chat_departments (
    id {id} NOT NULL PRIMARY KEY,
    -- As B2Chat codes it; its name where B2Chat gives none.
    code text NOT NULL,
    code_derived {bool} NOT NULL,
    name text NOT NULL,
    name_order text NOT NULL,
    parent_id {id} REFERENCES b2chat_departments (id),
    -- The ids from the root to this one, each ended by a slash.
    path text NOT NULL,
    level integer NOT NULL CHECK (level >= 0),
    is_leaf {bool} NOT NULL,
    is_active {bool} NOT NULL,
    last_sync_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK (parent_id IS NULL OR parent_id <> id)
);
CREATE UNIQUE INDEX b2chat_departments_code ON b2chat_departments (code);
CREATE INDEX b2chat_departments_parent ON b2chat_departments (parent_id, name_order, id);
CREATE INDEX b2chat_departments_path ON b2chat_departments (path, id);
CREATE INDEX b2chat_departments_active ON b2chat_departments (is_active, is_leaf);

CREATE TABLE b2chat_agents (
    id {id} NOT NULL PRIMARY KEY,
    -- As B2Chat knows them: their user name, or else their address, or else their name.
    b2chat_id text NOT NULL,
    id_derived {bool} NOT NULL,
    name text NOT NULL,
    name_order text NOT NULL,
    email text,
    username text,
    department_id {id} REFERENCES b2chat_departments (id),
    -- The colleague with that address.
    staff_id {id} REFERENCES users (id),
    is_active {bool} NOT NULL,
    is_deleted {bool} NOT NULL,
    deleted_at {time},
    deletion_reason text,
    last_sync_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((deleted_at IS NOT NULL) = is_deleted)
);
CREATE UNIQUE INDEX b2chat_agents_b2chat_id ON b2chat_agents (b2chat_id);
CREATE UNIQUE INDEX b2chat_agents_username ON b2chat_agents (username) WHERE username IS NOT NULL;
CREATE INDEX b2chat_agents_name ON b2chat_agents (name_order, id);
CREATE INDEX b2chat_agents_email ON b2chat_agents (email) WHERE email IS NOT NULL;
CREATE INDEX b2chat_agents_department ON b2chat_agents (department_id, name_order, id);
CREATE INDEX b2chat_agents_staff ON b2chat_agents (staff_id);
CREATE INDEX b2chat_agents_is_active ON b2chat_agents (is_active, is_deleted, name_order, id);

CREATE TABLE b2chat_contacts (
    {searched id},
    b2chat_id text NOT NULL,
    full_name text NOT NULL,
    name_order text NOT NULL,
    mobile text,
    phone_number text,
    email text,
    identification text,
    address text,
    city text,
    country text,
    company text,
    -- By name.
    custom_attributes {json} NOT NULL,
    tags {json} NOT NULL,
    -- When B2Chat says that it was made and last changed.
    source_created_at {time},
    last_modified_at {time},
    is_deleted {bool} NOT NULL,
    deleted_at {time},
    deletion_reason text,
    -- SHA-256 of what the source says: what is the same is not written again.
    digest {bytes} NOT NULL,
    last_sync_at {time},
    {words},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((deleted_at IS NOT NULL) = is_deleted)
);
CREATE UNIQUE INDEX b2chat_contacts_b2chat_id ON b2chat_contacts (b2chat_id);
CREATE INDEX b2chat_contacts_name ON b2chat_contacts (name_order, id);
CREATE INDEX b2chat_contacts_created ON b2chat_contacts (created_at, id);
CREATE INDEX b2chat_contacts_updated ON b2chat_contacts (updated_at, id);
CREATE INDEX b2chat_contacts_email ON b2chat_contacts (email, id) WHERE email IS NOT NULL;
CREATE INDEX b2chat_contacts_mobile ON b2chat_contacts (mobile, id) WHERE mobile IS NOT NULL;
CREATE INDEX b2chat_contacts_phone_number ON b2chat_contacts (phone_number, id) WHERE phone_number IS NOT NULL;
CREATE INDEX b2chat_contacts_is_deleted ON b2chat_contacts (is_deleted, name_order, id);
{search b2chat_contacts}

CREATE TABLE b2chat_chats (
    id {id} NOT NULL PRIMARY KEY,
    b2chat_id text NOT NULL,
    agent_id {id} REFERENCES b2chat_agents (id),
    contact_id {id} REFERENCES b2chat_contacts (id),
    department_id {id} REFERENCES b2chat_departments (id),
    -- Our words, and the source's own beside them: it may have words that we do not know.
    provider text NOT NULL CHECK (provider IN ('whatsapp', 'facebook', 'instagram', 'telegram', 'livechat', 'b2cbotapi', 'other')),
    source_provider text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'closed', 'pending')),
    source_status text NOT NULL,
    is_agent_available {bool},
    alias text,
    -- As B2Chat writes them, in its order.
    tags {json} NOT NULL,
    priority text NOT NULL CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    -- The same to be ordered by: 0 is urgent.
    priority_order integer NOT NULL CHECK (priority_order BETWEEN 0 AND 3),
    topic text,
    unread_count integer NOT NULL CHECK (unread_count >= 0),
    resolution_note text,
    viewer_url text,
    -- B2Chat's, as are the four below.
    created_at {time} NOT NULL,
    opened_at {time},
    picked_up_at {time},
    response_at {time},
    closed_at {time},
    -- From created_at to closed_at where both are known, and what B2Chat says it was.
    duration_seconds integer,
    source_duration_seconds integer,
    -- Fields that we have no column for.
    unknown_fields {json} NOT NULL,
    message_count integer NOT NULL CHECK (message_count >= 0),
    is_deleted {bool} NOT NULL,
    deleted_at {time},
    deletion_reason text,
    last_modified_at {time},
    digest {bytes} NOT NULL,
    last_sync_at {time},
    -- Raised whenever a synchronisation changed it.
    sync_version integer NOT NULL CHECK (sync_version >= 1),
    CHECK ((deleted_at IS NOT NULL) = is_deleted)
);
CREATE UNIQUE INDEX b2chat_chats_b2chat_id ON b2chat_chats (b2chat_id);
CREATE INDEX b2chat_chats_created ON b2chat_chats (created_at, id);
CREATE INDEX b2chat_chats_agent ON b2chat_chats (agent_id, created_at, id);
CREATE INDEX b2chat_chats_agent_status ON b2chat_chats (agent_id, status, created_at, id);
CREATE INDEX b2chat_chats_contact ON b2chat_chats (contact_id, created_at, id);
CREATE INDEX b2chat_chats_department ON b2chat_chats (department_id, created_at, id);
CREATE INDEX b2chat_chats_provider ON b2chat_chats (provider, created_at, id);
CREATE INDEX b2chat_chats_status ON b2chat_chats (status, priority, last_modified_at, id);
CREATE INDEX b2chat_chats_status_created ON b2chat_chats (status, created_at, id);
CREATE INDEX b2chat_chats_priority ON b2chat_chats (priority_order, id);
CREATE INDEX b2chat_chats_alias ON b2chat_chats (alias, created_at, id);
CREATE INDEX b2chat_chats_topic ON b2chat_chats (topic, created_at, id);
CREATE INDEX b2chat_chats_last_modified ON b2chat_chats (last_modified_at, id);
CREATE INDEX b2chat_chats_unread ON b2chat_chats (unread_count, id);
-- Those that are looked for because they are deleted are few.
CREATE INDEX b2chat_chats_is_deleted ON b2chat_chats (is_deleted, created_at, id) WHERE is_deleted;

-- The same tags, to be found by: in one form, whatever their case.
CREATE TABLE b2chat_chat_tags (
    chat_id {id} NOT NULL REFERENCES b2chat_chats (id) ON DELETE CASCADE,
    tag_folded text NOT NULL,
    tag text NOT NULL,
    PRIMARY KEY (chat_id, tag_folded)
);
CREATE INDEX b2chat_chat_tags_tag ON b2chat_chat_tags (tag_folded, chat_id);

CREATE TABLE b2chat_messages (
    id {id} NOT NULL PRIMARY KEY,
    chat_id {id} NOT NULL REFERENCES b2chat_chats (id) ON DELETE CASCADE,
    b2chat_message_id text,
    -- By what it is known where B2Chat gives no id: a hash of when, which way, what, and which of those that are alike.
    source_key {bytes} NOT NULL,
    text text,
    type text NOT NULL CHECK (type IN ('text', 'image', 'file', 'other')),
    source_type text NOT NULL,
    incoming {bool} NOT NULL,
    broadcasted {bool} NOT NULL,
    image_url text,
    file_url text,
    caption text,
    location {json},
    -- Our copy of the image or file.
    file_id {id} REFERENCES files (id),
    -- none: nothing to copy; waiting; copied; failed for good.
    media_state text NOT NULL CHECK (media_state IN ('none', 'waiting', 'copied', 'failed')),
    media_attempts integer NOT NULL,
    media_next_at {time},
    media_error text,
    media_size bigint,
    media_mime_type text,
    sent_at {time} NOT NULL,
    last_sync_at {time},
    CHECK ((file_id IS NOT NULL) = (media_state = 'copied')),
    CHECK ((media_next_at IS NOT NULL) = (media_state = 'waiting'))
);
CREATE UNIQUE INDEX b2chat_messages_source_key ON b2chat_messages (chat_id, source_key);
CREATE UNIQUE INDEX b2chat_messages_b2chat_message_id ON b2chat_messages (b2chat_message_id) WHERE b2chat_message_id IS NOT NULL;
CREATE INDEX b2chat_messages_chat ON b2chat_messages (chat_id, sent_at, id);
CREATE INDEX b2chat_messages_type ON b2chat_messages (chat_id, type, sent_at, id);
CREATE INDEX b2chat_messages_incoming ON b2chat_messages (chat_id, incoming, sent_at, id);
CREATE INDEX b2chat_messages_media ON b2chat_messages (media_next_at, id) WHERE media_state = 'waiting';
CREATE INDEX b2chat_messages_media_state ON b2chat_messages (media_state, media_size) WHERE media_state <> 'none';
CREATE INDEX b2chat_messages_file ON b2chat_messages (file_id) WHERE file_id IS NOT NULL;

-- How the copying of media stands: one row.
CREATE TABLE b2chat_media_backup (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Since when there is no room left for copies.
    full_since {time}
);
INSERT INTO b2chat_media_backup (id) VALUES (1);
"}
