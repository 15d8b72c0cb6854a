//! Workbooks, written row by row into a temporary file: a row that was written is in no memory any more.

use std::fs::File;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use kernel::{Error, Result};
use rust_xlsxwriter::{Format, XlsxError};

use crate::domain::exports::{cells::Cell, columns::Column};

/// The most units of UTF-16 in a cell.
const CELL: usize = 32_767;
/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// A workbook with one sheet.
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    row: u32,
    zone: Tz,
    time: Format,
}

/// A fault of the temporary folder; limits are kept before.
fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => Error::unavailable(error),
        other => Error::internal(other),
    }
}

/// What fits into a cell.
fn cut(text: &str) -> &str {
    if text.len() <= CELL {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// An instant as workbooks count: days since the end of 1899, in the zone's own time; none before 1900-03-01, where they count a day
/// that never was.
fn serial(time: DateTime<Utc>, zone: Tz) -> Option<f64> {
    let local = time.with_timezone(&zone).naive_local();
    let start = NaiveDate::from_ymd_opt(1899, 12, 30).and_then(|day| day.and_hms_opt(0, 0, 0))?;
    let span = local.signed_duration_since(start);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 for every year that a workbook knows")]
    let days = span.num_seconds() as f64 / DAY;
    (61.0..2_958_466.0).contains(&days).then_some(days)
}

impl Workbook {
    /// With a first row that stays where it is.
    pub fn new(columns: &[&Column], zone: Tz) -> Result<Self> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory();
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        let bold = Format::new().set_bold();
        for (at, column) in (0_u16..).zip(columns) {
            sheet.set_column_width(at, f64::from(column.width.clamp(10, 40)) + 2.0).map_err(failed)?;
            sheet.write_string_with_format(0, at, column.name, &bold).map_err(failed)?;
        }
        Ok(Self { book, row: 1, zone, time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss") })
    }

    /// Adds rows. Texts are texts, whatever they begin with: no cell is a formula.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> Result<()> {
        let Self { book, row: next, zone, time } = self;
        let sheet = book.worksheet_from_index(0).map_err(failed)?;
        for row in rows {
            for (at, cell) in (0_u16..).zip(row) {
                let written = match cell {
                    Cell::Empty => continue,
                    Cell::Text(text) => sheet.write_string(*next, at, cut(text)),
                    #[expect(clippy::cast_precision_loss, reason = "a workbook knows no other numbers")]
                    Cell::Number(number) => sheet.write_number(*next, at, *number as f64),
                    Cell::Decimal(number) => sheet.write_number(*next, at, *number),
                    Cell::Flag(flag) => sheet.write_boolean(*next, at, *flag),
                    Cell::Time(instant) => match serial(*instant, *zone) {
                        Some(days) => sheet.write_number_with_format(*next, at, days, time),
                        None => sheet.write_string(*next, at, instant.to_rfc3339()),
                    },
                };
                written.map_err(failed)?;
            }
            *next += 1;
        }
        Ok(())
    }

    /// Writes the file.
    pub fn finish(mut self, file: &mut File) -> Result<()> {
        self.book.save_to_writer(file).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_days_in_the_zone_and_texts_fit() {
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let noon = DateTime::from_timestamp(1_767_225_600 + 11 * 3600, 0).unwrap();
        assert_eq!(serial(noon, zone), Some(46_023.5));
        assert_eq!(serial(DateTime::from_timestamp(-3_000_000_000, 0).unwrap(), zone), None);
        assert_eq!(cut(&"😀".repeat(20_000)).chars().count(), CELL / 2);
        assert_eq!(cut("short"), "short");
    }
}
