//! Messages of conversations that were taken out of the database into the file storage, and where they are.

crate::dialect::sql_migration! {"
CREATE TABLE conversation_archives (
    id {id} NOT NULL PRIMARY KEY,
    -- The first instant of the month that its messages were written in.
    month {time} NOT NULL,
    batch integer NOT NULL,
    storage_key text NOT NULL,
    messages integer NOT NULL,
    first_at {time} NOT NULL,
    last_at {time} NOT NULL,
    -- Of the compressed object.
    bytes bigint NOT NULL,
    sha256 {bytes} NOT NULL,
    created_at {time} NOT NULL,
    -- When it was read back as it should be and its messages were removed here; until then they are still here.
    sealed_at {time}
);
CREATE UNIQUE INDEX conversation_archives_month ON conversation_archives (month, batch);
CREATE INDEX conversation_archives_unsealed ON conversation_archives (created_at) WHERE sealed_at IS NULL;

-- Which conversations have messages in which.
CREATE TABLE conversation_archive_parts (
    archive_id {id} NOT NULL REFERENCES conversation_archives (id),
    conversation_id {id} NOT NULL REFERENCES conversations (id),
    messages integer NOT NULL,
    PRIMARY KEY (conversation_id, archive_id)
);
CREATE INDEX conversation_archive_parts_archive ON conversation_archive_parts (archive_id);

-- What is old enough to be archived, whichever conversation it is in.
CREATE INDEX conversation_messages_received ON conversation_messages (received_at, id);

--postgres
-- This month and the next two, for a company that begins now; a job makes those that follow.
DO $$
DECLARE
    first timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    month timestamp;
BEGIN
    FOR n IN 0..2 LOOP
        month := (first AT TIME ZONE 'UTC') + make_interval(months => n);
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF conversation_messages FOR VALUES FROM (%L) TO (%L)',
            'conversation_messages_' || to_char(month, '\"y\"YYYY\"m\"MM'),
            month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC'
        );
    END LOOP;
END $$;
--end
"}
