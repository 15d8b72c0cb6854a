//! Host names of their own, why a tenant is suspended, and those who keep the platform.

crate::dialect::sql_migration! {"
-- A tenant may have several host names. SQLite cannot drop a column that is unique: the rows move.
--postgres
ALTER TABLE tenants ADD COLUMN suspended_at timestamptz;
ALTER TABLE tenants ADD COLUMN suspended_reason text;
CREATE TABLE tenant_hosts (
    host text NOT NULL PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    created_at timestamptz NOT NULL
);
INSERT INTO tenant_hosts SELECT host, id, updated_at FROM tenants WHERE host IS NOT NULL;
ALTER TABLE tenants DROP COLUMN host;
--sqlite
CREATE TABLE tenants_2 (
    id BLOB NOT NULL PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL UNIQUE,
    tier text NOT NULL CHECK (tier IN ('free', 'pro', 'enterprise')),
    schema_name text NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    schema_version text,
    migration_error text,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    suspended_at DATETIME,
    suspended_reason text
);
INSERT INTO tenants_2 SELECT id, slug, name, tier, schema_name, settings, active, schema_version, migration_error, created_at,
    updated_at, NULL, NULL FROM tenants;
CREATE TABLE tenant_hosts (
    host text NOT NULL PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants_2 (id),
    created_at DATETIME NOT NULL
);
INSERT INTO tenant_hosts SELECT host, id, updated_at FROM tenants WHERE host IS NOT NULL;
DROP TABLE tenants;
ALTER TABLE tenants_2 RENAME TO tenants;
CREATE INDEX tenants_active ON tenants (active);
--end
CREATE INDEX tenant_hosts_tenant ON tenant_hosts (tenant_id);
UPDATE tenants SET suspended_at = updated_at WHERE NOT active;
-- Until now no tier had limits: who is here already keeps that.
UPDATE tenants SET tier = 'enterprise';

CREATE TABLE platform_admins (
    id {id} NOT NULL PRIMARY KEY,
    email text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    is_active {bool} NOT NULL,
    token_version integer NOT NULL,
    last_sign_in_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE platform_events (
    id {id} NOT NULL PRIMARY KEY,
    at {time} NOT NULL,
    kind text NOT NULL,
    success {bool} NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('platform', 'anonymous', 'system')),
    actor_id {id},
    actor_email text,
    address text,
    agent text,
    request_id text NOT NULL,
    tenant_id {id},
    details {json} NOT NULL
);
CREATE INDEX platform_events_at ON platform_events (at, id);
CREATE INDEX platform_events_tenant ON platform_events (tenant_id, at, id);

CREATE TABLE rate_limits (
    id {bytes} NOT NULL PRIMARY KEY,
    ends_at {time} NOT NULL,
    attempts integer NOT NULL
);
CREATE INDEX rate_limits_ends ON rate_limits (ends_at);

--postgres
CREATE FUNCTION platform_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of the platform is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER platform_events_append_only BEFORE UPDATE OR DELETE ON platform_events
    FOR EACH ROW EXECUTE FUNCTION platform_events_are_append_only();
CREATE TRIGGER platform_events_keep BEFORE TRUNCATE ON platform_events
    FOR EACH STATEMENT EXECUTE FUNCTION platform_events_are_append_only();
--sqlite
CREATE TRIGGER platform_events_no_update BEFORE UPDATE ON platform_events
BEGIN SELECT RAISE(ABORT, 'the record of the platform is append-only'); END;
CREATE TRIGGER platform_events_no_delete BEFORE DELETE ON platform_events
BEGIN SELECT RAISE(ABORT, 'the record of the platform is append-only'); END;
--end
"}
