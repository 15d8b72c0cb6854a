//! Leads, which of them went into which, and what happened to them.

crate::dialect::sql_migration! {"
CREATE TABLE leads (
    {searched id},
    -- Empty where it is not known.
    name text NOT NULL,
    -- The same to be ordered by, and by which what may be the same person is found.
    name_order text NOT NULL,
    name_key text,
    email text,
    -- E.164.
    phone text,
    company text,
    company_key text,
    notes text NOT NULL,
    status text NOT NULL CHECK (status IN ('new', 'contacted', 'qualified', 'converted', 'lost')),
    -- Why, where it is lost.
    lost_reason text,
    -- The newest scoring's.
    score text CHECK (score IN ('hot', 'warm', 'cold')),
    score_value integer CHECK (score_value BETWEEN 0 AND 100),
    -- The same to be ordered by: -1 where it was never scored.
    score_order integer NOT NULL CHECK (score_order + 1 BETWEEN 0 AND 101),
    scored_at {time},
    owner_id {id} REFERENCES users (id),
    source_kind text NOT NULL CHECK (source_kind IN ('conversation', 'message', 'chat', 'consultation', 'import', 'api', 'manual')),
    source_id {id},
    -- Who they were on the website, where that is known.
    visitor_id {id} REFERENCES visitors (id),
    created_by_id {id} REFERENCES users (id),
    -- The lead that this one went into.
    merged_into_id {id} REFERENCES leads (id),
    -- When it was converted or lost.
    closed_at {time},
    version integer NOT NULL,
    {words},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((lost_reason IS NOT NULL) = (status = 'lost')),
    CHECK ((score IS NULL) = (score_value IS NULL)),
    CHECK (merged_into_id IS NULL OR merged_into_id <> id)
);
CREATE INDEX leads_updated ON leads (updated_at, id);
CREATE INDEX leads_created ON leads (created_at, id);
CREATE INDEX leads_name ON leads (name_order, id);
CREATE INDEX leads_score_order ON leads (score_order, id);
CREATE INDEX leads_status ON leads (status, updated_at, id);
CREATE INDEX leads_owner ON leads (owner_id, status, updated_at, id);
CREATE INDEX leads_score ON leads (score, updated_at, id);
CREATE INDEX leads_email ON leads (email, id) WHERE email IS NOT NULL;
CREATE INDEX leads_phone ON leads (phone, id) WHERE phone IS NOT NULL;
CREATE INDEX leads_name_key ON leads (name_key, id) WHERE name_key IS NOT NULL;
CREATE INDEX leads_company_key ON leads (company_key, id) WHERE company_key IS NOT NULL;
CREATE INDEX leads_merged_into ON leads (merged_into_id);
CREATE INDEX leads_visitor ON leads (visitor_id);
CREATE INDEX leads_created_by ON leads (created_by_id);
CREATE INDEX leads_source_id ON leads (source_id) WHERE source_id IS NOT NULL;
-- What was said once becomes one lead.
CREATE UNIQUE INDEX leads_source ON leads (source_kind, source_id)
    WHERE merged_into_id IS NULL AND source_kind IN ('conversation', 'message', 'chat', 'consultation');
{search leads}

-- What it takes to take a merge back.
CREATE TABLE lead_merges (
    lead_id {id} NOT NULL PRIMARY KEY REFERENCES leads (id),
    into_id {id} NOT NULL REFERENCES leads (id),
    -- What was filled in and went over.
    kept {json} NOT NULL,
    merged_by_id {id} REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE INDEX lead_merges_into ON lead_merges (into_id);
CREATE INDEX lead_merges_merged_by ON lead_merges (merged_by_id);

-- Written with every change, and never changed.
CREATE TABLE lead_history (
    id {id} NOT NULL PRIMARY KEY,
    lead_id {id} NOT NULL REFERENCES leads (id),
    -- Who changed it; none, where Frontdesk did.
    user_id {id} REFERENCES users (id),
    action text NOT NULL CHECK (action IN ('created', 'updated', 'status_changed', 'assigned', 'merged', 'unmerged')),
    -- The status, the owner or the other lead, before and then.
    old_value text,
    new_value text,
    created_at {time} NOT NULL
);
CREATE INDEX lead_history_lead ON lead_history (lead_id, created_at, id);
CREATE INDEX lead_history_user ON lead_history (user_id);

-- Who has STAFF works on leads.
INSERT INTO user_permissions (user_id, permission, granted_by, created_at)
    SELECT u.id, 'MANAGE_LEADS', NULL, {now} FROM users AS u JOIN roles AS r ON r.id = u.role_id
    WHERE r.built_in AND r.name = 'STAFF'
        AND NOT EXISTS (SELECT 1 FROM user_permissions AS g WHERE g.user_id = u.id AND g.permission = 'MANAGE_LEADS');
"}
