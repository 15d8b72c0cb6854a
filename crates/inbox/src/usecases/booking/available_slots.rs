//! When something can be booked.

use chrono::{Days, NaiveDate};
use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    id::{ServiceId, StaffId},
};

use crate::{
    domain::booking::{letter::Company, plan::Offer, slots::local},
    queries::booking::plans::plan,
};

/// How many days may be asked for at once.
const DAYS: i64 = 31;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct AvailableSlots {
    /// Of what.
    pub service: ServiceId,
    /// From which day, in the company's zone.
    pub from: NaiveDate,
    /// To which day.
    pub to: NaiveDate,
    /// Only with this colleague.
    pub staff: Option<StaffId>,
}

/// The times at which a service can be booked now, for anybody. In three statements.
///
/// # Errors
/// [`Error::Invalid`] for days that are too many or the wrong way round; [`Error::NotFound`] where there is no such service
/// that can be booked.
pub async fn available_slots(conn: &Conn, company: &Company, cx: &Cx, asked: &AvailableSlots) -> Result<Vec<Offer>> {
    let days = (asked.to - asked.from).num_days();
    if days < 0 {
        return Err(Error::invalid("to", ProblemCode::InvalidFormat, "must not be before `from`"));
    }
    if days >= DAYS {
        return Err(Error::invalid("to", ProblemCode::TooLong, format!("must be within {DAYS} days")));
    }
    // Nothing is in the past, nor further ahead than a year.
    let today = local(company.zone, cx.now).0.date();
    let furthest = today.checked_add_days(Days::new(366)).unwrap_or(today);
    let range = (asked.from.clamp(today, furthest), asked.to.clamp(today, furthest));
    let plan = plan(conn, asked.service, range, None).await?.ok_or(Error::NotFound { what: "Service" })?;
    if asked.to < today || asked.from > furthest {
        return Ok(Vec::new());
    }
    Ok(plan.offers(company.zone, range, asked.staff, cx.now))
}
