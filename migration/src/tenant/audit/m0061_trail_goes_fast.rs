//! Each row of the audit trail that goes asks whether it is behind a checkpoint. That was three statements which PostgreSQL read and
//! planned anew for each row; now it plans them once a session. The schema is fixed when the function is made, with temporary tables
//! last, so that nobody can put one in the place of the checkpoints.

crate::dialect::sql_migration! {"
--postgres
DO $make$
BEGIN
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION audit_goes_behind_a_checkpoint() RETURNS trigger LANGUAGE plpgsql SET search_path = %I, pg_temp AS $$
        DECLARE
            last bigint;
            own bigint;
        BEGIN
            SELECT max(sequence) INTO last FROM audit_checkpoints;
            IF TG_TABLE_NAME = 'audit_chain' THEN
                own := OLD.sequence;
            ELSE
                SELECT sequence INTO own FROM audit_chain WHERE audit_log_id = OLD.id;
            END IF;
            IF own <= last THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
        END $$
    $function$, current_schema());
END $make$;
--end
"}
