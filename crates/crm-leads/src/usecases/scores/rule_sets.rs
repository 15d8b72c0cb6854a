//! Rules are written, changed while they are a draft, and put to use.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::ScoreRuleSetId,
    record::{self, Records},
    text::Check,
};
use serde_json::json;

use super::score_lead::rules_in_use;
use crate::{
    domain::scores::rules::{DESCRIPTION, Rule, Thresholds, checked},
    policy::MANAGE_SCORING,
    ports::scores::ScoreBook,
    store::scores::rule_set::{Entity as RuleSets, Model as ScoreRuleSet, RuleSetState},
    usecases::leads::keep::actor,
};

/// What a set of rules says; of a new one what is left out is what the rules that are used say.
#[derive(Debug, Clone, Default)]
pub struct RuleSetSettings {
    /// What is new in it.
    pub description: Option<String>,
    /// The rules.
    pub rules: Option<Vec<Rule>>,
    /// From where on a lead is warm.
    pub warm_from: Option<i32>,
    /// From where on it is hot.
    pub hot_from: Option<i32>,
}

impl RuleSetSettings {
    fn apply(&self, set: &mut ScoreRuleSet) -> Result<()> {
        let mut check = Check::default();
        if let Some(description) = &self.description {
            set.description = check.optional_line("description", Some(description), DESCRIPTION).unwrap_or_default();
        }
        set.warm_from = self.warm_from.unwrap_or(set.warm_from);
        set.hot_from = self.hot_from.unwrap_or(set.hot_from);
        Thresholds { warm: set.warm_from, hot: set.hot_from }.check(&mut check);
        if let Some(rules) = &self.rules {
            set.rules = json!(checked(&mut check, rules.clone()));
        }
        check.done()
    }
}

/// Writes new rules, as a draft.
///
/// # Errors
/// [`Error::Invalid`] naming every field that is wrong.
pub async fn create_score_rule_set<S: Records<RuleSets> + ScoreBook + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &RuleSetSettings,
) -> Result<ScoreRuleSet> {
    cx.require(MANAGE_SCORING)?;
    let used = rules_in_use(s).await?;
    let mut set = ScoreRuleSet {
        id: cx.new_id(),
        // Two at once: one of them is run again.
        number: s.last_rule_set_number().await? + 1,
        description: String::new(),
        state: RuleSetState::Draft,
        rules: json!(used.rules),
        warm_from: used.from.warm,
        hot_from: used.from.hot,
        created_by_id: actor(cx),
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
        activated_at: None,
        retired_at: None,
    };
    cmd.apply(&mut set)?;
    record::add::<RuleSets, _>(s, cx, set).await
}

/// Changes rules that are a draft.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] naming every field that is wrong, and for rules that are no draft.
pub async fn update_score_rule_set<S: Records<RuleSets> + Emit>(
    s: &S,
    cx: &Cx,
    id: ScoreRuleSetId,
    cmd: &RuleSetSettings,
) -> Result<ScoreRuleSet> {
    cx.require(MANAGE_SCORING)?;
    let before = s.lock(cx, id).await?;
    is_draft(&before)?;
    let mut after = before.clone();
    cmd.apply(&mut after)?;
    record::save::<RuleSets, _>(s, cx, before, after).await
}

/// Refuses rules that were used already: what leads were scored by stays what it was.
fn is_draft(set: &ScoreRuleSet) -> Result<()> {
    match set.state {
        RuleSetState::Draft => Ok(()),
        RuleSetState::Live | RuleSetState::Retired => {
            let why = "are no draft: make new ones";
            Err(Error::invalid("ruleSetId", ProblemCode::NotAllowed, why))
        }
    }
}

/// Puts rules to use; those that were used until now are retired.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for rules that are no draft.
pub async fn activate_score_rule_set<S: Records<RuleSets> + ScoreBook + Emit>(
    s: &S,
    cx: &Cx,
    id: ScoreRuleSetId,
) -> Result<ScoreRuleSet> {
    cx.require(MANAGE_SCORING)?;
    let before = s.lock(cx, id).await?;
    is_draft(&before)?;
    if let Some(live) = s.live_rules().await? {
        let live = s.lock(cx, live.id).await?;
        let retired = ScoreRuleSet { state: RuleSetState::Retired, retired_at: Some(cx.now), ..live.clone() };
        record::save::<RuleSets, _>(s, cx, live, retired).await?;
    }
    let after = ScoreRuleSet { state: RuleSetState::Live, activated_at: Some(cx.now), ..before.clone() };
    record::save::<RuleSets, _>(s, cx, before, after).await
}
