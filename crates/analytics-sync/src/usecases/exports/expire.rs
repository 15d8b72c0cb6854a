//! Files of exports end.

use kernel::{
    Cx, Db, Result, Tx,
    db::Emit,
    record::{self, Records},
};

use crate::{
    domain::exports::events::ExportExpired,
    ports::exports::ExportBook,
    store::exports::{
        export::{Entity as Exports, ExportStatus, Model as Export},
        repository::ended,
    },
};

async fn end(tx: &Tx, cx: &Cx, id: kernel::id::ExportId) -> Result<()> {
    let before: Export = Records::<Exports>::lock(tx, cx, id).await?;
    if before.status != ExportStatus::Completed || before.expires_at.is_none_or(|at| at > cx.now) {
        return Ok(());
    }
    let after = Export { status: ExportStatus::Expired, file_id: None, ..before.clone() };
    record::change::<Exports, _>(tx, cx, &before, after).await?;
    if let Some(file) = before.file_id {
        tx.give_up_export_file(cx, file).await?;
    }
    tx.emit(cx, &ExportExpired { export: id });
    Ok(())
}

/// Gives up the files that have ended.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; the next time goes on.
pub async fn expire_exports(db: &Db, cx: &Cx) -> Result<()> {
    loop {
        let found = ended(&db.reader(cx).await?, cx.now).await?;
        if found.is_empty() {
            break;
        }
        for export in found {
            db.transact(cx, "export.expire", |tx| async move { end(&tx, cx, export.id).await }).await?;
        }
    }
    Ok(())
}
