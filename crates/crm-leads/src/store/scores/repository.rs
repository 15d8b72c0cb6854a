//! [`ScoreBook`] on the tables.

use kernel::{Result, Tx};
use sea_orm::{IntoActiveModel, QueryOrder, entity::prelude::*};

use super::{
    rule_set::{self, RuleSetState},
    scoring,
};
use crate::ports::scores::ScoreBook;

impl ScoreBook for Tx {
    async fn add_scoring(&self, scoring: &scoring::Model) -> Result<()> {
        scoring::Entity::insert(scoring.clone().into_active_model()).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn live_rules(&self) -> Result<Option<rule_set::Model>> {
        let live = rule_set::Entity::find().filter(rule_set::Column::State.eq(RuleSetState::Live));
        Ok(live.one(self.conn()).await?)
    }

    async fn last_rule_set_number(&self) -> Result<i32> {
        let last = rule_set::Entity::find().order_by_desc(rule_set::Column::Number).one(self.conn()).await?;
        Ok(last.map_or(0, |set| set.number))
    }
}
