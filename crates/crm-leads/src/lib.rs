//! People who may buy: leads, their scores, and their copies in a CRM.
//!
//! **Words.** A *lead* is somebody who may buy: from a *source* (a conversation, a message, a chat, a consultation, an import, another
//! program) or written down by a colleague, its *owner* is the colleague who has it. It is *new* until somebody spoke with them
//! (*contacted*), *qualified* when they want and can buy what we offer, and ends *converted* or *lost*, which has a reason. Leads
//! who are one person are *merged*: the one points at the other then, which takes over what it had not.
//!
//! **Invariants.** What was said once (a message, a chat, a consultation, a conversation) is one lead. A lead moves only as the table says
//! ([`LeadStatus::next`]). A merge fills in and overwrites nothing, so it can be taken back. Only who would see a lead is given it.
//!
//! **Scores.** A lead is scored by *rules*: each asks one thing of what is known ([`Asked`]) and counts for or against, and the sum is 0
//! to 100: *cold*, *warm* or *hot* by two thresholds. Every scoring is kept with its *signals* and the row that is the evidence of each;
//! the lead's score is the newest one's. A set of rules is a *draft* until it is put to use, *live* until another is, and *retired*
//! then, and only a draft is changed. One set is live at most; where none is, those that are built in are used.
//!
//! **Imports.** A CSV file is *tried* first, which writes nothing, and then read by a job, some rows at a time: a row that is wrong is
//! noted with its number and the rest is taken; who is there already, by address or number, is left alone.
//!
//! **Published events**: `lead_import.started`, `lead_import.finished`, `lead.scored`, `score_rule_set.saved`, `lead.created`, `lead.changed`, `lead.status_changed`, `lead.assigned`, `lead.merged`, `lead.unmerged`; all
//! in the topic [`LEADS`], each concerning its lead. They hold ids and the names of what was changed, and nothing personal.
//!
//! **Tasks.** What somebody writes is a *subject*; to say what they want, to score them, to suggest an answer is a *task* for a
//! *provider*: Frontdesk's own rules, or Anthropic's Messages API. A task is *queued*, *processing*, *completed* or *failed*; what
//! follows from it happens in the transaction that completes it, once. What people wrote is data for whoever does it, and no
//! word of it is in the task. A *replay* has another provider do the same and has no effect.
//!
//! **Published events**: `ai_task.requested`, `ai_task.completed`, `ai_task.failed`, `ai_task.retried`, `ai_task.corrected`; all
//! in the topic [`AI_TASKS`], each concerning its task.
//!
//! **CRMs.** A *connection* lets us into the company's CRM (HubSpot, Salesforce, Zoho); a *sync* is what of one lead is to be brought
//! there, a *record* what is there. A lead is one record in each CRM, whatever is lost on the way: the CRM knows our leads by a field
//! that holds our ids ([`CrmProvider::key_field`]). What both sides last said of each field is kept, hashed, so what was sent is no change
//! when it is found there, and what came back is none to be sent.
//!
//! **Published events**: `crm_connection.begun`, `crm_connection.saved`, `crm_connection.lost`, `crm_connection.tested`,
//! `crm_connection.pull_requested`, `crm_connection.sync_all_requested`, `crm_sync.requested`, `crm_sync.cancelled`,
//! `crm_sync.retried`, `crm_sync.done`, `crm_sync.failed`; all in the topic [`CRM`]. They hold ids, and never a token.

mod adapters;
mod domain;
pub mod held;
mod policy;
mod ports;
mod queries;
mod retention;
mod store;
pub mod subjects;
mod usecases;

pub use adapters::ai::{anthropic::AnthropicAi, builtin::BuiltinAi};
pub use adapters::crm::{CrmClient, CrmSettings, HttpCrms};
pub use domain::ai_tasks::{
    events::{AI_TASKS, AiTaskCompleted, AiTaskCorrected, AiTaskFailed, AiTaskRequested, AiTaskRetried},
    material::{Line, Material, Price, ReadyAnswer, Subject},
    output::{Classified, Intent, Output, Replied, Scored, Sentiment, Urgency},
};
pub use domain::crm_connections::{
    events::{CRM, CrmConnectionLost},
    mapping::{MappedField, Mapping as CrmMapping, Mappings as CrmMappings},
    remote::{RemoteField, RemoteType},
};
pub use domain::imports::{
    events::{LeadImportFinished, LeadImportStarted},
    mapping::{ImportField, Mapping, Named},
    sheet::{Encoding, Sheet},
};
pub use domain::leads::events::{
    LEADS, LeadAssigned, LeadChanged, LeadCreated, LeadField, LeadMerged, LeadStatusChanged, LeadUnmerged,
};
pub use domain::leads::{alike::Alike, status::STATUSES};
pub use domain::scores::{
    events::LeadScored,
    facts::{Heard, Said},
    rules::{Asked, Rule, Thresholds, built_in as built_in_rules},
    score::Signal,
};
pub use policy::{
    MANAGE_AI_TASKS, MANAGE_CRM, MANAGE_LEADS, MANAGE_SCORING, PERMISSIONS, VIEW_AI_TASKS, VIEW_LEADS, visible_leads,
    would_see,
};
pub use ports::ai_tasks::{AiProvider, Effects, SeesSubjects, Subjects, Tasks};
pub use ports::crm::Crms;
pub use ports::{
    leads::{Known, Numbers, People, Sources, Tags, Telephones},
    scores::Hearing,
};
pub use queries::ai_tasks::{self, Accuracy, ReplaysOf, accuracy, usage_on};
pub use queries::crm::{
    connections::{self as crm_connections, purge_crm_connecting},
    syncs::{self as crm_syncs, CrmSyncsOf, crm_records_of_each},
};
pub use queries::imports::errors_of_each;
pub use queries::leads::{
    duplicates::{Duplicate, duplicates_of_each},
    history::{History, HistoryBackward},
    list::{self as leads, merged_into_each},
};
pub use queries::scores::{
    backtest::{Backtest, Counts, TRIED, backtest},
    rule_sets as score_rule_sets,
    scorings::ScoringsOf,
};
pub use retention::RETENTION;
pub use store::ai_tasks::task::{AiFailure, AiProviderName, AiSubjectType, AiTaskStatus, AiTaskType, Model as AiTask};
pub use store::crm_connections::connection::{CrmMethod, CrmProvider, CrmStatus, Model as CrmConnection};
pub use store::crm_syncs::{
    record::Model as CrmRecord,
    sync::{CrmAction, CrmSyncStatus, Model as CrmSync},
};
pub use store::leads::{
    change::{LeadAction, Model as LeadChange},
    lead::{LeadScore, LeadSource, LeadStatus, Model as Lead},
};
pub use usecases::ai_tasks::{
    correct::correct_ai_task,
    lead::{lead_by_id, lead_now, lead_of, note_ai_decision, open_lead_of, scored_by_rules},
    queue::{Wanted, queue_ai_task, replay_ai_task, request_ai_task},
    retry::retry_ai_task,
    run::{AiBench, RunAiTask, run_ai_task},
    spend::{ai_tokens_today, spend_ai_tokens},
};
pub use usecases::crm_connections::{
    complete::{CompleteCrmConnection, complete_crm_connection},
    connect_key::{ConnectCrmWithKey, connect_crm_with_key},
    disconnect::disconnect_crm,
    keep::{CrmConnectionSettings, pause_crm_connection, resume_crm_connection, update_crm_connection},
    mappings::{describe_crm_fields, set_crm_field_mappings, test_crm_connection},
    seals::{reseal_crm_credentials, sealed_crm_credentials},
    start::{CrmConnectionStarted, StartCrmConnection, start_crm_connection},
};
pub use usecases::crm_syncs::{
    bring::{SyncCrm, sync_crm},
    by_hand::{SyncLead, cancel_crm_sync, pull_crm_changes, retry_crm_sync, sync_lead},
    everything::{NoteAllLeads, note_all_leads, sync_all_leads},
    note::{leads_told, note_for_crms},
    take::{PullCrm, Pulled, changes_in_crm, finish_pull, take_change},
};
pub use usecases::leads::{
    assign_lead::{AssignLead, assign_lead},
    create_lead::{CreateLead, create_lead},
    create_lead_from::{CreateLeadFrom, create_lead_from},
    hand_over::hand_over,
    merge_leads::{MergeLeads, merge_leads, unmerge_lead},
    set_lead_status::{SetLeadStatus, set_lead_status},
    several_leads::{AssignLeads, SetLeadStatuses, assign_leads, set_lead_statuses},
    update_lead::{UpdateLead, update_lead},
};

pub use store::imports::{
    error::Model as LeadImportError,
    import::{ImportState, Model as LeadImport},
};
pub use store::scores::{
    rule_set::{Model as ScoreRuleSet, RuleSetState},
    scoring::Model as LeadScoring,
};
pub use usecases::imports::{
    import_leads::{ImportLeads, ReadLeadImport, import_leads},
    plan::{ImportPlan, RowError, plan_import},
    run::read_lead_import,
};
pub use usecases::scores::{
    record_score::{RecordLeadScore, record_lead_score},
    rule_sets::{RuleSetSettings, activate_score_rule_set, create_score_rule_set, update_score_rule_set},
    score_lead::{RULES, score_lead},
};

/// The longest texts, in characters, as the SDL states them, and how much there may be.
pub mod limits {
    pub use crate::domain::imports::sheet::{BYTES, COLUMNS, ROWS};
    pub use crate::domain::leads::lead::{LINE, NOTES, PHONE, REASON};
}

/// The records of this context, by the words of the API: what [`kernel::record`] reads and writes.
pub mod records {
    pub use crate::store::{
        ai_tasks::task::Entity as AiTasks,
        crm_connections::connection::Entity as CrmConnections,
        crm_syncs::sync::Entity as CrmSyncs,
        imports::import::Entity as LeadImports,
        leads::{change::Entity as LeadChanges, lead::Entity as Leads},
        scores::{rule_set::Entity as ScoreRuleSets, scoring::Entity as LeadScorings},
    };
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{
        ai_tasks::{day as ai_day, task as ai_task},
        crm_connections::{connecting as crm_connecting, connection as crm_connection},
        crm_syncs::{record as crm_record, sync as crm_sync},
        imports::{error as lead_import_error, import as lead_import},
        leads::{change as lead_change, lead, merge as lead_merge},
        scores::{rule_set as score_rule_set, scoring as lead_score},
    };
}
