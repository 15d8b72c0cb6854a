//! Attempts of jobs that failed, for the log of errors.

use analytics_sync::{BeginDueSyncs, CopyMedia, MakeExport, RunEffectivenessBatch, RunSync};
use audit::{ErrorLevel, ErrorSource, Occurrence};
use crm_leads::{NoteAllLeads, PullCrm, RunAiTask, SyncCrm};
use identity::{DeliverNotification, DeliverTemplatedMail, Register, SendLink, TakePicture};
use inbox::{AskSubscriber, DeliverReply, RemindOfConsultation, RenewSocialAccount, SendConversationReply};
use kernel::{
    Cx, Error,
    jobs::{Job, Work},
};
use ticketing::{AnswerQuestion, DeliverComment};

use crate::{
    background::{errors::level_of, panics::Panicked},
    wiring::app::App,
};

/// Why an attempt failed.
pub enum Why {
    /// Its work said so.
    Failed(Error),
    /// Its time was over.
    TookTooLong,
    /// It panicked.
    Panicked(Panicked),
}

/// Writes a failed attempt into the log of errors; the one by which the job ended is fatal.
pub fn note(app: &App, cx: &Cx, job: &Job, why: &Why, dead: bool) {
    let (level, code, said, stack) = match why {
        Why::Failed(error) => (level_of(error), error.code(), error.detail(), None),
        Why::TookTooLong => (ErrorLevel::Error, "TIMEOUT", "took too long".into(), None),
        Why::Panicked(panic) => {
            (ErrorLevel::Critical, "PANIC", format!("panicked: {}", panic.message), Some(panic.stack.as_str()))
        }
    };
    let level = if dead { level.max(ErrorLevel::Fatal) } else { level };
    let source = source_of(&job.kind);
    let error = Occurrence::new(app.source.now(), level, source, code, &format!("{}: {said}", job.kind));
    app.errors.note(cx, error.with_stack(stack), serde_json::json!({ "attempt": job.attempts, "givenUp": dead }));
}

/// What a job has to do with.
fn source_of(kind: &str) -> ErrorSource {
    match kind {
        RunAiTask::KIND | AnswerQuestion::KIND => ErrorSource::Ai,
        RunEffectivenessBatch::KIND => ErrorSource::Analysis,
        SyncCrm::KIND | PullCrm::KIND | NoteAllLeads::KIND => ErrorSource::Crm,
        MakeExport::KIND => ErrorSource::Export,
        DeliverReply::KIND
        | DeliverComment::KIND
        | RemindOfConsultation::KIND
        | AskSubscriber::KIND
        | SendLink::KIND
        | DeliverTemplatedMail::KIND => ErrorSource::Mail,
        SendConversationReply::KIND | RenewSocialAccount::KIND => ErrorSource::Social,
        RunSync::KIND | BeginDueSyncs::KIND | CopyMedia::KIND => ErrorSource::Sync,
        DeliverNotification::KIND => ErrorSource::Webhook,
        Register::KIND | TakePicture::KIND => ErrorSource::Auth,
        _ => ErrorSource::Job,
    }
}
