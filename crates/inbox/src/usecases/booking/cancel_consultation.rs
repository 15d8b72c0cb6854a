//! A consultation is called off.

use kernel::{
    Cx, Result,
    db::Emit,
    id::ConsultationId,
    jobs::Enqueue,
    record::{self, Records},
};

use super::{remind::tell, reschedule_consultation::own};
use crate::{
    domain::booking::{
        events::ConsultationCancelled,
        letter::{Company, Occasion},
    },
    policy::MANAGE_CONSULTATIONS,
    ports::{Bookings, Letters, Merges, Visitors},
    store::booking::consultation::{ConsultationStatus, Entity as Consultations, Model as Consultation},
    usecases::recognise::see_own,
};

/// Calls a consultation off, for a colleague, and tells the visitor.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] where it was held or missed.
pub async fn cancel_consultation<S: Records<Consultations> + Bookings + Emit + Enqueue>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    consultation: ConsultationId,
) -> Result<Consultation> {
    cx.require(MANAGE_CONSULTATIONS)?;
    let before = s.lock(cx, consultation).await?;
    cancelled(s, letters, company, cx, ("consultationId", before)).await
}

/// Calls a consultation off, for the visitor whose it is: who has its token.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a wrong token, and where it has begun, was held or missed.
pub async fn cancel_own_consultation<S: Records<Consultations> + Bookings + Visitors + Merges + Emit + Enqueue>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    token: &str,
) -> Result<Consultation> {
    let before = own(s, company, token).await?;
    before.is_to_come(cx, "token")?;
    see_own(s, cx, before.visitor_id).await?;
    cancelled(s, letters, company, cx, ("token", before)).await
}

async fn cancelled<S: Records<Consultations> + Bookings + Emit + Enqueue>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    (field, before): (&str, Consultation),
) -> Result<Consultation> {
    let mut after = before.clone();
    if !after.set_status(field, ConsultationStatus::Cancelled)? {
        return Ok(before);
    }
    s.vacate(before.id).await?;
    let after = record::change::<Consultations, S>(s, cx, &before, after).await?;
    tell(s, letters, company, cx, Occasion::Cancelled, &after).await?;
    s.emit(cx, &ConsultationCancelled { consultation: after.id });
    Ok(after)
}
