//! The values of rows, and how a CSV has them.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::csv;

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// None.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A number that need not be whole.
    Decimal(f64),
    /// Yes or no.
    Flag(bool),
    /// An instant.
    Time(DateTime<Utc>),
}

impl Cell {
    /// Of words, which may be none.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// As a reader reads it.
    pub fn shown(&self, zone: Tz) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Decimal(number) => format!("{number:.1}"),
            Self::Flag(true) => "yes".into(),
            Self::Flag(false) => "no".into(),
            Self::Time(time) => time.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string(),
        }
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Decimal(number)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<DateTime<Utc>> for Cell {
    fn from(time: DateTime<Utc>) -> Self {
        Self::Time(time)
    }
}

/// The mark by which some spreadsheets know UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Adds a row to a CSV (RFC 4180). Texts are no formulas; numbers stay numbers; instants are ISO 8601 with the offset that the zone
/// has then.
pub fn csv_line(out: &mut String, cells: &[Cell], zone: Tz) {
    for (n, cell) in cells.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        // Writing into a text does not fail.
        let _ = match cell {
            Cell::Empty => Ok(()),
            Cell::Text(text) => {
                csv::text(out, text);
                Ok(())
            }
            Cell::Number(number) => write!(out, "{number}"),
            Cell::Decimal(number) => write!(out, "{number:.3}"),
            Cell::Flag(flag) => write!(out, "{flag}"),
            Cell::Time(time) => write!(out, "{}", time.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z")),
        };
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_numbers_texts_are_no_formulas_and_times_have_their_offset() {
        let mut out = String::new();
        let winter = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
        let summer = DateTime::from_timestamp(1_782_864_000, 0).unwrap();
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let cells = [
            Cell::Number(-5),
            Cell::Decimal(-1.25),
            Cell::text("-5"),
            Cell::text("=1+1"),
            Cell::text("a,\"b\""),
            Cell::Empty,
            Cell::Flag(true),
            Cell::Time(winter),
            Cell::Time(summer),
        ];
        csv_line(&mut out, &cells, zone);
        assert_eq!(
            out,
            "-5,-1.250,'-5,'=1+1,\"a,\"\"b\"\"\",,true,2026-01-01T01:00:00+01:00,2026-07-01T02:00:00+02:00\r\n"
        );
    }
}
