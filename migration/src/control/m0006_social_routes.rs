//! Whose an account on a social platform is: what a platform tells us names the account, and no tenant.

crate::dialect::sql_migration! {"
CREATE TABLE social_account_routes (
    platform text NOT NULL CHECK (platform IN ('facebook', 'x', 'linkedin')),
    account_id text NOT NULL,
    -- Several companies may have connected one account: each has shown that it is theirs, and each is told.
    tenant_id {id} NOT NULL REFERENCES tenants (id),
    created_at {time} NOT NULL,
    PRIMARY KEY (platform, account_id, tenant_id)
);
CREATE INDEX social_account_routes_tenant ON social_account_routes (tenant_id);
"}
