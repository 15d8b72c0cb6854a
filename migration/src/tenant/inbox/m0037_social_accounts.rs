//! The platforms that the company writes on, its accounts there, and connections that somebody has begun to make.

crate::dialect::sql_migration! {"
CREATE TABLE platforms (
    name text NOT NULL PRIMARY KEY CHECK (name IN ('facebook', 'x', 'linkedin')),
    display_name text NOT NULL,
    -- What the company sets of it; nothing secret.
    config {json} NOT NULL,
    updated_at {time} NOT NULL
);
INSERT INTO platforms (name, display_name, config, updated_at) VALUES
    ('facebook', 'Facebook', '{}', '2026-11-29T00:00:00.000+00:00'), ('x', 'X', '{}', '2026-11-29T00:00:00.000+00:00'), ('linkedin', 'LinkedIn', '{}', '2026-11-29T00:00:00.000+00:00');

CREATE TABLE social_accounts (
    id {id} NOT NULL PRIMARY KEY,
    platform text NOT NULL REFERENCES platforms (name),
    -- As the platform names it.
    account_id text NOT NULL,
    account_name text,
    -- AES-256-GCM; null of one that is disconnected.
    access_token_encrypted {bytes},
    refresh_token_encrypted {bytes},
    token_expires_at {time},
    -- Whoever refreshes it has it until then.
    refreshing_until {time},
    -- Until when the platform wants nothing more sent.
    paused_until {time},
    status text NOT NULL CHECK (status IN ('connected', 'expired', 'revoked', 'disconnected')),
    -- What the platform said last that it was refused for.
    last_error text,
    metadata {json} NOT NULL,
    connected_by_id {id} REFERENCES users (id),
    connected_at {time} NOT NULL,
    active {bool} NOT NULL,
    version integer NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX social_accounts_account ON social_accounts (platform, account_id);
CREATE INDEX social_accounts_expiring ON social_accounts (token_expires_at) WHERE active;
CREATE INDEX social_accounts_updated ON social_accounts (updated_at, id);
CREATE INDEX social_accounts_connected_by ON social_accounts (connected_by_id);

-- A person who was sent to a platform to let us in, until they are back.
CREATE TABLE social_connecting (
    -- SHA-256 of the state that they come back with.
    state_hash {bytes} NOT NULL PRIMARY KEY,
    platform text NOT NULL REFERENCES platforms (name),
    user_id {id} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Where they come back to.
    redirect_uri text NOT NULL,
    -- What proves that who comes back is who went (PKCE), encrypted.
    verifier_encrypted {bytes},
    -- What the platform gave, encrypted, while it is chosen which of several accounts is meant.
    granted_encrypted {bytes},
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL
);
CREATE INDEX social_connecting_expires ON social_connecting (expires_at);
CREATE INDEX social_connecting_platform ON social_connecting (platform);
CREATE INDEX social_connecting_user ON social_connecting (user_id);
"}
