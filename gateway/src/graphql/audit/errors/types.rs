//! Errors, and groups of them.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use audit::{Occurrences, records::ErrorGroups};
use chrono::{DateTime, Utc};
use kernel::{
    id::{ErrorGroupId, UserId},
    page::PageArgs,
};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, User, user},
        loaders::By,
        records::nested,
        scalars::Json,
        scope::scope,
    },
};

/// How serious an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::ErrorLevel")]
pub enum ErrorLevel {
    /// It may go away by itself: something that Frontdesk stands on was away.
    Warn,
    /// Something did not work.
    Error,
    /// A job ended by it.
    Fatal,
    /// A fault of Frontdesk's own that needs somebody.
    Critical,
}

/// Where an error happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::ErrorSource")]
pub enum ErrorSource {
    /// While artificial intelligence was asked.
    Ai,
    /// While chats were analysed.
    Analysis,
    /// While a request was answered.
    Api,
    /// While somebody came in.
    Auth,
    /// In work that is done by the clock.
    Cron,
    /// While a CRM was asked.
    Crm,
    /// While an export was made.
    Export,
    /// In other work in the background.
    Job,
    /// On the way of a mail.
    Mail,
    /// While a social platform was asked.
    Social,
    /// While B2Chat was asked.
    Sync,
    /// On the way of what other services are told, or tell.
    Webhook,
}

/// How a group of errors stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::ErrorGroupStatus")]
pub enum ErrorGroupStatus {
    /// Nobody has resolved it.
    Open,
    /// Somebody said that it does not happen any more.
    Resolved,
    /// It happened again, or somebody said that it will.
    Reopened,
}

/// Errors of one kind: of one source and code, with one message but for its numbers, ids and quoted values. Kept for 90 days after
/// the newest.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ErrorGroup {
    /// Its id, `erg_…`.
    pub id: ID,
    /// What is the same of them, as 32 hexadecimal digits.
    pub fingerprint: String,
    /// Where they happen.
    pub source: ErrorSource,
    /// The most serious of them since it was last resolved.
    pub level: ErrorLevel,
    /// Their error code, such as `INTERNAL_SERVER_ERROR`; of what was given up the event's name, such as `export.failed`.
    pub code: Option<String>,
    /// What the newest says, without secrets.
    pub message: String,
    /// How many there were, those too that are not kept one by one.
    pub count: i32,
    /// When the first was.
    pub first_seen_at: DateTime<Utc>,
    /// When the newest was.
    pub last_seen_at: DateTime<Utc>,
    /// How it stands.
    pub status: ErrorGroupStatus,
    /// When it was last resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was last reopened.
    pub reopened_at: Option<DateTime<Utc>>,
    /// When people were last told of it.
    pub alerted_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: ErrorGroupId,
    #[graphql(skip)]
    resolved_by_id: Option<UserId>,
}

impl From<audit::ErrorGroup> for ErrorGroup {
    fn from(group: audit::ErrorGroup) -> Self {
        Self {
            id: group.id.into_id(),
            fingerprint: group.fingerprint,
            source: group.source.into(),
            level: group.level.into(),
            code: group.code,
            message: group.message,
            count: group.count,
            first_seen_at: group.first_seen_at,
            last_seen_at: group.last_seen_at,
            status: group.status.into(),
            resolved_at: group.resolved_at,
            reopened_at: group.reopened_at,
            alerted_at: group.alerted_at,
            key: group.id,
            resolved_by_id: group.resolved_by_id,
        }
    }
}

#[ComplexObject]
impl ErrorGroup {
    /// Who resolved it last; null without the permission to see them.
    async fn resolved_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.resolved_by_id)).await
    }

    /// Those that are kept one by one, newest first: 20 an hour, for 90 days.
    async fn occurrences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ErrorLogConnection> {
        let page = PageArgs { first, after, last, before };
        Ok(Box::pin(nested(ctx, Occurrences, self.key, page)).await?.into())
    }
}

/// Something that went wrong.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ErrorLog {
    /// Its id, `err_…`.
    pub id: ID,
    /// When.
    pub at: DateTime<Utc>,
    /// How serious.
    pub level: ErrorLevel,
    /// Where.
    pub source: ErrorSource,
    /// Its error code; see `ErrorGroup.code`.
    pub code: Option<String>,
    /// What it says, without secrets; at most 1,000 characters.
    pub message: String,
    /// Where in the program, of a panic; at most 8,000 characters.
    pub stack_trace: Option<String>,
    /// The request's id, as in `X-Request-Id`.
    pub request_id: Option<String>,
    /// What links it to all else that came of the same beginning.
    pub correlation_id: Option<String>,
    /// What else there is to know: the transport, the name of the operation, the place in the answer, the job. No variables.
    pub metadata: Option<Json>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    group_id: ErrorGroupId,
    #[graphql(skip)]
    user_id: Option<UserId>,
}

impl From<audit::ErrorLog> for ErrorLog {
    fn from(log: audit::ErrorLog) -> Self {
        Self {
            id: log.id.into_id(),
            at: log.at,
            level: log.level.into(),
            source: log.source.into(),
            code: log.code,
            message: log.message,
            stack_trace: log.stack,
            request_id: log.request_id,
            correlation_id: log.correlation_id,
            metadata: log.metadata.map(Json),
            created_at: log.created_at,
            group_id: log.group_id,
            user_id: log.user_id,
        }
    }
}

#[ComplexObject]
impl ErrorLog {
    /// Whose request it was; null without the permission to see them, and once they are gone.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.user_id)).await
    }

    /// The errors of its kind.
    async fn group(&self, ctx: &Context<'_>) -> Result<Option<ErrorGroup>> {
        let found = scope(ctx).loaders.load_one(By::<ErrorGroups>(self.group_id)).await?;
        Ok(found.map(|group| group.as_ref().clone().into()))
    }
}

connection!(ErrorGroupConnection, ErrorGroupEdge, ErrorGroup, audit::ErrorGroup, "groups of errors");
connection!(ErrorLogConnection, ErrorLogEdge, ErrorLog, audit::ErrorLog, "errors");
