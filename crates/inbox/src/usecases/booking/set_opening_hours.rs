//! The opening hours of the company, or the hours of a colleague, are set.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::StaffId};
use sea_orm::Iterable;

use crate::{
    domain::booking::{
        events::OpeningHoursSaved,
        slots::{Hours, STEP_MINUTES},
    },
    policy::MANAGE_SERVICES,
    ports::{Colleagues, Services},
    store::booking::hours::{Model as OpeningHours, Weekday},
};

/// How many spans a week may have.
const SPANS: usize = 70;

/// The hours of a week.
#[derive(Debug, Clone)]
pub struct SetOpeningHours {
    /// Whose; the company's where absent.
    pub staff: Option<StaffId>,
    /// All of them.
    pub hours: Vec<Hours>,
}

/// Sets all hours of a week, instead of those that were. A colleague without any has the company's.
///
/// # Errors
/// [`Error::Invalid`] for hours that cannot be or overlap, and for somebody who is not an active staff member.
pub async fn set_opening_hours<S: Services + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &SetOpeningHours,
) -> Result<Vec<OpeningHours>> {
    cx.require(MANAGE_SERVICES)?;
    if let Some(staff) = cmd.staff
        && !colleagues.is_active(staff).await?
    {
        return Err(Error::invalid("staffId", ProblemCode::NotAvailable, "is not an active staff member"));
    }
    let mut hours = cmd.hours.clone();
    hours.sort_unstable();
    check(&hours)?;
    let told = |rows: &[OpeningHours]| {
        let mut hours: Vec<_> =
            rows.iter().map(|row| Hours { weekday: row.weekday, from: row.from_minute, to: row.to_minute }).collect();
        hours.sort_unstable();
        hours
    };
    let before = s.hours_of(cmd.staff).await?;
    if told(&before) == hours {
        return Ok(before);
    }
    let after: Vec<_> = hours
        .iter()
        .map(|hours| OpeningHours {
            id: cx.new_id(),
            staff_id: cmd.staff,
            weekday: hours.weekday,
            from_minute: hours.from,
            to_minute: hours.to,
        })
        .collect();
    s.set_hours(cmd.staff, &after).await?;
    s.emit(
        cx,
        &OpeningHoursSaved {
            staff: cmd.staff,
            tenant: cx.tenant.id,
            before: OpeningHoursSaved::values(&told(&before)),
            after: OpeningHoursSaved::values(&hours),
        },
    );
    Ok(after)
}

/// Refuses hours off the steps of five minutes, and two that overlap, also where one goes past midnight. They are in their order.
fn check(hours: &[Hours]) -> Result<()> {
    let refused = |code, message: String| Err(Error::invalid("hours", code, message));
    if hours.len() > SPANS {
        return refused(ProblemCode::TooLong, format!("may hold at most {SPANS} spans"));
    }
    let day = 24 * 60;
    for span in hours {
        let whole = span.from % STEP_MINUTES == 0 && span.to % STEP_MINUTES == 0;
        if !whole || !(0..day).contains(&span.from) || !(0..=day).contains(&span.to) || span.from == span.to {
            let message =
                "must be times from 00:00 to 24:00 in steps of five minutes, and end at another than they begin";
            return refused(ProblemCode::InvalidFormat, message.into());
        }
    }
    // In minutes of the week, which begins anew after its end.
    let week = |span: &Hours| {
        let days = (0..).zip(Weekday::iter()).find(|(_, weekday)| *weekday == span.weekday);
        let midnight = days.map_or(0, |(days, _)| days * day);
        (midnight + span.from, midnight + span.ends())
    };
    let next = hours.iter().skip(1).map(|span| week(span).0).chain(hours.first().map(|span| week(span).0 + 7 * day));
    if hours.iter().zip(next).any(|(span, next)| next < week(span).1) {
        return refused(ProblemCode::NotAllowed, "must not overlap".into());
    }
    Ok(())
}
