//! The queue: what waits, who has it, and when it is looked at next.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result, Tx,
    db::any_of,
    id::{CrmConnectionId, CrmSyncId, LeadId, TypedId, UserId},
    jobs::{Enqueue, JobState, Work},
};
use sea_orm::{
    ActiveEnum, ConnectionTrait, DynIden, IntoActiveModel, JoinType, QueryOrder, QuerySelect, Statement,
    entity::prelude::*,
    sea_query::{ExprTrait, IntoCondition, LockType},
};

use super::{
    record,
    sync::{self, CrmAction, CrmSyncStatus},
};
use crate::store::{crm_connections::connection, leads::lead};

/// So many merges in a row are followed.
const FOLLOWED: usize = 20;

/// Adds what is to be brought, or notes that it changed where it waits already; returns its id. What waits for another try does not
/// any more where somebody wants it.
pub(crate) async fn put(
    tx: &Tx,
    cx: &Cx,
    connection: CrmConnectionId,
    lead: LeadId,
    action: CrmAction,
    by: Option<UserId>,
) -> Result<CrmSyncId> {
    let backend = tx.conn().get_database_backend();
    let statement = Statement::from_sql_and_values(
        backend,
        r#"INSERT INTO "~tenant"."crm_syncs" ("id", "lead_id", "connection_id", "action", "status", "retry_count", "next_retry_at", "round", "requested_by_id", "created_at", "updated_at")
           VALUES ($1, $2, $3, $4, 'pending', 0, $5, 0, $6, $5, $5)
           ON CONFLICT ("connection_id", "lead_id") WHERE "status" = 'pending'
           DO UPDATE SET "round" = "crm_syncs"."round" + 1, "action" = "excluded"."action", "updated_at" = "excluded"."updated_at",
             "requested_by_id" = COALESCE("crm_syncs"."requested_by_id", "excluded"."requested_by_id"),
             "next_retry_at" = CASE WHEN "excluded"."requested_by_id" IS NULL THEN "crm_syncs"."next_retry_at" ELSE "excluded"."next_retry_at" END
           RETURNING "id""#,
        [
            cx.new_id::<CrmSyncId>().uuid().into(),
            lead.uuid().into(),
            connection.uuid().into(),
            action.to_value().into(),
            cx.now.into(),
            by.map(|by| by.uuid()).into(),
        ],
    );
    let row = tx.conn().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| kernel::Error::internal("what waits was not written"))?;
    Ok(row.try_get::<CrmSyncId>("", "id")?)
}

/// Takes up to `limit` that are due; each goes to one worker until its lease ends.
pub(crate) async fn lease(
    conn: &Conn,
    connection: CrmConnectionId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<sync::Model>> {
    // Two who look at once take each row once: the second finds it leased.
    let statement = Statement::from_sql_and_values(
        conn.get_database_backend(),
        r#"UPDATE "~tenant"."crm_syncs" SET "leased_until" = $1
           WHERE "id" IN (SELECT "id" FROM "~tenant"."crm_syncs"
             WHERE "connection_id" = $2 AND "status" = 'pending' AND "next_retry_at" <= $3
               AND ("leased_until" IS NULL OR "leased_until" <= $3)
             ORDER BY "next_retry_at", "id" LIMIT $4)
             AND "status" = 'pending' AND ("leased_until" IS NULL OR "leased_until" <= $3)
           RETURNING *"#,
        [until.into(), connection.uuid().into(), now.into(), i64::try_from(limit).unwrap_or(100).into()],
    );
    let mut rows = sync::Entity::find().from_raw_sql(statement).all(conn).await?;
    rows.sort_by_key(|row| (row.next_retry_at, row.id));
    Ok(rows)
}

/// Others may take these, as far as they are whose they were.
pub(crate) async fn release(conn: &Conn, syncs: &[sync::Model]) -> Result<()> {
    use sync::Column;
    let Some(first) = syncs.first() else { return Ok(()) };
    let ids: Vec<_> = syncs.iter().map(|sync| sync.id).collect();
    sync::Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(any_of(conn.get_database_backend(), Column::Id, &ids))
        .filter(Column::LeasedUntil.eq(first.leased_until))
        .exec(conn)
        .await?;
    Ok(())
}

/// When there is next something to bring; none where nothing waits.
pub(crate) async fn next_due(conn: &Conn, connection: CrmConnectionId) -> Result<Option<DateTime<Utc>>> {
    use sync::Column;
    let waiting = sync::Entity::find()
        .select_only()
        .column_as(Column::NextRetryAt.min(), "next")
        .filter(Column::ConnectionId.eq(connection))
        .filter(Column::Status.eq(CrmSyncStatus::Pending));
    Ok(waiting.into_tuple::<Option<DateTime<Utc>>>().one(conn).await?.flatten())
}

/// Queues a job for a connection at an instant, unless one waits that comes no later.
pub(crate) async fn wake<W: Work + Sync>(
    tx: &Tx,
    cx: &Cx,
    connection: CrmConnectionId,
    work: &W,
    at: DateTime<Utc>,
) -> Result<()> {
    let statement = Statement::from_sql_and_values(
        tx.conn().get_database_backend(),
        r#"SELECT 1 AS "found" FROM "~tenant"."jobs"
           WHERE "state" = $1 AND "kind" = $2 AND "payload" ->> 'connection' = $3 AND "leased_until" IS NULL AND "run_at" <= $4
           LIMIT 1"#,
        [JobState::Queued.to_value().into(), W::KIND.into(), connection.to_string().into(), at.into()],
    );
    if tx.conn().query_one_raw(statement).await?.is_none() {
        tx.enqueue_at(cx, work, at).await?;
    }
    Ok(())
}

/// The records of these leads in a CRM.
pub(crate) async fn records_of(
    conn: &Conn,
    connection: CrmConnectionId,
    leads: &[LeadId],
) -> Result<HashMap<LeadId, record::Model>> {
    use record::Column;
    let backend = conn.get_database_backend();
    let rows = record::Entity::find()
        .filter(Column::ConnectionId.eq(connection))
        .filter(any_of(backend, Column::LeadId, leads))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.lead_id, row)).collect())
}

/// The same, each one's until the transaction ends; all that write records have them in the order of their leads.
pub(crate) async fn take_records(
    tx: &Tx,
    connection: CrmConnectionId,
    leads: &[LeadId],
) -> Result<HashMap<LeadId, record::Model>> {
    use record::Column;
    let backend = tx.conn().get_database_backend();
    let rows = record::Entity::find()
        .filter(Column::ConnectionId.eq(connection))
        .filter(any_of(backend, Column::LeadId, leads))
        .order_by_asc(Column::LeadId)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.lead_id, row)).collect())
}

/// Leads with their records in a CRM, both as they were at one instant: what is in a lead and is not agreed then was changed here.
pub(crate) async fn with_records(
    conn: &Conn,
    connection: CrmConnectionId,
    leads: &[LeadId],
) -> Result<Vec<(lead::Model, Option<record::Model>)>> {
    let of = record::Entity::belongs_to(lead::Entity).from(record::Column::LeadId).to(lead::Column::Id);
    let here = move |_: DynIden, record: DynIden| {
        Expr::col((record, record::Column::ConnectionId)).eq(connection).into_condition()
    };
    let leads = any_of(conn.get_database_backend(), lead::Column::Id, leads);
    let joined =
        lead::Entity::find().filter(leads).join(JoinType::LeftJoin, RelationDef::from(of).rev().on_condition(here));
    Ok(joined.select_also(record::Entity).all(conn).await?)
}

/// The leads that these records of a CRM are of.
pub(crate) async fn leads_of(
    conn: &Conn,
    connection: CrmConnectionId,
    external_ids: &[String],
) -> Result<HashMap<String, LeadId>> {
    use record::Column;
    if external_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = record::Entity::find()
        .filter(Column::ConnectionId.eq(connection))
        .filter(Column::ExternalId.is_in(external_ids))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.external_id, row.lead_id)).collect())
}

/// What became of leads: the one that each went into, in the end; none for those that stand by themselves.
pub(crate) async fn became(conn: &Conn, leads: &[LeadId]) -> Result<HashMap<LeadId, LeadId>> {
    let mut found: HashMap<_, _> = leads.iter().map(|lead| (*lead, *lead)).collect();
    for _ in 0..FOLLOWED {
        let now: Vec<_> = found.values().copied().collect();
        if now.is_empty() {
            break;
        }
        let gone = lead::Entity::find()
            .select_only()
            .columns([lead::Column::Id, lead::Column::MergedIntoId])
            .filter(any_of(conn.get_database_backend(), lead::Column::Id, &now))
            .filter(lead::Column::MergedIntoId.is_not_null());
        let gone: HashMap<LeadId, LeadId> = gone.into_tuple().all(conn).await?.into_iter().collect();
        if gone.is_empty() {
            break;
        }
        found.values_mut().for_each(|lead| *lead = gone.get(lead).copied().unwrap_or(*lead));
    }
    found.retain(|lead, into| lead != into);
    Ok(found)
}

/// Which of these wait, until when somebody has or had them, and how often they were tried.
pub(crate) async fn waiting(
    conn: &Conn,
    connection: CrmConnectionId,
    leads: &[LeadId],
) -> Result<HashMap<LeadId, (Option<DateTime<Utc>>, i32)>> {
    use sync::Column;
    let waiting = sync::Entity::find()
        .select_only()
        .columns([Column::LeadId, Column::LeasedUntil, Column::RetryCount])
        .filter(Column::ConnectionId.eq(connection))
        .filter(any_of(conn.get_database_backend(), Column::LeadId, leads))
        .filter(Column::Status.eq(CrmSyncStatus::Pending));
    let waiting: Vec<(LeadId, Option<DateTime<Utc>>, i32)> = waiting.into_tuple().all(conn).await?;
    Ok(waiting.into_iter().map(|(lead, until, tries)| (lead, (until, tries))).collect())
}

/// Nothing of a lead waits any more that Frontdesk noted of itself.
pub(crate) async fn forget_waiting(conn: &Conn, connection: CrmConnectionId, lead: LeadId) -> Result<()> {
    use sync::Column;
    let waiting = sync::Entity::delete_many()
        .filter(Column::ConnectionId.eq(connection))
        .filter(Column::LeadId.eq(lead))
        .filter(Column::Status.eq(CrmSyncStatus::Pending))
        .filter(Column::RequestedById.is_null());
    waiting.exec(conn).await?;
    Ok(())
}

/// Forgets which leads' these records of a CRM were.
pub(crate) async fn forget_records(conn: &Conn, connection: CrmConnectionId, external_ids: &[&str]) -> Result<()> {
    use record::Column;
    if external_ids.is_empty() {
        return Ok(());
    }
    let gone = record::Entity::delete_many().filter(Column::ConnectionId.eq(connection));
    gone.filter(Column::ExternalId.is_in(external_ids.iter().copied())).exec(conn).await?;
    Ok(())
}

/// Keeps records as they are now, each of another lead.
pub(crate) async fn keep_records(conn: &Conn, mut records: Vec<record::Model>) -> Result<()> {
    use record::Column;
    if records.is_empty() {
        return Ok(());
    }
    records.sort_unstable_by_key(|record| record.lead_id);
    let key = [Column::ConnectionId, Column::LeadId];
    let values = [Column::ExternalId, Column::Fields, Column::SyncedAt, Column::RemoteModifiedAt];
    record::Entity::insert_many(records.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(sea_orm::sea_query::OnConflict::columns(key).update_columns(values).to_owned())
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Forgets a record.
pub(crate) async fn forget_record(conn: &Conn, connection: CrmConnectionId, lead: LeadId) -> Result<()> {
    record::Entity::delete_by_id((connection, lead)).exec(conn).await?;
    Ok(())
}

/// Forgets all records in a CRM.
pub(crate) async fn forget_all(conn: &Conn, connection: CrmConnectionId) -> Result<()> {
    record::Entity::delete_many().filter(record::Column::ConnectionId.eq(connection)).exec(conn).await?;
    Ok(())
}

/// Has a connection for oneself until an instant; `false` where somebody else has it.
pub(crate) async fn claim(conn: &Conn, id: CrmConnectionId, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool> {
    use connection::Column;
    let free = sea_orm::Condition::any().add(Column::WorkingUntil.is_null()).add(Column::WorkingUntil.lte(now));
    let claimed = connection::Entity::update_many()
        .col_expr(Column::WorkingUntil, Expr::value(Some(until)))
        .filter(Column::Id.eq(id))
        .filter(free)
        .exec(conn)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Has it for longer, or lets others have it.
pub(crate) async fn hold(conn: &Conn, id: CrmConnectionId, until: Option<DateTime<Utc>>) -> Result<()> {
    use connection::Column;
    let held = connection::Entity::update_many().col_expr(Column::WorkingUntil, Expr::value(until));
    held.filter(Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}
