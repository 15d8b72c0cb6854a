//! Facts are written, and the days that they are of are marked.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Cx, Result, Tx,
    db::{any_of, insert_all},
    id::MetricFactId,
};
use sea_orm::{
    ConnectionTrait, IntoActiveModel, Iterable, QuerySelect, Statement, Value, entity::prelude::*,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::days::queue;
use crate::{
    domain::metrics::{
        period::day_of,
        thing::{Thing, millis},
    },
    store::metrics::{
        fact::{self, Column, Entity},
        fact_tag,
    },
};

/// Writes what counts of these things, which were all asked for by these ids: those that are missing are counted no more.
///
/// # Errors
/// What the database says.
pub async fn write(tx: &Tx, cx: &Cx, ids: &[Uuid], things: Vec<Thing>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let (conn, backend) = (tx.conn(), tx.conn().get_database_backend());
    let ids: Vec<_> = ids.iter().copied().map(MetricFactId).collect();
    let before = Entity::find().select_only().columns([Column::ThingId, Column::CreatedAt]);
    let before: Vec<(MetricFactId, DateTimeUtc)> =
        before.filter(any_of(backend, Column::ThingId, &ids)).into_tuple().all(conn).await?;
    let mut days: BTreeSet<i32> = before.iter().map(|(_, at)| day_of(millis(*at))).collect();

    let Facts { rows, tags } = facts(things, &mut days);
    if !before.is_empty() {
        let old = fact_tag::Entity::delete_many().filter(any_of(backend, fact_tag::Column::ThingId, &ids));
        old.exec(conn).await?;
    }
    let gone: Vec<_> = before.iter().map(|(id, _)| *id).filter(|id| !rows.contains_key(id)).collect();
    if !gone.is_empty() {
        Entity::delete_many().filter(any_of(backend, Column::ThingId, &gone)).exec(conn).await?;
    }
    if !rows.is_empty() {
        let all = Column::iter().filter(|column| !matches!(column, Column::ThingId));
        Entity::insert_many(rows.into_values().map(IntoActiveModel::into_active_model))
            .on_conflict(OnConflict::column(Column::ThingId).update_columns(all).to_owned())
            .exec_without_returning(conn)
            .await?;
    }
    insert_all::<fact_tag::Entity>(conn, tags).await?;
    marked(tx, cx, &days).await
}

/// Writes what counts of things that were not there before this transaction.
///
/// # Errors
/// What the database says.
pub async fn add(tx: &Tx, cx: &Cx, things: Vec<Thing>) -> Result<()> {
    let mut days = BTreeSet::new();
    let Facts { rows, tags } = facts(things, &mut days);
    insert_all::<Entity>(tx.conn(), rows.into_values().collect()).await?;
    insert_all::<fact_tag::Entity>(tx.conn(), tags).await?;
    marked(tx, cx, &days).await
}

/// What is written of things, in the order of their ids, as every writer of several takes them.
struct Facts {
    rows: BTreeMap<MetricFactId, fact::Model>,
    tags: Vec<fact_tag::Model>,
}

fn facts(things: Vec<Thing>, days: &mut BTreeSet<i32>) -> Facts {
    let (mut rows, mut tags) = (BTreeMap::new(), BTreeMap::new());
    for thing in things {
        let (fact, of) = thing.into_fact();
        let thing_id = fact.thing_id;
        days.insert(day_of(millis(fact.created_at)));
        let row = |(tag_folded, tag)| fact_tag::Model { thing_id, tag_folded, tag };
        tags.insert(thing_id, of.into_iter().map(row).collect::<Vec<_>>());
        rows.insert(thing_id, fact);
    }
    Facts { rows, tags: tags.into_values().flatten().collect() }
}

async fn marked(tx: &Tx, cx: &Cx, days: &BTreeSet<i32>) -> Result<()> {
    if mark(tx, days).await? {
        queue(tx, cx).await?;
    }
    Ok(())
}

/// Marks days as changed, in their order, and says whether one of them was not before.
async fn mark(tx: &Tx, days: &BTreeSet<i32>) -> Result<bool> {
    if days.is_empty() {
        return Ok(false);
    }
    let rows: Vec<_> = (2..=days.len() + 1).map(|place| format!("(${place}, 1, 0, 0, $1)")).collect();
    let sql = format!(
        r#"INSERT INTO "~tenant"."metric_days" AS d ("day", "mark", "counted", "things", "block") VALUES {}
           ON CONFLICT ("day") DO UPDATE SET "mark" = d."mark" + 1 RETURNING "mark" - "counted" AS "behind""#,
        rows.join(", ")
    );
    // A day that was never counted holds no block yet.
    let values = std::iter::once(Value::from(Vec::<u8>::new())).chain(days.iter().map(|day| Value::from(*day)));
    let conn = tx.conn();
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let mut newly = false;
    for row in conn.query_all_raw(statement).await? {
        newly |= row.try_get::<i64>("", "behind")? == 1;
    }
    Ok(newly)
}
