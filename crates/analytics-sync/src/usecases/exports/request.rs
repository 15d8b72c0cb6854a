//! Somebody asks for an export: it is made by a job.

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    cx::UserKind,
    db::Emit,
    id::ExportId,
    jobs::{Enqueue, Work},
    record::Records,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::exports::{
        events::ExportRequested,
        wanted::{Wanted, few_enough, most},
    },
    policy::EXPORT_DATA,
    ports::exports::{ExportBook, ExportDesk},
    queries::exports::rows::{count, may_export},
    store::exports::export::{Entity as Exports, ExportFormat, ExportStatus, ExportType, Model as Export},
};

/// The job: make this export.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakeExport {
    /// It.
    pub export: ExportId,
}

impl Work for MakeExport {
    const KIND: &'static str = "analytics.make_export";
}

/// The most exports of one person that wait or are being made.
pub const WAITING: u64 = 5;

/// What a file is called: what it holds, and when it was asked for.
fn file_name(cx: &Cx, kind: ExportType, format: ExportFormat) -> String {
    let kind = crate::domain::exports::report::word(&kind).replace('_', "-");
    format!("{kind}-{}.{}", cx.now.format("%Y-%m-%d-%H%M%S"), format.extension())
}

/// Asks for an export.
///
/// # Errors
/// [`Error::Forbidden`] where the actor may not export, or not see such rows; [`Error::Invalid`] for what says nothing of such rows,
/// for more of them than the format may have, and for too many exports that wait.
pub async fn request_export<S, D>(s: &S, conn: &Conn, desk: &D, cx: &Cx, cmd: &Wanted) -> Result<Export>
where
    S: Records<Exports> + ExportBook + Enqueue + Emit,
    D: ExportDesk,
{
    cx.require(EXPORT_DATA)?;
    let user = cx.user()?;
    if user.kind == UserKind::Client {
        return Err(Error::Forbidden { permission: EXPORT_DATA.name });
    }
    may_export(desk, cx, cmd.kind)?;
    cmd.check()?;
    if cmd.options.group_by.is_none() {
        let rows = count(desk, conn, cx, cmd.kind, &cmd.filter, most(cmd.format) + 1).await?;
        few_enough("format", cmd.format, rows)?;
    }
    s.queue_up(user.id).await?;
    if s.going_on_of(user.id).await? >= WAITING {
        let why = format!("{WAITING} of your exports wait or are being made; wait for them, or cancel one");
        return Err(Error::invalid("", ProblemCode::NotAllowed, why));
    }
    let mut options = cmd.options.clone();
    // A key holds less than the person whose it is, who alone is known when it is made.
    options.held = user.api_key.map(|_| user.permissions.names().to_vec());
    let export = Export {
        id: cx.new_id(),
        user_id: Some(user.id),
        r#type: cmd.kind,
        format: cmd.format,
        status: ExportStatus::Pending,
        filter: cmd.filter.clone(),
        options,
        file_name: file_name(cx, cmd.kind, cmd.format),
        file_id: None,
        bytes: None,
        total_count: None,
        rows_written: 0,
        record_count: None,
        error_message: None,
        attempts: 0,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
        started_at: None,
        completed_at: None,
        expires_at: None,
    };
    s.insert(&export).await?;
    s.enqueue(cx, &MakeExport { export: export.id }).await?;
    s.emit(cx, &ExportRequested { export: export.id, kind: cmd.kind, format: cmd.format });
    Ok(export)
}
