//! A lead is scored by the rules that are used.

use kernel::{
    Cx, Error, Result,
    db::Emit,
    id::{LeadId, ScoreRuleSetId},
    record::Records,
};

use super::record_score::{RecordLeadScore, record_lead_score};
use crate::{
    domain::scores::{
        facts::Facts,
        rules::{Rule, Thresholds, built_in},
        score::{reasoning, score},
    },
    policy::MANAGE_LEADS,
    ports::scores::{Hearing, ScoreBook},
    store::{
        leads::lead::{Entity as Leads, Model as Lead},
        scores::scoring::Model as LeadScoring,
    },
};

/// What made a scoring that rules made.
pub const RULES: &str = "rules";

/// The rules that are used.
pub(crate) struct InUse {
    /// Their id; none of those that are built in.
    pub id: Option<ScoreRuleSetId>,
    /// Their number; 0 for those.
    pub number: i32,
    /// They.
    pub rules: Vec<Rule>,
    /// What a number means.
    pub from: Thresholds,
}

/// The rules that are used: the live ones, or those that are built in.
pub(crate) async fn rules_in_use(s: &impl ScoreBook) -> Result<InUse> {
    let Some(live) = s.live_rules().await? else {
        return Ok(InUse { id: None, number: 0, rules: built_in(), from: Thresholds::default() });
    };
    Ok(InUse {
        id: Some(live.id),
        number: live.number,
        rules: serde_json::from_value(live.rules).map_err(Error::internal)?,
        from: Thresholds { warm: live.warm_from, hot: live.hot_from },
    })
}

/// Scores a lead, and returns it with the scoring.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a lead that went into another.
pub async fn score_lead<S: Records<Leads> + ScoreBook + Emit>(
    s: &S,
    hearing: &impl Hearing,
    cx: &Cx,
    lead: LeadId,
) -> Result<(Lead, LeadScoring)> {
    cx.require(MANAGE_LEADS)?;
    let found = s.lock(cx, lead).await?;
    let used = rules_in_use(s).await?;
    let scored = score(&used.rules, used.from, &Facts::of(&found, hearing.heard(cx, &found).await?));
    let cmd = RecordLeadScore {
        lead,
        value: scored.value,
        score: Some(scored.score),
        reasoning: reasoning(&scored),
        signals: scored.signals,
        rules: Some((used.id, used.number)),
        provider: RULES.into(),
    };
    record_lead_score(s, cx, &cmd).await
}
