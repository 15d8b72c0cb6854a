//! A client is told when what they are shown of a ticket was last changed, and not when colleagues changed what is among them.

crate::dialect::sql_migration! {"
ALTER TABLE tickets ADD COLUMN shown_at {time} NOT NULL DEFAULT '1970-01-01T00:00:00+00:00';
UPDATE tickets SET shown_at = coalesce((SELECT max(h.created_at) FROM ticket_history AS h WHERE h.ticket_id = tickets.id
    AND (h.field IS NULL OR h.field IN ('title', 'description', 'status', 'category', 'priority', 'severity', 'requester', 'due_at',
        'project', 'merged_into'))), created_at);
UPDATE tickets SET shown_at = last_replied_at WHERE last_replied_at > shown_at;
CREATE INDEX tickets_shown ON tickets (requester_id, shown_at, id);
"}
