//! Agents.

use std::collections::{BTreeMap, HashMap};

use kernel::{
    Cx, Result, Tx,
    db::{any_of, any_value_of},
    id::{B2chatAgentId, B2chatDepartmentId},
    text::fold,
};
use sea_orm::{
    ConnectionTrait, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{ExprTrait, SimpleExpr},
};

use super::{AsOf, ROWS, Tally, insert_all, update};
use crate::{
    domain::source::chat::{SourceAgent, SourceChat},
    ports::source::Colleagues,
    store::b2chat::{
        agent::{Column, Entity as B2chatAgents, Model as B2chatAgent},
        chat,
    },
    usecases::sync::hold,
};

/// Writes agents; returns them by what they are known by. One who had no user name before is the same person with one.
pub(super) async fn write(
    tx: &Tx,
    colleagues: &dyn Colleagues,
    cx: &Cx,
    chats: &[SourceChat],
    as_of: AsOf,
) -> Result<(HashMap<String, B2chatAgentId>, Tally)> {
    let mut tally = Tally::default();
    // The last one who is told of is the newest.
    let told: BTreeMap<&str, &SourceAgent> =
        chats.iter().filter_map(|chat| chat.agent.as_ref()).map(|one| (one.key.as_str(), one)).collect();
    if told.is_empty() {
        return Ok((HashMap::new(), tally));
    }
    let names = told.values().flat_map(|one| [Some(&one.key), one.email.as_ref(), Some(&one.name)]).flatten();
    let these = any_value_of(tx.conn().get_database_backend(), Column::B2chatId, names.cloned().collect());
    let rows = B2chatAgents::find().filter(these).order_by_asc(Column::Id).all(tx.conn()).await?;
    let mut known: HashMap<String, B2chatAgent> = rows.into_iter().map(|row| (row.b2chat_id.clone(), row)).collect();
    let addresses: Vec<String> = told.values().filter_map(|one| one.email.clone()).collect();
    let staff = colleagues.with_addresses(tx, &addresses).await?;
    let (mut by_key, mut new) = (HashMap::new(), Vec::new());
    for (key, one) in told {
        let derived = |known: &mut HashMap<String, B2chatAgent>| {
            let less = [one.email.as_ref(), Some(&one.name)]
                .into_iter()
                .flatten()
                .find(|less| known.get(less.as_str()).is_some_and(|row| row.id_derived && row.b2chat_id != key));
            less.filter(|_| one.username.is_some()).and_then(|less| known.remove(less))
        };
        let found = known.remove(key);
        let before = found.or_else(|| derived(&mut known));
        let staff_id = one.email.as_ref().and_then(|email| staff.get(email).copied());
        let Some(before) = before else {
            let id = cx.new_id();
            by_key.insert(key.to_owned(), id);
            new.push(B2chatAgent {
                id,
                b2chat_id: key.to_owned(),
                id_derived: one.username.is_none(),
                name: one.name.clone(),
                name_order: fold(&one.name),
                email: one.email.clone(),
                username: one.username.clone(),
                department_id: None,
                staff_id,
                is_active: true,
                is_deleted: false,
                deleted_at: None,
                deletion_reason: None,
                last_sync_at: Some(as_of.at),
                created_at: cx.now,
                updated_at: cx.now,
            });
            continue;
        };
        by_key.insert(key.to_owned(), before.id);
        if as_of.is_older_than(before.last_sync_at) {
            continue;
        }
        let after = B2chatAgent {
            b2chat_id: key.to_owned(),
            id_derived: one.username.is_none(),
            name: one.name.clone(),
            name_order: fold(&one.name),
            email: one.email.clone(),
            username: one.username.clone(),
            staff_id,
            ..before.clone()
        };
        if after != before {
            let after = B2chatAgent { last_sync_at: Some(as_of.at), updated_at: cx.now, ..after };
            tally.changed += i32::from(update::<B2chatAgents>(tx, &before, &after).await?);
        }
    }
    tally.created = i32::try_from(new.len()).unwrap_or(i32::MAX);
    insert_all::<B2chatAgents>(tx, new).await?;
    Ok((by_key, tally))
}

/// Links agents whom no colleague is yet to the colleague who has their address now: one who came, or has another address since.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// What the database says.
pub async fn link_agents(tx: &Tx, colleagues: &dyn Colleagues, cx: &Cx) -> Result<()> {
    hold(tx).await?;
    let alone = B2chatAgents::find().filter(Column::StaffId.is_null()).filter(Column::Email.is_not_null());
    let alone = alone.order_by_asc(Column::Id).all(tx.conn()).await?;
    for some in alone.chunks(ROWS) {
        let addresses: Vec<String> = some.iter().filter_map(|agent| agent.email.clone()).collect();
        let staff = colleagues.with_addresses(tx, &addresses).await?;
        for before in some {
            let Some(found) = before.email.as_ref().and_then(|email| staff.get(email)) else { continue };
            let after = B2chatAgent { staff_id: Some(*found), updated_at: cx.now, ..before.clone() };
            update::<B2chatAgents>(tx, before, &after).await?;
        }
    }
    Ok(())
}

/// Notes the department of each agent: that of the newest chat that they have in one.
pub(super) async fn place(tx: &Tx, cx: &Cx, agents: &HashMap<String, B2chatAgentId>) -> Result<()> {
    let mut ids: Vec<_> = agents.values().copied().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let newest = chat::Entity::find()
        .select_only()
        .column(chat::Column::DepartmentId)
        .filter(Expr::col(chat::Column::AgentId.as_column_ref()).equals(Column::Id.as_column_ref()))
        .filter(chat::Column::DepartmentId.is_not_null())
        .order_by_desc(chat::Column::CreatedAt)
        .order_by_desc(chat::Column::B2chatId)
        .limit(1)
        .into_query();
    let rows: Vec<(B2chatAgentId, Option<B2chatDepartmentId>, Option<B2chatDepartmentId>)> = B2chatAgents::find()
        .select_only()
        .columns([Column::Id, Column::DepartmentId])
        .expr_as(SimpleExpr::SubQuery(None, Box::new(newest.into())), "newest")
        .filter(any_of(tx.conn().get_database_backend(), Column::Id, &ids))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(tx.conn())
        .await?;
    for (id, before, newest) in rows {
        let Some(department) = newest.filter(|newest| before != Some(*newest)) else { continue };
        B2chatAgents::update_many()
            .col_expr(Column::DepartmentId, Expr::value(Some(department)))
            .col_expr(Column::UpdatedAt, Expr::value(cx.now))
            .filter(Column::Id.eq(id))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}
