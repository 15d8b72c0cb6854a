//! Days on the wall of a time zone.

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use kernel::{Error, ProblemCode, Result};

use super::thing::millis;

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// An hour's.
const HOUR: i64 = 3_600_000;
/// Offsets change at these, in our time.
const SLOT: i64 = 900_000;

/// Days from one to another, both of them in it, and when they begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
    /// The zone.
    pub zone: Tz,
    /// When the first day begins, in milliseconds since 1970.
    pub from: i64,
    /// When the last day is over.
    pub until: i64,
    /// How many days later the period is whose parts it has: it is told apart as that one is. 0 where it has its own.
    pub ahead: i32,
}

/// When a day begins in a zone: where the clock is put forward over midnight, just then.
pub fn begins(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // No clock was ever put forward by more than a day.
    let quarters = (0..=96).map(|quarters| midnight + TimeDelta::minutes(15) * quarters);
    let found = quarters.into_iter().find_map(|local| match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Some(at.to_utc()),
        LocalResult::Ambiguous(one, other) => Some(one.to_utc().min(other.to_utc())),
        LocalResult::None => None,
    });
    found.unwrap_or_else(|| midnight.and_utc())
}

/// The earliest and the latest year whose days can be counted.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2200;
/// The most days of a period: three years.
pub const DAYS: i64 = 3 * 366;

impl Period {
    /// From one day to another.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `from` or `to`: for days out of order, too many, or too far away.
    pub fn new(zone: Tz, first: NaiveDate, last: NaiveDate) -> Result<Self> {
        let refused = |field: &str, why: String| Err(Error::invalid(field, ProblemCode::InvalidFormat, why));
        for (field, day) in [("filter.from", first), ("filter.to", last)] {
            if !YEARS.contains(&day.year()) {
                return refused(field, format!("must be from {} to {}", YEARS.start(), YEARS.end()));
            }
        }
        if last < first {
            return refused("filter.to", "must not be before from".into());
        }
        if (last - first).num_days() >= DAYS {
            return refused("filter.from", format!("must be at most {} days before to: three years", DAYS - 1));
        }
        Ok(Self::days(zone, first, last))
    }

    fn days(zone: Tz, first: NaiveDate, last: NaiveDate) -> Self {
        let after = last.checked_add_days(Days::new(1)).unwrap_or(last);
        Self { first, last, zone, from: millis(begins(zone, first)), until: millis(begins(zone, after)), ahead: 0 }
    }

    /// The period of as many days right before. Its parts are as long as this one's, each as many days before the one in its turn.
    #[must_use]
    pub fn before(&self) -> Self {
        let count = u64::try_from((self.last - self.first).num_days()).unwrap_or_default();
        let last = self.first.checked_sub_days(Days::new(1)).unwrap_or(self.first);
        let ahead = i32::try_from(self.count()).unwrap_or_default();
        Self { ahead, ..Self::days(self.zone, last.checked_sub_days(Days::new(count)).unwrap_or(last), last) }
    }

    /// How many days it has.
    pub fn count(&self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    /// Whether an instant is in it.
    pub fn holds(&self, at: i64) -> bool {
        (self.from..self.until).contains(&at)
    }
}

/// What the clock on the wall shows, quickly for instants that follow each other.
pub struct Clock {
    zone: Tz,
    slot: i64,
    offset: i64,
}

impl Clock {
    /// On the wall of this zone.
    pub fn new(zone: Tz) -> Self {
        Self { zone, slot: i64::MIN, offset: 0 }
    }

    /// The hour that the wall shows at an instant, counted from 1970 there.
    pub fn hour(&mut self, at: i64) -> i32 {
        let slot = at.div_euclid(SLOT);
        if slot != self.slot {
            let instant = DateTime::from_timestamp_millis(slot * SLOT).unwrap_or_default();
            let offset = self.zone.offset_from_utc_datetime(&instant.naive_utc());
            (self.slot, self.offset) = (slot, i64::from(offset.fix().local_minus_utc()) * 1000);
        }
        i32::try_from((at + self.offset).div_euclid(HOUR)).unwrap_or_default()
    }
}

/// The day of an instant, counted from 1970.
pub fn day_of(at: i64) -> i32 {
    i32::try_from(at.div_euclid(DAY)).unwrap_or_default()
}

/// Hours of a day.
pub const HOURS: i32 = 24;

/// A day counted from 1970 as a date.
pub fn date(day: i32) -> NaiveDate {
    NaiveDate::from_epoch_days(day).unwrap_or_default()
}

/// A date as a day counted from 1970.
pub fn number(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

/// The Monday of a day's week (ISO 8601).
pub fn monday(day: i32) -> i32 {
    // 1970 began with a Thursday.
    day - (day + 3).rem_euclid(7)
}

/// The hour of the week, 0 for the first of a Monday, of an hour counted from 1970.
pub fn hour_of_week(hour: i32) -> i32 {
    (hour + 3 * HOURS).rem_euclid(7 * HOURS)
}

/// The first day of a day's month.
pub fn month(day: i32) -> i32 {
    let date = date(day);
    day - i32::try_from(date.day0()).unwrap_or_default()
}
