//! Visitors are found by words. They lie beside the visitors, whose rows change with every page that is looked at. And a merge
//! knows what had brought the one who stays here, where it took that from the other.
//!
//! Jobs make the words of the visitors that there are, and those of messages anew, which have umlauts written out too.

crate::dialect::sql_migration! {"
CREATE TABLE visitor_words (
    {searched id},
    {words},
    FOREIGN KEY (id) REFERENCES visitors (id) ON DELETE CASCADE
);
{search visitor_words}
INSERT INTO visitor_words (id) SELECT id FROM visitors;
ALTER TABLE visitor_merges ADD COLUMN source_taken {bool} NOT NULL DEFAULT false;
ALTER TABLE visitor_merges ADD COLUMN into_source text;
--postgres
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
SELECT gen_random_uuid(), 'inbox.index_visitors', '{\"before\": null}', 'queued', now(), 0, now()
WHERE EXISTS (SELECT 1 FROM visitors);
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
SELECT gen_random_uuid(), 'inbox.index_messages', '{\"before\": null}', 'queued', now(), 0, now()
WHERE EXISTS (SELECT 1 FROM messages)
  AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'inbox.index_messages' AND state = 'queued');
--sqlite
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
SELECT randomblob(16), 'inbox.index_visitors', '{\"before\": null}', 'queued', max(last_visit_at), 0, max(last_visit_at)
FROM visitors HAVING count(*) > 0;
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
SELECT randomblob(16), 'inbox.index_messages', '{\"before\": null}', 'queued', max(created_at), 0, max(created_at)
FROM messages HAVING count(*) > 0
  AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'inbox.index_messages' AND state = 'queued');
--end
"}
