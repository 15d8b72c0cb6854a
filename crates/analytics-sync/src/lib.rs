//! What happened, in numbers.
//!
//! **Words.** An *event* is something that a visitor did on the website: a page view, or what the site gives a name of its own. Its
//! *page* is its address without what follows `?` or `#`, its *source* what brought the visitor there. The *daily counts* say how
//! often each happened on each day, by type, page and source; a day is one in the company's time zone.
//!
//! **Invariants.** Anybody may record events, so many at a time, and nobody but Frontdesk changes them. An event and its count are
//! written in one transaction, so the counts of a day are always the number of its events, also once those are gone. A visitor is
//! named only where their token was shown. Events are kept for a year, counts for ever: they name nobody.
//!
//! **Copies.** A message points at its image or file where B2Chat has it; ours is a file of the message, counted to what the company
//! may store. It is fetched as every address that somebody else named is asked, and is what its content says.
//!
//! A *metric* is a number over *things that count*: chats of B2Chat's, live chats and tickets. What counts of each is a *fact*, a
//! copy that follows the thing. The facts of a day (in UTC) are kept in one piece too; whatever writes a fact marks its day in the
//! same transaction, and who asks reads marked days from the facts themselves: so numbers are right before a day is counted
//! anew, and the same afterwards.
//!
//! An *analysis* says how well a chat of B2Chat went: a score of how far what the contact wanted was resolved (0.6) and how satisfied
//! they were (0.4). A *batch* has many chats analysed, within a budget of tokens that is never exceeded, whatever crashes.
//!
//! **Events of visitors are not published.** A page view is no change of anything at the desk: it is its own record, and the audit
//! trail and the outbox hold none of them.

mod adapters;
mod domain;
pub mod held;
mod policy;
mod ports;
mod queries;
mod retention;
mod store;
mod usecases;

pub use adapters::b2chat::HttpB2chat;
pub use adapters::effectiveness::{anthropic::AnthropicAnalyst, builtin::BuiltinAnalyst};
pub use adapters::media::HttpMedia;
pub use domain::effectiveness::events::{
    BatchChanged, BatchFinished, BatchStarted, ChatAnalysed, ChatNotAnalysed, EFFECTIVENESS,
};
pub use domain::exports::{
    cells::Cell as ExportCell,
    columns::{Column as ExportColumn, columns_of as export_columns},
    events::{EXPORTS, ExportCancelled, ExportExpired, ExportFailed, ExportFinished, ExportRequested},
    report::word as stored_word,
    wanted::{ExportFilter, ExportOptions, ReportGroup, Wanted as WantedExport},
};
pub use domain::{
    b2chat::tags::folded_tag,
    event::{NewEvent, PAGE_VIEW},
    media::events::B2chatMediaStopped,
    metrics::{
        group::{Grouping, Key as MetricKey, Which as MetricWhich, week_name},
        metric::{Definition as MetricDefinition, Metric, Unit as MetricUnit},
        tally::{Numbers as MetricNumbers, Tally as MetricTally},
        thing::Thing as MetricThing,
    },
    source::{chat::message_key, page::Endpoint},
    sync::{
        days::parsed as parsed_day,
        events::{SyncCompleted, SyncFailed},
        pace::{rate as sync_rate, remaining_seconds as sync_remaining_seconds},
    },
    tally::Tally,
};
pub use policy::{ANALYSE_CHATS, EXPORT_DATA, MANAGE_SYNC, PERMISSIONS, VIEW_ANALYTICS, VIEW_B2CHAT};
pub use ports::effectiveness::{Analyst, Purse};
pub use ports::exports::{Batch as ExportBatch, ExportDesk, LinesBatch, LinesPlace};
pub use ports::metrics::{
    Departments as MetricDepartments, Sees as MetricSees, Things as MetricThings, WorkingTimes as MetricWorkingTimes,
};
pub use ports::{
    Events, Visitors,
    media::{MediaHosts, NoMedia},
    source::{Colleagues, Credentials, NoSource, Said, Source, Wanted as WantedPage},
};
pub use queries::effectiveness::{
    analyses::{self as effectiveness_analyses, AnalysesOfBatch, AnalysesOfChat},
    averages::{AgentEffectiveness, Asked as AgentsAsked, effectiveness_by_agent},
    batches::{self as effectiveness_batches, failures_of_each},
};
pub use queries::{
    b2chat,
    daily::{Counted, Dimension, Wanted, daily},
    events,
    exports::rows::{between as exported_between, may_export, next as next_rows},
    media::{MediaBackup, media_backup},
    metrics::{
        numbers::{Asked as AskedMetrics, GROUPS, Group as MetricGroup, Loaded as LoadedMetrics, load_metrics},
        rows::rows_behind,
    },
    sync::{
        answers::{self as api_response_logs, AnswersOf, keep_to_megabytes, raw_response},
        coverage::sync_coverage,
        held::{Known as KnownToB2chat, answers_about},
        runs::{self as sync_runs, CheckpointsOf, FailuresOf, b2chat_access, sync_states},
    },
};
pub use retention::RETENTION;
pub use store::b2chat::{
    agent::Model as B2chatAgent,
    chat::{B2chatPriority, B2chatStatus, ChatProvider, Model as B2chatChat, closed_order as chat_closed_order},
    contact::{Attributes, Model as B2chatContact, Texts},
    department::Model as B2chatDepartment,
    message::{B2chatMessageType, MediaState, Model as B2chatMessage},
};
pub use store::effectiveness::{
    analysis::{Analysed, AnalystName, AskedBy, Model as EffectivenessAnalysis},
    batch::{BatchState, Model as EffectivenessBatch},
    item::{AnalysisFailure, ItemState, Model as EffectivenessBatchChat},
};
pub use store::event::Model as AnalyticsEvent;
pub use store::exports::export::{ExportFormat, ExportStatus, ExportType, Model as Export};
pub use store::metrics::fact::{MetricKind, MetricPriority, MetricStatus, Model as MetricFact};
pub use store::sync::{
    access::{B2chatAccessStatus, Model as B2chatAccess},
    answer::ApiResponseLog,
    checkpoint::{Model as SyncCheckpoint, SyncCheckpointStatus},
    coverage::Model as SyncCoverage,
    failure::Model as SyncFailure,
    run::{Model as SyncRun, SyncEntity, SyncOperation, SyncStatus},
    state::{Model as SyncState, SyncStateStatus},
};
pub use usecases::effectiveness::{
    keep::{cancel_effectiveness_batch, resume_effectiveness_batch},
    run::{AnalystBench, RunEffectivenessBatch, run_effectiveness_batch},
    start::{AnalyseChat, AnalyseChats, Asked as AnalysisAsked, Chosen as ChosenChats, analyse_chat, analyse_chats},
};
pub use usecases::exports::{
    cancel::{CancelExport, cancel_export},
    expire::{end_exports, expire_exports, exported_files},
    make::{ExportHouse, make_export},
    request::{MakeExport, request_export},
};
pub use usecases::media::{
    by_hand::{back_up_media, retry_media},
    copy::{CopyMedia, MediaRules, copy_media, media_wait},
};
pub use usecases::metrics::{
    days::{CountMetricDays, count_metric_days},
    note::{chats_changed, things_changed},
    recount::{MetricsRecountRequested, RecountMetrics, recount_metrics, recount_own, recount_some},
};
pub use usecases::record_events::{RecordEvents, may_record, record_events};
pub use usecases::sync::{
    RunSync, SyncSettings,
    access::{SyncFault, connect_b2chat, disconnect_b2chat, test_b2chat},
    control::{cancel_sync, pause_sync, resume_sync},
    erase::{bury_contacts, erase_answers},
    mark::{B2chatRecord, mark_b2chat_record},
    rebuild::{RebuildPreview, preview_rebuild, rebuild_from_raw},
    run::{Around as AroundSync, run_sync},
    schedule::{BeginDueSyncs, begin_due_syncs},
    seals::{reseal_b2chat_credentials, sealed_b2chat_credentials},
    start::{StartSync, start_sync},
    write::agents::link_agents,
};

/// The longest texts, in characters, and the most of each, as the SDL states them.
pub mod limits {
    /// Events in one batch.
    pub const BATCH: usize = 50;
    /// The name of a type of event.
    pub const TYPE: usize = 64;
    /// The address of a page.
    pub const URL: usize = 2_000;
    /// What a browser calls its session.
    pub const SESSION: usize = 100;
    /// The data of an event, in bytes of JSON.
    pub const DATA: usize = 4_096;
    /// How long ago an event may be, in seconds.
    pub const AGO: i32 = 86_400;
    /// A page as it is counted.
    pub const PAGE: usize = 300;
    /// A source as it is counted.
    pub const SOURCE: usize = 100;
    /// Days that counts are asked for at a time.
    pub const DAYS: i64 = 366;
    /// Media that were given up and are tried again at a time.
    pub const MEDIA_RETRIED: u64 = 10_000;
    /// Counts in one answer.
    pub const COUNTS: u64 = 1_000;
}

/// The records of this context, by the words of the API: what [`kernel::record`] reads and writes.
pub mod records {
    pub use crate::store::{
        b2chat::{
            agent::Entity as B2chatAgents, chat::Entity as B2chatChats, contact::Entity as B2chatContacts,
            department::Entity as B2chatDepartments, message::Entity as B2chatMessages,
        },
        effectiveness::{analysis::Entity as EffectivenessAnalyses, batch::Entity as EffectivenessBatches},
        event::Entity as AnalyticsEvents,
        exports::export::Entity as Exports,
        metrics::fact::Entity as MetricFacts,
        sync::{
            answer::Entity as ApiResponseLogs, checkpoint::Entity as SyncCheckpoints, failure::Entity as SyncFailures,
            run::Entity as SyncRuns,
        },
    };
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::b2chat::{agent, chat, chat_tag, contact, department, message};
    pub use crate::store::effectiveness::{
        analysis as effectiveness_analysis, batch as effectiveness_batch, item as effectiveness_batch_chat,
    };
    pub use crate::store::exports::export;
    pub use crate::store::media::state as media_backup;
    pub use crate::store::metrics::{day as metric_day, fact as metric_fact, fact_tag as metric_fact_tag};
    pub use crate::store::sync::{
        access as b2chat_access, answer as api_response_log, checkpoint as sync_checkpoint, coverage as sync_coverage,
        erased as b2chat_erased, failure as sync_failure, run as sync_run, seen as sync_seen, state as sync_state,
    };
    pub use crate::store::{daily, event};
}
