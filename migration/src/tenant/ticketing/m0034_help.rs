//! The help centre: guides in categories, documents that were uploaded, their words, and how often each was opened.

crate::dialect::sql_migration! {"
CREATE TABLE guide_categories (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL,
    -- The name in the form in which names are compared.
    name_folded text,
    description text,
    display_order integer NOT NULL,
    is_active {bool} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX guide_categories_name_folded ON guide_categories (name_folded);
CREATE INDEX guide_categories_order ON guide_categories (display_order, id);

CREATE TABLE guides (
    id {id} NOT NULL PRIMARY KEY,
    title text NOT NULL,
    description text,
    category_id {id} NOT NULL REFERENCES guide_categories (id),
    type text NOT NULL CHECK (type IN ('scribehow', 'html', 'video')),
    -- Nothing in it that could run.
    content text,
    scribehow_url text,
    video_url text,
    is_published {bool} NOT NULL,
    published_at {time},
    display_order integer NOT NULL,
    -- Who made it; none, where Frontdesk did.
    created_by_id {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    -- The field of its type is filled, and no other.
    CHECK ((content IS NOT NULL) = (type = 'html')),
    CHECK ((scribehow_url IS NOT NULL) = (type = 'scribehow')),
    CHECK ((video_url IS NOT NULL) = (type = 'video'))
);
CREATE INDEX guides_category ON guides (category_id, display_order, id);
CREATE INDEX guides_order ON guides (display_order, id);
CREATE INDEX guides_updated ON guides (updated_at, id);
CREATE INDEX guides_created_by ON guides (created_by_id);

CREATE TABLE help_documents (
    id {id} NOT NULL PRIMARY KEY,
    title text NOT NULL,
    category_id {id} REFERENCES guide_categories (id),
    audience text NOT NULL CHECK (audience IN ('staff', 'clients', 'everyone')),
    -- The file that it is now; a row of `files`, which are swept. Null of one that was removed.
    file_id {id},
    extraction_state text NOT NULL CHECK (extraction_state IN ('pending', 'done', 'failed')),
    -- Why it has no text.
    extraction_error text,
    is_published {bool} NOT NULL,
    published_at {time},
    created_by_id {id} REFERENCES users (id),
    -- When it was taken away; it is shown to nobody then.
    removed_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((extraction_error IS NOT NULL) = (extraction_state = 'failed')),
    CHECK ((removed_at IS NULL) = (file_id IS NOT NULL))
);
CREATE INDEX help_documents_category ON help_documents (category_id, title, id);
CREATE INDEX help_documents_title ON help_documents (title, id);
CREATE INDEX help_documents_updated ON help_documents (updated_at, id);
CREATE INDEX help_documents_created_by ON help_documents (created_by_id);

-- What guides and documents are found by: a row of each, under its id.
CREATE TABLE help_texts (
    {searched id},
    guide_id {id} REFERENCES guides (id),
    document_id {id} REFERENCES help_documents (id),
    title text NOT NULL,
    text text NOT NULL,
    {words},
    CHECK ((guide_id IS NULL) <> (document_id IS NULL))
);
CREATE UNIQUE INDEX help_texts_guide ON help_texts (guide_id);
CREATE UNIQUE INDEX help_texts_document ON help_texts (document_id);
{search help_texts}

-- How often each was opened. A count is several rows, so that not everybody waits for one: it is their sum.
CREATE TABLE help_views (
    -- A guide or a document.
    thing_id {id} NOT NULL,
    part integer NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (thing_id, part)
);
"}
