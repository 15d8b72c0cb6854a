//! Which days a run reads.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use kernel::{Error, ProblemCode, Result};

/// The most days of a run: three years.
pub const MOST: i64 = 3 * 366;
/// How far back an incremental run looks at the most for chats that are not over, and for days that are not whole.
pub const OPEN: u64 = 30;

/// Days, both among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl Span {
    /// How many there are.
    pub fn count(self) -> i32 {
        i32::try_from((self.to - self.from).num_days() + 1).unwrap_or(i32::MAX)
    }
}

/// A day that is kept.
pub fn parsed(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// The day after one.
pub fn after(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// Today, where the source is.
pub fn today(now: DateTime<Utc>, zone: Tz) -> NaiveDate {
    now.with_timezone(&zone).date_naive()
}

/// All days that count: from the first that is set, or three years.
///
/// # Errors
/// [`Error::Invalid`] at `operation` where those are more than a run reads.
pub fn full(today: NaiveDate, first: Option<NaiveDate>) -> Result<Span> {
    let from = first.unwrap_or_else(|| before(today, 3 * 365)).min(today);
    let span = Span { from, to: today };
    if i64::from(span.count()) > MOST {
        let how = format!("b2chat.first_day is {from}: a run reads at most {MOST} days; set a later one");
        return Err(Error::invalid("operation", ProblemCode::TooLong, how));
    }
    Ok(span)
}

/// The days since the last run that read all its days, with some before them, and back to the oldest that is to be read again:
/// one with a chat that is not over, or that is not whole.
pub fn incremental(today: NaiveDate, last: NaiveDate, trailing: u64, oldest: Option<NaiveDate>) -> Span {
    let usual = before(last.min(today), trailing);
    let oldest = oldest.map_or(usual, |day| day.max(farthest(today, last, trailing)));
    Span { from: usual.min(oldest).max(before(today, 3 * 365)), to: today }
}

/// How far back an incremental run goes at the most.
pub fn farthest(today: NaiveDate, last: NaiveDate, trailing: u64) -> NaiveDate {
    before(last.min(today), trailing.saturating_add(OPEN))
}

/// The days that somebody names.
///
/// # Errors
/// [`Error::Invalid`] at `from` or `to`.
pub fn manual(today: NaiveDate, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Span> {
    let Some(from) = from else {
        return Err(Error::invalid("from", ProblemCode::Blank, "a manual run has a first day"));
    };
    let to = to.unwrap_or(today);
    if to < from {
        return Err(Error::invalid("to", ProblemCode::InvalidFormat, "must not be before from"));
    }
    let span = Span { from, to };
    if i64::from(span.count()) > MOST {
        let how = format!("must be at most {MOST} days before to");
        return Err(Error::invalid("from", ProblemCode::TooLong, how));
    }
    if to > today {
        let how = format!("must not be after today, which is {today} where B2Chat is");
        return Err(Error::invalid("to", ProblemCode::InvalidFormat, how));
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parsed(text).unwrap()
    }

    #[test]
    fn runs_have_bounds() {
        let today = day("2026-03-01");
        assert_eq!(full(today, Some(day("2026-02-01"))).unwrap().count(), 29);
        assert!(full(today, Some(day("2016-03-01"))).is_err());
        assert!(full(today, None).is_ok());
        assert!(manual(today, Some(day("2016-03-01")), Some(today)).is_err());
        assert!(manual(today, None, None).is_err());
        assert!(manual(today, Some(today), Some(day("2026-02-01"))).is_err());
        assert!(manual(today, Some(today), Some(day("2026-03-02"))).is_err());
        assert_eq!(manual(today, Some(today), None).unwrap().count(), 1);
    }

    #[test]
    fn an_incremental_run_looks_back_to_what_is_open() {
        let today = day("2026-03-01");
        let from = |open: Option<&str>| incremental(today, day("2026-02-28"), 3, open.map(day)).from;
        assert_eq!(from(None), day("2026-02-25"));
        assert_eq!(from(Some("2026-02-27")), day("2026-02-25"));
        assert_eq!(from(Some("2026-02-10")), day("2026-02-10"));
        assert_eq!(from(Some("2025-02-10")), day("2026-01-26"));
    }
}
