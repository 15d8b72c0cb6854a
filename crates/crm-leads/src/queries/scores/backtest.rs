//! Rules are tried on leads whose end is known, before they are used.

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    id::ScoreRuleSetId,
    record::{by_ids, find},
};
use sea_orm::{ConnectionTrait, Order, QueryOrder, QuerySelect, entity::prelude::*, sea_query::NullOrdering};

use crate::{
    domain::scores::{facts::Facts, rules::Thresholds, score::score},
    policy::MANAGE_SCORING,
    ports::scores::Hearing,
    store::{
        leads::lead::{Column, Entity as Leads, LeadScore, LeadStatus},
        scores::rule_set::Entity as RuleSets,
    },
};

/// So many leads are tried at most.
pub const TRIED: u64 = 200;

/// How leads that ended in one way would be scored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// So many hot.
    pub hot: i32,
    /// So many warm.
    pub warm: i32,
    /// So many cold.
    pub cold: i32,
    /// The sum of their numbers.
    pub sum: i64,
}

impl Counts {
    /// How many there are.
    pub const fn all(&self) -> i32 {
        self.hot + self.warm + self.cold
    }

    fn count(&mut self, value: i32, score: LeadScore) {
        match score {
            LeadScore::Hot => self.hot += 1,
            LeadScore::Warm => self.warm += 1,
            LeadScore::Cold => self.cold += 1,
        }
        self.sum += i64::from(value);
    }
}

/// What came of a trial.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backtest {
    /// Of those who bought.
    pub converted: Counts,
    /// Of those who did not.
    pub lost: Counts,
}

/// Scores the leads that the actor sees and that ended last, by these rules, and says how; nothing is written.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] for too many.
pub async fn backtest(
    conn: &Conn,
    hearing: &impl Hearing,
    cx: &Cx,
    rules: ScoreRuleSetId,
    limit: u64,
) -> Result<Backtest> {
    cx.require(MANAGE_SCORING)?;
    if !(1..=TRIED).contains(&limit) {
        let why = format!("must be from 1 to {TRIED}");
        return Err(Error::invalid("limit", ProblemCode::InvalidFormat, why));
    }
    let set = by_ids::<RuleSets>(conn, cx, &[rules]).await?.remove(&rules);
    let set = set.ok_or(Error::NotFound { what: "ScoreRuleSet" })?;
    let rules: Vec<_> = serde_json::from_value(set.rules).map_err(Error::internal)?;
    let from = Thresholds { warm: set.warm_from, hot: set.hot_from };
    let mut came = Backtest::default();
    let Some(select) = find::<Leads>(cx, conn.get_database_backend()) else { return Ok(came) };
    let over = select
        .filter(Column::Status.is_in([LeadStatus::Converted, LeadStatus::Lost]))
        .filter(Column::MergedIntoId.is_null())
        .order_by_with_nulls(Column::ClosedAt, Order::Desc, NullOrdering::Last)
        .order_by_desc(Column::Id)
        .limit(limit);
    for lead in over.all(conn).await? {
        let scored = score(&rules, from, &Facts::of(&lead, hearing.heard(cx, &lead).await?));
        let counts = if lead.status == LeadStatus::Converted { &mut came.converted } else { &mut came.lost };
        counts.count(scored.value, scored.score);
    }
    Ok(came)
}
