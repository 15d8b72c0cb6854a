//! What erasing people needs of all contexts.

use analytics_sync::{
    KnownToB2chat, MetricKind, bury_contacts, chats_changed, end_exports, erase_answers, exported_files, things_changed,
};
use async_trait::async_trait;
use audit::{ErasureAccount, ErasureDesk, ErasureHouse, ErasureRules, Someone};
use identity::UserKind;
use kernel::{
    Cx, Result, Tx, files, held,
    id::{B2chatAgentId, B2chatChatId, B2chatContactId, ConversationId, UserId},
    jobs::Job,
};

use uuid::Uuid;

use super::{app::App, metrics::Counted, persons::CATALOGUE, retention::ARCHIVED};

/// The contexts, as erasures ask them.
pub struct Contexts<'a>(pub &'a App);

#[async_trait]
impl ErasureDesk for Contexts<'_> {
    async fn account(&self, tx: &Tx, _: &Cx, who: UserId) -> Result<Option<ErasureAccount>> {
        let stands = identity::stands(tx, who).await?;
        Ok(stands.map(|(kind, is_active, is_last_administrator)| ErasureAccount {
            is_client: kind == UserKind::Client,
            is_active,
            is_last_administrator,
        }))
    }

    async fn bury(&self, tx: &Tx, cx: &Cx, whose: &Someone) -> Result<()> {
        let people: Vec<_> = whose.of(held::Kind::Person).into_iter().map(UserId).collect();
        if !people.is_empty() {
            ticketing::forget_words(tx, &people).await?;
        }
        for who in people {
            files::give_up_waiting(tx, cx, who).await?;
        }
        let contacts: Vec<_> = whose.of(held::Kind::Contact).into_iter().map(B2chatContactId).collect();
        if contacts.is_empty() { Ok(()) } else { bury_contacts(tx, cx, &contacts).await }
    }

    async fn shut(&self, tx: &Tx, cx: &Cx, people: &[UserId]) -> Result<()> {
        identity::shut_out(tx, cx, people).await
    }

    async fn inside(&self, cx: &Cx, table: &str, whose: &Someone) -> Result<u64> {
        let app = self.0;
        match table {
            "api_response_logs" => {
                let contacts: Vec<_> = whose.of(held::Kind::Contact).into_iter().map(B2chatContactId).collect();
                let agents: Vec<_> = whose.of(held::Kind::Agent).into_iter().map(B2chatAgentId).collect();
                let conn = app.db.reader(cx).await?;
                let known = KnownToB2chat::of(&conn, &contacts, &agents, whose.emails.clone()).await?;
                drop(conn);
                erase_answers(&app.db, cx, &known).await
            }
            "conversation_archives" => {
                let of: Vec<_> = whose.of(held::Kind::Participant).into_iter().map(ConversationId).collect();
                if of.is_empty() {
                    return Ok(0);
                }
                inbox::erase_archived(&app.db, app.files.storage(), cx, &of).await
            }
            "jobs" => identity::mail::erase_mails(&app.db, cx, &whose.emails, &whose.needles()).await,
            _ => Ok(0),
        }
    }

    async fn erased(&self, tx: &Tx, cx: &Cx, table: &str, ids: &[Uuid]) -> Result<()> {
        // Nobody is told of rows that are erased, so nothing else counts them anew.
        match table {
            "b2chat_chats" => {
                let ids: Vec<_> = ids.iter().copied().map(B2chatChatId).collect();
                chats_changed(tx, cx, &ids).await
            }
            "chat_sessions" => things_changed(tx, &Counted(tx.conn()), cx, MetricKind::LiveChat, ids).await,
            "tickets" => things_changed(tx, &Counted(tx.conn()), cx, MetricKind::Ticket, ids).await,
            _ => Ok(()),
        }
    }

    async fn exported(&self, cx: &Cx) -> Result<i64> {
        let count = exported_files(&self.0.db.reader(cx).await?).await?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    async fn end_exports(&self, cx: &Cx) -> Result<u64> {
        end_exports(&self.0.db, &cx.at_present()).await
    }

    async fn sweep(&self, cx: &Cx) -> Result<()> {
        self.0.files.sweep(&self.0.db, &cx.at_present()).await.map(drop)
    }
}

/// What erasures stand on.
pub fn house<'a>(app: &'a App, desk: &'a Contexts<'a>) -> ErasureHouse<'a> {
    ErasureHouse { db: &app.db, catalogue: &CATALOGUE, desk, storage: app.files.storage(), archived: &ARCHIVED }
}

/// What the company has set of erasures.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn rules(app: &App, cx: &Cx) -> Result<ErasureRules> {
    Ok(ErasureRules {
        needs_second: app.settings.get(cx, identity::ERASURE_NEEDS_SECOND).await?.as_bool().unwrap_or(true),
        after_days: app.settings.whole(cx, identity::ERASURE_AFTER_DAYS).await?,
    })
}

/// Erases somebody.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn run(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let desk = Contexts(app);
    Box::pin(audit::run_erasure(house(app, &desk), cx, job)).await
}

/// Has erasures go on that nothing holds up any more, and notes outside the database what was erased before there was a ledger.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database or the storage is away.
pub async fn tidy(app: &App, cx: &Cx) -> Result<()> {
    let desk = Contexts(app);
    audit::resume_free_erasures(house(app, &desk), cx).await?;
    audit::note_erasures(house(app, &desk), cx).await
}

/// Refuses a database that was restored from a copy of before somebody was erased, until that is done again. Where the storage does
/// not say what was erased, nothing is known of it, and the log says so.
///
/// # Errors
/// [`kernel::Error::Internal`] with a sentence for the operator; [`kernel::Error::Unavailable`] where the database is away.
pub async fn check(app: &App) -> Result<()> {
    let noted = match audit::noted_erasures(app.files.storage()).await {
        Ok(noted) => noted,
        Err(error) => {
            tracing::warn!(
                ?error,
                "the file storage does not say who was erased: whether this database is older is not known"
            );
            return Ok(());
        }
    };
    let mut left = Vec::new();
    for tenant in app.db.tenants().await? {
        if !noted.iter().any(|noted| noted.tenant == tenant.id)
            || tenant.schema_version.as_deref() != Some(super::tenants::version())
        {
            continue;
        }
        let slug = tenant.slug.clone();
        let cx = app.system(std::sync::Arc::new(tenant));
        let missing = audit::erasures_to_repeat(&app.db.reader(&cx).await?, cx.tenant.id, &noted).await?.len();
        if missing > 0 {
            left.push(format!("{missing} of {slug}"));
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    Err(kernel::Error::internal(format!(
        "this database is older than erasures that were done ({}): who was erased is in it again. Run `frontdesk erasures repeat`, \
         then start",
        left.join(", ")
    )))
}
