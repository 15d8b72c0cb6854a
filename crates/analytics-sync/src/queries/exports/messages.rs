//! Messages of chats as rows.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::B2chatChatId,
    page::Place,
    record::{self, Filter},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::rows::{between, chats_but_when, next};
use crate::{
    domain::exports::{cells::Cell, report::word, wanted::ExportFilter},
    ports::exports::Batch,
    store::b2chat::{chat, message},
};

/// The messages of the chats that a filter leaves, by when they were sent.
pub(super) fn sent(filter: &ExportFilter) -> Filter<message::Entity> {
    let when = between(filter, message::Column::SentAt);
    let all = ExportFilter { from: filter.from, until: filter.until, include_deleted: true, ..ExportFilter::default() };
    if *filter == all {
        return Filter::of(when);
    }
    let of = chat::Entity::find().select_only().column(chat::Column::Id).filter(chats_but_when(filter)).into_query();
    Filter::of(Condition::all().add(when).add(message::Column::ChatId.in_subquery(of)))
}

/// The next messages.
///
/// # Errors
/// As [`kernel::record::Record::may_list`] refuses.
pub(super) async fn page(conn: &Conn, cx: &Cx, filter: &ExportFilter, after: Option<Place>) -> Result<Batch> {
    let (found, next) = next::<message::Entity>(conn, cx, &sent(filter), message::Column::SentAt, after).await?;
    let mut ids: Vec<_> = found.iter().map(|message| message.chat_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let backend = conn.get_database_backend();
    let chats: HashMap<B2chatChatId, String> = match record::find::<chat::Entity>(cx, backend) {
        Some(select) if !ids.is_empty() => {
            let columns = [chat::Column::Id, chat::Column::B2chatId];
            let these = select.select_only().columns(columns).filter(any_of(backend, chat::Column::Id, &ids));
            let found: Vec<(B2chatChatId, String)> = these.into_tuple().all(conn).await?;
            found.into_iter().collect()
        }
        _ => HashMap::new(),
    };
    let row = |message: message::Model| -> Vec<Cell> {
        vec![
            message.id.to_string().into(),
            message.b2chat_message_id.into(),
            message.chat_id.to_string().into(),
            chats.get(&message.chat_id).map(|id| Cell::Text(id.clone())).unwrap_or(Cell::Empty),
            message.sent_at.into(),
            message.incoming.into(),
            message.broadcasted.into(),
            word(&message.r#type).into(),
            message.source_type.into(),
            message.text.into(),
            message.caption.into(),
            message.image_url.into(),
            message.file_url.into(),
            message.location.map(|location| location.to_string()).into(),
            word(&message.media_state).into(),
            message.media_mime_type.into(),
            message.media_size.into(),
        ]
    };
    Ok(Batch { rows: found.into_iter().map(row).collect(), next })
}
