//! Chats.

use std::collections::{BTreeMap, HashMap};

use kernel::{
    Cx, Result, Tx,
    db::{any_of, any_value_of},
    id::{B2chatAgentId, B2chatChatId, B2chatContactId, B2chatDepartmentId},
    text::same_name,
};
use sea_orm::{ConnectionTrait, entity::prelude::*};

use super::{AsOf, Tally, insert_all, messages, update};
use crate::{
    domain::{metrics::thing::Thing, source::chat::SourceChat},
    store::b2chat::{
        chat::{Column, Entity as B2chatChats, Model as B2chatChat, closed_order},
        chat_tag,
        contact::{Attributes, Texts},
    },
    usecases::metrics::note::counted,
};

/// The ids of what chats name.
pub(super) struct Names {
    pub(super) departments: HashMap<String, B2chatDepartmentId>,
    pub(super) agents: HashMap<String, B2chatAgentId>,
    pub(super) contacts: HashMap<String, B2chatContactId>,
}

fn row(id: B2chatChatId, one: &SourceChat, names: &Names, as_of: AsOf) -> B2chatChat {
    B2chatChat {
        id,
        b2chat_id: one.id.clone(),
        agent_id: one.agent.as_ref().and_then(|agent| names.agents.get(&agent.key).copied()),
        contact_id: one.contact.as_ref().and_then(|contact| names.contacts.get(&contact.id).copied()),
        department_id: one.department.as_ref().and_then(|found| names.departments.get(&found.code).copied()),
        provider: one.provider,
        source_provider: one.source_provider.clone(),
        status: one.status,
        source_status: one.source_status.clone(),
        is_agent_available: one.is_agent_available,
        alias: one.alias.clone(),
        tags: Texts(one.tags.clone()),
        priority: one.priority,
        priority_order: one.priority.order(),
        topic: one.topic.clone(),
        unread_count: one.unread_count,
        resolution_note: one.resolution_note.clone(),
        viewer_url: one.viewer_url.clone(),
        created_at: one.created_at,
        opened_at: one.opened_at,
        picked_up_at: one.picked_up_at,
        response_at: one.response_at,
        closed_at: one.closed_at,
        closed_order: closed_order(one.closed_at),
        duration_seconds: one.duration(),
        source_duration_seconds: one.source_duration,
        unknown_fields: Attributes(one.unknown.clone()),
        message_count: i32::try_from(one.messages.len()).unwrap_or(i32::MAX),
        is_deleted: false,
        deleted_at: None,
        deletion_reason: None,
        last_modified_at: Some(one.modified_at),
        modified_order: one.modified_at,
        digest: one.digest.clone(),
        last_sync_at: Some(as_of.at),
        sync_version: 1,
    }
}

/// The tags of a chat in the form in which they are compared, each as it is first written.
fn tags_of(chat_id: B2chatChatId, one: &SourceChat) -> Vec<chat_tag::Model> {
    let mut tags = BTreeMap::new();
    for tag in &one.tags {
        tags.entry(same_name(tag)).or_insert(tag);
    }
    tags.into_iter().map(|(tag_folded, tag)| chat_tag::Model { chat_id, tag_folded, tag: tag.clone() }).collect()
}

/// What became of chats that a page tells of.
pub(super) struct Written {
    /// What counts of those that are new.
    pub(super) new: Vec<Thing>,
    /// Those that were there, and changed.
    pub(super) changed: Vec<B2chatChatId>,
    pub(super) tally: Tally,
}

/// Writes chats with their messages and tags. One that counts as deleted stays so, and is kept up to date.
pub(super) async fn write(tx: &Tx, cx: &Cx, told: &[SourceChat], names: &Names, as_of: AsOf) -> Result<Written> {
    let mut tally = Tally::default();
    let told: BTreeMap<&str, &SourceChat> = told.iter().map(|one| (one.id.as_str(), one)).collect();
    let keys = told.keys().map(|key| (*key).to_owned()).collect();
    let these = any_value_of(tx.conn().get_database_backend(), Column::B2chatId, keys);
    let found = B2chatChats::find().filter(these).all(tx.conn()).await?;
    let mut known: HashMap<String, B2chatChat> = found.into_iter().map(|row| (row.b2chat_id.clone(), row)).collect();
    let (mut new, mut written, mut changed, mut retagged) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut things, mut tags) = (Vec::new(), Vec::new());
    for (key, one) in told {
        let Some(before) = known.remove(key) else {
            let chat = row(cx.new_id(), one, names, as_of);
            written.push((chat.id, one));
            let of_chat = tags_of(chat.id, one);
            things.push(counted(&chat, of_chat.iter().map(|tag| tag.tag.clone()).collect()));
            tags.extend(of_chat);
            new.push(chat);
            continue;
        };
        if before.digest == one.digest || as_of.is_older_than(before.last_sync_at) {
            continue;
        }
        // Messages that the source tells of no more stay, and so does their count.
        let count = messages::count_with(tx, before.id, &one.messages).await?;
        let after = B2chatChat {
            message_count: count,
            is_deleted: before.is_deleted,
            deleted_at: before.deleted_at,
            deletion_reason: before.deletion_reason.clone(),
            sync_version: before.sync_version.saturating_add(1),
            ..row(before.id, one, names, as_of)
        };
        update::<B2chatChats>(tx, &before, &after).await?;
        if before.tags != after.tags {
            retagged.push(before.id);
            tags.extend(tags_of(before.id, one));
        }
        written.push((before.id, one));
        changed.push(before.id);
        tally.changed += 1;
    }
    tally.created = i32::try_from(new.len()).unwrap_or(i32::MAX);
    insert_all::<B2chatChats>(tx, new).await?;
    if !retagged.is_empty() {
        let old = any_of(tx.conn().get_database_backend(), chat_tag::Column::ChatId, &retagged);
        chat_tag::Entity::delete_many().filter(old).exec(tx.conn()).await?;
    }
    insert_all::<chat_tag::Entity>(tx, tags).await?;
    messages::write(tx, cx, &written, &changed, as_of).await?;
    Ok(Written { new: things, changed, tally })
}
