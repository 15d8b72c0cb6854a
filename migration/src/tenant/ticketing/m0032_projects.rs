//! Projects that clients ask for, and which tickets are part of one.

crate::dialect::sql_migration! {"
CREATE TABLE projects (
    id {id} NOT NULL PRIMARY KEY,
    title text NOT NULL,
    description text,
    status text NOT NULL CHECK (status IN ('PENDING', 'APPROVED', 'IN_PROGRESS', 'REVIEW', 'COMPLETED', 'CANCELLED')),
    type text NOT NULL CHECK (type IN ('WEBSITE', 'E_COMMERCE', 'WEB_APP', 'MOBILE_APP', 'BRANDING', 'MARKETING', 'OTHER')),
    -- The client whose it is.
    client_id {id} NOT NULL REFERENCES users (id),
    -- In the smallest unit of the currency (ISO 4217), so that nothing is rounded.
    budget bigint CHECK (budget >= 0),
    currency text CHECK (length(currency) = 3),
    requirements text,
    start_date date,
    end_date date,
    -- The start date, or the end of days where there is none: what a list is ordered by is never null.
    starts_on date NOT NULL,
    -- Who made it, client or colleague; none, where Frontdesk did.
    created_by_id {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((budget IS NULL) = (currency IS NULL)),
    CHECK (end_date >= start_date)
);
CREATE INDEX projects_client ON projects (client_id, status, updated_at, id);
CREATE INDEX projects_client_updated ON projects (client_id, updated_at, id);
CREATE INDEX projects_status ON projects (status, updated_at, id);
CREATE INDEX projects_type ON projects (type, updated_at, id);
CREATE INDEX projects_updated ON projects (updated_at, id);
CREATE INDEX projects_created ON projects (created_at, id);
CREATE INDEX projects_title ON projects (title, id);
CREATE INDEX projects_starts ON projects (starts_on, id);
CREATE INDEX projects_created_by ON projects (created_by_id);

-- The project that a ticket is part of.
ALTER TABLE tickets ADD COLUMN project_id {id} REFERENCES projects (id);
CREATE INDEX tickets_project ON tickets (project_id, updated_at, id);
"}
