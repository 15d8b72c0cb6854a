//! The words of a message are made by Frontdesk, and no more by each database in its own way.
//!
//! What is there keeps words that are good enough to be found by until its own are made: PostgreSQL keeps those that it had,
//! SQLite gets them here. A job makes the new ones, from the newest message on.

crate::dialect::sql_migration! {"
--postgres
ALTER TABLE messages ALTER COLUMN search_vector DROP EXPRESSION;
--sqlite
DROP TRIGGER messages_search_insert;
DROP TRIGGER messages_search_delete;
DROP TRIGGER messages_search_update;
DROP TABLE messages_search;
-- A blank before and behind each word.
ALTER TABLE messages ADD COLUMN search_words text;
UPDATE messages SET search_words = ' ' || lower(name || ' ' || email || ' ' || replace(replace(replace(replace(replace(replace(
    email || ' ' || coalesce(company, '') || ' ' || coalesce(service, '') || ' ' || content,
    '@', ' '), '.', ' '), ',', ' '), '-', ' '), char(10), ' '), char(9), ' ')) || ' ';
-- Every sign is a letter to it, and only a blank ends a word.
CREATE VIRTUAL TABLE messages_search USING fts5(search_words, content='messages', content_rowid='search_id', detail=none, columnsize=0, prefix='1 2 3', tokenize=\"ascii tokenchars '!\"\"#$%&''''()*+,-./:;<=>?@[\\]^_`{|}~'\");
INSERT INTO messages_search (messages_search) VALUES ('rebuild');
CREATE TRIGGER messages_search_insert AFTER INSERT ON messages BEGIN
    INSERT INTO messages_search (rowid, search_words) VALUES (new.search_id, new.search_words);
END;
CREATE TRIGGER messages_search_delete AFTER DELETE ON messages BEGIN
    INSERT INTO messages_search (messages_search, rowid, search_words) VALUES ('delete', old.search_id, old.search_words);
END;
CREATE TRIGGER messages_search_update AFTER UPDATE OF search_words ON messages BEGIN
    INSERT INTO messages_search (messages_search, rowid, search_words) VALUES ('delete', old.search_id, old.search_words);
    INSERT INTO messages_search (rowid, search_words) VALUES (new.search_id, new.search_words);
END;
--end
--postgres
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
SELECT gen_random_uuid(), 'inbox.index_messages', '{\"before\": null}', 'queued', now(), 0, now()
WHERE EXISTS (SELECT 1 FROM messages);
--sqlite
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
SELECT randomblob(16), 'inbox.index_messages', '{\"before\": null}', 'queued', max(created_at), 0, max(created_at)
FROM messages HAVING count(*) > 0;
--end
"}
