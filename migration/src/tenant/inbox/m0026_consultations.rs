//! What can be booked, when, and what is.

crate::dialect::sql_migration! {"
CREATE TABLE services (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL,
    -- The name in the form in which names are compared.
    name_folded text,
    description text,
    duration_minutes integer NOT NULL,
    buffer_before_minutes integer NOT NULL,
    buffer_after_minutes integer NOT NULL,
    step_minutes integer NOT NULL,
    notice_minutes integer NOT NULL,
    days_ahead integer NOT NULL,
    is_active {bool} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX services_name_folded ON services (name_folded);
CREATE INDEX services_name ON services (name, id);
CREATE INDEX services_created ON services (created_at, id);

-- Who holds a service. Whoever left stays, so that a service whose people are gone is nobody's and not everybody's.
CREATE TABLE service_staff (
    service_id {id} NOT NULL REFERENCES services (id),
    staff_id {id} NOT NULL REFERENCES users (id),
    is_active {bool} NOT NULL,
    PRIMARY KEY (service_id, staff_id)
);
CREATE INDEX service_staff_staff ON service_staff (staff_id);

-- Local times in the company's zone, in minutes after midnight; what ends at or before its beginning ends on the next day.
CREATE TABLE opening_hours (
    id {id} NOT NULL PRIMARY KEY,
    -- Whose they are; the company's where it is null.
    staff_id {id} REFERENCES users (id),
    weekday text NOT NULL CHECK (weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    from_minute integer NOT NULL,
    to_minute integer NOT NULL
);
CREATE UNIQUE INDEX opening_hours_own ON opening_hours (staff_id, weekday, from_minute);
CREATE UNIQUE INDEX opening_hours_company ON opening_hours (weekday, from_minute) WHERE staff_id IS NULL;

CREATE TABLE holidays (
    id {id} NOT NULL PRIMARY KEY,
    date date NOT NULL,
    name text NOT NULL,
    is_active {bool} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX holidays_date ON holidays (date);
CREATE INDEX holidays_order ON holidays (date, id);

CREATE TABLE consultations (
--postgres
    id uuid NOT NULL PRIMARY KEY,
--sqlite
    -- A stable row number for the full-text table, which VACUUM keeps.
    search_id INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
--end
    visitor_id {id} NOT NULL REFERENCES visitors (id),
    service_id {id} NOT NULL REFERENCES services (id),
    -- What the service was called when it was booked.
    service text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    company text,
    phone text,
    notes text,
    -- As booked, in the zone beside it; the rules of zones change.
    booking_date date NOT NULL,
    booking_time time NOT NULL,
    time_zone text NOT NULL,
    visitor_time_zone text,
    starts_at {time} NOT NULL,
    ends_at {time} NOT NULL,
    -- With what is kept free before and behind.
    blocked_from {time} NOT NULL,
    blocked_until {time} NOT NULL,
    status text NOT NULL CHECK (status IN ('scheduled', 'completed', 'cancelled', 'no_show')),
    assignee_id {id} REFERENCES users (id),
    -- What calendar programs know it by, and how often it changed for them.
    ics_uid text NOT NULL,
    ics_sequence integer NOT NULL,
    version integer NOT NULL,
--postgres
    search_vector tsvector,
--sqlite
    -- A blank before and behind each word.
    search_words text,
--end
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX consultations_created ON consultations (created_at, id);
CREATE INDEX consultations_starts ON consultations (starts_at, id);
CREATE INDEX consultations_date ON consultations (booking_date);
CREATE INDEX consultations_status ON consultations (status, starts_at, id);
CREATE INDEX consultations_assignee ON consultations (assignee_id, starts_at, id);
CREATE INDEX consultations_service ON consultations (service_id, starts_at, id);
CREATE INDEX consultations_visitor ON consultations (visitor_id, created_at, id);
--postgres
CREATE INDEX consultations_search ON consultations USING gin (search_vector);
--sqlite
-- Every sign is a letter to it, and only a blank ends a word.
CREATE VIRTUAL TABLE consultations_search USING fts5(search_words, content='consultations', content_rowid='search_id', detail=none, columnsize=0, prefix='1 2 3', tokenize=\"ascii tokenchars '!\"\"#$%&''''()*+,-./:;<=>?@[\\]^_`{|}~'\");
CREATE TRIGGER consultations_search_insert AFTER INSERT ON consultations BEGIN
    INSERT INTO consultations_search (rowid, search_words) VALUES (new.search_id, new.search_words);
END;
CREATE TRIGGER consultations_search_delete AFTER DELETE ON consultations BEGIN
    INSERT INTO consultations_search (consultations_search, rowid, search_words) VALUES ('delete', old.search_id, old.search_words);
END;
CREATE TRIGGER consultations_search_update AFTER UPDATE OF search_words ON consultations BEGIN
    INSERT INTO consultations_search (consultations_search, rowid, search_words) VALUES ('delete', old.search_id, old.search_words);
    INSERT INTO consultations_search (rowid, search_words) VALUES (new.search_id, new.search_words);
END;
--end

-- Each five minutes that a booking takes of whoever has it, so that the database refuses the second of two. Where nobody has
-- it, the service's own five minutes, or its own.
CREATE TABLE consultation_slots (
    holder_id {id} NOT NULL,
    -- The five minutes' number since 1970.
    slot bigint NOT NULL,
    -- Its row is written when its time is sure.
    consultation_id {id} NOT NULL REFERENCES consultations (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (holder_id, slot)
);
CREATE INDEX consultation_slots_consultation ON consultation_slots (consultation_id);
"}
