//! Visitors, messages and replies.

crate::dialect::sql_migration! {"
CREATE TABLE visitors (
    id {id} NOT NULL PRIMARY KEY,
    name text,
    email text,
    source text,
    -- SHA-256 of the first-party token by which the visitor is known again.
    token_hash {bytes} NOT NULL UNIQUE,
    address text,
    agent text,
    page_views integer NOT NULL,
    first_visit_at {time} NOT NULL,
    last_visit_at {time} NOT NULL
);
CREATE INDEX visitors_email ON visitors (email);
CREATE INDEX visitors_last_visit ON visitors (last_visit_at, id);
CREATE INDEX visitors_first_visit ON visitors (first_visit_at, id);

CREATE TABLE messages (
--postgres
    id uuid NOT NULL PRIMARY KEY,
--sqlite
    -- A stable row number for the full-text table, which VACUUM keeps.
    search_id INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
--end
    visitor_id {id} NOT NULL REFERENCES visitors (id),
    name text NOT NULL,
    email text NOT NULL,
    company text,
    service text,
    content text NOT NULL,
    page_url text,
    status text NOT NULL CHECK (status IN ('new', 'in_progress', 'converted', 'archived')),
    assignee_id {id} REFERENCES users (id),
    version integer NOT NULL,
--postgres
    -- Signs are blanks: the parser would make one word of an address, a host name, a path or a decimal, and nothing of
    -- what looks like a tag, where the other database and the search itself see the words in it.
    search_vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', translate(name || ' ' || email || ' ' || coalesce(company, '') || ' ' || coalesce(service, '') || ' ' || content, '@._-/:<>&+=~#?%', '               '))) STORED,
--end
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
-- Better than the seed's single-column indexes: each serves a filtered list in its keyset order.
CREATE INDEX messages_created ON messages (created_at, id);
CREATE INDEX messages_updated ON messages (updated_at, id);
CREATE INDEX messages_status ON messages (status, created_at, id);
CREATE INDEX messages_assignee ON messages (assignee_id, created_at, id);
CREATE INDEX messages_visitor ON messages (visitor_id, created_at, id);
--postgres
CREATE INDEX messages_search ON messages USING gin (search_vector);
--sqlite
CREATE VIRTUAL TABLE messages_search USING fts5(name, email, company, service, content, content='messages', content_rowid='search_id', tokenize='unicode61 remove_diacritics 0');
CREATE TRIGGER messages_search_insert AFTER INSERT ON messages BEGIN
    INSERT INTO messages_search (rowid, name, email, company, service, content) VALUES (new.search_id, new.name, new.email, new.company, new.service, new.content);
END;
CREATE TRIGGER messages_search_delete AFTER DELETE ON messages BEGIN
    INSERT INTO messages_search (messages_search, rowid, name, email, company, service, content) VALUES ('delete', old.search_id, old.name, old.email, old.company, old.service, old.content);
END;
CREATE TRIGGER messages_search_update AFTER UPDATE OF name, email, company, service, content ON messages BEGIN
    INSERT INTO messages_search (messages_search, rowid, name, email, company, service, content) VALUES ('delete', old.search_id, old.name, old.email, old.company, old.service, old.content);
    INSERT INTO messages_search (rowid, name, email, company, service, content) VALUES (new.search_id, new.name, new.email, new.company, new.service, new.content);
END;
--end

CREATE TABLE message_replies (
    id {id} NOT NULL PRIMARY KEY,
    message_id {id} NOT NULL REFERENCES messages (id),
    author_id {id} REFERENCES users (id),
    content text NOT NULL,
    email_status text NOT NULL CHECK (email_status IN ('not_requested', 'queued', 'sent', 'failed')),
    email_error text,
    email_sent_at {time},
    created_at {time} NOT NULL
);
-- Covers a page of replies and the references of the next mail.
CREATE INDEX message_replies_message ON message_replies (message_id, created_at, id);
CREATE INDEX message_replies_author ON message_replies (author_id, created_at);
"}
