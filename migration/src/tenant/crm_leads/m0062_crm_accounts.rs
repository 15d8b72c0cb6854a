//! Which account of a CRM a connection is with, where the CRM says so: connected again with another one, nothing that is known of records
//! there counts.

crate::dialect::sql_migration! {"
ALTER TABLE crm_connections ADD COLUMN account text;
"}
