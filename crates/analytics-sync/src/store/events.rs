//! [`Events`] on the tables.

use kernel::{Result, Tx};
use sea_orm::{ActiveValue::Set, IntoActiveModel, entity::prelude::*, sea_query::OnConflict};

use super::{daily, event};
use crate::{domain::tally::Tally, ports::Events};

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
