//! The registry of tenants.

crate::dialect::sql_migration! {"
CREATE TABLE tenants (
    id {id} NOT NULL PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL UNIQUE,
    tier text NOT NULL CHECK (tier IN ('free', 'pro', 'enterprise')),
    schema_name text NOT NULL UNIQUE,
    host text UNIQUE,
    settings {json} NOT NULL,
    active {bool} NOT NULL,
    schema_version text,
    migration_error text,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX tenants_active ON tenants (active);
"}
