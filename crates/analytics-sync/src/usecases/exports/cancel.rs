//! Somebody takes an export back.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::ExportId,
    record::{self, Records},
};

use crate::{
    domain::exports::events::ExportCancelled,
    policy::EXPORT_DATA,
    store::exports::export::{Entity as Exports, ExportStatus, Model as Export},
};

/// An export is to be made no more.
#[derive(Debug, Clone, Copy)]
pub struct CancelExport {
    /// It.
    pub id: ExportId,
}

/// Takes an export back that waits or is being made; what was written of it goes.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one that is over.
pub async fn cancel_export<S: Records<Exports> + Emit>(s: &S, cx: &Cx, cmd: &CancelExport) -> Result<Export> {
    cx.require(EXPORT_DATA)?;
    let before = s.lock(cx, cmd.id).await?;
    if !before.goes_on() {
        return Err(Error::invalid("exportId", ProblemCode::NotAllowed, "the export is over"));
    }
    let after = Export { status: ExportStatus::Cancelled, completed_at: Some(cx.now), ..before.clone() };
    let after = record::change::<Exports, _>(s, cx, &before, after).await?;
    s.emit(cx, &ExportCancelled { export: after.id });
    Ok(after)
}
