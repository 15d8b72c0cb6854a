//! Contacts. What a chat says of one is less than what the export of contacts does, and never takes its place.

use std::collections::{BTreeMap, HashMap};

use kernel::{
    Cx, Result, Tx,
    db::{any_value_of, search},
    id::B2chatContactId,
    text::fold,
};
use sea_orm::{ConnectionTrait, IntoActiveModel, entity::prelude::*};

use super::{AsOf, ROWS, Tally, update};
use crate::{
    domain::source::contact::SourceContact,
    store::b2chat::contact::{Attributes, Column, Entity as B2chatContacts, Model as B2chatContact, Texts},
};

fn row(id: B2chatContactId, one: &SourceContact, cx: &Cx, as_of: AsOf) -> B2chatContact {
    B2chatContact {
        id,
        b2chat_id: one.id.clone(),
        full_name: one.name.clone(),
        name_order: fold(&one.name),
        mobile: one.mobile.clone(),
        phone_number: one.phone.clone(),
        email: one.email.clone(),
        identification: one.identification.clone(),
        address: one.address.clone(),
        city: one.city.clone(),
        country: one.country.clone(),
        company: one.company.clone(),
        custom_attributes: Attributes(one.attributes.clone()),
        tags: Texts(one.tags.clone()),
        source_created_at: one.created_at,
        last_modified_at: one.updated_at,
        is_deleted: false,
        deleted_at: None,
        deletion_reason: None,
        digest: one.digest.clone(),
        last_sync_at: Some(as_of.at),
        created_at: cx.now,
        updated_at: cx.now,
    }
}

/// Writes contacts; returns them by B2Chat's id. One that counts as deleted stays so, and is kept up to date.
pub(super) async fn write(
    tx: &Tx,
    cx: &Cx,
    told: &[SourceContact],
    as_of: AsOf,
) -> Result<(HashMap<String, B2chatContactId>, Tally)> {
    let mut tally = Tally::default();
    let told: BTreeMap<&str, &SourceContact> = told.iter().map(|one| (one.id.as_str(), one)).collect();
    if told.is_empty() {
        return Ok((HashMap::new(), tally));
    }
    let keys = told.keys().map(|key| (*key).to_owned()).collect();
    let these = any_value_of(tx.conn().get_database_backend(), Column::B2chatId, keys);
    let found = B2chatContacts::find().filter(these).all(tx.conn()).await?;
    let mut known: HashMap<String, B2chatContact> = found.into_iter().map(|row| (row.b2chat_id.clone(), row)).collect();
    let (mut ids, mut new) = (HashMap::new(), Vec::new());
    for (key, one) in told {
        let Some(before) = known.remove(key) else {
            let row = row(cx.new_id(), one, cx, as_of);
            ids.insert(key.to_owned(), row.id);
            new.push(row);
            continue;
        };
        ids.insert(key.to_owned(), before.id);
        let is_whole = before.source_created_at.is_some() || before.last_modified_at.is_some();
        let less = is_whole && !one.is_whole;
        if before.digest == one.digest || less || as_of.is_older_than(before.last_sync_at) {
            continue;
        }
        let after = B2chatContact {
            is_deleted: before.is_deleted,
            deleted_at: before.deleted_at,
            deletion_reason: before.deletion_reason.clone(),
            created_at: before.created_at,
            ..row(before.id, one, cx, as_of)
        };
        update::<B2chatContacts>(tx, &before, &after).await?;
        if !before.texts().eq(after.texts()) {
            search::index_one::<B2chatContacts>(tx.conn(), after.id, after.texts()).await?;
        }
        tally.changed += 1;
    }
    tally.created = i32::try_from(new.len()).unwrap_or(i32::MAX);
    for some in new.chunks(ROWS) {
        let rows = some.iter().map(|row| (row.clone().into_active_model(), search::stored_words(row.texts())));
        search::insert_all(tx.conn(), rows).await?;
    }
    Ok((ids, tally))
}
