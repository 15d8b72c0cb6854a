//! The audit trail.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use kernel::{
    events::{Action, Severity},
    id::UserId,
};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, User, user},
        scalars::{Date, Json},
    },
};

/// How serious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Severity")]
pub enum AuditSeverity {
    /// Everyday work.
    Low,
    /// Worth a look: refusals, failed sign-ins, what could not be delivered.
    Medium,
    /// Changes who may do what, or by which way they come in.
    High,
    /// Needs somebody now.
    Critical,
}

/// What was done to a thing, or tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Action")]
pub enum AuditAction {
    /// It was made.
    Create,
    /// It was looked at.
    Read,
    /// It was changed.
    Update,
    /// It was taken away or out of use.
    Delete,
    /// It was taken along.
    Export,
}

/// What kind of actor somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum AuditActorKind {
    /// A colleague.
    Staff,
    /// A client.
    Client,
    /// A platform administrator, who is a member of no company.
    Platform,
    /// Nobody who is signed in.
    Anonymous,
    /// Frontdesk itself.
    System,
}

impl From<&str> for AuditActorKind {
    fn from(kind: &str) -> Self {
        match kind {
            "staff" => Self::Staff,
            "client" => Self::Client,
            "platform" => Self::Platform,
            "anonymous" => Self::Anonymous,
            // The table has no others.
            _ => Self::System,
        }
    }
}

impl From<AuditActorKind> for String {
    fn from(kind: AuditActorKind) -> Self {
        let word = match kind {
            AuditActorKind::Staff => "staff",
            AuditActorKind::Client => "client",
            AuditActorKind::Platform => "platform",
            AuditActorKind::Anonymous => "anonymous",
            AuditActorKind::System => "system",
        };
        word.to_owned()
    }
}

/// Somebody changed something, or tried to.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct AuditLog {
    /// Its id, `aud_…`.
    pub id: ID,
    /// When.
    pub at: DateTime<Utc>,
    /// What: the event's name, such as `message.replied`; of a refused attempt the action, such as `message.reply`.
    pub event_type: String,
    /// What was done to the thing.
    pub action: AuditAction,
    /// How serious.
    pub severity: AuditSeverity,
    /// Whether it succeeded.
    pub success: bool,
    /// The error code of what did not.
    pub failure_code: Option<String>,
    /// Why not, as a sentence.
    pub error: Option<String>,
    /// What kind of actor it was.
    pub actor_kind: AuditActorKind,
    /// The actor's address at the time.
    pub actor_email: Option<String>,
    /// The session they acted in, `ses_…`.
    pub session_id: Option<ID>,
    /// The API key that acted for them, `key_…`.
    pub api_key_id: Option<ID>,
    /// Where the request came from.
    pub address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
    /// The request's id, as in `X-Request-Id`.
    pub request_id: String,
    /// What links it to all else that came of the same beginning: the trace id of the request's W3C `traceparent`, the
    /// request behind a job, or the request's own id.
    pub correlation_id: String,
    /// The kind of thing it was about, such as `Message`.
    pub resource_type: Option<String>,
    /// The thing's UUID.
    pub resource_id: Option<ID>,
    /// Values before.
    pub old_values: Option<Json>,
    /// Values after.
    pub new_values: Option<Json>,
    /// What else there is to know of it.
    pub details: Option<Json>,
    /// What else there is to know of how it came about: the transport, the name of the operation, the job.
    pub metadata: Option<Json>,
    /// Whether something of it is unreadable, because somebody was forgotten.
    pub is_erased: bool,
    /// Its number in the tenant's chain; null in the moment before it is sealed.
    pub sequence: Option<String>,
    /// The SHA-256 of itself and the row before, in hexadecimal; null in the moment before it is sealed.
    pub hash: Option<String>,
    #[graphql(skip)]
    actor_id: Option<UserId>,
}

impl From<audit::AuditLog> for AuditLog {
    fn from(log: audit::AuditLog) -> Self {
        let (action, correlation_id) = (log.action().into(), log.correlation_id().to_owned());
        let audit::AuditLog { row, link, is_erased } = log;
        Self {
            is_erased,
            action,
            correlation_id,
            error: row.error,
            details: row.details.map(Json),
            metadata: row.metadata.map(Json),
            id: row.id.into_id(),
            at: row.at,
            event_type: row.kind,
            severity: Severity::from(row.severity).into(),
            success: row.success,
            failure_code: row.failure,
            actor_kind: row.actor_kind.as_str().into(),
            actor_email: row.actor_email,
            session_id: row.session_id.map(IntoId::into_id),
            api_key_id: row.api_key_id.map(IntoId::into_id),
            address: row.address,
            user_agent: row.agent,
            request_id: row.request_id,
            resource_type: row.resource_kind,
            resource_id: row.resource_id.map(|id| ID(id.simple().to_string())),
            old_values: row.old_values.map(Json),
            new_values: row.new_values.map(Json),
            sequence: link.as_ref().map(|link| link.sequence.to_string()),
            hash: link.map(|link| kernel::crypto::hex(&link.hash)),
            actor_id: row.actor_id,
        }
    }
}

#[ComplexObject]
impl AuditLog {
    /// Who; null for visitors, for platform administrators and for Frontdesk itself.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.actor_id).await
    }
}

connection!(AuditLogConnection, AuditLogEdge, AuditLog, audit::AuditLog, "audit rows");

/// The end of the audit trail of a day, signed. Kept elsewhere, it proves later that the rows up to there are what they were.
#[derive(Debug, Clone, SimpleObject)]
pub struct AuditHead {
    /// The day, in UTC.
    pub day: Date,
    /// The number of the last row of the day.
    pub sequence: String,
    /// The hash of that row and of all before it, in hexadecimal.
    pub hash: String,
    /// How many rows came since the head before.
    pub rows: i32,
    /// When it was signed.
    pub signed_at: DateTime<Utc>,
    /// The short id of the key that it is signed by: `frontdesk audit key` shows its public half.
    pub key_id: String,
    /// Ed25519, in base64.
    pub signature: String,
}

impl From<audit::AuditHead> for AuditHead {
    fn from(head: audit::AuditHead) -> Self {
        Self {
            day: head.day.into(),
            sequence: head.sequence.to_string(),
            hash: kernel::crypto::hex(&head.hash),
            rows: i32::try_from(head.rows).unwrap_or(i32::MAX),
            signed_at: head.at,
            key_id: head.key_id,
            signature: STANDARD.encode(head.signature),
        }
    }
}

connection!(AuditHeadConnection, AuditHeadEdge, AuditHead, audit::AuditHead, "audit heads");
