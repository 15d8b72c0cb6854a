//! What became of a batch is kept, in one transaction.

use chrono::{DateTime, Utc};
use kernel::{Cx, Db, Result, Tx, db::Emit};
use sea_orm::{ActiveEnum, entity::prelude::*};

use super::send::{Step, Todo};
use crate::{
    domain::crm_syncs::{
        events::{CrmSyncDone, CrmSyncFailed},
        values::{MOST_TRIES, sent, spacing},
    },
    store::{
        crm_connections::connection::Model as CrmConnection,
        crm_syncs::{
            queue::{forget_record, forget_records, keep_records, take_records},
            record::Model as CrmRecord,
            sync::{self, CrmAction, CrmSyncStatus, Model as CrmSync},
        },
    },
};

/// What became of a sync.
#[derive(Debug, Clone)]
pub(super) enum Came {
    /// It is in the CRM, under this id.
    There(String),
    /// It is gone from there.
    Gone,
    /// There was nothing to do.
    Same,
    /// It did not work.
    Failed {
        /// As people read it.
        why: String,
        /// Whether it would fail again.
        for_good: bool,
    },
    /// It was not tried: the limit is reached, or we are let in no more.
    Later,
}

/// Keeps what became of each.
pub(super) async fn keep_outcomes(db: &Db, cx: &Cx, connection: &CrmConnection, steps: &[(Step, Came)]) -> Result<()> {
    db.transact(cx, "crm.sync", |tx| async move {
        // What came back meanwhile is in the records as they are now.
        let leads: Vec<_> = steps.iter().map(|(step, _)| step.sync.lead_id).collect();
        let records = take_records(&tx, connection.id, &leads).await?;
        let mut kept = Vec::new();
        for (step, came) in steps {
            kept.extend(keep(&tx, cx, connection, step, records.get(&step.sync.lead_id), came).await?);
        }
        // What was another's is this one's now, and one record is one lead's.
        let taken_over = steps.iter().filter_map(|(step, came)| match came {
            Came::There(external_id) if step.taken_over => Some(external_id.as_str()),
            _ => None,
        });
        forget_records(tx.conn(), connection.id, &taken_over.collect::<Vec<_>>()).await?;
        keep_records(tx.conn(), kept).await
    })
    .await
}

/// Writes what became of one; returns its record as it is now, where it has one that is new or another.
async fn keep(
    tx: &Tx,
    cx: &Cx,
    connection: &CrmConnection,
    step: &Step,
    record: Option<&CrmRecord>,
    came: &Came,
) -> Result<Option<CrmRecord>> {
    use sync::Column;
    let before = &step.sync;
    let mut after = CrmSync { leased_until: None, updated_at: cx.now, ..before.clone() };
    match came {
        Came::Later => {}
        // What Frontdesk noted of itself, and was nothing, was nothing.
        Came::Same if before.requested_by_id.is_none() => {
            let gone = sync::Entity::delete_many()
                .filter(Column::Id.eq(before.id))
                .filter(Column::Status.eq(CrmSyncStatus::Pending))
                .filter(Column::Round.eq(before.round));
            if gone.exec(tx.conn()).await?.rows_affected == 1 {
                return Ok(None);
            }
        }
        Came::There(_) | Came::Gone | Came::Same => {
            after.status = CrmSyncStatus::Success;
            after.synced_at = Some(cx.now);
            after.next_retry_at = None;
            after.error_message = None;
        }
        Came::Failed { why, for_good } => {
            after.retry_count += 1;
            after.error_message = Some(why.chars().take(500).collect());
            if *for_good || after.retry_count >= MOST_TRIES {
                after.status = CrmSyncStatus::Failed;
                after.next_retry_at = None;
            } else {
                after.next_retry_at = Some(cx.now + spacing(after.retry_count, cx.random::<2>()));
            }
        }
    }
    after.action = match (&step.todo, &step.record) {
        (Todo::Delete(_), _) => CrmAction::Delete,
        (Todo::Upsert, _) => CrmAction::Create,
        (Todo::Update(_), _) => CrmAction::Update,
        (Todo::Nothing | Todo::Find, _) => before.action,
    };
    let mut kept = None;
    match (came, &step.lead) {
        (Came::There(external_id), Some(lead)) => {
            after.external_id = Some(external_id.clone());
            // Of what was sent anew nothing that was agreed before counts.
            let agreed = step.record.as_ref().and(record).map(|record| &record.fields);
            let fields = sent(&connection.field_mappings, &step.values, agreed);
            kept = Some(CrmRecord {
                connection_id: connection.id,
                lead_id: lead.id,
                external_id: external_id.clone(),
                fields,
                synced_at: cx.now,
                remote_modified_at: record.and_then(|record| record.remote_modified_at),
            });
        }
        (Came::Gone, _) => {
            if let Todo::Delete(external_id) = &step.todo {
                after.external_id = Some(external_id.clone());
            }
            forget_record(tx.conn(), connection.id, before.lead_id).await?;
        }
        (Came::Same, _) => after.external_id = step.record.as_ref().map(|record| record.external_id.clone()),
        _ => {}
    }
    write(tx, cx, before, after).await?;
    Ok(kept)
}

/// Writes a sync as it is then. Where its lead changed meanwhile it waits on; where somebody ended the connection it stays as it is.
async fn write(tx: &Tx, cx: &Cx, before: &CrmSync, after: CrmSync) -> Result<()> {
    use sync::Column;
    let of = |round: Option<i32>| {
        let mine = sync::Entity::update_many().filter(Column::Id.eq(before.id));
        let mine = mine.filter(Column::Status.eq(CrmSyncStatus::Pending));
        match round {
            Some(round) => mine.filter(Column::Round.eq(round)),
            None => mine,
        }
    };
    let written = of(Some(before.round))
        .col_expr(Column::Status, Expr::value(after.status.to_value()))
        .col_expr(Column::Action, Expr::value(after.action.to_value()))
        .col_expr(Column::ExternalId, Expr::value(after.external_id.clone()))
        .col_expr(Column::ErrorMessage, Expr::value(after.error_message.clone()))
        .col_expr(Column::SyncedAt, Expr::value(after.synced_at))
        .col_expr(Column::RetryCount, Expr::value(after.retry_count))
        .col_expr(Column::NextRetryAt, Expr::value(after.next_retry_at))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::UpdatedAt, Expr::value(cx.now))
        .exec(tx.conn())
        .await?;
    if written.rows_affected == 1 {
        match after.status {
            CrmSyncStatus::Success => tx.emit(cx, &CrmSyncDone::of(&after)),
            CrmSyncStatus::Failed => tx.emit(cx, &CrmSyncFailed::of(&after)),
            CrmSyncStatus::Pending | CrmSyncStatus::Cancelled => {}
        }
        return Ok(());
    }
    of(None)
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::NextRetryAt, Expr::value(Some(cx.now)))
        .col_expr(Column::ExternalId, Expr::value(after.external_id))
        .exec(tx.conn())
        .await?;
    Ok(())
}
