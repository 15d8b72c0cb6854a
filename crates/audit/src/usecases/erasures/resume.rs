//! What legal holds kept of somebody is erased once they keep it no more.

use kernel::{Conn, Cx, Result, Tx, jobs::Enqueue};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{confirm::Erase, plan::ErasureHouse};
use crate::{
    queries::persons::kept::Kept,
    store::erasures::erasure::{Column, Entity as Erasures, ErasureStatus, Model as Erasure},
};

async fn held(conn: &Conn) -> Result<Vec<Erasure>> {
    Ok(Erasures::find().filter(Column::Status.eq(ErasureStatus::Held)).order_by_asc(Column::Id).all(conn).await?)
}

/// A hold was released: the erasures that wait look whether it was theirs.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn resume_erasures(tx: &Tx, cx: &Cx) -> Result<()> {
    for erasure in held(tx.conn()).await? {
        tx.enqueue(cx, &Erase { erasure: erasure.id }).await?;
    }
    Ok(())
}

/// Has those go on of which nothing is held any more, however that came: what was held may be gone by itself.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; the next time goes on.
pub async fn resume_free_erasures(house: ErasureHouse<'_>, cx: &Cx) -> Result<()> {
    let all = held(&house.db.reader(cx).await?).await?;
    for erasure in all {
        let whose = erasure.whose.clone().unwrap_or_default().someone();
        let kept = Kept::of(&house.db.reader(cx).await?, house.catalogue, &whose).await?;
        if kept.is_none() || !kept.all && erasure.started_at.is_none() {
            let id = erasure.id;
            house
                .db
                .transact(
                    cx,
                    "erasure.resume",
                    |tx| async move { tx.enqueue(cx, &Erase { erasure: id }).await.map(drop) },
                )
                .await?;
        }
    }
    Ok(())
}
