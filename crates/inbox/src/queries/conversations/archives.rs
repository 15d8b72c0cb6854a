//! Archived messages, read back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Error, Result,
    db::any_of,
    files::Storage,
    id::{ConversationId, ConversationMessageId},
    page::{Key, Page, Place, Slice},
    record::visible_ids,
};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use serde_json::Value as Json;

use crate::{
    domain::conversations::taking::Changes,
    store::conversations::{archive, archive_part, conversation, message, message_key},
    usecases::conversations::archive_messages::{read, unpacked},
};

/// Messages of a conversation in one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// The archive.
    pub id: Uuid,
    /// The conversation.
    pub conversation: ConversationId,
    /// The first instant of the month that they were written in.
    pub month: DateTime<Utc>,
    /// Which of that month's archives it is.
    pub batch: i32,
    /// How many messages of the conversation are in it.
    pub messages: i32,
    /// When they were moved there.
    pub archived_at: DateTime<Utc>,
}

/// The archives that messages of these conversations are in, oldest first. Whoever asks has found the conversations.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn archives_of_each(conn: &Conn, ids: &[ConversationId]) -> Result<HashMap<ConversationId, Vec<Archived>>> {
    let mut found: HashMap<_, Vec<_>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    let these = any_of(conn.get_database_backend(), archive_part::Column::ConversationId, ids);
    let parts = archive_part::Entity::find().filter(these).all(conn).await?;
    if parts.is_empty() {
        return Ok(found);
    }
    let mut archives: Vec<_> = parts.iter().map(|part| part.archive_id).collect();
    archives.sort_unstable();
    archives.dedup();
    let these = kernel::db::any_uuid_of(conn.get_database_backend(), archive::Column::Id, archives);
    let archives = archive::Entity::find().filter(these).order_by_asc(archive::Column::FirstAt);
    for archive in archives.order_by_asc(archive::Column::Batch).all(conn).await? {
        let Some(archived_at) = archive.sealed_at else { continue };
        for part in parts.iter().filter(|part| part.archive_id == archive.id) {
            found.entry(part.conversation_id).or_default().push(Archived {
                id: archive.id,
                conversation: part.conversation_id,
                month: archive.month,
                batch: archive.batch,
                messages: part.messages,
                archived_at,
            });
        }
    }
    Ok(found)
}

/// Where an archived message stands.
pub fn place(message: &message::Model) -> Place {
    Place { keys: vec![Key::Time(message.received_at)], id: message.id.0 }
}

/// A page of the messages of a conversation in one archive, oldest first, with what was changed of them since.
///
/// # Errors
/// [`Error::NotFound`] where the actor does not see the conversation; [`Error::Unavailable`] where the storage is away;
/// [`Error::Internal`] where it holds something else than was written.
pub async fn archived_messages(
    conn: &Conn,
    storage: &dyn Storage,
    cx: &Cx,
    of: &Archived,
    page: &Page,
) -> Result<Slice<message::Model>> {
    if visible_ids::<conversation::Entity>(conn, cx, &[of.conversation]).await?.is_empty() {
        return Err(Error::NotFound { what: "Conversation" });
    }
    let missing = || Error::NotFound { what: "ConversationArchive" };
    let archive = archive::Entity::find_by_id(of.id).one(conn).await?.ok_or_else(missing)?;
    let mut rows = unpacked(&read(storage, &archive).await?)?;
    rows.retain(|row| row.conversation_id == of.conversation);
    rows.sort_unstable_by_key(|row| (row.received_at, row.id));
    let at = |place: &Place| (time_of(place), ConversationMessageId(place.id));
    let key = |row: &message::Model| (row.received_at, row.id);
    rows.retain(|row| page.after.as_ref().is_none_or(|after| key(row) > at(after)));
    rows.retain(|row| page.before.as_ref().is_none_or(|before| key(row) < at(before)));
    if page.backward {
        rows.reverse();
    }
    rows.truncate(usize::try_from(page.size + 1).unwrap_or(usize::MAX));
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let these = any_of(conn.get_database_backend(), message_key::Column::MessageId, &ids);
    let changed = message_key::Entity::find().select_only();
    let changed = changed.column(message_key::Column::MessageId).column(message_key::Column::Changes);
    let changed = changed.filter(these).filter(message_key::Column::Changes.is_not_null());
    let changed: Vec<(ConversationMessageId, Option<Json>)> = changed.into_tuple().all(conn).await?;
    let changed: HashMap<_, _> = changed.into_iter().collect();
    for row in &mut rows {
        if let Some(changes) = changed.get(&row.id) {
            Changes::of(changes.as_ref()).apply(row);
        }
    }
    Ok(page.slice(rows))
}

fn time_of(place: &Place) -> DateTime<Utc> {
    match place.keys.first() {
        Some(Key::Time(at)) => *at,
        _ => DateTime::<Utc>::MIN_UTC,
    }
}
