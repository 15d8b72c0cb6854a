//! A file that is whole only at its end: a workbook or a report.

use std::{
    fs::File,
    io::{Seek, SeekFrom},
};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::{Error, Result};

use super::{pdf::Report, xlsx::Workbook};
use crate::{
    domain::exports::{cells::Cell, columns::Column, report::Days, wanted::Wanted},
    store::exports::export::{ExportFormat, ExportType},
};

/// What stands before the rows of a report.
#[derive(Debug, Clone)]
pub struct Heading {
    /// The company.
    pub company: String,
    /// What it is of.
    pub title: &'static str,
    /// Since when.
    pub from: Option<DateTime<Utc>>,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
    /// When it was made.
    pub made: DateTime<Utc>,
}

impl Heading {
    /// Of an export.
    pub fn of(company: &str, wanted: &Wanted, made: DateTime<Utc>) -> Self {
        let title = match wanted.kind {
            ExportType::Agents => "Agents",
            ExportType::Contacts => "Contacts",
            ExportType::Chats => "Chats",
            ExportType::Messages => "Messages",
            ExportType::Leads => "Leads",
            ExportType::Tickets => "Tickets",
            ExportType::CustomReport => "Report of chats",
            ExportType::AuditLogs => "Audit trail",
        };
        Self { company: company.to_owned(), title, from: wanted.filter.from, until: wanted.filter.until, made }
    }
}

/// A file being written.
pub enum Book {
    /// A workbook.
    Workbook(Box<Workbook>),
    /// A report.
    Report(Report),
}

impl Book {
    /// With these columns.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where there is no room in the temporary folder.
    pub fn begin(format: ExportFormat, columns: Vec<&'static Column>, zone: Tz) -> Result<Self> {
        Ok(match format {
            ExportFormat::Pdf => Self::Report(Report::new(columns, zone)),
            ExportFormat::Csv | ExportFormat::Xlsx | ExportFormat::Jsonl => {
                Self::Workbook(Box::new(Workbook::new(&columns, zone)?))
            }
        })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where there is no room in the temporary folder.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> Result<()> {
        match self {
            Self::Workbook(book) => book.rows(rows),
            Self::Report(report) => {
                report.rows(rows);
                Ok(())
            }
        }
    }

    /// The file, to be read from its beginning; it has no name and goes when it is closed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where there is no room in the temporary folder.
    pub fn finish(self, heading: &Heading, count: usize, days: &Days) -> Result<File> {
        let mut file = tempfile::tempfile().map_err(Error::unavailable)?;
        match self {
            Self::Workbook(book) => book.finish(&mut file)?,
            Self::Report(report) => report.finish(&mut file, heading, count, days)?,
        }
        file.seek(SeekFrom::Start(0)).map_err(Error::unavailable)?;
        Ok(file)
    }
}
