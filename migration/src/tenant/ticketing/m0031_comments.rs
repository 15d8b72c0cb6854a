//! What is said on tickets, what it said before, who is mentioned in it, and which mails it became.

crate::dialect::sql_migration! {"
CREATE TABLE ticket_comments (
    id {id} NOT NULL PRIMARY KEY,
    ticket_id {id} NOT NULL REFERENCES tickets (id),
    author_id {id} NOT NULL REFERENCES users (id),
    -- The author's side when it was written.
    sender text NOT NULL CHECK (sender IN ('client', 'staff')),
    visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
    content text NOT NULL,
    edited_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    -- Whoever wrote it: what is internal is among colleagues.
    CHECK ((author_id IS NOT NULL) AND (sender = 'staff' OR visibility = 'public'))
);
CREATE INDEX ticket_comments_ticket ON ticket_comments (ticket_id, created_at, id);
-- What clients see of a ticket.
CREATE INDEX ticket_comments_public ON ticket_comments (ticket_id, created_at, id) WHERE visibility = 'public';
CREATE INDEX ticket_comments_author ON ticket_comments (author_id, created_at, id);

-- What a comment said before each edit, the first text being number 1.
CREATE TABLE ticket_comment_edits (
    comment_id {id} NOT NULL REFERENCES ticket_comments (id),
    number integer NOT NULL CHECK (number > 0),
    content text NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (comment_id, number)
);

CREATE TABLE ticket_mentions (
    comment_id {id} NOT NULL REFERENCES ticket_comments (id),
    -- In the order in which they were given.
    number integer NOT NULL CHECK (number > 0),
    user_id {id} REFERENCES users (id),
    team_id {id} REFERENCES teams (id),
    PRIMARY KEY (comment_id, number),
    UNIQUE (user_id, comment_id),
    UNIQUE (team_id, comment_id),
    CHECK ((user_id IS NULL) <> (team_id IS NULL))
);

-- A comment on its way to somebody by mail.
CREATE TABLE ticket_comment_mails (
    comment_id {id} NOT NULL REFERENCES ticket_comments (id),
    user_id {id} NOT NULL REFERENCES users (id),
    -- Withheld where they may see it no more, or the company sends no such mails.
    status text NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'withheld')),
    -- The subject that it went under, which the thread keeps.
    subject text,
    error text,
    sent_at {time},
    created_at {time} NOT NULL,
    PRIMARY KEY (comment_id, user_id)
);
CREATE INDEX ticket_comment_mails_user ON ticket_comment_mails (user_id, created_at);
"}
