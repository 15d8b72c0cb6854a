//! When a suggested reply is sent although nobody looked at it.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;

use crate::{domain::booking::slots::Hours, store::booking::hours::Weekday};

/// What the company lets go out by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AutomaticReplies {
    /// How sure a suggestion must be, 0 to 1; `None` where none goes out.
    pub from: Option<f64>,
    /// Whether the company lets them go out at this moment.
    pub now: bool,
}

impl AutomaticReplies {
    /// Whether a suggestion that is so sure may go out.
    pub fn allow(self, confidence: f64) -> bool {
        self.now && self.from.is_some_and(|from| confidence >= from)
    }
}

/// Whether the company works at an instant; where it has set no hours, always but on holidays.
pub fn is_open(hours: &[Hours], holidays: &[NaiveDate], zone: Tz, at: DateTime<Utc>) -> bool {
    let there: NaiveDateTime = at.with_timezone(&zone).naive_local();
    let today = there.date();
    let minute = i32::try_from(there.num_seconds_from_midnight() / 60).unwrap_or_default();
    let works = |day: NaiveDate| !holidays.contains(&day);
    if hours.is_empty() {
        return works(today);
    }
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    hours.iter().any(|hours| {
        let ends = if hours.to <= hours.from { hours.to + 24 * 60 } else { hours.to };
        let within = |minute: i32| (hours.from..ends).contains(&minute);
        let on = |day: NaiveDate| day_of(hours.weekday) == day.weekday() && works(day);
        (on(today) && within(minute)) || (on(yesterday) && within(minute + 24 * 60))
    })
}

fn day_of(weekday: Weekday) -> chrono::Weekday {
    match weekday {
        Weekday::Monday => chrono::Weekday::Mon,
        Weekday::Tuesday => chrono::Weekday::Tue,
        Weekday::Wednesday => chrono::Weekday::Wed,
        Weekday::Thursday => chrono::Weekday::Thu,
        Weekday::Friday => chrono::Weekday::Fri,
        Weekday::Saturday => chrono::Weekday::Sat,
        Weekday::Sunday => chrono::Weekday::Sun,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_company_works_by_the_clock_on_its_wall() {
        let hours = [
            Hours { weekday: Weekday::Monday, from: 9 * 60, to: 17 * 60 },
            Hours { weekday: Weekday::Friday, from: 22 * 60, to: 2 * 60 },
        ];
        let open = |at: &str, holidays: &[NaiveDate]| {
            is_open(&hours, holidays, chrono_tz::Europe::Berlin, at.parse().unwrap())
        };
        // The first of June 2026 is a Monday, and Berlin two hours ahead.
        assert!(open("2026-06-01T07:00:00Z", &[]) && !open("2026-06-01T06:59:00Z", &[]));
        assert!(open("2026-06-01T14:59:00Z", &[]) && !open("2026-06-01T15:00:00Z", &[]));
        assert!(!open("2026-06-02T10:00:00Z", &[]));
        assert!(open("2026-06-05T20:30:00Z", &[]) && open("2026-06-05T23:59:00Z", &[]), "over midnight");
        assert!(!open("2026-06-06T00:00:00Z", &[]));
        assert!(!open("2026-06-01T10:00:00Z", &[NaiveDate::from_ymd_opt(2026, 6, 1).unwrap()]));
        assert!(is_open(&[], &[], chrono_tz::UTC, "2026-06-06T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn what_is_not_sure_enough_waits_for_a_person() {
        let some = AutomaticReplies { from: Some(0.9), now: true };
        assert!(some.allow(0.9) && !some.allow(0.89));
        assert!(!AutomaticReplies { from: None, ..some }.allow(1.0));
        assert!(!AutomaticReplies { now: false, ..some }.allow(1.0));
    }
}
