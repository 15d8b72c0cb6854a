//! Signing in elsewhere: identity providers, who is who there, sign-ins under way, and deliveries of their changes.

crate::dialect::sql_migration! {"
CREATE TABLE identity_providers (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL UNIQUE,
    -- OpenID Connect; null where a provider only tells of its people by webhook.
    issuer text UNIQUE,
    client_id text,
    -- Encrypted; null for a public client.
    client_secret {bytes},
    -- From the discovery document.
    endpoints {json},
    scopes text NOT NULL,
    redirect_uris {json} NOT NULL,
    allowed_domains {json} NOT NULL,
    -- As what people are added whom nobody knows yet; null: they are not.
    creates text CHECK (creates IN ('staff', 'client')),
    role_id {id} REFERENCES roles (id),
    mapped_roles {json} NOT NULL,
    trusts_mfa {bool} NOT NULL,
    -- Encrypted. The previous one is good for a while after a change.
    webhook_secret {bytes},
    previous_webhook_secret {bytes},
    previous_webhook_until {time},
    is_active {bool} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX identity_providers_role ON identity_providers (role_id);

CREATE TABLE external_identities (
    id {id} NOT NULL PRIMARY KEY,
    provider_id {id} NOT NULL REFERENCES identity_providers (id),
    subject text NOT NULL,
    user_id {id} REFERENCES users (id),
    email text,
    -- The provider's own time of the newest state that was applied, in milliseconds; 0: none yet.
    revision bigint NOT NULL,
    -- Removed there, for good: whatever comes later is ignored.
    removed_at {time},
    created_at {time} NOT NULL,
    last_sign_in_at {time},
    UNIQUE (provider_id, subject)
);
CREATE INDEX external_identities_user ON external_identities (user_id);

CREATE TABLE oidc_sign_ins (
    state_hash {bytes} NOT NULL PRIMARY KEY,
    provider_id {id} NOT NULL REFERENCES identity_providers (id),
    flow_hash {bytes} NOT NULL,
    nonce_hash {bytes} NOT NULL,
    -- Encrypted.
    verifier {bytes} NOT NULL,
    redirect_uri text NOT NULL,
    expires_at {time} NOT NULL
);
CREATE INDEX oidc_sign_ins_provider ON oidc_sign_ins (provider_id);
CREATE INDEX oidc_sign_ins_expires ON oidc_sign_ins (expires_at);

CREATE TABLE webhook_deliveries (
    provider_id {id} NOT NULL REFERENCES identity_providers (id),
    delivery_id text NOT NULL,
    received_at {time} NOT NULL,
    PRIMARY KEY (provider_id, delivery_id)
);
CREATE INDEX webhook_deliveries_received ON webhook_deliveries (received_at);

-- Whether the second factor that a role requires was shown to a provider that is trusted with it.
ALTER TABLE sessions ADD COLUMN trusted_factor {bool} NOT NULL DEFAULT FALSE;
"}
