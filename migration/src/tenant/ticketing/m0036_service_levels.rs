//! What is promised of tickets, and the clocks that measure it.

crate::dialect::sql_migration! {"
CREATE TABLE service_level_policies (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL,
    -- The name in the form in which names are compared.
    name_folded text,
    description text,
    -- The first that is for a ticket is its policy.
    position integer NOT NULL,
    -- For which tickets: lists of words, null for all.
    categories {json},
    priorities {json},
    severities {json},
    team_id {id} REFERENCES teams (id),
    first_response_minutes integer CHECK (first_response_minutes > 0),
    next_response_minutes integer CHECK (next_response_minutes > 0),
    resolution_minutes integer CHECK (resolution_minutes > 0),
    -- Whether only the company's opening hours count.
    business_hours {bool} NOT NULL,
    -- At which share of the time it is nearly over.
    warn_percent integer NOT NULL CHECK (warn_percent BETWEEN 1 AND 99),
    is_active {bool} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX service_level_policies_name_folded ON service_level_policies (name_folded);
CREATE INDEX service_level_policies_name ON service_level_policies (name, id);
CREATE INDEX service_level_policies_position ON service_level_policies (position, id);
CREATE INDEX service_level_policies_created ON service_level_policies (created_at, id);
CREATE INDEX service_level_policies_team ON service_level_policies (team_id);

-- What a policy set of a ticket, and its due date. Kept when it ended; what ends without having been met is removed.
CREATE TABLE ticket_clocks (
    id {id} NOT NULL PRIMARY KEY,
    ticket_id {id} NOT NULL REFERENCES tickets (id),
    kind text NOT NULL CHECK (kind IN ('first_response', 'next_response', 'resolution', 'due')),
    -- None, where it is the due date.
    policy_id {id} REFERENCES service_level_policies (id),
    started_at {time} NOT NULL,
    target_minutes integer,
    business_hours {bool} NOT NULL,
    warn_percent integer NOT NULL,
    paused_since {time},
    used_seconds bigint NOT NULL,
    due_at {time},
    warn_at {time},
    -- When there is next something to tell of it; none, where nothing will be as it stands.
    next_at {time},
    warned_at {time},
    met_at {time},
    breached_at {time}
);
CREATE INDEX ticket_clocks_ticket ON ticket_clocks (ticket_id, started_at, id);
CREATE UNIQUE INDEX ticket_clocks_open ON ticket_clocks (ticket_id, kind) WHERE met_at IS NULL;
CREATE INDEX ticket_clocks_next ON ticket_clocks (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX ticket_clocks_policy ON ticket_clocks (policy_id);
CREATE INDEX ticket_clocks_due ON ticket_clocks (due_at, ticket_id) WHERE met_at IS NULL;
CREATE INDEX ticket_clocks_breached ON ticket_clocks (ticket_id) WHERE breached_at IS NOT NULL;

-- When clocks of a ticket stood still, and because it stood where.
CREATE TABLE ticket_pauses (
    ticket_id {id} NOT NULL REFERENCES tickets (id),
    from_at {time} NOT NULL,
    until_at {time},
    status text NOT NULL CHECK (status IN ('open', 'in_progress', 'pending', 'on_hold', 'resolved', 'closed')),
    PRIMARY KEY (ticket_id, from_at)
);
-- Since when those stand still that do is known no better.
INSERT INTO ticket_pauses (ticket_id, from_at, status)
    SELECT id, coalesce(closed_at, resolved_at, updated_at), status FROM tickets
        WHERE status IN ('pending', 'on_hold', 'resolved', 'closed');
"}
