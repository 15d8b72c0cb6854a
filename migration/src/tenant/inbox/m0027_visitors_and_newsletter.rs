//! Visitors who are one person, what a message became, and the newsletter.

crate::dialect::sql_migration! {"
-- Who was merged into whom. A merged visitor is shown no more: whoever asks for them finds whom they became.
ALTER TABLE visitors ADD COLUMN merged_into {id} REFERENCES visitors (id);
CREATE INDEX visitors_merged_into ON visitors (merged_into);

-- What a merge did, so that it can be undone.
CREATE TABLE visitor_merges (
    visitor_id {id} NOT NULL PRIMARY KEY REFERENCES visitors (id),
    into_id {id} NOT NULL REFERENCES visitors (id),
    -- When the one who stays had come first before it.
    into_first_visit_at {time} NOT NULL,
    merged_by {id} REFERENCES users (id),
    merged_at {time} NOT NULL
);
CREATE INDEX visitor_merges_into ON visitor_merges (into_id, merged_at);
CREATE INDEX visitor_merges_merged_by ON visitor_merges (merged_by);

-- What moved with it.
CREATE TABLE visitor_moves (
    visitor_id {id} NOT NULL REFERENCES visitor_merges (visitor_id),
    kind text NOT NULL CHECK (kind IN ('message', 'chat', 'consultation', 'visitor')),
    item_id {id} NOT NULL,
    PRIMARY KEY (visitor_id, kind, item_id)
);

-- The id of what it became, with its prefix.
ALTER TABLE messages ADD COLUMN converted_to text;

CREATE TABLE newsletter_subscriptions (
    id {id} NOT NULL PRIMARY KEY,
    email text NOT NULL UNIQUE,
    status text NOT NULL CHECK (status IN ('pending', 'subscribed', 'unsubscribed')),
    source text,
    ip_address text,
    -- SHA-256 of the tokens that confirm and end it; the first only until it is confirmed.
    confirm_hash {bytes} UNIQUE,
    unsubscribe_hash {bytes} UNIQUE,
    requested_at {time} NOT NULL,
    subscribed_at {time},
    unsubscribed_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX newsletter_subscriptions_created ON newsletter_subscriptions (created_at, id);
CREATE INDEX newsletter_subscriptions_updated ON newsletter_subscriptions (updated_at, id);
CREATE INDEX newsletter_subscriptions_status ON newsletter_subscriptions (status, created_at, id);
CREATE INDEX newsletter_subscriptions_requested ON newsletter_subscriptions (requested_at);
"}
