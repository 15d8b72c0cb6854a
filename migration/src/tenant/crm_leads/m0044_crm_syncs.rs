//! What of leads is to be brought into a CRM, and what is there.

crate::dialect::sql_migration! {"
CREATE TABLE crm_syncs (
    id {id} NOT NULL PRIMARY KEY,
    lead_id {id} NOT NULL REFERENCES leads (id),
    connection_id {id} NOT NULL REFERENCES crm_connections (id),
    action text NOT NULL CHECK (action IN ('create', 'update', 'delete')),
    status text NOT NULL CHECK (status IN ('pending', 'success', 'failed', 'cancelled')),
    -- As the CRM names the record.
    external_id text,
    error_message text,
    synced_at {time},
    retry_count integer NOT NULL,
    -- When it is tried next, the first time too; none once it is over.
    next_retry_at {time},
    -- Whoever brings it has it until then.
    leased_until {time},
    -- Raised where the lead is changed while it waits.
    round integer NOT NULL,
    -- Who asked for it; none, where Frontdesk did.
    requested_by_id {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK ((synced_at IS NOT NULL) = (status = 'success')),
    CHECK ((next_retry_at IS NOT NULL) = (status = 'pending'))
);
-- What is changed twice while it waits is brought once.
CREATE UNIQUE INDEX crm_syncs_waiting ON crm_syncs (connection_id, lead_id) WHERE status = 'pending';
CREATE INDEX crm_syncs_due ON crm_syncs (connection_id, next_retry_at, id) WHERE status = 'pending';
CREATE INDEX crm_syncs_lead ON crm_syncs (lead_id, created_at, id);
CREATE INDEX crm_syncs_connection ON crm_syncs (connection_id, status, created_at, id);
CREATE INDEX crm_syncs_status ON crm_syncs (status, created_at, id);
CREATE INDEX crm_syncs_created ON crm_syncs (created_at, id);
CREATE INDEX crm_syncs_requested_by ON crm_syncs (requested_by_id);

-- The one record of a lead in a CRM.
CREATE TABLE crm_records (
    connection_id {id} NOT NULL REFERENCES crm_connections (id),
    lead_id {id} NOT NULL REFERENCES leads (id),
    external_id text NOT NULL,
    -- Of each field what was last here and there, hashed: what differs since is a change.
    fields {json} NOT NULL,
    synced_at {time} NOT NULL,
    remote_modified_at {time},
    PRIMARY KEY (connection_id, lead_id)
);
CREATE UNIQUE INDEX crm_records_external ON crm_records (connection_id, external_id);
CREATE INDEX crm_records_lead ON crm_records (lead_id);
"}
