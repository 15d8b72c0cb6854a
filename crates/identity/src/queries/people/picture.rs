//! Somebody's picture.

use kernel::{
    Conn, Result,
    files::{self, File},
    id::{FileId, TypedId, UserId},
};
use sea_orm::{QuerySelect, entity::prelude::*};

use crate::store::people::{avatar, user};

/// Where a picture is.
#[derive(Debug)]
pub enum Picture {
    /// It is a file.
    File(File),
    /// It is still in the database, as PNG.
    Row(Vec<u8>),
}

/// A picture by its id. Whoever knows the id may see it: pages show pictures without signing in. Of somebody's files only
/// the one that they show is a picture.
pub async fn avatar(conn: &Conn, id: Uuid) -> Result<Option<Picture>> {
    if let Some(file) = files::by_ids(conn, &[FileId(id)]).await?.remove(&FileId(id))
        && let Some(person) = file.owner_id.filter(|_| file.owner_kind.as_deref() == Some(UserId::PREFIX))
    {
        let shown = user::Entity::find_by_id(UserId(person)).filter(user::Column::AvatarId.eq(id)).count(conn).await?;
        return Ok((shown == 1).then_some(Picture::File(file)));
    }
    let image = avatar::Entity::find_by_id(id).select_only().column(avatar::Column::Image);
    Ok(image.into_tuple().one(conn).await?.map(Picture::Row))
}
