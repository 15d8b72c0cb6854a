//! A consultation was held, or the visitor did not come.

use kernel::{
    Cx, Result,
    db::Emit,
    id::ConsultationId,
    record::{self, Records},
};

use crate::{
    domain::booking::events::{ConsultationCompleted, ConsultationMissed},
    policy::MANAGE_CONSULTATIONS,
    store::booking::consultation::{ConsultationStatus, Entity as Consultations, Model as Consultation},
};

/// Notes that a consultation was held.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] where it has not begun, was cancelled or missed.
pub async fn complete_consultation<S: Records<Consultations> + Emit>(
    s: &S,
    cx: &Cx,
    id: ConsultationId,
) -> Result<Consultation> {
    cx.require(MANAGE_CONSULTATIONS)?;
    let before = s.lock(cx, id).await?;
    before.has_begun(cx, "consultationId")?;
    let mut after = before.clone();
    if after.set_status("consultationId", ConsultationStatus::Completed)? {
        after = record::change(s, cx, &before, after).await?;
        s.emit(cx, &ConsultationCompleted { consultation: id });
    }
    Ok(after)
}

/// Notes that the visitor did not come.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] where it has not begun, was cancelled or held.
pub async fn mark_no_show<S: Records<Consultations> + Emit>(
    s: &S,
    cx: &Cx,
    id: ConsultationId,
) -> Result<Consultation> {
    cx.require(MANAGE_CONSULTATIONS)?;
    let before = s.lock(cx, id).await?;
    before.has_begun(cx, "consultationId")?;
    let mut after = before.clone();
    if after.set_status("consultationId", ConsultationStatus::NoShow)? {
        after = record::change(s, cx, &before, after).await?;
        s.emit(cx, &ConsultationMissed { consultation: id });
    }
    Ok(after)
}
