//! A colleague leaves, and what they were to hold goes to another, or to nobody.

use kernel::{
    Cx, Result,
    db::Emit,
    id::StaffId,
    record::{self, Records},
};

use super::assign_consultation::given;
use crate::{
    domain::booking::events::ConsultationAssigned,
    policy::VIEW_CONSULTATIONS,
    ports::{Bookings, Colleagues},
    store::booking::consultation::{Entity as Consultations, Model as Consultation},
    usecases::assignee::heir,
};

/// Hands over the consultations to come that `from` has, and takes them out of all services. What `to` has no time for, or
/// would not see, is nobody's then, so that somebody sees it.
pub async fn hand_over_consultations<S: Records<Consultations> + Bookings + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    from: StaffId,
    to: Option<StaffId>,
) -> Result<u64> {
    s.leave_services(from).await?;
    let to = heir(colleagues, cx, to, VIEW_CONSULTATIONS).await?;
    let open = s.open_of(from).await?;
    let count = open.len() as u64;
    for before in open {
        let mut to = to;
        if !given(s, &before, to).await? {
            to = None;
            given(s, &before, to).await?;
        }
        let after = Consultation { assignee_id: to, ..before.clone() };
        let after = record::change::<Consultations, S>(s, cx, &before, after).await?;
        s.emit(cx, &ConsultationAssigned { consultation: after.id, from: Some(from), to });
    }
    Ok(count)
}
