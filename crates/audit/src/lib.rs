//! What can be proved afterwards.
//!
//! Every change leaves one **audit row** in the transaction that makes it: [`AuditSink`] writes it from the
//! event's envelope, so no use case can forget it. What a signed-in person tried and was refused leaves a row
//! too, and so does a failed sign-in. The database itself refuses to change or remove a row.
//!
//! Just after the commit the row gets its number in the tenant's sequence and the **hash** of itself and the
//! row before ([`AuditChain`]), as a row of a table that is append-only too. [`verify`] reads the chain from its
//! beginning and names the first row that does not fit: altered, removed, inserted or reordered. What the chain
//! cannot show by itself is that its newest rows were cut off together with their links; the head's sequence,
//! kept elsewhere (`frontdesk audit verify` prints it with its hash), shows that.
//!
//! Two ways lead out, which the database allows and no others. What a row says of people is sealed under keys of theirs
//! ([`kernel::personal`]): [`forget`] destroys them, and the chain over the sealed bytes stays whole. And rows behind a
//! **checkpoint**, a signed place up to which the trail was proved, may go ([`remove_behind_checkpoint`]).
//!
//! And how long rows of all tables are kept ([`kernel::retention`]): what each context declares, what the company decided of it, the
//! engine that archives, removes and counts, and the holds that it never passes ([`holds_on`]).
//!
//! Beside the trail stands the **log of errors**: what went wrong anywhere, without secrets ([`Occurrence`]), in groups of one kind
//! that are resolved and reopened ([`record_errors`]), and the operations that took long ([`record_slow_operations`]).
//!
//! **Published events**: `error_group.resolved`, `error_group.reopened`, `error_group.alerted`.

mod domain;
pub mod held;
mod policy;
mod ports;
mod queries;
mod retention;
mod store;
mod usecases;

pub use domain::{
    erasures::{
        Counts as ErasureCounts, Elsewhere, ErasedHow, Line as ErasureLine, Plan as ErasurePlan, Task as ErasureTask,
        Tasks as ErasureTasks, Whose,
        events::{
            ERASURES, ErasureCancelled, ErasureConfirmed, ErasureExpired, ErasureFailed, ErasureHeld, ErasurePlanned,
            ErasureRepeated, ErasureTaskDone, PersonErased,
        },
    },
    errors::{
        Occurrence,
        events::{ERRORS, ErrorGroupAlerted, ErrorGroupReopened, ErrorGroupResolved},
        kept::{GROUPS_AN_HOUR, KEPT_AN_HOUR},
    },
    hash::GENESIS,
    offline::{FileRefused, FileVerified, pem, public_key, verify_file},
    person_exports::events::{PERSON_EXPORTS, PersonExportFailed, PersonExportFinished},
    persons::{
        Catalogue as PersonCatalogue, Found as PersonRecord, Given, GivenRows, Someone, Start as PersonStart,
        Why as PersonTie,
    },
    retention::{
        decided::RetentionPolicy,
        events::{RetentionFailed, RetentionFinished},
        progress::Step as RetentionStep,
    },
};
pub use policy::{
    MANAGE_ERROR_LOG, MANAGE_PERSONAL_DATA, MANAGE_RETENTION, PERMISSIONS, VIEW_AUDIT_LOG, VIEW_ERROR_LOG,
    VIEW_RETENTION,
};
pub use ports::{
    erasures::{Account as ErasureAccount, ErasureDesk},
    persons::{Inside, PersonDesk},
    retention::{ROWS_PER_SECOND, RetentionDesk},
};
pub use queries::{
    errors::{
        groups::{self as error_groups, Occurrences},
        logs as error_logs,
    },
    export::{TrailLines, TrailPlace, trail_between, trail_lines},
    heads::AuditHead,
    list::{self, AuditLog, by_id},
    persons::find::{find as find_person, person_records},
    retention::{
        archives::{ARCHIVES_BY_CREATED_AT, ARCHIVES_BY_TABLE, archived_rows, archives_to_read},
        holds::{HOLDS_BY_RELEASED, HOLDS_BY_SUBJECT, held_ids, holds_on},
        policies::retention_policies,
    },
    slow_operations,
    verify::{Broken, Checkpoint, Verified, checkpoint_key, verify},
};
pub use retention::{AUDIT_LOGS, RETENTION};
pub use store::{
    AuditChain, AuditSink,
    erasures::erasure::{ErasureScope, ErasureStatus, Model as Erasure},
    errors::{
        group::{ErrorGroupStatus, ErrorLevel, ErrorSource, Model as ErrorGroup},
        log::Model as ErrorLog,
    },
    person_exports::person_export::{Model as PersonExport, PersonExportStatus},
    retention::{
        archive::Model as Archive,
        hold::Model as LegalHold,
        run::{Model as RetentionRun, RetentionStatus},
    },
    slow_operations::Model as SlowOperation,
};
pub use usecases::{
    checkpoint::{REMOVED, make_checkpoint, remove_behind_checkpoint, sign_anew},
    erasures::{
        confirm::{Erase, ErasureRules, cancel_erasure, complete_erasure_task, confirm_erasure},
        expire::expire_erasures,
        ledger::{
            Noted as NotedErasure, erasures_to_repeat, note_erasures, noted_erasures, repeat_erasure,
            seal_noted_erasures,
        },
        plan::{ErasureHouse, PlanErasure, plan_erasure},
        resume::{resume_erasures, resume_free_erasures},
        run::run_erasure,
    },
    errors::{
        record::record_errors,
        resolve::{reopen_error_group, resolve_error_group},
    },
    forget::forget,
    heads::{HeadSigned, sign_day},
    holds::{PlaceLegalHold, ReleaseLegalHold, place_legal_hold, release_legal_hold},
    person_exports::{
        cancel::cancel_person_export,
        expire::expire_person_exports,
        make::{PersonExportHouse, make_person_export},
        request::{MakePersonExport, count_own_export, request_own_export, request_person_export},
    },
    retention::{
        control::{cancel_retention, pause_retention, resume_retention},
        decide::{SetRetentionPolicy, policy_to_set, set_retention_policy},
        request::{RequestRetention, RunRetention, begin_nightly, request_retention},
        run::{Engine as RetentionEngine, run_retention},
        sweep::sweep_retention,
    },
    slow_operations::{SlowOperationSeen, record_slow_operations},
};

/// What can be listed.
pub mod records {
    pub use crate::store::{
        erasures::erasure::Entity as Erasures,
        errors::{group::Entity as ErrorGroups, log::Entity as ErrorLogs},
        head::Entity as AuditHeads,
        log::Entity as AuditLogs,
        person_exports::person_export::Entity as PersonExports,
        retention::{archive::Entity as Archives, hold::Entity as LegalHolds, run::Entity as RetentionRuns},
        slow_operations::Entity as SlowOperations,
    };
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{
        chain, checkpoint,
        erasures::erasure,
        errors::{group as error_group, log as error_log},
        head, log,
        person_exports::person_export,
        retention::{archive, hold as legal_hold, policy as retention_policy, run as retention_run},
        slow_operations as slow_operation,
    };
}
