//! Live chats and what is said in them.

crate::dialect::sql_migration! {"
CREATE TABLE chat_sessions (
--postgres
    id uuid NOT NULL PRIMARY KEY,
--sqlite
    -- A stable row number for the full-text table, which VACUUM keeps.
    search_id INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
--end
    visitor_id {id} NOT NULL REFERENCES visitors (id),
    visitor_name text NOT NULL,
    visitor_email text,
    status text NOT NULL CHECK (status IN ('waiting', 'active', 'ended')),
    -- Where it waits, or waited last.
    department_id {id} REFERENCES departments (id),
    assignee_id {id} REFERENCES users (id),
    -- SHA-256 of the token that opens this chat and nothing else.
    token_hash {bytes} NOT NULL,
    started_at {time} NOT NULL,
    claimed_at {time},
    first_answer_at {time},
    ended_at {time},
    ended_by text CHECK (ended_by IN ('visitor', 'staff', 'system')),
    rating integer CHECK (rating BETWEEN 1 AND 5),
    feedback text,
    -- What is counted stays when the lines themselves go.
    visitor_lines integer NOT NULL,
    staff_lines integer NOT NULL,
    unread_by_visitor integer NOT NULL,
    unread_by_staff integer NOT NULL,
    last_message_at {time} NOT NULL,
    -- No reference: lines are removed after a year.
    last_message_id {id},
    version integer NOT NULL,
--postgres
    search_vector tsvector,
--sqlite
    search_words text,
--end
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX chat_sessions_started ON chat_sessions (started_at, id);
CREATE INDEX chat_sessions_last_message ON chat_sessions (last_message_at, id);
CREATE INDEX chat_sessions_status ON chat_sessions (status, started_at, id);
CREATE INDEX chat_sessions_department ON chat_sessions (department_id, status, started_at, id);
CREATE INDEX chat_sessions_assignee ON chat_sessions (assignee_id, started_at, id);
CREATE INDEX chat_sessions_visitor ON chat_sessions (visitor_id, started_at, id);
--postgres
CREATE INDEX chat_sessions_search ON chat_sessions USING gin (search_vector);
--sqlite
-- Every sign is a letter to it, and only a blank ends a word.
CREATE VIRTUAL TABLE chat_sessions_search USING fts5(search_words, content='chat_sessions', content_rowid='search_id', detail=none, columnsize=0, prefix='1 2 3', tokenize=\"ascii tokenchars '!\"\"#$%&''''()*+,-./:;<=>?@[\\]^_`{|}~'\");
CREATE TRIGGER chat_sessions_search_insert AFTER INSERT ON chat_sessions BEGIN
    INSERT INTO chat_sessions_search (rowid, search_words) VALUES (new.search_id, new.search_words);
END;
CREATE TRIGGER chat_sessions_search_delete AFTER DELETE ON chat_sessions BEGIN
    INSERT INTO chat_sessions_search (chat_sessions_search, rowid, search_words) VALUES ('delete', old.search_id, old.search_words);
END;
CREATE TRIGGER chat_sessions_search_update AFTER UPDATE OF search_words ON chat_sessions BEGIN
    INSERT INTO chat_sessions_search (chat_sessions_search, rowid, search_words) VALUES ('delete', old.search_id, old.search_words);
    INSERT INTO chat_sessions_search (rowid, search_words) VALUES (new.search_id, new.search_words);
END;
--end

CREATE TABLE chat_messages (
--postgres
    id uuid NOT NULL PRIMARY KEY,
--sqlite
    search_id INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
--end
    session_id {id} NOT NULL REFERENCES chat_sessions (id),
    sender_type text NOT NULL CHECK (sender_type IN ('visitor', 'staff', 'system')),
    staff_id {id} REFERENCES users (id),
    content text NOT NULL,
--postgres
    search_vector tsvector,
--sqlite
    search_words text,
--end
    created_at {time} NOT NULL,
    -- A colleague's line has its author, and no other has one.
    CHECK ((staff_id IS NULL) = (sender_type <> 'staff'))
);
-- A page of a chat; and what is old enough to go.
CREATE INDEX chat_messages_session ON chat_messages (session_id, created_at, id);
CREATE INDEX chat_messages_created ON chat_messages (created_at, id);
CREATE INDEX chat_messages_staff ON chat_messages (staff_id);
--postgres
CREATE INDEX chat_messages_search ON chat_messages USING gin (search_vector);
--sqlite
CREATE VIRTUAL TABLE chat_messages_search USING fts5(search_words, content='chat_messages', content_rowid='search_id', detail=none, columnsize=0, prefix='1 2 3', tokenize=\"ascii tokenchars '!\"\"#$%&''''()*+,-./:;<=>?@[\\]^_`{|}~'\");
CREATE TRIGGER chat_messages_search_insert AFTER INSERT ON chat_messages BEGIN
    INSERT INTO chat_messages_search (rowid, search_words) VALUES (new.search_id, new.search_words);
END;
CREATE TRIGGER chat_messages_search_delete AFTER DELETE ON chat_messages BEGIN
    INSERT INTO chat_messages_search (chat_messages_search, rowid, search_words) VALUES ('delete', old.search_id, old.search_words);
END;
CREATE TRIGGER chat_messages_search_update AFTER UPDATE OF search_words ON chat_messages BEGIN
    INSERT INTO chat_messages_search (chat_messages_search, rowid, search_words) VALUES ('delete', old.search_id, old.search_words);
    INSERT INTO chat_messages_search (rowid, search_words) VALUES (new.search_id, new.search_words);
END;
--end
"}
