//! The scorings of leads, the rules that they are scored by, and imports of leads.

crate::dialect::sql_migration! {"
CREATE TABLE score_rule_sets (
    id {id} NOT NULL PRIMARY KEY,
    -- 1, 2, 3 …; 0 is what is built in.
    number integer NOT NULL UNIQUE CHECK (number > 0),
    description text NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'live', 'retired')),
    rules {json} NOT NULL,
    -- From here on a lead is warm, and hot.
    warm_from integer NOT NULL CHECK (warm_from BETWEEN 1 AND 100),
    hot_from integer NOT NULL CHECK (hot_from BETWEEN 1 AND 100),
    created_by_id {id} REFERENCES users (id),
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    activated_at {time},
    retired_at {time},
    CHECK (warm_from < hot_from)
);
CREATE UNIQUE INDEX score_rule_sets_live ON score_rule_sets (state) WHERE state = 'live';
CREATE INDEX score_rule_sets_created_by ON score_rule_sets (created_by_id);

CREATE TABLE lead_scores (
    id {id} NOT NULL PRIMARY KEY,
    lead_id {id} NOT NULL REFERENCES leads (id),
    score text NOT NULL CHECK (score IN ('hot', 'warm', 'cold')),
    score_value integer NOT NULL CHECK (score_value BETWEEN 0 AND 100),
    -- A list of name, weight and the id of the row that is the evidence.
    signals {json} NOT NULL,
    reasoning text NOT NULL,
    -- The rules that made it; none where no rules did, or those that are built in.
    rule_set_id {id} REFERENCES score_rule_sets (id),
    rule_set_number integer,
    -- Who made it: rules, or the name of what did.
    provider text NOT NULL,
    scored_by_id {id} REFERENCES users (id),
    scored_at {time} NOT NULL
);
CREATE INDEX lead_scores_lead ON lead_scores (lead_id, scored_at, id);
CREATE INDEX lead_scores_rule_set ON lead_scores (rule_set_id);
CREATE INDEX lead_scores_scored_by ON lead_scores (scored_by_id);

CREATE TABLE lead_imports (
    id {id} NOT NULL PRIMARY KEY,
    file_id {id} REFERENCES files (id),
    file_name text NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    -- Which column is what, by its number.
    mapping {json} NOT NULL,
    row_count integer NOT NULL,
    -- So many were read; a job that died goes on from here.
    rows_read integer NOT NULL,
    created_count integer NOT NULL,
    duplicate_count integer NOT NULL,
    error_count integer NOT NULL,
    failure text,
    created_by_id {id} REFERENCES users (id),
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    finished_at {time}
);
CREATE INDEX lead_imports_created ON lead_imports (created_at, id);
CREATE INDEX lead_imports_file ON lead_imports (file_id);
CREATE INDEX lead_imports_created_by ON lead_imports (created_by_id);

-- What was wrong, row by row, as far as it is kept.
CREATE TABLE lead_import_errors (
    import_id {id} NOT NULL REFERENCES lead_imports (id),
    row_number integer NOT NULL,
    column_name text NOT NULL,
    message text NOT NULL,
    PRIMARY KEY (import_id, row_number, column_name)
);
"}
