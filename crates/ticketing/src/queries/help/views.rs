//! How often things were opened.

use std::collections::HashMap;

use kernel::{Conn, Result, db::any_uuid_of};
use sea_orm::{ConnectionTrait, QuerySelect, entity::prelude::*};

use crate::{
    domain::help::thing::HelpThing,
    store::help::view::{Column, Entity},
};

/// How often each of these was opened. Whoever asks has found the things.
pub async fn views_of_each(conn: &Conn, things: &[HelpThing]) -> Result<HashMap<HelpThing, i64>> {
    let ids: Vec<_> = things.iter().map(|thing| thing.uuid()).collect();
    // One by one: what a sum of whole numbers is differs between the databases.
    let rows: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::ThingId)
        .column(Column::Count)
        .filter(any_uuid_of(conn.get_database_backend(), Column::ThingId, ids))
        .into_tuple()
        .all(conn)
        .await?;
    let mut sums: HashMap<Uuid, i64> = HashMap::new();
    for (id, count) in rows {
        *sums.entry(id).or_default() += count;
    }
    Ok(things.iter().map(|thing| (*thing, sums.get(&thing.uuid()).copied().unwrap_or_default())).collect())
}
