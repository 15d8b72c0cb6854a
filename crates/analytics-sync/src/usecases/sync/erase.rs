//! Who was erased does not come back: what B2Chat called them is remembered as a hash, which every writing of its pages asks.

use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::{
    Cx, Db, Result, Tx,
    crypto::sha256,
    db::{any_of, any_value_of},
    id::{ApiResponseLogId, B2chatContactId},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QuerySelect, entity::prelude::*, sea_query::OnConflict};
use serde_json::Value as Json;

use super::write::Told;
use crate::{
    queries::sync::held::{Known, answers_about},
    store::{
        b2chat::{chat, contact},
        sync::{answer, erased},
    },
};

/// So many values go into one statement.
const ROWS: usize = 1_000;

fn hash(cx: &Cx, what: &str, id: &str) -> Vec<u8> {
    let parts: [&[u8]; 6] =
        [b"frontdesk b2chat erased", cx.tenant.id.0.as_bytes(), b"\0", what.as_bytes(), b"\0", id.as_bytes()];
    sha256(&parts.concat()).to_vec()
}

/// Remembers that these contacts and their chats must not come back. For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn bury_contacts(tx: &Tx, cx: &Cx, contacts: &[B2chatContactId]) -> Result<()> {
    let conn = tx.conn();
    let backend = conn.get_database_backend();
    let of = contact::Entity::find().select_only().column(contact::Column::B2chatId);
    let of: Vec<String> = of.filter(any_of(backend, contact::Column::Id, contacts)).into_tuple().all(conn).await?;
    let chats = chat::Entity::find().select_only().column(chat::Column::B2chatId);
    let chats = chats.filter(any_of(backend, chat::Column::ContactId, contacts));
    let chats: Vec<String> = chats.into_tuple().all(conn).await?;
    let hashes: Vec<_> =
        of.iter().map(|id| hash(cx, "contact", id)).chain(chats.iter().map(|id| hash(cx, "chat", id))).collect();
    for some in hashes.chunks(ROWS) {
        let rows =
            some.iter().map(|hash| erased::ActiveModel { source_hash: Set(hash.clone()), erased_at: Set(cx.now) });
        let there = OnConflict::column(erased::Column::SourceHash).do_nothing().to_owned();
        erased::Entity::insert_many(rows).on_conflict(there).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Which of these were erased.
async fn among<'a>(tx: &Tx, cx: &Cx, what: &str, ids: impl Iterator<Item = &'a str>) -> Result<HashSet<String>> {
    let hashes: HashMap<_, _> = ids.map(|id| (hash(cx, what, id), id)).collect();
    let mut found = HashSet::new();
    let all: Vec<_> = hashes.keys().cloned().collect();
    for some in all.chunks(ROWS) {
        let these = any_value_of(tx.conn().get_database_backend(), erased::Column::SourceHash, some.to_vec());
        let rows = erased::Entity::find().filter(these).all(tx.conn()).await?;
        found.extend(rows.iter().filter_map(|row| hashes.get(&row.source_hash)).map(|id| (*id).to_owned()));
    }
    Ok(found)
}

/// What a page tells of without what was erased; none where nothing of it was.
pub(super) async fn without_erased(tx: &Tx, cx: &Cx, told: &Told) -> Result<Option<Told>> {
    Ok(match told {
        Told::Contacts(all) => {
            let gone = among(tx, cx, "contact", all.iter().map(|one| one.id.as_str())).await?;
            let left = all.iter().filter(|one| !gone.contains(&one.id)).cloned();
            (!gone.is_empty()).then(|| Told::Contacts(left.collect()))
        }
        Told::Chats(all) => {
            let gone = among(tx, cx, "chat", all.iter().map(|one| one.id.as_str())).await?;
            let contacts = all.iter().filter_map(|one| one.contact.as_ref()).map(|one| one.id.as_str());
            let whose = among(tx, cx, "contact", contacts).await?;
            let theirs = |id: Option<&String>| id.is_some_and(|id| whose.contains(id));
            let left = all
                .iter()
                .filter(|one| !gone.contains(&one.id) && !theirs(one.contact.as_ref().map(|one| &one.id)))
                .cloned();
            (!gone.is_empty() || !whose.is_empty()).then(|| Told::Chats(left.collect()))
        }
    })
}

/// Removes the stored answers of B2Chat in which somebody is; returns how many. For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn erase_answers(db: &Db, cx: &Cx, known: &Known) -> Result<u64> {
    let (mut after, mut gone) = (None, 0);
    loop {
        let (about, next) = answers_about(&db.reader(cx).await?, known, after).await?;
        let ids: BTreeSet<ApiResponseLogId> = about.iter().filter_map(|one| id(&one["id"])).collect();
        if !ids.is_empty() {
            let ids: &Vec<_> = &ids.into_iter().collect();
            gone += db
                .transact(cx, "b2chat.erase_answers", |tx| async move {
                    let these = any_of(tx.conn().get_database_backend(), answer::Column::Id, ids);
                    Ok(answer::Entity::delete_many().filter(these).exec(tx.conn()).await?.rows_affected)
                })
                .await?;
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(gone),
        }
    }
}

fn id(value: &Json) -> Option<ApiResponseLogId> {
    serde_json::from_value(value.clone()).ok()
}
