//! Rules are tried on leads whose end is known.

use async_graphql::{Context, ID, Object, SimpleObject};
use crm_leads::{MANAGE_SCORING, TRIED, backtest};

use crate::{
    graphql::{directives::requires, errors::Result, identity::Permission, scalars, scope::scope},
    wiring::leads::Ears,
};

/// How leads that ended in one way would be scored.
#[derive(Debug, Clone, SimpleObject)]
pub struct BacktestCounts {
    /// How many there are.
    pub leads: i32,
    /// How many would be HOT.
    pub hot: i32,
    /// How many would be WARM.
    pub warm: i32,
    /// How many would be COLD.
    pub cold: i32,
    /// Their mean, 0–100; null where there are none.
    pub mean_score: Option<f64>,
}

impl From<crm_leads::Counts> for BacktestCounts {
    fn from(counts: crm_leads::Counts) -> Self {
        let all = counts.all();
        #[expect(clippy::cast_precision_loss, reason = "at most 200 × 100")]
        let mean_score = (all > 0).then(|| counts.sum as f64 / f64::from(all));
        Self { leads: all, hot: counts.hot, warm: counts.warm, cold: counts.cold, mean_score }
    }
}

/// How leads whose end is known would be scored.
#[derive(Debug, Clone, SimpleObject)]
pub struct ScoreBacktest {
    /// Those who bought: rules that are right call them HOT.
    pub converted: BacktestCounts,
    /// Those who did not: rules that are right call them COLD.
    pub lost: BacktestCounts,
}

/// Rules are tried on leads whose end is known.
#[derive(Default)]
pub struct BacktestQuery;

#[Object]
impl BacktestQuery {
    /// How the leads that the viewer sees and that were converted or lost last would be scored by these rules. Nothing is written.
    #[graphql(directive = requires::apply(Permission::ManageScoring))]
    async fn backtest_score_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rules, `srs_…`: a draft, or others.")] id: ID,
        #[graphql(desc = "How many leads, 1–200; 100 unless given.")] limit: Option<i32>,
    ) -> Result<ScoreBacktest> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        cx.require(MANAGE_SCORING)?;
        let limit = limit.map_or(TRIED / 2, |limit| u64::try_from(limit).unwrap_or_default());
        let rules = scalars::id("id", &id)?;
        let conn = app.db.reader(&cx).await?;
        let came = Box::pin(backtest(&conn, &Ears(&conn), &cx, rules, limit)).await?;
        Ok(ScoreBacktest { converted: came.converted.into(), lost: came.lost.into() })
    }
}
