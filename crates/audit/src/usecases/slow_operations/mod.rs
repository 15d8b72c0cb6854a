//! Operations that took long are kept for a while.

use chrono::{DateTime, Utc};
use kernel::{Conn, Cx, Result, id::UserId};
use sea_orm::{EntityTrait, IntoActiveModel};

use crate::store::slow_operations::{Entity, Model};

/// An operation that took long, on its way into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowOperationSeen {
    /// When it was over.
    pub at: DateTime<Utc>,
    /// SHA-256 of its document, in hexadecimal.
    pub document_hash: String,
    /// Its name; at most 128 characters.
    pub operation: Option<String>,
    /// Its cost, in values of the answer.
    pub cost: u64,
    /// How many SQL statements it took.
    pub statements: u32,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whose request it was.
    pub user: Option<UserId>,
    /// The request.
    pub request_id: String,
    /// What links it to others that came of the same beginning.
    pub correlation_id: String,
}

/// Writes operations that took long.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn record_slow_operations(conn: &Conn, cx: &Cx, seen: Vec<SlowOperationSeen>) -> Result<()> {
    let rows = seen.into_iter().map(|seen| {
        Model {
            id: cx.new_id(),
            at: seen.at,
            document_hash: seen.document_hash,
            operation: seen.operation,
            cost: i64::try_from(seen.cost).unwrap_or(i64::MAX),
            statements: i32::try_from(seen.statements).unwrap_or(i32::MAX),
            duration_ms: i32::try_from(seen.duration_ms).unwrap_or(i32::MAX),
            user_id: seen.user,
            correlation_id: Some(seen.correlation_id).filter(|id| *id != seen.request_id),
            request_id: seen.request_id,
        }
        .into_active_model()
    });
    Entity::insert_many(rows).exec_without_returning(conn).await?;
    Ok(())
}
