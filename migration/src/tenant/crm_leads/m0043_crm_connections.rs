//! Connections with the company's CRM, and those that somebody has begun to make.

crate::dialect::sql_migration! {"
CREATE TABLE crm_connections (
    id {id} NOT NULL PRIMARY KEY,
    provider text NOT NULL CHECK (provider IN ('salesforce', 'hubspot', 'zoho')),
    name text NOT NULL,
    -- The name in the form in which names are compared.
    name_folded text,
    -- Whether somebody let us in, or made a key there by hand.
    method text NOT NULL CHECK (method IN ('oauth', 'key')),
    -- AES-256-GCM; null of one that is disconnected.
    credentials_encrypted {bytes},
    -- Raised whenever those are others.
    renewed integer NOT NULL,
    -- Which field of a lead goes into which of the CRM's.
    field_mappings {json} NOT NULL,
    -- Whether leads are brought without being asked to, and what changes there comes back.
    auto_sync {bool} NOT NULL,
    pull {bool} NOT NULL,
    active {bool} NOT NULL,
    status text NOT NULL CHECK (status IN ('connected', 'expired', 'revoked', 'paused', 'disconnected')),
    -- What the CRM said last that it was refused for.
    last_error text,
    token_expires_at {time},
    -- Whoever renews the token has it until then.
    refreshing_until {time},
    -- The CRM's limit: until then nothing is sent.
    limited_until {time},
    -- Whoever brings leads has the connection until then.
    working_until {time},
    -- Up to when changes there were looked at.
    pulled_until {time},
    pulled_at {time},
    connected_by_id {id} REFERENCES users (id),
    connected_at {time} NOT NULL,
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((active IS NOT NULL) AND active = (status <> 'disconnected'))
);
CREATE UNIQUE INDEX crm_connections_name_folded ON crm_connections (name_folded);
CREATE INDEX crm_connections_name ON crm_connections (name, id);
CREATE INDEX crm_connections_created ON crm_connections (created_at, id);
CREATE INDEX crm_connections_connected_by ON crm_connections (connected_by_id);

-- A person who was sent to a CRM to let us in, until they are back.
CREATE TABLE crm_connecting (
    -- SHA-256 of the state that they come back with.
    state_hash {bytes} NOT NULL PRIMARY KEY,
    provider text NOT NULL CHECK (provider IN ('salesforce', 'hubspot', 'zoho')),
    -- The one that is to be connected again; none of a new one, which has a name.
    connection_id {id} REFERENCES crm_connections (id),
    wanted_name text,
    user_id {id} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- What proves that who comes back is who went (PKCE), encrypted.
    verifier_encrypted {bytes} NOT NULL,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL
);
CREATE INDEX crm_connecting_expires ON crm_connecting (expires_at);
CREATE INDEX crm_connecting_user ON crm_connecting (user_id);
CREATE INDEX crm_connecting_connection ON crm_connecting (connection_id);
"}
