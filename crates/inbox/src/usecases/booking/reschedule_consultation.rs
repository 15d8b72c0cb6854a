//! A consultation is moved to another time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    db::Emit,
    id::{ConsultationId, StaffId},
    jobs::Enqueue,
    limit::Limit,
    record::{self, Records},
};

use super::{
    book_consultation::{BY_ADDRESS, offer, plan_at, seat},
    remind::tell,
};
use crate::{
    domain::booking::{
        events::ConsultationRescheduled,
        letter::{Company, Occasion},
        link,
        plan::Offer,
    },
    policy::MANAGE_CONSULTATIONS,
    ports::{Bookings, Letters, Merges, Visitors},
    store::booking::consultation::{ConsultationStatus, Entity as Consultations, Model as Consultation},
    usecases::recognise::see_own,
};

/// How often a visitor moves one consultation: each time is a mail to the address that was typed.
const BY_CONSULTATION: Limit =
    Limit { name: "moves of a consultation", attempts: 5, window: Duration::from_secs(60 * 60) };

/// Counts what a visitor is about to do with their own consultation, which sends a mail: with the bookings from where they
/// are, and a move with those of the consultation. What is no token sends none.
///
/// # Errors
/// [`Error::RateLimited`].
pub async fn admit_change(db: &Db, company: &Company, cx: &Cx, token: &str, moves: bool) -> Result<()> {
    let Ok(id) = link::read(&company.keyring, company.tenant, token) else { return Ok(()) };
    let conn = db.bookkeeping(cx).await?;
    if moves {
        BY_CONSULTATION.count(&conn, cx, &id.to_string()).await?;
    }
    BY_ADDRESS.count(&conn, cx, &cx.origin.limit_key()).await
}

/// Which consultation goes where.
#[derive(Debug, Clone)]
pub struct RescheduleConsultation {
    /// The consultation.
    pub consultation: ConsultationId,
    /// When it is to begin.
    pub starts_at: DateTime<Utc>,
    /// Who is to have it; whoever is free where absent, who has it now first.
    pub staff: Option<StaffId>,
}

/// Moves a consultation, for a colleague.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] where it is not to come any more, or where nobody is free then.
pub async fn reschedule_consultation<S: Records<Consultations> + Bookings + Emit + Enqueue>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    cmd: &RescheduleConsultation,
) -> Result<Consultation> {
    cx.require(MANAGE_CONSULTATIONS)?;
    let before = s.lock(cx, cmd.consultation).await?;
    moved(s, letters, company, cx, ("consultationId", before), (cmd.starts_at, cmd.staff)).await
}

/// Moves a consultation, for the visitor whose it is: who has its token.
///
/// # Errors
/// [`Error::Invalid`] for a wrong token, where it has begun or is not to come any more, or where nobody is free then.
pub async fn reschedule_own_consultation<S: Records<Consultations> + Bookings + Visitors + Merges + Emit + Enqueue>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    (token, starts_at): (&str, DateTime<Utc>),
) -> Result<Consultation> {
    let before = own(s, company, token).await?;
    before.is_to_come(cx, "token")?;
    see_own(s, cx, before.visitor_id).await?;
    moved(s, letters, company, cx, ("token", before), (starts_at, None)).await
}

/// The consultation of a token, which nobody else changes until the transaction ends.
///
/// # Errors
/// [`Error::Invalid`] at `token`.
pub(super) async fn own<S: Bookings>(s: &S, company: &Company, token: &str) -> Result<Consultation> {
    let id = link::read(&company.keyring, company.tenant, token)?;
    let unknown = || Error::invalid("token", ProblemCode::InvalidToken, "is not the token of a booking");
    s.lock_own(id).await?.ok_or_else(unknown)
}

/// Moves it and tells the visitor, unless only who has it is another then. Where it is there already nothing happens.
async fn moved<S: Records<Consultations> + Bookings + Emit + Enqueue>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    (field, before): (&str, Consultation),
    (starts_at, staff): (DateTime<Utc>, Option<StaffId>),
) -> Result<Consultation> {
    if before.status != ConsultationStatus::Scheduled {
        return Err(before.over(field));
    }
    if before.starts_at == starts_at && staff.is_none_or(|staff| before.assignee_id == Some(staff)) {
        return Ok(before);
    }
    let gone = || Error::invalid(field, ProblemCode::NotAvailable, "its service cannot be booked any more");
    let at = (before.service_id, starts_at);
    let plan = plan_at(s, company, cx, at, Some(before.id)).await?.ok_or_else(gone)?;
    if let Some(staff) = staff
        && !plan.holders.iter().any(|holder| holder.staff() == Some(staff))
    {
        return Err(Error::invalid("staffId", ProblemCode::NotAvailable, "does not hold this service"));
    }
    let Offer { slot, mut holders } = offer(&plan, company, cx, starts_at, staff)?;
    // Who has it keeps it where they can.
    holders.sort_by_key(|holder| holder.staff() != before.assignee_id);
    s.vacate(before.id).await?;
    let mut after = before.clone();
    seat(s, company, &plan, &slot, &holders, &mut after).await?;
    let is_moved = (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at);
    if is_moved {
        after.ics_sequence += 1;
    }
    let after = record::change::<Consultations, S>(s, cx, &before, after).await?;
    if is_moved {
        tell(s, letters, company, cx, Occasion::Rescheduled, &after).await?;
    }
    s.emit(
        cx,
        &ConsultationRescheduled {
            consultation: after.id,
            from: (before.starts_at, before.assignee_id),
            to: (after.starts_at, after.assignee_id),
        },
    );
    Ok(after)
}
