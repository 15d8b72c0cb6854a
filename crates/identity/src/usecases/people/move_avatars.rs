//! Pictures that are still in the database, where they were before there were files, become files.

use kernel::{
    Cx, Db, Result,
    files::{self, Files, Owner, whole},
    id::FileId,
};
use sea_orm::{EntityTrait, QueryOrder};

use super::set_avatar::{MOST, NAME};
use crate::store::people::avatar;

/// Moves what is left of them, one after the other, under the ids that their addresses hold; they count as before.
/// Returns how many.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the storage is away. What is not moved is shown from where it is.
pub async fn move_avatars(db: &Db, files: &Files, cx: &Cx) -> Result<usize> {
    let mut moved = 0;
    loop {
        let row = avatar::Entity::find().order_by_asc(avatar::Column::Id).one(&db.reader(cx).await?).await?;
        let Some(row) = row else { return Ok(moved) };
        let (id, owner) = (row.id, Owner::of(row.user_id));
        let received = &files.receive_as(db, cx, FileId(id), NAME, whole(row.image), MOST).await?;
        db.transact(cx, "account.move_avatar", |tx| async move {
            let gone = avatar::Entity::delete_by_id(id).exec(tx.conn()).await?;
            // One that was replaced meanwhile is nobody's picture any more, and is swept.
            if gone.rows_affected == 1 {
                files::adopt(&tx, cx, received, owner).await?;
            }
            Ok(())
        })
        .await?;
        moved += 1;
    }
}
