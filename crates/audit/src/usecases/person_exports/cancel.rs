//! Somebody takes an export back.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::PersonExportId,
    record::{self, Records},
};

use crate::{
    domain::person_exports::events::PersonExportCancelled,
    store::person_exports::person_export::{Entity as PersonExports, Model as PersonExport, PersonExportStatus},
};

/// Takes an export back that waits or is being made; what was written of it goes. Who sees it may: who keeps personal data, or whose
/// own it is.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one that is over.
pub async fn cancel_person_export<S: Records<PersonExports> + Emit>(
    s: &S,
    cx: &Cx,
    id: PersonExportId,
) -> Result<PersonExport> {
    cx.user()?;
    let before = s.lock(cx, id).await?;
    if !before.goes_on() {
        return Err(Error::invalid("personExportId", ProblemCode::NotAllowed, "the export is over"));
    }
    let after = PersonExport { status: PersonExportStatus::Cancelled, completed_at: Some(cx.now), ..before.clone() };
    let after = record::change::<PersonExports, _>(s, cx, &before, after).await?;
    s.emit(cx, &PersonExportCancelled { export: after.id });
    Ok(after)
}
