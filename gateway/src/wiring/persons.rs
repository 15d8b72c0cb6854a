//! What finding a person, and giving out what is held on them, needs of all contexts.

use analytics_sync::{KnownToB2chat, answers_about};
use async_trait::async_trait;
use audit::{Inside, PersonCatalogue, PersonDesk, PersonExportHouse, Someone};
use kernel::{
    Cx, Result,
    held::Kind,
    id::{ApiResponseLogId, B2chatAgentId, B2chatContactId, ConversationId, UserId},
    jobs::Job,
};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{app::App, held, persons_own::GIVEN, standing::as_active};

/// What all contexts declare.
pub const CATALOGUE: PersonCatalogue = PersonCatalogue { held: held::HELD, roots: held::ROOTS, given: GIVEN };

/// The contexts, as the audit context asks them.
pub struct Contexts<'a>(pub &'a App);

#[async_trait]
impl PersonDesk for Contexts<'_> {
    async fn as_active(&self, cx: &Cx, who: UserId) -> Result<Option<Cx>> {
        as_active(&self.0.db.reader(cx).await?, cx, &self.0.catalog, who).await
    }

    async fn proved(&self, cx: &Cx, who: UserId) -> Result<bool> {
        let found = identity::entities::user::Entity::find_by_id(who).one(&self.0.db.reader(cx).await?).await?;
        Ok(found.is_some_and(|found| found.email_verified_at.is_some()))
    }

    async fn inside(&self, cx: &Cx, table: &str, whose: &Someone, after: Option<Uuid>) -> Result<Inside> {
        let conn = self.0.db.reader(cx).await?;
        match table {
            "api_response_logs" => {
                let contacts: Vec<_> = whose.of(Kind::Contact).into_iter().map(B2chatContactId).collect();
                let agents: Vec<_> = whose.of(Kind::Agent).into_iter().map(B2chatAgentId).collect();
                let known = KnownToB2chat::of(&conn, &contacts, &agents, whose.emails.clone()).await?;
                let (rows, next) = answers_about(&conn, &known, after.map(ApiResponseLogId)).await?;
                Ok(Inside { rows, next: next.map(|id| id.0) })
            }
            "conversation_archives" => {
                let of: Vec<_> = whose.of(Kind::Participant).into_iter().map(ConversationId).collect();
                let storage = self.0.files.storage();
                let found = inbox::archived_of(&conn, storage, &of, after).await?;
                Ok(found.map_or_else(Inside::default, |(id, rows)| Inside { rows, next: Some(id) }))
            }
            // Answers that are kept for a day are encrypted, and found by who asked alone; mails that wait hold tokens, and are
            // in their mailbox soon.
            _ => Ok(Inside::default()),
        }
    }
}

/// Puts together what is held on a person.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn make(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let house = PersonExportHouse {
        catalogue: CATALOGUE,
        company: identity::company_name(&app.db.reader(cx).await?, cx).await?,
        hours: app.settings.whole(cx, identity::PERSON_EXPORT_HOURS).await?,
    };
    Box::pin(audit::make_person_export(&app.db, &app.files, &Contexts(app), &house, cx, job)).await
}
