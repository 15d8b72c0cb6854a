//! News between processes, by PostgreSQL's NOTIFY. Of events it only wakes: the tables hold the truth.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sqlx::postgres::PgListener;

use super::{Conn, Db};
use crate::{Result, id::TenantId};

const SEALED: &str = "frontdesk_sealed";
const SAID: &str = "frontdesk_said";

/// What another process told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// A tenant's events are sealed up to this sequence.
    Sealed(TenantId, i64),
    /// What a process had to [`say`], this one too.
    Said(String),
    /// The connection was away: anything may have happened.
    Missed,
}

/// Tells the other processes, when the transaction commits, that events up to `head` are sealed.
pub(crate) async fn notify(conn: &Conn, tenant: TenantId, head: i64) -> Result<()> {
    tell(conn, SEALED, format!("{} {head}", tenant.0.simple())).await
}

/// Tells every process something that need not reach them. Up to 8000 bytes.
///
/// # Errors
/// [`crate::Error::Unavailable`] where the database is away.
pub async fn say(db: &Db, words: String) -> Result<()> {
    tell(&db.control_bookkeeping(), SAID, words).await
}

async fn tell(conn: &Conn, channel: &str, words: String) -> Result<()> {
    if conn.get_database_backend() == DbBackend::Postgres {
        conn.query_one_raw(Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_notify($1, $2)",
            [channel.into(), words.into()],
        ))
        .await?;
    }
    Ok(())
}

/// Hands what other processes tell to `on_wake`, reconnecting for ever. Returns at once on SQLite, where
/// there is no other process.
pub async fn listen(db: &Db, on_wake: impl Fn(Wake)) {
    let Some(pool) = db.postgres() else { return };
    loop {
        if let Err(error) = listen_once(pool, &on_wake).await {
            tracing::warn!(%error, "listening for events of other processes failed; trying again");
        }
        on_wake(Wake::Missed);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn listen_once(pool: &sqlx::PgPool, on_wake: &impl Fn(Wake)) -> Result<(), sqlx::Error> {
    // A connection of its own: one from the pool would be missing there for ever.
    let options = pool.connect_options();
    let alone = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(options.as_ref().clone())
        .await?;
    let mut listener = PgListener::connect_with(&alone).await?;
    listener.listen_all([SEALED, SAID]).await?;
    on_wake(Wake::Missed);
    loop {
        match listener.try_recv().await? {
            Some(note) if note.channel() == SAID => on_wake(Wake::Said(note.payload().to_owned())),
            Some(note) => {
                let parsed = note
                    .payload()
                    .split_once(' ')
                    .and_then(|(id, head)| Some((uuid::Uuid::try_parse(id).ok()?, head.parse().ok()?)));
                if let Some((id, head)) = parsed {
                    on_wake(Wake::Sealed(TenantId(id), head));
                }
            }
            None => on_wake(Wake::Missed),
        }
    }
}
