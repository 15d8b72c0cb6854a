//! Notifications: each person's feed, what they want to be told how, the channels, and the deliveries through them.

crate::dialect::sql_migration! {"
CREATE TABLE notifications (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    -- The types are the code's, where later contexts add theirs.
    kind text NOT NULL,
    level text NOT NULL CHECK (level IN ('info', 'success', 'warning', 'error')),
    title text NOT NULL,
    body text NOT NULL,
    -- What it is about, as a prefixed id.
    resource text,
    actor_id {id} REFERENCES users (id),
    event_id {id} NOT NULL,
    created_at {time} NOT NULL,
    read_at {time},
    -- Nobody is told twice of one event, whoever follows the events and however often.
    UNIQUE (user_id, event_id, kind)
);
CREATE INDEX notifications_feed ON notifications (user_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (user_id, created_at, id) WHERE read_at IS NULL;
CREATE INDEX notifications_actor ON notifications (actor_id);
CREATE INDEX notifications_created ON notifications (created_at);

-- Up to where the events were turned into notifications. Whoever does that holds the row.
CREATE TABLE notification_position (
    id integer NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL
);
-- What happened before there were notifications is told to nobody.
INSERT INTO notification_position (id, sequence) SELECT 1, sequence FROM event_head WHERE id = 1;

CREATE TABLE notification_preferences (
    user_id {id} NOT NULL REFERENCES users (id),
    kind text NOT NULL,
    email {bool} NOT NULL,
    teams {bool} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, kind)
);

CREATE TABLE notification_channels (
    id {id} NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('microsoft_teams')),
    -- Whose it is; the whole company's where null.
    owner_id {id} UNIQUE REFERENCES users (id),
    name text NOT NULL,
    -- The webhook's address is a secret: it is all that it takes to write there. Encrypted; its host is shown.
    url {bytes} NOT NULL,
    host text NOT NULL,
    -- The types it takes; null is all that it may take.
    types {json},
    is_active {bool} NOT NULL,
    -- Deliveries given up one after the other.
    failures integer NOT NULL,
    switched_off_at {time},
    last_error text,
    -- The next moment that is free for a card, in milliseconds since 1970.
    next_slot bigint NOT NULL,
    created_by {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX notification_channels_created ON notification_channels (created_at, id);
CREATE INDEX notification_channels_created_by ON notification_channels (created_by);

CREATE TABLE notification_deliveries (
    id {id} NOT NULL PRIMARY KEY,
    notification_id {id} NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    channel_id {id} NOT NULL REFERENCES notification_channels (id),
    event_id {id} NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    attempts integer NOT NULL,
    last_error text,
    next_try_at {time},
    sent_at {time},
    created_at {time} NOT NULL,
    -- However many people an event is told, a channel gets one card.
    UNIQUE (channel_id, event_id)
);
CREATE INDEX notification_deliveries_notification ON notification_deliveries (notification_id);
CREATE INDEX notification_deliveries_created ON notification_deliveries (created_at, id);
CREATE INDEX notification_deliveries_state ON notification_deliveries (state, created_at, id);
CREATE INDEX notification_deliveries_channel ON notification_deliveries (channel_id, created_at, id);
"}
