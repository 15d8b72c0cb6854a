//! [`Events`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{Conn, Result, Tx, db::any_of, id::AnalyticsEventId};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::OnConflict,
};

use super::{daily, event};
use crate::{domain::tally::Tally, ports::Events};

/// How many events are removed at a time.
const PURGED: u64 = 1_000;

impl Events for Tx {
    async fn add(&self, events: &[event::Model]) -> Result<()> {
        let rows = events.iter().map(|event| event.clone().into_active_model());
        event::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn count(&self, tally: &Tally, part: i32) -> Result<()> {
        let rows = tally.iter().map(|(counted, count)| daily::ActiveModel {
            day: Set(counted.day.clone()),
            event_type: Set(counted.event_type.clone()),
            page: Set(counted.page.clone()),
            source: Set(counted.source.clone()),
            part: Set(part),
            count: Set(*count),
        });
        let key = [
            daily::Column::Day,
            daily::Column::EventType,
            daily::Column::Page,
            daily::Column::Source,
            daily::Column::Part,
        ];
        let more = Expr::cust(r#""analytics_daily"."count" + "excluded"."count""#);
        daily::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns(key).value(daily::Column::Count, more).to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(())
    }
}

/// Removes some events of before an instant, and says whether there may be more. What they counted for stays.
pub async fn purge(conn: &Conn, before: DateTime<Utc>) -> Result<bool> {
    let old: Vec<AnalyticsEventId> = event::Entity::find()
        .select_only()
        .column(event::Column::Id)
        .filter(event::Column::CreatedAt.lt(before))
        .order_by_asc(event::Column::CreatedAt)
        .limit(PURGED)
        .into_tuple()
        .all(conn)
        .await?;
    if old.is_empty() {
        return Ok(false);
    }
    let old_ones = any_of(conn.get_database_backend(), event::Column::Id, &old);
    event::Entity::delete_many().filter(old_ones).exec(conn).await?;
    Ok(old.len() as u64 == PURGED)
}
