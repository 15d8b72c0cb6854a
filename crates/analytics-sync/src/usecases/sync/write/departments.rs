//! Departments.

use std::collections::HashMap;

use kernel::{Cx, Result, Tx, id::B2chatDepartmentId, text::fold};
use sea_orm::{QueryOrder, entity::prelude::*};

use super::{AsOf, Tally, insert_all, update};
use crate::{
    domain::{source::chat::SourceDepartment, sync::tree::grow},
    store::b2chat::department::{Column, Entity as B2chatDepartments, Model as B2chatDepartment},
};

/// Writes departments; returns them by code.
pub(super) async fn write(
    tx: &Tx,
    cx: &Cx,
    told: Vec<&SourceDepartment>,
    as_of: AsOf,
) -> Result<(HashMap<String, B2chatDepartmentId>, Tally)> {
    let mut tally = Tally::default();
    let told: HashMap<&str, &SourceDepartment> = told.into_iter().map(|one| (one.code.as_str(), one)).collect();
    if told.is_empty() {
        return Ok((HashMap::new(), tally));
    }
    // There are few, and a tree is whole or none.
    let before = B2chatDepartments::find().order_by_asc(Column::Id).all(tx.conn()).await?;
    let mut known: HashMap<String, B2chatDepartmentId> = before.iter().map(|one| (one.code.clone(), one.id)).collect();
    let mut all = before.clone();
    let mut codes: Vec<_> = told.keys().copied().collect();
    codes.sort_unstable();
    for code in codes.iter().filter(|code| !known.contains_key(**code)).collect::<Vec<_>>() {
        let one = told[*code];
        let id: B2chatDepartmentId = cx.new_id();
        known.insert(one.code.clone(), id);
        all.push(B2chatDepartment {
            id,
            code: one.code.clone(),
            code_derived: one.is_derived,
            name: String::new(),
            name_order: String::new(),
            parent_id: None,
            path: String::new(),
            level: 0,
            is_leaf: true,
            is_active: true,
            last_sync_at: None,
            created_at: cx.now,
            updated_at: cx.now,
        });
    }
    for row in &mut all {
        let Some(one) = told.get(row.code.as_str()).filter(|_| !as_of.is_older_than(row.last_sync_at)) else {
            continue;
        };
        row.name = one.name.clone();
        row.name_order = fold(&one.name);
        row.is_active = one.is_active;
        row.code_derived = one.is_derived;
        if let Some(parent) = one.parent.as_ref().and_then(|parent| known.get(parent)) {
            row.parent_id = Some(*parent);
        }
    }
    for code in grow(&mut all) {
        tally.remarks.push((None, format!("the department {code} is below itself; it is kept as one below nobody")));
    }
    let (old, new) = all.split_at(before.len());
    for (before, row) in before.iter().zip(old) {
        if before != row {
            let after = B2chatDepartment { updated_at: cx.now, last_sync_at: Some(as_of.at), ..row.clone() };
            tally.changed += i32::from(update::<B2chatDepartments>(tx, before, &after).await?);
        }
    }
    tally.created = i32::try_from(new.len()).unwrap_or(i32::MAX);
    // Who is above comes first.
    let mut waiting: Vec<_> = new.to_vec();
    waiting.sort_by_key(|row| (row.level, row.id));
    waiting.iter_mut().for_each(|row| row.last_sync_at = Some(as_of.at));
    insert_all::<B2chatDepartments>(tx, waiting).await?;
    Ok((known, tally))
}
