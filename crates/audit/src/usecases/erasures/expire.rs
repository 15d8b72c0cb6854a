//! Plans that nobody confirmed expire: until then they hold the addresses of whom they are of.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Db, Result, Tx,
    db::Emit,
    id::ErasureId,
    record::{self, Records},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    domain::erasures::events::ErasureExpired,
    store::erasures::erasure::{Column, Entity as Erasures, ErasureStatus, Model as Erasure},
};

/// So many are looked for at a time.
const BATCH: u64 = 100;

/// Those that wait for somebody to confirm them, and since before this instant: as they were planned, or as they were refused when
/// they were to begin. Those that have begun go on when somebody confirms them, and need to know whose rows are left.
fn waiting(before: DateTime<Utc>) -> Condition {
    let planned = Column::Status.eq(ErasureStatus::Planned).and(Column::PlannedAt.lte(before));
    let refused = Column::Status.eq(ErasureStatus::Failed).and(Column::StartedAt.is_null());
    Condition::any().add(planned).add(refused.and(Column::UpdatedAt.lte(before)))
}

/// The first of them.
async fn found(conn: &Conn, before: DateTime<Utc>) -> Result<Vec<ErasureId>> {
    let ids = Erasures::find().select_only().column(Column::Id).filter(waiting(before));
    Ok(ids.order_by_asc(Column::PlannedAt).limit(BATCH).into_tuple().all(conn).await?)
}

async fn end(tx: &Tx, cx: &Cx, id: ErasureId, since: DateTime<Utc>) -> Result<()> {
    let before: Erasure = Records::<Erasures>::lock(tx, cx, id).await?;
    let waits = match before.status {
        ErasureStatus::Planned => before.planned_at <= since,
        ErasureStatus::Failed => before.started_at.is_none() && before.updated_at <= since,
        _ => false,
    };
    // Somebody confirmed it meanwhile.
    if !waits {
        return Ok(());
    }
    let after = Erasure { status: ErasureStatus::Expired, whose: None, completed_at: Some(cx.now), ..before.clone() };
    record::change::<Erasures, _>(tx, cx, &before, after).await?;
    tx.emit(cx, &ErasureExpired { erasure: id });
    Ok(())
}

/// Ends the plans that nobody confirmed for so many days; what they hold of people goes.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; the next time goes on.
pub async fn expire_erasures(db: &Db, cx: &Cx, days: i64) -> Result<()> {
    let since = cx.now - TimeDelta::days(days);
    loop {
        let found = found(&db.reader(cx).await?, since).await?;
        if found.is_empty() {
            return Ok(());
        }
        for id in found {
            db.transact(cx, "erasure.expire", |tx| async move { end(&tx, cx, id, since).await }).await?;
        }
    }
}
