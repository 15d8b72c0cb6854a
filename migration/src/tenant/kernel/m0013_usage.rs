//! What the tenant uses of what it may use.

crate::dialect::sql_migration! {"
-- One row, which whoever is about to use more holds until it is done.
CREATE TABLE tenant_usage (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    storage_bytes bigint NOT NULL CHECK (storage_bytes >= 0)
);
INSERT INTO tenant_usage (id, storage_bytes) VALUES (1, 0);
"}
