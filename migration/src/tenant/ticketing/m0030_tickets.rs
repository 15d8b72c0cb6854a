//! Tickets, what they are numbered by, who watches them, what ties them, and what happened to them.

crate::dialect::sql_migration! {"
-- The numbers of a year that no ticket has yet, as far as they were made.
CREATE TABLE ticket_numbers (
    year integer NOT NULL,
    number integer NOT NULL,
    PRIMARY KEY (year, number)
);
-- How far that is.
CREATE TABLE ticket_years (
    year integer NOT NULL PRIMARY KEY,
    last integer NOT NULL
);

CREATE TABLE tickets (
    {searched id},
    -- TKT-2026-0001; without gaps in a year.
    number text NOT NULL UNIQUE,
    -- The same to be ordered by: the year in front of nine digits.
    position bigint NOT NULL UNIQUE,
    title text NOT NULL,
    description text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'in_progress', 'pending', 'on_hold', 'resolved', 'closed')),
    category text NOT NULL CHECK (category IN ('bug', 'feature', 'support', 'enhancement', 'incident', 'request')),
    priority text NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    -- The same to be ordered by.
    urgency integer NOT NULL CHECK (urgency BETWEEN 1 AND 4),
    severity text NOT NULL CHECK (severity IN ('minor', 'normal', 'major', 'critical')),
    -- The client whose it is; none, where colleagues made it for themselves.
    requester_id {id} REFERENCES users (id),
    -- Who made it, client or colleague; none, where Frontdesk did.
    created_by_id {id} REFERENCES users (id),
    assignee_id {id} REFERENCES users (id),
    team_id {id} REFERENCES teams (id),
    -- What colleagues keep for themselves.
    notes text NOT NULL,
    due_at {time},
    -- The same to be ordered by: far away, where nothing is due.
    due_order {time} NOT NULL,
    resolved_at {time},
    closed_at {time},
    last_replied_at {time},
    estimated_hours integer CHECK (estimated_hours >= 0),
    actual_hours integer CHECK (actual_hours >= 0),
    parent_id {id} REFERENCES tickets (id),
    -- The ticket that this one went into.
    merged_into_id {id} REFERENCES tickets (id),
    -- Kept with each comment, so that a list needs no count.
    comment_count integer NOT NULL,
    public_comment_count integer NOT NULL,
    version integer NOT NULL,
    {words},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    -- A person or a team has it, or nobody.
    CHECK (assignee_id IS NULL OR team_id IS NULL),
    CHECK (parent_id IS NULL OR parent_id <> id),
    CHECK (merged_into_id IS NULL OR merged_into_id <> id)
);
CREATE INDEX tickets_updated ON tickets (updated_at, id);
CREATE INDEX tickets_created ON tickets (created_at, id);
CREATE INDEX tickets_urgency ON tickets (urgency, id);
CREATE INDEX tickets_due_order ON tickets (due_order, id);
CREATE INDEX tickets_status ON tickets (status, updated_at, id);
CREATE INDEX tickets_assignee ON tickets (assignee_id, status, updated_at, id);
CREATE INDEX tickets_team ON tickets (team_id, status, updated_at, id);
CREATE INDEX tickets_requester ON tickets (requester_id, status, updated_at, id);
CREATE INDEX tickets_created_by ON tickets (created_by_id);
CREATE INDEX tickets_parent ON tickets (parent_id, created_at, id);
CREATE INDEX tickets_merged_into ON tickets (merged_into_id);
CREATE INDEX tickets_due ON tickets (due_at, id) WHERE due_at IS NOT NULL AND status NOT IN ('resolved', 'closed');
{search tickets}

CREATE TABLE ticket_watchers (
    ticket_id {id} NOT NULL REFERENCES tickets (id),
    user_id {id} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    PRIMARY KEY (ticket_id, user_id)
);
CREATE INDEX ticket_watchers_user ON ticket_watchers (user_id, ticket_id);

CREATE TABLE ticket_links (
    id {id} NOT NULL PRIMARY KEY,
    ticket_id {id} NOT NULL REFERENCES tickets (id),
    other_id {id} NOT NULL REFERENCES tickets (id),
    -- What the first is to the other.
    kind text NOT NULL CHECK (kind IN ('related', 'duplicate_of', 'follow_up_of')),
    created_by_id {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    CHECK (ticket_id <> other_id),
    UNIQUE (ticket_id, other_id, kind)
);
CREATE INDEX ticket_links_other ON ticket_links (other_id);
CREATE INDEX ticket_links_created_by ON ticket_links (created_by_id);

-- What it takes to take a merge back.
CREATE TABLE ticket_merges (
    ticket_id {id} NOT NULL PRIMARY KEY REFERENCES tickets (id),
    into_id {id} NOT NULL REFERENCES tickets (id),
    -- What the ticket was before, and what went over.
    kept {json} NOT NULL,
    merged_by_id {id} REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE INDEX ticket_merges_into ON ticket_merges (into_id);
CREATE INDEX ticket_merges_merged_by ON ticket_merges (merged_by_id);

-- Written with every change, and never changed.
CREATE TABLE ticket_history (
    id {id} NOT NULL PRIMARY KEY,
    ticket_id {id} NOT NULL REFERENCES tickets (id),
    -- Who changed it; none, where Frontdesk did.
    user_id {id} REFERENCES users (id),
    action text NOT NULL CHECK (action IN ('created', 'updated', 'assigned', 'status_changed', 'linked', 'unlinked', 'merged',
        'unmerged', 'watched', 'unwatched', 'tagged', 'untagged')),
    field text CHECK (field IN ('title', 'description', 'status', 'category', 'priority', 'severity', 'requester', 'assignee',
        'team', 'notes', 'due_at', 'estimated_hours', 'actual_hours', 'parent', 'project', 'link', 'merged_into', 'watcher', 'tag')),
    old_value text,
    new_value text,
    created_at {time} NOT NULL
);
CREATE INDEX ticket_history_ticket ON ticket_history (ticket_id, created_at, id);
CREATE INDEX ticket_history_user ON ticket_history (user_id);

-- Whose company a colleague wrote; what clients write of themselves proves nothing.
ALTER TABLE users ADD COLUMN company_confirmed {bool} NOT NULL DEFAULT false;
CREATE INDEX users_company ON users (company);

-- Who has STAFF works on tickets too.
INSERT INTO user_permissions (user_id, permission, granted_by, created_at)
    SELECT u.id, 'MANAGE_TICKETS', NULL, {now} FROM users AS u JOIN roles AS r ON r.id = u.role_id
    WHERE r.built_in AND r.name = 'STAFF'
        AND NOT EXISTS (SELECT 1 FROM user_permissions AS g WHERE g.user_id = u.id AND g.permission = 'MANAGE_TICKETS');

-- Tags, drafts and internal notes hang on tickets too.
--postgres
ALTER TABLE entity_tags DROP CONSTRAINT entity_tags_entity_type_check;
ALTER TABLE entity_tags ADD CONSTRAINT entity_tags_entity_type_check CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document'));
ALTER TABLE drafts DROP CONSTRAINT drafts_entity_type_check;
ALTER TABLE drafts ADD CONSTRAINT drafts_entity_type_check CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document'));
ALTER TABLE internal_notes DROP CONSTRAINT internal_notes_entity_type_check;
ALTER TABLE internal_notes ADD CONSTRAINT internal_notes_entity_type_check CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document'));
--sqlite
-- SQLite cannot change a constraint: the rows move into a table that has it.
CREATE TABLE entity_tags_2 (
    tag_id BLOB NOT NULL REFERENCES tags (id),
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document')),
    entity_id BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (tag_id, entity_type, entity_id)
);
INSERT INTO entity_tags_2 SELECT tag_id, entity_type, entity_id, created_at FROM entity_tags ORDER BY rowid;
DROP TABLE entity_tags;
ALTER TABLE entity_tags_2 RENAME TO entity_tags;
CREATE INDEX entity_tags_entity ON entity_tags (entity_type, entity_id);
CREATE TABLE drafts_2 (
    id BLOB NOT NULL PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES users (id),
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document')),
    entity_id BLOB NOT NULL,
    subject text,
    content text NOT NULL,
    version integer NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL
);
INSERT INTO drafts_2 SELECT id, staff_id, entity_type, entity_id, subject, content, version, created_at, updated_at FROM drafts
    ORDER BY rowid;
DROP TABLE drafts;
ALTER TABLE drafts_2 RENAME TO drafts;
CREATE UNIQUE INDEX drafts_entity ON drafts (entity_type, entity_id, staff_id);
CREATE INDEX drafts_staff ON drafts (staff_id, updated_at, id);
CREATE INDEX drafts_updated ON drafts (updated_at);
CREATE TABLE internal_notes_2 (
    id BLOB NOT NULL PRIMARY KEY,
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation', 'ticket', 'guide', 'help_document')),
    entity_id BLOB NOT NULL,
    staff_id BLOB NOT NULL REFERENCES users (id),
    content text NOT NULL,
    is_pinned BOOLEAN NOT NULL,
    mentions TEXT NOT NULL,
    removed_at DATETIME,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL
);
INSERT INTO internal_notes_2 SELECT id, entity_type, entity_id, staff_id, content, is_pinned, mentions, removed_at, created_at,
    updated_at FROM internal_notes ORDER BY rowid;
DROP TABLE internal_notes;
ALTER TABLE internal_notes_2 RENAME TO internal_notes;
CREATE INDEX internal_notes_entity ON internal_notes (entity_type, entity_id, is_pinned, created_at, id);
CREATE INDEX internal_notes_staff ON internal_notes (staff_id);
--end
"}
