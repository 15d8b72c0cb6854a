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
