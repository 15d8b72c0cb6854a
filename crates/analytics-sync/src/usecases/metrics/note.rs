//! What changed is counted anew.

use std::collections::HashMap;

use kernel::{Cx, Result, Tx, db::any_of, id::B2chatChatId};
use sea_orm::{QueryOrder, entity::prelude::*};
use uuid::Uuid;

use super::write::write;
use crate::{
    domain::metrics::thing::Thing,
    ports::metrics::Things,
    store::{
        b2chat::{
            chat::{B2chatPriority, B2chatStatus, ChatProvider, Column, Entity, Model as B2chatChat},
            chat_tag,
        },
        metrics::fact::{MetricKind, MetricPriority, MetricStatus},
    },
};

/// So many things are written at a time: the databases bound the number of a statement's parameters.
const AT_ONCE: usize = 200;

/// Notes, in the transaction that changed them, that these chats are to be counted as they are now. Those that count as deleted
/// are counted no more.
///
/// # Errors
/// What the database says.
pub async fn chats_changed(tx: &Tx, cx: &Cx, chats: &[B2chatChatId]) -> Result<()> {
    for chats in chats.chunks(AT_ONCE) {
        let (conn, backend) = (tx.conn(), tx.conn().get_database_backend());
        let found = Entity::find().filter(any_of(backend, Column::Id, chats)).filter(Column::IsDeleted.eq(false));
        let found = found.all(conn).await?;
        let tags = chat_tag::Entity::find()
            .filter(any_of(backend, chat_tag::Column::ChatId, chats))
            .order_by_asc(chat_tag::Column::TagFolded);
        let mut tags_of: HashMap<B2chatChatId, Vec<String>> = HashMap::new();
        for tag in tags.all(conn).await? {
            tags_of.entry(tag.chat_id).or_default().push(tag.tag);
        }
        let things = found.into_iter().map(|chat| {
            let tags = tags_of.remove(&chat.id).unwrap_or_default();
            counted(&chat, tags)
        });
        let (ids, things): (Vec<Uuid>, Vec<Thing>) = (chats.iter().map(|id| id.0).collect(), things.collect());
        write(tx, cx, &ids, things).await?;
    }
    Ok(())
}

/// Notes that these live chats or tickets are to be counted as they are now.
///
/// # Errors
/// What the database says.
pub async fn things_changed(tx: &Tx, things: &impl Things, cx: &Cx, kind: MetricKind, ids: &[Uuid]) -> Result<()> {
    for ids in ids.chunks(AT_ONCE) {
        let found = things.things(cx, kind, ids).await?;
        write(tx, cx, ids, found).await?;
    }
    Ok(())
}

/// What counts of a chat of B2Chat's.
pub fn counted(chat: &B2chatChat, tags: Vec<String>) -> Thing {
    let channel = match chat.provider {
        ChatProvider::Whatsapp => "whatsapp".to_owned(),
        ChatProvider::Facebook => "facebook".to_owned(),
        ChatProvider::Instagram => "instagram".to_owned(),
        ChatProvider::Telegram => "telegram".to_owned(),
        ChatProvider::Livechat => "livechat".to_owned(),
        ChatProvider::B2cbotapi => "b2cbotapi".to_owned(),
        // What we have no word for has the source's own.
        ChatProvider::Other => chat.source_provider.trim().to_lowercase(),
    };
    Thing {
        id: chat.id.0,
        kind: MetricKind::B2chatChat,
        created_at: chat.created_at,
        opened_at: chat.opened_at,
        picked_up_at: chat.picked_up_at,
        response_at: chat.response_at,
        closed_at: chat.closed_at,
        status: match chat.status {
            B2chatStatus::Open => MetricStatus::Open,
            B2chatStatus::Closed => MetricStatus::Closed,
            B2chatStatus::Pending => MetricStatus::Pending,
        },
        channel,
        priority: Some(match chat.priority {
            B2chatPriority::Urgent => MetricPriority::Urgent,
            B2chatPriority::High => MetricPriority::High,
            B2chatPriority::Normal => MetricPriority::Normal,
            B2chatPriority::Low => MetricPriority::Low,
        }),
        agent: chat.agent_id,
        staff: None,
        b2chat_department: chat.department_id,
        department: None,
        tags,
    }
}
