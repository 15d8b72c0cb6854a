//! A consultation is handed to somebody, or back to nobody.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ConsultationId, StaffId},
    record::{self, Records},
};

use crate::{
    domain::booking::events::ConsultationAssigned,
    policy::{MANAGE_CONSULTATIONS, VIEW_CONSULTATIONS},
    ports::{Bookings, Colleagues},
    store::booking::consultation::{Entity as Consultations, Model as Consultation},
    usecases::assignee::may_have,
};

/// Who gets which consultation.
#[derive(Debug, Clone)]
pub struct AssignConsultation {
    /// The consultation.
    pub consultation: ConsultationId,
    /// Who gets it; nobody when absent.
    pub assignee: Option<StaffId>,
}

/// Assigns the consultation, whether or not they hold its service, and returns it as it is then.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] where the assignee is not an active staff member, may not see it, or has another consultation then.
pub async fn assign_consultation<S: Records<Consultations> + Bookings + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignConsultation,
) -> Result<Consultation> {
    cx.require(MANAGE_CONSULTATIONS)?;
    let before = s.lock(cx, cmd.consultation).await?;
    may_have(colleagues, cx, cmd.assignee, VIEW_CONSULTATIONS).await?;
    if before.assignee_id == cmd.assignee {
        return Ok(before);
    }
    if !given(s, &before, cmd.assignee).await? {
        return Err(Error::invalid("assigneeId", ProblemCode::NotAvailable, "has another consultation at that time"));
    }
    let after = Consultation { assignee_id: cmd.assignee, ..before.clone() };
    let after = record::change::<Consultations, S>(s, cx, &before, after).await?;
    s.emit(cx, &ConsultationAssigned { consultation: after.id, from: before.assignee_id, to: cmd.assignee });
    Ok(after)
}

/// Takes the time of a consultation from somebody else, or from nobody; says whether that was free.
pub(super) async fn given<S: Bookings>(s: &S, consultation: &Consultation, to: Option<StaffId>) -> Result<bool> {
    if !consultation.takes_time() {
        return Ok(true);
    }
    s.vacate(consultation.id).await?;
    match to {
        Some(staff) => s.occupy(staff.0, consultation).await,
        // What nobody has may be at the same time as other such.
        None => Ok(s.occupy(consultation.service_id.0, consultation).await?
            || s.occupy(consultation.id.0, consultation).await?),
    }
}
