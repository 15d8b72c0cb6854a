//! What visitors did on the website, and how often that was on each day.

crate::dialect::sql_migration! {"
CREATE TABLE analytics_events (
    id {id} NOT NULL PRIMARY KEY,
    visitor_id {id} REFERENCES visitors (id),
    event_type text NOT NULL,
    -- JSON, as a text: it is shown and never searched, and may hold what jsonb refuses.
    event_data text,
    page_url text,
    referrer text,
    -- The browser's, no sign-in.
    session_id text,
    address text,
    agent text,
    created_at {time} NOT NULL
);
CREATE INDEX analytics_events_created ON analytics_events (created_at, id);
CREATE INDEX analytics_events_type ON analytics_events (event_type, created_at, id);
CREATE INDEX analytics_events_visitor ON analytics_events (visitor_id, created_at, id);

CREATE TABLE analytics_daily (
    -- The day in the company's zone, as YYYY-MM-DD.
    day text NOT NULL,
    event_type text NOT NULL,
    page text NOT NULL,
    source text NOT NULL,
    -- A busy count is several rows, so that not everybody waits for one: the count is their sum.
    part integer NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (day, event_type, page, source, part)
);
"}
