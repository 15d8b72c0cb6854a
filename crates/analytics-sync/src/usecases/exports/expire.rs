//! Files of exports end.

use kernel::{
    Conn, Cx, Db, Result, Tx,
    db::Emit,
    id::ExportId,
    record::{self, Records},
};

use crate::{
    domain::exports::events::ExportExpired,
    ports::exports::ExportBook,
    store::exports::{
        export::{Entity as Exports, ExportStatus, Model as Export},
        repository::{ended, may_hold},
    },
    usecases::exports::make::fail,
};

async fn expire(tx: &Tx, cx: &Cx, id: ExportId) -> Result<()> {
    let before: Export = Records::<Exports>::lock(tx, cx, id).await?;
    if before.status != ExportStatus::Completed || before.expires_at.is_none_or(|at| at > cx.now) {
        return Ok(());
    }
    end(tx, cx, before).await
}

async fn end(tx: &Tx, cx: &Cx, before: Export) -> Result<()> {
    let id = before.id;
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
            db.transact(cx, "export.expire", |tx| async move { expire(&tx, cx, export.id).await }).await?;
        }
    }
    Ok(())
}

/// Ends the files of all exports, since who was erased may be in them; what is being made is not, and says why. Returns how many.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; the next time goes on.
pub async fn end_exports(db: &Db, cx: &Cx) -> Result<u64> {
    let mut count = 0;
    for id in may_hold(&db.reader(cx).await?, &[ExportStatus::Completed, ExportStatus::Processing]).await? {
        let ended = db.transact(cx, "export.expire", |tx| async move {
            let before: Export = Records::<Exports>::lock(&tx, cx, id).await?;
            match before.status {
                ExportStatus::Completed => end(&tx, cx, before).await?,
                ExportStatus::Processing => {
                    let mut after = before.clone();
                    fail(&tx, cx, &mut after, "Somebody was erased while it was made. Ask for it once more.");
                    record::change::<Exports, _>(&tx, cx, &before, after).await?;
                    return Ok(0);
                }
                _ => return Ok(0),
            }
            Ok(1)
        });
        count += ended.await?;
    }
    Ok(count)
}

/// How many files of exports there are in which somebody may be.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn exported_files(conn: &Conn) -> Result<usize> {
    Ok(may_hold(conn, &[ExportStatus::Completed]).await?.len())
}
