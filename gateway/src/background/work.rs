//! What is done for a job of each kind, and how long that may take.

use std::time::Duration;

use analytics_sync::{
    BeginDueSyncs, CopyMedia, CountMetricDays, MakeExport, RecountMetrics, RunEffectivenessBatch, RunSync,
};
use audit::{Erase, MakePersonExport, RunRetention};
use crm_leads::{NoteAllLeads, PullCrm, ReadLeadImport, RunAiTask, SyncCrm};
use identity::{DeliverNotification, DeliverTemplatedMail, Register, SendLink, TakePicture};
use inbox::{
    AskSubscriber, DeliverReply, EndSilentChat, IndexMessages, IndexVisitors, RemindOfConsultation, RenewSocialAccount,
    SendConversationReply,
};
use kernel::{
    Cx, Error, Result, Tx,
    jobs::{self, Job, Work},
};
use ticketing::{AnswerQuestion, DeliverComment, ExtractHelpDocument, RecountClocks};

use crate::{
    background::{ai_tasks, answers, crm, effectiveness, extraction::ChildProcess, media, sync},
    outgoing_mail::transport::OfTenant,
    wiring::{
        app::App,
        bookings::Desk,
        bridges::{InTransaction, NewsletterLetters},
        comments::CommentMail,
        erasures, exports,
        leads::Numbers,
        metrics::Counted,
        persons, retention,
    },
};

/// How long a worker may take for a job.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a worker may take for this job.
pub fn patience(app: &App, job: &Job) -> Duration {
    match job.kind.as_str() {
        // It has a limit of its own, with which it ends by itself.
        AnswerQuestion::KIND => app.assistant.patience + PATIENCE,
        // A worker's turn, and a batch that began at its end.
        SyncCrm::KIND | PullCrm::KIND | RunSync::KIND => PATIENCE * 4,
        // A turn, and what was begun at its end.
        CopyMedia::KIND | RunEffectivenessBatch::KIND => PATIENCE * 2,
        // A turn, and a batch that began at its end.
        RunRetention::KIND => PATIENCE * 15,
        // A million rows.
        MakeExport::KIND | MakePersonExport::KIND | Erase::KIND => PATIENCE * 60,
        _ => PATIENCE,
    }
}

/// Does what a job says.
///
/// # Errors
/// Those of the work: it is tried again, until it is given up.
pub async fn handle(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    if job.thread().is_some()
        && let Some(until) = jobs::turn(&app.db.reader(cx).await?, cx.now, job).await?
    {
        return jobs::put_back(&app.db.bookkeeping(cx).await?, job, until).await;
    }
    match job.kind.as_str() {
        RunAiTask::KIND => ai_tasks::run(app, cx, job).await,
        AnswerQuestion::KIND => answers::make(app, cx, job).await,
        DeliverReply::KIND => {
            let theirs = OfTenant { app, cx };
            inbox::deliver_reply(&app.db, &theirs, &theirs, &app.mail, cx, job).await
        }
        EndSilentChat::KIND => {
            let minutes = app.settings.whole(cx, identity::CHAT_END_AFTER_MINUTES).await?;
            let work: &EndSilentChat = &job.work()?;
            let end = |tx: Tx| async move {
                inbox::end_silent_chat(&tx, cx, minutes, work).await?;
                jobs::finish(&tx, job).await
            };
            app.db.transact(cx, "chat.end_silent", end).await
        }
        DeliverComment::KIND => {
            let theirs = CommentMail(OfTenant { app, cx });
            ticketing::deliver_comment(&app.db, &theirs, &app.mail.domain, cx, job).await
        }
        SendConversationReply::KIND => {
            inbox::send_conversation_reply(&app.db, &app.social.networks, &app.social, cx, job).await
        }
        RenewSocialAccount::KIND => inbox::renew_social_account(&app.db, &app.social.networks, cx, job).await,
        IndexMessages::KIND => inbox::index_messages(&app.db, cx, job).await,
        IndexVisitors::KIND => inbox::index_visitors(&app.db, cx, job).await,
        RemindOfConsultation::KIND => {
            let desk = &Desk::of(app, cx).await?;
            let work: &RemindOfConsultation = &job.work()?;
            let remind = |tx: Tx| async move {
                inbox::remind_of_consultation(&tx, &desk.post(&tx), &desk.company, cx, work).await?;
                jobs::finish(&tx, job).await
            };
            app.db.transact(cx, "consultation.remind", remind).await
        }
        AskSubscriber::KIND => {
            let letters = NewsletterLetters { keyring: app.db.keyring(), links: &app.links_of(cx).await? };
            inbox::ask_subscriber(&app.db, &letters, cx, job).await
        }
        CopyMedia::KIND => media::copy(app, cx, job).await,
        SyncCrm::KIND => crm::bring(app, cx, job).await,
        PullCrm::KIND => crm::take(app, cx, job).await,
        NoteAllLeads::KIND => crm_leads::note_all_leads(&app.db, cx, job).await,
        RunSync::KIND => sync::go_on(app, cx, job).await,
        BeginDueSyncs::KIND => sync::begin(app, cx, job).await,
        CountMetricDays::KIND => analytics_sync::count_metric_days(&app.db, cx, job).await,
        RecountMetrics::KIND => {
            let recount = |tx: Tx| async move { analytics_sync::recount_some(&tx, &Counted(tx.conn()), cx, job).await };
            app.db.transact(cx, "metrics.recount", recount).await
        }
        RunEffectivenessBatch::KIND => effectiveness::run(app, cx, job).await,
        SendLink::KIND => identity::send_link(&app.db, &app.links_of(cx).await?, cx, job).await,
        Register::KIND => identity::register(&app.db, &app.links_of(cx).await?, cx, job).await,
        DeliverTemplatedMail::KIND => {
            identity::deliver_mail(&app.db, app, app.db.keyring(), cx, &app.catalog, job).await
        }
        DeliverNotification::KIND => {
            identity::deliver_notification(&app.db, app.cards.as_ref(), &app.webhooks, cx, job).await
        }
        ExtractHelpDocument::KIND => {
            ticketing::extract_help_document(&app.db, &app.files, &ChildProcess, cx, job).await
        }
        RecountClocks::KIND => {
            let recount = |tx| async move { ticketing::recount_clocks(&tx, &InTransaction(&tx), cx, job).await };
            app.db.transact(cx, "ticketing.recount_clocks", recount).await
        }
        ReadLeadImport::KIND => {
            let numbers = &Numbers::of(&app.settings.get(cx, identity::COMPANY_REGION).await?);
            crm_leads::read_lead_import(&app.db, &app.files, (numbers, &numbers.0), cx, job).await
        }
        MakeExport::KIND => exports::make(app, cx, job).await,
        RunRetention::KIND => retention::run(app, cx, job).await,
        Erase::KIND => erasures::run(app, cx, job).await,
        MakePersonExport::KIND => persons::make(app, cx, job).await,
        TakePicture::KIND => identity::take_picture(&app.db, &app.files, &app.oidc, cx, job).await,
        other => Err(Error::internal(format!("no worker knows jobs of kind {other}"))),
    }
}
