//! The history of a ticket says which files it got and lost.

crate::dialect::sql_migration! {"
--postgres
ALTER TABLE ticket_history DROP CONSTRAINT ticket_history_field_check;
ALTER TABLE ticket_history ADD CONSTRAINT ticket_history_field_check CHECK (field IN ('title', 'description', 'status', 'category', 'priority', 'severity', 'requester', 'assignee',
        'team', 'notes', 'due_at', 'estimated_hours', 'actual_hours', 'parent', 'project', 'link', 'merged_into', 'watcher', 'tag',
        'attachment'));
--sqlite
-- SQLite cannot change a constraint: the rows move into a table that has it.
CREATE TABLE ticket_history_2 (
    id BLOB NOT NULL PRIMARY KEY,
    ticket_id BLOB NOT NULL REFERENCES tickets (id),
    user_id BLOB REFERENCES users (id),
    action text NOT NULL CHECK (action IN ('created', 'updated', 'assigned', 'status_changed', 'linked', 'unlinked', 'merged',
        'unmerged', 'watched', 'unwatched', 'tagged', 'untagged')),
    field text CHECK (field IN ('title', 'description', 'status', 'category', 'priority', 'severity', 'requester', 'assignee',
        'team', 'notes', 'due_at', 'estimated_hours', 'actual_hours', 'parent', 'project', 'link', 'merged_into', 'watcher', 'tag',
        'attachment')),
    old_value text,
    new_value text,
    created_at DATETIME NOT NULL
);
INSERT INTO ticket_history_2 SELECT id, ticket_id, user_id, action, field, old_value, new_value, created_at
    FROM ticket_history ORDER BY rowid;
DROP TABLE ticket_history;
ALTER TABLE ticket_history_2 RENAME TO ticket_history;
CREATE INDEX ticket_history_ticket ON ticket_history (ticket_id, created_at, id);
CREATE INDEX ticket_history_user ON ticket_history (user_id);
--end
"}
