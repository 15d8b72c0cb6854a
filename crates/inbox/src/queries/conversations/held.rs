//! Archived messages of somebody's conversations, for who gives out what is held on them.

use kernel::{Conn, Result, db::any_of, files::Storage, id::ConversationId};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*, sea_query::Query};
use serde_json::Value as Json;

use crate::{
    store::conversations::{archive, archive_part},
    usecases::conversations::archive_messages::{read, unpacked},
};

/// The messages of these conversations in the first archive behind `after`, and the id of that archive; `None` after the last.
/// Whoever asks has found the conversations.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database or the storage is away; [`kernel::Error::Internal`] where it holds something
/// else than was written.
pub async fn archived_of(
    conn: &Conn,
    storage: &dyn Storage,
    conversations: &[ConversationId],
    after: Option<Uuid>,
) -> Result<Option<(Uuid, Vec<Json>)>> {
    if conversations.is_empty() {
        return Ok(None);
    }
    let these = any_of(conn.get_database_backend(), archive_part::Column::ConversationId, conversations);
    let mut parts = Query::select();
    parts.column(archive_part::Column::ArchiveId).from(archive_part::Entity.table_ref()).and_where(these);
    let found = archive::Entity::find()
        .filter(archive::Column::Id.in_subquery(parts))
        .filter(archive::Column::SealedAt.is_not_null());
    let found = match after {
        Some(after) => found.filter(archive::Column::Id.gt(after)),
        None => found,
    };
    let Some(archive) = found.order_by_asc(archive::Column::Id).limit(1).one(conn).await? else { return Ok(None) };
    let mut rows = unpacked(&read(storage, &archive).await?)?;
    rows.retain(|row| conversations.contains(&row.conversation_id));
    let rows: std::result::Result<_, _> = rows.iter().map(serde_json::to_value).collect();
    Ok(Some((archive.id, rows.map_err(kernel::Error::internal)?)))
}
