//! Messages. The source gives them no ids, so each is known by when it was sent, which way it went and what it is.

use std::collections::{HashMap, HashSet};

use kernel::{
    Cx, Result, Tx,
    db::{any_of, any_value_of},
    id::B2chatChatId,
};
use sea_orm::{ConnectionTrait, QuerySelect, entity::prelude::*};

use super::{AsOf, insert_all, update};
use crate::{
    domain::source::chat::{SourceChat, SourceMessage},
    store::b2chat::message::{B2chatMessageType, Column, Entity as B2chatMessages, MediaState, Model as B2chatMessage},
};

/// So many messages, or a chat's more, are added at once: all of a page take much room.
const AT_ONCE: usize = 6_000;

/// How many messages a chat has once these are written.
pub(super) async fn count_with(tx: &Tx, chat: B2chatChatId, told: &[SourceMessage]) -> Result<i32> {
    let kept: Vec<Vec<u8>> = B2chatMessages::find()
        .select_only()
        .column(Column::SourceKey)
        .filter(Column::ChatId.eq(chat))
        .into_tuple()
        .all(tx.conn())
        .await?;
    let all: HashSet<&[u8]> = kept.iter().map(Vec::as_slice).chain(told.iter().map(|one| one.key.as_slice())).collect();
    Ok(i32::try_from(all.len()).unwrap_or(i32::MAX))
}

fn row(cx: &Cx, chat_id: B2chatChatId, one: &SourceMessage, as_of: AsOf) -> B2chatMessage {
    let is = |kind| one.kind == kind;
    let has_file = is(B2chatMessageType::Image) || is(B2chatMessageType::File);
    B2chatMessage {
        id: cx.new_id(),
        chat_id,
        b2chat_message_id: one.id.clone(),
        source_key: one.key.clone(),
        text: one.body.clone().filter(|_| !has_file),
        r#type: one.kind,
        source_type: one.source_kind.clone(),
        incoming: one.incoming,
        broadcasted: one.broadcasted,
        image_url: one.body.clone().filter(|_| is(B2chatMessageType::Image)),
        file_url: one.body.clone().filter(|_| is(B2chatMessageType::File)),
        caption: one.caption.clone(),
        location: one.location.clone(),
        file_id: None,
        media_state: if has_file { MediaState::Waiting } else { MediaState::None },
        media_attempts: 0,
        media_next_at: has_file.then_some(cx.now),
        media_error: None,
        media_size: None,
        media_mime_type: None,
        sent_at: one.sent_at,
        last_sync_at: Some(as_of.at),
    }
}

/// Writes the messages of chats that are new or changed; only of the `changed` ones some are there.
pub(super) async fn write(
    tx: &Tx,
    cx: &Cx,
    chats: &[(B2chatChatId, &SourceChat)],
    changed: &[B2chatChatId],
    as_of: AsOf,
) -> Result<()> {
    let kept = match changed {
        [] => Vec::new(),
        changed => {
            let of_these = any_of(tx.conn().get_database_backend(), Column::ChatId, changed);
            B2chatMessages::find().filter(of_these).all(tx.conn()).await?
        }
    };
    let mut taken = known_ids(tx, chats).await?;
    let mut kept: HashMap<(B2chatChatId, Vec<u8>), B2chatMessage> =
        kept.into_iter().map(|row| ((row.chat_id, row.source_key.clone()), row)).collect();
    let mut new = Vec::new();
    for (chat, one) in chats {
        if new.len() >= AT_ONCE {
            insert_all::<B2chatMessages>(tx, std::mem::take(&mut new)).await?;
        }
        for message in &one.messages {
            let Some(before) = kept.remove(&(*chat, message.key.clone())) else {
                let mut row = row(cx, *chat, message, as_of);
                // An id that is another message's already is no id.
                row.b2chat_message_id = row.b2chat_message_id.filter(|id| taken.insert(id.clone()));
                new.push(row);
                continue;
            };
            let after = B2chatMessage {
                caption: message.caption.clone(),
                location: message.location.clone(),
                broadcasted: message.broadcasted,
                // The zone of the source was set right.
                sent_at: message.sent_at,
                ..before.clone()
            };
            if after != before {
                let after = B2chatMessage { last_sync_at: Some(as_of.at), ..after };
                update::<B2chatMessages>(tx, &before, &after).await?;
            }
        }
    }
    insert_all::<B2chatMessages>(tx, new).await
}

/// Which of the ids that the source gives are there already.
async fn known_ids(tx: &Tx, chats: &[(B2chatChatId, &SourceChat)]) -> Result<HashSet<String>> {
    let given: Vec<String> =
        chats.iter().flat_map(|(_, chat)| &chat.messages).filter_map(|message| message.id.clone()).collect();
    let mut known = HashSet::new();
    for some in given.chunks(super::ROWS) {
        let found: Vec<Option<String>> = B2chatMessages::find()
            .select_only()
            .column(Column::B2chatMessageId)
            .filter(any_value_of(tx.conn().get_database_backend(), Column::B2chatMessageId, some.to_vec()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        known.extend(found.into_iter().flatten());
    }
    Ok(known)
}
