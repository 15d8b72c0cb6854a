//! What staff work with: tags, saved replies, drafts and internal notes.
//!
//! Tags, drafts and notes hang on things of many kinds, so the thing that one hangs on is no foreign key. A kind that is
//! built later joins the lists of words here by a migration of its own.

crate::dialect::sql_migration! {"
CREATE TABLE tags (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL,
    -- The name in the form in which names are compared; null of one that went into another, whose name is free again.
    name_folded text,
    color text NOT NULL,
    -- The tag that it became a part of.
    merged_into {id} REFERENCES tags (id),
    created_by {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX tags_name_folded ON tags (name_folded);
CREATE INDEX tags_name ON tags (name, id);
CREATE INDEX tags_merged_into ON tags (merged_into);
CREATE INDEX tags_created_by ON tags (created_by);

CREATE TABLE entity_tags (
    tag_id {id} NOT NULL REFERENCES tags (id),
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation')),
    entity_id {id} NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (tag_id, entity_type, entity_id)
);
CREATE INDEX entity_tags_entity ON entity_tags (entity_type, entity_id);

-- A shortcut is either one reply's that all see, or belongs to replies that each only one person sees: which of the two is
-- decided by the first, and the replies cannot say otherwise.
CREATE TABLE saved_reply_shortcuts (
    shortcut text NOT NULL PRIMARY KEY,
    is_global {bool} NOT NULL,
    UNIQUE (shortcut, is_global)
);

CREATE TABLE saved_replies (
    id {id} NOT NULL PRIMARY KEY,
    title text NOT NULL,
    content text NOT NULL,
    category text,
    shortcut text,
    -- The shortcut in the form in which names are compared; null of one that is archived, whose shortcut is free again.
    shortcut_folded text,
    is_global {bool} NOT NULL,
    use_count integer NOT NULL,
    last_used_at {time},
    created_by {id} NOT NULL REFERENCES users (id),
    archived_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    FOREIGN KEY (shortcut_folded, is_global) REFERENCES saved_reply_shortcuts (shortcut, is_global)
);
CREATE UNIQUE INDEX saved_replies_shortcut_folded_global ON saved_replies (shortcut_folded) WHERE is_global;
CREATE UNIQUE INDEX saved_replies_shortcut_folded_own ON saved_replies (shortcut_folded, created_by) WHERE NOT is_global;
CREATE INDEX saved_replies_person ON saved_replies (created_by, is_global);
CREATE INDEX saved_replies_title ON saved_replies (is_global, title, id);

CREATE TABLE drafts (
    id {id} NOT NULL PRIMARY KEY,
    staff_id {id} NOT NULL REFERENCES users (id),
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation')),
    entity_id {id} NOT NULL,
    subject text,
    content text NOT NULL,
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX drafts_entity ON drafts (entity_type, entity_id, staff_id);
CREATE INDEX drafts_staff ON drafts (staff_id, updated_at, id);
CREATE INDEX drafts_updated ON drafts (updated_at);

CREATE TABLE internal_notes (
    id {id} NOT NULL PRIMARY KEY,
    entity_type text NOT NULL CHECK (entity_type IN ('message', 'chat', 'consultation')),
    entity_id {id} NOT NULL,
    staff_id {id} NOT NULL REFERENCES users (id),
    content text NOT NULL,
    is_pinned {bool} NOT NULL,
    mentions {json} NOT NULL,
    -- When it was taken away; it is shown to nobody then.
    removed_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX internal_notes_entity ON internal_notes (entity_type, entity_id, is_pinned, created_at, id);
CREATE INDEX internal_notes_staff ON internal_notes (staff_id);
"}
