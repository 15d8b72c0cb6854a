//! An export as those see it who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use axum::http::header::CACHE_CONTROL;
use chrono::{DateTime, Utc};
use kernel::id::{FileId, UserId};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, User, tenants::usage::bytes, user},
        scope::scope,
    },
    http::AS_IT_IS,
    wiring::exports::Rows,
};

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::ExportType")]
pub enum ExportType {
    /// Agents of B2Chat.
    Agents,
    /// Contacts of B2Chat.
    Contacts,
    /// Chats of B2Chat.
    Chats,
    /// Messages of those chats.
    Messages,
    /// Leads that the viewer sees; those that went into others are left out.
    Leads,
    /// Tickets that the viewer sees.
    Tickets,
    /// Chosen columns of chats; or, with `groupBy`, how many chats there are in each group and how long they took.
    CustomReport,
    /// The audit trail between two instants, whole and in its order, with what is signed of it: it proves itself, see
    /// `frontdesk audit verify --file`. As JSONL only.
    AuditLogs,
}

/// As what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::ExportFormat")]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180) in UTF-8, times as ISO 8601 with their offset; at most 1,000,000 rows.
    Csv,
    /// A workbook, with dates and numbers and without formulas; at most 1,000,000 rows.
    Xlsx,
    /// A report with a title page, charts and a table; at most 5,000 rows.
    Pdf,
    /// A JSON object on each line; of the audit trail only, at most 50,000,000 rows.
    Jsonl,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::ExportStatus")]
pub enum ExportStatus {
    /// It waits for its turn.
    Pending,
    /// It is being made.
    Processing,
    /// The file is there.
    Completed,
    /// It could not be made: `error` says why.
    Failed,
    /// The file was there, and has ended.
    Expired,
    /// Somebody took it back.
    Cancelled,
}

/// By what the chats of a custom report are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::ReportGroup")]
pub enum ExportGroup {
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

/// A file that data are exported to. Its row is kept for 90 days, its file for `exports.expire_hours`.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Export {
    /// Its id, `exp_…`.
    pub id: ID,
    /// What is exported.
    #[graphql(name = "type")]
    pub kind: ExportType,
    /// As what.
    pub format: ExportFormat,
    /// What the file is called.
    pub file_name: String,
    /// How many rows there are to write; null until they are counted, and for groups.
    pub total_count: Option<i32>,
    /// How many were written, noted now and then.
    pub rows_written: i32,
    /// How many rows the file has, its head left out; null until it is whole. 0 where there was nothing to export.
    pub record_count: Option<i32>,
    /// How many bytes the file has; null until it is whole.
    pub size: Option<f64>,
    /// Why it could not be made; null where it could.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was last begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over, whichever way.
    pub completed_at: Option<DateTime<Utc>>,
    /// When the file ends.
    pub expires_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    user_id: Option<UserId>,
    #[graphql(skip)]
    file: Option<FileId>,
    #[graphql(skip)]
    row: analytics_sync::Export,
}

impl From<analytics_sync::Export> for Export {
    fn from(export: analytics_sync::Export) -> Self {
        Self {
            id: export.id.into_id(),
            kind: export.r#type.into(),
            format: export.format.into(),
            file_name: export.file_name.clone(),
            total_count: export.total_count,
            rows_written: export.rows_written,
            record_count: export.record_count,
            size: export.bytes.and_then(|size| u64::try_from(size).ok()).map(bytes),
            error: export.error_message.clone(),
            created_at: export.created_at,
            started_at: export.started_at,
            completed_at: export.completed_at,
            expires_at: export.expires_at,
            user_id: export.user_id,
            file: export.file_id,
            row: export,
        }
    }
}

#[ComplexObject]
impl Export {
    /// How far it is.
    async fn status(&self, ctx: &Context<'_>) -> ExportStatus {
        self.row.status_at(scope(ctx).cx().now).into()
    }

    /// Who asked; null without the permission to see them.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.user_id)).await
    }

    /// Where the file is, for who asked and still may see such rows: made now, good by itself for a quarter of an hour and no longer
    /// than the file; null for others, and unless the export is completed. Each download is in the audit trail.
    async fn download_url(&self, ctx: &Context<'_>) -> Option<String> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        let own = cx.user().is_ok_and(|user| Some(user.id) == self.user_id);
        let there = self.row.status_at(cx.now) == analytics_sync::ExportStatus::Completed;
        let may = cx.can(analytics_sync::EXPORT_DATA)
            && analytics_sync::may_export(&Rows::of(app), &cx, self.row.r#type).is_ok();
        let (file, until) = (self.file?, self.expires_at?);
        if !own || !there || !may {
            return None;
        }
        let (token, _) = app.files.link_until(app.db.keyring(), &cx, file, until);
        ctx.insert_http_header(CACHE_CONTROL, AS_IT_IS);
        Some(app.links.file(&token))
    }
}

connection!(ExportConnection, ExportEdge, Export, analytics_sync::Export, "exports");
