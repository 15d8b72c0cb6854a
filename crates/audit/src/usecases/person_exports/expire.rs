//! Files of exports end, and old rows go.

use kernel::{
    Cx, Db, Result, Tx,
    db::Emit,
    files,
    id::PersonExportId,
    record::{self, Records},
};

use crate::{
    domain::person_exports::events::PersonExportExpired,
    store::person_exports::{
        person_export::{Entity as PersonExports, Model as PersonExport, PersonExportStatus},
        repository::{ended, purge},
    },
};

async fn end(tx: &Tx, cx: &Cx, id: PersonExportId) -> Result<()> {
    let before: PersonExport = Records::<PersonExports>::lock(tx, cx, id).await?;
    if before.status != PersonExportStatus::Completed || before.expires_at.is_none_or(|at| at > cx.now) {
        return Ok(());
    }
    let after = PersonExport { status: PersonExportStatus::Expired, file_id: None, ..before.clone() };
    record::change::<PersonExports, _>(tx, cx, &before, after).await?;
    if let Some(file) = before.file_id {
        files::remove(tx, cx, file).await?;
    }
    tx.emit(cx, &PersonExportExpired { export: id });
    Ok(())
}

/// Gives up the files that have ended, and removes the rows of exports that are older than 90 days.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; the next time goes on.
pub async fn expire_person_exports(db: &Db, cx: &Cx) -> Result<()> {
    loop {
        let found = ended(&db.reader(cx).await?, cx.now).await?;
        if found.is_empty() {
            break;
        }
        for export in found {
            db.transact(cx, "person_export.expire", |tx| async move { end(&tx, cx, export.id).await }).await?;
        }
    }
    while purge(&db.bookkeeping(cx).await?, cx.now).await? {
        tokio::task::yield_now().await;
    }
    Ok(())
}
