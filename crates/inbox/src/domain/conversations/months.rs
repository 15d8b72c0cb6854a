//! The months that messages are kept in, by the clock of Greenwich, whatever the company's.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

impl Month {
    /// The month of an instant.
    pub fn of(at: DateTime<Utc>) -> Self {
        let day = at.date_naive();
        Self(day.with_day(1).unwrap_or(day))
    }

    /// So many months later.
    #[must_use]
    pub fn later(self, months: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(months)).unwrap_or(self.0))
    }

    /// So many months earlier.
    #[must_use]
    pub fn earlier(self, months: u32) -> Self {
        Self(self.0.checked_sub_months(Months::new(months)).unwrap_or(self.0))
    }

    /// Its first instant.
    pub fn first(self) -> DateTime<Utc> {
        self.0.and_time(chrono::NaiveTime::MIN).and_utc()
    }

    /// The first instant after it.
    pub fn end(self) -> DateTime<Utc> {
        self.later(1).first()
    }

    /// As its table is called behind the name of the whole: `y2026m11`.
    pub fn word(self) -> String {
        format!("y{:04}m{:02}", self.0.year(), self.0.month())
    }

    /// The month that a table is called after.
    pub fn of_word(word: &str) -> Option<Self> {
        let (year, month) = word.strip_prefix('y')?.split_once('m')?;
        NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_its_days() {
        let month = Month::of(DateTime::from_timestamp(1_796_040_000, 0).unwrap());
        assert_eq!(month.word(), "y2026m11");
        assert_eq!(Month::of_word("y2026m11"), Some(month));
        assert_eq!(month.end(), month.later(1).first());
        assert_eq!(month.later(2).word(), "y2027m01");
        assert_eq!(month.earlier(11).word(), "y2025m12");
        for none in ["", "default", "y2026m13", "y2026"] {
            assert_eq!(Month::of_word(none), None, "{none}");
        }
    }
}
