//! Somebody asks for what is held on a person: it is made by a job.

use std::time::Duration;

use kernel::{
    Conn, Cx, Error, ProblemCode, Result, Tx,
    db::Emit,
    held::Kind,
    id::PersonExportId,
    jobs::{Enqueue, Work},
    limit::Limit,
    record::Records,
    usage,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        person_exports::events::PersonExportRequested,
        persons::{Catalogue, Start},
    },
    policy::MANAGE_PERSONAL_DATA,
    store::person_exports::{
        person_export::{Entity as PersonExports, Model as PersonExport, PersonExportStatus},
        repository::goes_on,
    },
};

/// The job: make this export.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakePersonExport {
    /// It.
    pub export: PersonExportId,
}

impl Work for MakePersonExport {
    const KIND: &'static str = "audit.make_person_export";
}

/// How often somebody may ask for their own.
const OWN: Limit = Limit { name: "own exports", attempts: 3, window: Duration::from_secs(24 * 60 * 60) };

/// Counts that somebody asks for what is held on them, before they do.
///
/// # Errors
/// [`Error::RateLimited`] for more than 3 in a day.
pub async fn count_own_export(conn: &Conn, cx: &Cx) -> Result<()> {
    OWN.count(conn, cx, &cx.user()?.id.to_string()).await
}

/// Asks for what is held on the person whom `start` names, who was found.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] where one is being made.
pub async fn request_person_export(tx: &Tx, cx: &Cx, catalogue: &Catalogue, start: &Start) -> Result<PersonExport> {
    cx.require(MANAGE_PERSONAL_DATA)?;
    begin(tx, cx, start.stored(catalogue), false).await
}

/// Asks for what is held on whoever asks.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Forbidden`] for a key: it is no person; [`Error::Invalid`] where one is being made.
pub async fn request_own_export(tx: &Tx, cx: &Cx, catalogue: &Catalogue) -> Result<PersonExport> {
    let user = cx.user()?;
    cx.in_session()?;
    begin(tx, cx, Start::Record(Kind::Person, user.id.0).stored(catalogue), true).await
}

async fn begin(tx: &Tx, cx: &Cx, subject: String, own: bool) -> Result<PersonExport> {
    // Asking is rare enough that all wait for each other.
    usage::lock(tx).await?;
    if goes_on(tx.conn(), &subject).await? {
        let field = if own { "" } else { "of" };
        let why = "what is held on this person is being put together already; wait for it, or cancel it";
        return Err(Error::invalid(field, ProblemCode::NotAllowed, why));
    }
    let export = PersonExport {
        id: cx.new_id(),
        user_id: cx.user()?.id,
        subject,
        is_own: own,
        status: PersonExportStatus::Pending,
        file_name: format!("person-{}.zip", cx.now.format("%Y-%m-%d-%H%M%S")),
        file_id: None,
        bytes: None,
        table_count: None,
        tables_done: 0,
        rows_written: 0,
        record_count: None,
        file_count: None,
        error_message: None,
        attempts: 0,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
        started_at: None,
        completed_at: None,
        expires_at: None,
    };
    Records::<PersonExports>::insert(tx, &export).await?;
    tx.enqueue(cx, &MakePersonExport { export: export.id }).await?;
    tx.emit(cx, &PersonExportRequested { export: export.id, own });
    Ok(export)
}
