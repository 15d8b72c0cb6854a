//! An export of what is held on a person, as those see it who may.

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
};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::PersonExportStatus")]
pub enum PersonExportStatus {
    /// It waits for its turn.
    Pending,
    /// It is being put together.
    Processing,
    /// The file is there.
    Completed,
    /// It could not be put together: `error` says why.
    Failed,
    /// The file was there, and has ended.
    Expired,
    /// Somebody took it back.
    Cancelled,
}

/// All that is held on a person, as one ZIP: a file for each table, their files, and a page to read first. Its row is kept for 90
/// days, its file for `person_exports.expire_hours`.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct PersonExport {
    /// Its id, `pex_…`.
    pub id: ID,
    /// Whose data they are: the id of a record of theirs, people as `usr_…`, or an e-mail address.
    pub subject: String,
    /// Whether who asked is the person. Clients are then not given what colleagues keep among themselves.
    pub is_own: bool,
    /// What the file is called.
    pub file_name: String,
    /// How many tables there are to look through; null until it is begun.
    pub table_count: Option<i32>,
    /// How many were looked through.
    pub tables_done: i32,
    /// How many rows were written, noted now and then.
    pub rows_written: i32,
    /// How many rows the file has; null until it is whole.
    pub record_count: Option<i32>,
    /// How many files of theirs are in it; null until it is whole.
    pub file_count: Option<i32>,
    /// How many bytes it has; null until it is whole.
    pub size: Option<f64>,
    /// Why it could not be put together; null where it could.
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
    user_id: UserId,
    #[graphql(skip)]
    file: Option<FileId>,
    #[graphql(skip)]
    row: audit::PersonExport,
}

impl From<audit::PersonExport> for PersonExport {
    fn from(export: audit::PersonExport) -> Self {
        Self {
            id: export.id.into_id(),
            subject: export.subject.clone(),
            is_own: export.is_own,
            file_name: export.file_name.clone(),
            table_count: export.table_count,
            tables_done: export.tables_done,
            rows_written: export.rows_written,
            record_count: export.record_count,
            file_count: export.file_count,
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
impl PersonExport {
    /// How far it is.
    async fn status(&self, ctx: &Context<'_>) -> PersonExportStatus {
        self.row.status_at(scope(ctx).cx().now).into()
    }

    /// Who asked; null without the permission to see them.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, Some(self.user_id))).await
    }

    /// Where the file is, for who asked and still may: made now, good by itself for a quarter of an hour and no longer than the file;
    /// null for others, and unless it is completed. Each download is in the audit trail.
    async fn download_url(&self, ctx: &Context<'_>) -> Option<String> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        let asked = cx.user().is_ok_and(|user| user.id == self.user_id);
        let there = self.row.status_at(cx.now) == audit::PersonExportStatus::Completed;
        let may = self.is_own || cx.can(audit::MANAGE_PERSONAL_DATA);
        let (file, until) = (self.file?, self.expires_at?);
        if !asked || !there || !may || cx.in_session().is_err() {
            return None;
        }
        let (token, _) = app.files.link_until(app.db.keyring(), &cx, file, until);
        ctx.insert_http_header(CACHE_CONTROL, AS_IT_IS);
        Some(app.links.file(&token))
    }
}

connection!(PersonExportConnection, PersonExportEdge, PersonExport, audit::PersonExport, "personExports");
