//! Which rows a policy is about, in SQL that both databases know. Names are ours alone.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Result,
    db::rows::{one, select},
    retention::{Means, Policy},
};
use uuid::Uuid;

/// What of a policy is old enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// How many rows go.
    pub rows: i64,
    /// How many are old enough and held.
    pub held: i64,
    /// The oldest that goes.
    pub oldest: Option<DateTime<Utc>>,
    /// And the newest.
    pub newest: Option<DateTime<Utc>>,
}

/// The table of a policy, as `t`.
pub(crate) fn from(policy: &Policy) -> String {
    format!(r#""~tenant"."{}" AS t"#, policy.table)
}

fn columns(of: &str, columns: &[&str]) -> String {
    columns.iter().map(|column| format!(r#"{of}."{column}""#)).collect::<Vec<_>>().join(", ")
}

/// Whether a row `t` is about something that is held.
pub(crate) fn is_held(policy: &Policy) -> String {
    let hold = r#"SELECT 1 FROM "~tenant"."legal_holds" AS h WHERE h."released_at" IS NULL AND h."subject_id" IN"#;
    let mut any = vec![format!("EXISTS ({hold} ({}))", columns("t", policy.about))];
    any.extend(policy.through.map(|through| {
        format!(
            r#"EXISTS (SELECT 1 FROM "~tenant"."{}" AS p WHERE p."id" = t."{}" AND EXISTS ({hold} ({})))"#,
            through.table,
            through.column,
            columns("p", through.about)
        )
    }));
    any.extend(policy.below.iter().map(|(table, column)| {
        format!(
            r#"EXISTS (SELECT 1 FROM "~tenant"."{table}" AS b WHERE b."{column}" = t."id" AND EXISTS ({hold} (b."id")))"#
        )
    }));
    format!("({})", any.join(" OR "))
}

/// Whether a row `t` is of before `$1`, held or not.
pub(crate) fn is_old(policy: &Policy) -> String {
    let only = policy.only.map(|only| format!(" AND {only}")).unwrap_or_default();
    format!("{} < $1{only}", policy.age)
}

/// What is of before an instant.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn due(conn: &Conn, policy: &Policy, before: DateTime<Utc>) -> Result<Due> {
    if policy.means == Means::Trail {
        return trail(conn, before).await;
    }
    let (from, age, old, held) = (from(policy), policy.age, is_old(policy), is_held(policy));
    let sql = format!(
        "SELECT count(*) AS n, min({age}) AS oldest, max({age}) AS newest FROM {from} WHERE {old} AND NOT {held}"
    );
    let found = one(conn, &sql, vec![before.into()]).await?;
    let sql = format!("SELECT count(*) AS n FROM {from} WHERE {old} AND {held}");
    Ok(Due {
        rows: found.try_get("", "n")?,
        held: one(conn, &sql, vec![before.into()]).await?.try_get("", "n")?,
        oldest: found.try_get("", "oldest")?,
        newest: found.try_get("", "newest")?,
    })
}

/// Whether anything is of before an instant and not held.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub(crate) async fn is_due(conn: &Conn, policy: &Policy, before: DateTime<Utc>) -> Result<bool> {
    if policy.means == Means::Trail {
        return Ok(trail(conn, before).await?.rows > 0);
    }
    let sql =
        format!("SELECT 1 AS n FROM {} WHERE {} AND NOT {} LIMIT 1", from(policy), is_old(policy), is_held(policy));
    Ok(!select(conn, &sql, vec![before.into()]).await?.is_empty())
}

/// The number of the first row of the trail that is held. Rows go in their order, so all behind it are kept with it.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub(crate) async fn first_held(conn: &Conn) -> Result<Option<i64>> {
    // Mostly nothing is, and then no row of the trail is looked at.
    let any = r#"SELECT 1 AS n FROM "~tenant"."legal_holds" WHERE "released_at" IS NULL LIMIT 1"#;
    if select(conn, any, Vec::new()).await?.is_empty() {
        return Ok(None);
    }
    let about = |column: &str| {
        format!(
            r#"SELECT c."sequence" AS s FROM "~tenant"."legal_holds" AS h
               JOIN "~tenant"."audit_logs" AS t ON t."{column}" = h."subject_id"
               JOIN "~tenant"."audit_chain" AS c ON c."audit_log_id" = t."id" WHERE h."released_at" IS NULL"#
        )
    };
    let sql = format!("SELECT min(s) AS n FROM ({} UNION ALL {}) AS f", about("resource_id"), about("actor_id"));
    Ok(one(conn, &sql, Vec::new()).await?.try_get("", "n")?)
}

/// The number of the last row of the trail before the first that is not of before an instant.
pub(crate) async fn last_old(conn: &Conn, before: DateTime<Utc>) -> Result<i64> {
    let young = r#"SELECT c."sequence" AS n FROM (SELECT "id" FROM "~tenant"."audit_logs" WHERE "at" >= $1 ORDER BY "at", "id" LIMIT 100) AS t
        JOIN "~tenant"."audit_chain" AS c ON c."audit_log_id" = t."id" ORDER BY c."sequence" LIMIT 1"#;
    if let Some(first) = select(conn, young, vec![before.into()]).await?.first() {
        return Ok(first.try_get::<i64>("", "n")? - 1);
    }
    let last = r#"SELECT max("sequence") AS n FROM "~tenant"."audit_chain""#;
    Ok(one(conn, last, Vec::new()).await?.try_get::<Option<i64>>("", "n")?.unwrap_or_default())
}

/// The number of the last row of the trail before the first that is not of before an instant, up to `last` and behind `from`. Where
/// clocks jumped, or rows were taken over that tell of long ago, numbers and times have different orders.
pub(crate) async fn all_old(conn: &Conn, before: DateTime<Utc>, from: i64, last: i64) -> Result<i64> {
    let young = r#"SELECT min(c."sequence") AS n FROM "~tenant"."audit_chain" AS c
        JOIN "~tenant"."audit_logs" AS t ON t."id" = c."audit_log_id" WHERE c."sequence" > $1 AND c."sequence" <= $2 AND t."at" >= $3"#;
    let young = one(conn, young, vec![from.into(), last.into(), before.into()]).await?;
    Ok(young.try_get::<Option<i64>>("", "n")?.map_or(last, |young| young - 1))
}

async fn trail(conn: &Conn, before: DateTime<Utc>) -> Result<Due> {
    let last = all_old(conn, before, 0, last_old(conn, before).await?).await?;
    let free = first_held(conn).await?.unwrap_or(i64::MAX);
    let sql = r#"SELECT count(*) AS n, min(t."at") AS oldest, max(t."at") AS newest FROM "~tenant"."audit_chain" AS c
        JOIN "~tenant"."audit_logs" AS t ON t."id" = c."audit_log_id" WHERE c."sequence" <= $1 AND c."sequence" < $2"#;
    let found = one(conn, sql, vec![last.into(), free.into()]).await?;
    let kept =
        r#"SELECT count(*) AS n FROM "~tenant"."audit_chain" AS c WHERE c."sequence" <= $1 AND c."sequence" >= $2"#;
    Ok(Due {
        rows: found.try_get("", "n")?,
        held: one(conn, kept, vec![last.into(), free.into()]).await?.try_get("", "n")?,
        oldest: found.try_get("", "oldest")?,
        newest: found.try_get("", "newest")?,
    })
}

/// The ids of what rows of a policy belong to that is held, for a context that moves them out in its own way.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub(crate) async fn held_owners(conn: &Conn, policy: &Policy) -> Result<Vec<Uuid>> {
    let Some(through) = policy.through else { return Ok(Vec::new()) };
    let hold = r#"SELECT 1 FROM "~tenant"."legal_holds" AS h WHERE h."released_at" IS NULL AND h."subject_id" IN"#;
    let sql = format!(
        r#"SELECT p."id" AS id FROM "~tenant"."{}" AS p WHERE EXISTS ({hold} ({}))
           UNION SELECT t."{}" AS id FROM "~tenant"."{}" AS t WHERE t."id" IN
             (SELECT h."subject_id" FROM "~tenant"."legal_holds" AS h WHERE h."released_at" IS NULL)"#,
        through.table,
        columns("p", through.about),
        through.column,
        policy.table
    );
    select(conn, &sql, Vec::new()).await?.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
