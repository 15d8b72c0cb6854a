//! Limits on attempts, counted in the database, so that they hold over aliases, batches, sockets and processes: a
//! tenant's in the tenant, the platform's in the registry, by the connection that is given.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement, entity::prelude::*};

use crate::{Conn, Cx, Error, Result, crypto::sha256};

/// So many attempts in a window of time.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is limited, such as `sign-in by account`.
    pub name: &'static str,
    /// Attempts in one window.
    pub attempts: i32,
    /// The window's length.
    pub window: Duration,
}

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "rate_limits")]
/// The count of one window.
pub struct Model {
    /// SHA-256 of the limit's name and the key: the table holds no addresses of people.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// When the window ends.
    pub ends_at: DateTime<Utc>,
    /// Attempts in it.
    pub attempts: i32,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
/// No relation.
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Limit {
    /// Counts one attempt for `key`, before it is made, and refuses it past the limit.
    ///
    /// `conn` must not be the transaction of the attempt itself: its rollback would forget the attempt.
    pub async fn count(&self, conn: &Conn, cx: &Cx, key: &str) -> Result<()> {
        let ends_at = cx.now + self.window;
        // One statement counts and reads, so parallel attempts cannot pass side by side.
        let row = conn
            .query_one_raw(Statement::from_sql_and_values(
                conn.get_database_backend(),
                format!(
                    r#"INSERT INTO "{}"."rate_limits" AS r ("id", "ends_at", "attempts") VALUES ($1, $2, 1)
                       ON CONFLICT ("id") DO UPDATE SET
                         "attempts" = CASE WHEN r."ends_at" <= $3 THEN 1 ELSE r."attempts" + 1 END,
                         "ends_at" = CASE WHEN r."ends_at" <= $3 THEN $2 ELSE r."ends_at" END
                       RETURNING "attempts" AS "attempts", "ends_at" AS "ends_at""#,
                    conn.marker()
                ),
                [self.id(key).into(), ends_at.into(), cx.now.into()],
            ))
            .await?
            .ok_or_else(|| Error::internal("the attempt was not counted"))?;
        let attempts: i32 = row.try_get("", "attempts")?;
        let ends_at: DateTime<Utc> = row.try_get("", "ends_at")?;
        if attempts > self.attempts {
            return Err(Error::RateLimited { retry_after: (ends_at - cx.now).to_std().unwrap_or(self.window) });
        }
        Ok(())
    }

    /// Forgets the attempts for `key`, after a success.
    pub async fn clear(&self, conn: &Conn, key: &str) -> Result<()> {
        delete(conn, r#""id" = $1"#, self.id(key).into()).await?;
        Ok(())
    }

    /// Takes back so many attempts for `key` that turned out to be nobody's who tries: one who got in is no guess. Others that were
    /// counted for the key stay.
    pub async fn give_back(&self, conn: &Conn, key: &str, attempts: i32) -> Result<()> {
        let sql = format!(
            r#"UPDATE "{}"."rate_limits" SET "attempts" = "attempts" - $2 WHERE "id" = $1 AND "attempts" >= $2"#,
            conn.marker()
        );
        let values = [self.id(key).into(), attempts.into()];
        conn.execute_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
        Ok(())
    }

    fn id(&self, key: &str) -> Vec<u8> {
        sha256([self.name, key].join("\0").as_bytes()).to_vec()
    }
}

/// Removes windows that ended; returns how many.
pub async fn purge(conn: &Conn, now: DateTime<Utc>) -> Result<u64> {
    delete(conn, r#""ends_at" < $1"#, now.into()).await
}

async fn delete(conn: &Conn, which: &str, value: Value) -> Result<u64> {
    let sql = format!(r#"DELETE FROM "{}"."rate_limits" WHERE {which}"#, conn.marker());
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [value]);
    Ok(conn.execute_raw(statement).await?.rows_affected())
}
