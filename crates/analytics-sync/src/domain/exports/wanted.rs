//! Which rows are exported, and how they are shown. Both are kept with the export, as they were asked for.

use chrono::{DateTime, Utc};
use kernel::{
    Error, ProblemCode, Result,
    id::{B2chatAgentId, B2chatDepartmentId},
};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use super::columns::{Column, columns_of, group_columns};
use crate::store::{
    b2chat::chat::{B2chatPriority, B2chatStatus, ChatProvider},
    exports::export::{ExportFormat, ExportType},
};

/// The most rows of a file.
pub const ROWS: u64 = 1_000_000;
/// The most rows of an audit trail.
pub const TRAIL_ROWS: u64 = 50_000_000;
/// The most rows of a report, which somebody is to read.
pub const REPORT_ROWS: u64 = 5_000;
/// The most groups of a custom report.
pub const GROUPS: usize = 50_000;

/// Which rows. What is not given holds for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(rename_all = "camelCase", default)]
pub struct ExportFilter {
    /// Made, begun or sent at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// And before this one.
    pub until: Option<DateTime<Utc>>,
    /// Of this agent.
    pub agent_id: Option<B2chatAgentId>,
    /// Of this department and those below it.
    pub department_id: Option<B2chatDepartmentId>,
    /// Through this.
    pub provider: Option<ChatProvider>,
    /// Standing so.
    pub status: Option<B2chatStatus>,
    /// Mattering so much.
    pub priority: Option<B2chatPriority>,
    /// Also what counts as deleted.
    pub include_deleted: bool,
}

/// By what chats are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportGroup {
    /// Who has them.
    Agent,
    /// Whose they are.
    Department,
    /// Through what was written.
    Provider,
    /// How much they matter.
    Priority,
    /// Where they stand.
    Status,
    /// The day on which they began, in the company's time zone.
    Day,
    /// The month.
    Month,
}

/// How rows are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(rename_all = "camelCase", default)]
pub struct ExportOptions {
    /// Which columns, in this order; all of them where empty.
    pub columns: Vec<String>,
    /// Whether a CSV begins with the mark by which some spreadsheets know UTF-8.
    pub byte_order_mark: bool,
    /// By what the chats of a custom report are put together.
    pub group_by: Option<ReportGroup>,
    /// What the key held that asked: nothing more than that is shown.
    pub held: Option<Vec<String>>,
}

/// The most rows of a format.
pub fn most(format: ExportFormat) -> u64 {
    match format {
        ExportFormat::Csv | ExportFormat::Xlsx => ROWS,
        ExportFormat::Pdf => REPORT_ROWS,
        ExportFormat::Jsonl => TRAIL_ROWS,
    }
}

/// Refuses more rows than a format may have, at a field.
///
/// # Errors
/// [`Error::Invalid`] that says what to do about it.
pub fn few_enough(field: &str, format: ExportFormat, rows: u64) -> Result<()> {
    let most = most(format);
    if rows <= most {
        return Ok(());
    }
    let instead = match format {
        ExportFormat::Csv | ExportFormat::Jsonl => "leave some out by the filter",
        ExportFormat::Xlsx | ExportFormat::Pdf => "use CSV, or leave some out by the filter",
    };
    Err(Error::invalid(field, ProblemCode::TooLong, format!("may have at most {most} rows as this format: {instead}")))
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What.
    pub kind: ExportType,
    /// As what.
    pub format: ExportFormat,
    /// Which rows.
    pub filter: ExportFilter,
    /// How they are shown.
    pub options: ExportOptions,
}

impl Wanted {
    /// Refuses what says nothing of this kind of rows, and columns that are none.
    ///
    /// # Errors
    /// [`Error::Invalid`] at the field.
    pub fn check(&self) -> Result<()> {
        let Self { kind, filter, options, .. } = self;
        let refused = |field: &str, why: &str| Err(Error::invalid(field, ProblemCode::NotAllowed, why.to_owned()));
        let chats = matches!(kind, ExportType::Chats | ExportType::Messages | ExportType::CustomReport);
        let b2chat = !matches!(kind, ExportType::Leads | ExportType::Tickets | ExportType::AuditLogs);
        if (*kind == ExportType::AuditLogs) != (self.format == ExportFormat::Jsonl) {
            return refused("format", "must be JSONL for the audit trail, and for nothing else");
        }
        for (field, given, holds) in [
            ("filter.from", filter.from.is_some(), *kind != ExportType::Agents),
            ("filter.until", filter.until.is_some(), *kind != ExportType::Agents),
            ("filter.agentId", filter.agent_id.is_some(), chats),
            ("filter.departmentId", filter.department_id.is_some(), chats || *kind == ExportType::Agents),
            ("filter.provider", filter.provider.is_some(), chats),
            ("filter.status", filter.status.is_some(), chats),
            ("filter.priority", filter.priority.is_some(), chats),
            ("filter.includeDeleted", filter.include_deleted, b2chat),
            ("options.groupBy", options.group_by.is_some(), *kind == ExportType::CustomReport),
            ("options.byteOrderMark", options.byte_order_mark, self.format == ExportFormat::Csv),
        ] {
            if given && !holds {
                return refused(field, "says nothing of such an export");
            }
        }
        if let (Some(from), Some(until)) = (filter.from, filter.until)
            && from >= until
        {
            return refused("filter.until", "must be later than where it begins");
        }
        self.columns().map(drop)
    }

    /// The columns, in their order.
    ///
    /// # Errors
    /// [`Error::Invalid`] at the one that is none, or comes twice.
    pub fn columns(&self) -> Result<Vec<&'static Column>> {
        if self.kind == ExportType::AuditLogs && !self.options.columns.is_empty() {
            let why = "the audit trail has all its columns: what is left out proves nothing";
            return Err(Error::invalid("options.columns", ProblemCode::NotAllowed, why));
        }
        let known = match self.options.group_by {
            Some(_) => group_columns(),
            None => columns_of(self.kind),
        };
        if self.options.columns.is_empty() {
            let report = self.format == ExportFormat::Pdf;
            return Ok(known.iter().filter(|column| !report || column.in_report).collect());
        }
        let mut found: Vec<&'static Column> = Vec::new();
        for (n, name) in self.options.columns.iter().enumerate() {
            let field = format!("options.columns.{n}");
            let column = known.iter().find(|column| column.name == name);
            let column = column.ok_or_else(|| {
                let names: Vec<_> = known.iter().map(|column| column.name).collect();
                let why = format!("is no column of such an export; there are {}", names.join(", "));
                Error::invalid(&field, ProblemCode::NotAvailable, why)
            })?;
            if found.iter().any(|other| other.name == column.name) {
                return Err(Error::invalid(&field, ProblemCode::NotAllowed, "was named already"));
            }
            found.push(column);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(kind: ExportType) -> Wanted {
        let (filter, options) = (ExportFilter::default(), ExportOptions::default());
        Wanted { kind, format: ExportFormat::Csv, filter, options }
    }

    fn field(result: Result<()>) -> String {
        match result {
            Err(Error::Invalid(problems)) => problems[0].path.join("."),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_says_nothing_of_such_rows_is_refused_where_it_stands() {
        let mut one = wanted(ExportType::Agents);
        assert!(one.check().is_ok());
        one.filter.from = Some(DateTime::UNIX_EPOCH);
        assert_eq!(field(one.check()), "filter.from");
        let mut one = wanted(ExportType::Leads);
        one.filter.include_deleted = true;
        assert_eq!(field(one.check()), "filter.includeDeleted");
        let mut one = wanted(ExportType::Chats);
        one.options.group_by = Some(ReportGroup::Day);
        assert_eq!(field(one.check()), "options.groupBy");
        let mut one = wanted(ExportType::Chats);
        one.filter.from = Some(DateTime::UNIX_EPOCH);
        one.filter.until = Some(DateTime::UNIX_EPOCH);
        assert_eq!(field(one.check()), "filter.until");
    }

    #[test]
    fn the_trail_is_whole_lines_and_nothing_else_is() {
        let mut one = wanted(ExportType::AuditLogs);
        assert_eq!(field(one.check()), "format");
        one.format = ExportFormat::Jsonl;
        one.filter.from = Some(DateTime::UNIX_EPOCH);
        assert!(one.check().is_ok());
        one.options.columns = vec!["id".into()];
        assert_eq!(field(one.check()), "options.columns");
        one.options.columns.clear();
        one.filter.include_deleted = true;
        assert_eq!(field(one.check()), "filter.includeDeleted");
        let leads = Wanted { format: ExportFormat::Jsonl, ..wanted(ExportType::Leads) };
        assert_eq!(field(leads.check()), "format");
    }

    #[test]
    fn columns_are_known_and_each_comes_once() {
        let mut one = wanted(ExportType::Chats);
        one.options.columns = vec!["id".into(), "colour".into()];
        assert_eq!(field(one.check()), "options.columns.1");
        one.options.columns = vec!["id".into(), "id".into()];
        assert_eq!(field(one.check()), "options.columns.1");
        one.options.columns = vec!["status".into(), "id".into()];
        let names: Vec<_> = one.columns().unwrap().iter().map(|column| column.name).collect();
        assert_eq!(names, ["status", "id"]);
    }

    #[test]
    fn too_many_rows_are_told_what_to_do_about_them() {
        assert!(few_enough("format", ExportFormat::Xlsx, ROWS).is_ok());
        for (format, rows, words) in [
            (ExportFormat::Xlsx, ROWS + 1, "use CSV, or leave some out by the filter"),
            (ExportFormat::Csv, ROWS + 1, "leave some out by the filter"),
            (ExportFormat::Pdf, REPORT_ROWS + 1, "use CSV"),
        ] {
            let error = few_enough("format", format, rows).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
