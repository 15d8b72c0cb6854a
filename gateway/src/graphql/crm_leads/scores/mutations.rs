//! Leads are scored, and the rules kept that they are scored by.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use crm_leads::{
    Asked, Rule, RuleSetSettings, activate_score_rule_set, create_score_rule_set, score_lead, update_score_rule_set,
};
use kernel::{
    Cx, Tx,
    id::{LeadId, ScoreRuleSetId},
};

use super::types::{ScoreFact, ScoreRuleSet};
use crate::{
    graphql::{
        crm_leads::leads::types::{Lead, LeadSource},
        directives::requires,
        errors::Result,
        identity::Permission,
        records::write,
        scalars::id,
    },
    payload,
    wiring::leads::Ears,
};

/// A rule that leads are scored by.
#[derive(Debug, Clone, InputObject)]
pub struct ScoreRuleInput {
    /// What it is called where it counts, 1–60 characters.
    pub name: String,
    /// What it asks.
    pub fact: ScoreFact,
    /// How much it counts where that is so: −100 to 100, and not 0.
    pub weight: i32,
    /// Where from: with SOURCE.
    pub source: Option<LeadSource>,
    /// Which words, at most 100: with WORDS. One that ends with `*` is the beginning of some.
    pub words: Option<Vec<String>>,
    /// How many, 1–10,000: with MESSAGES and PAGE_VIEWS.
    pub at_least: Option<i32>,
    /// How many minutes, 1–10,000: with ANSWERED_WITHIN.
    pub within_minutes: Option<i32>,
}

impl From<ScoreRuleInput> for Rule {
    /// What is missing is refused with the rest that is wrong.
    fn from(rule: ScoreRuleInput) -> Self {
        let asked = match rule.fact {
            ScoreFact::Source => Asked::Source { source: rule.source.map(Into::into) },
            ScoreFact::OwnDomain => Asked::OwnDomain,
            ScoreFact::FreeDomain => Asked::FreeDomain,
            ScoreFact::HasPhone => Asked::HasPhone,
            ScoreFact::HasCompany => Asked::HasCompany,
            ScoreFact::Words => Asked::Words { words: rule.words.unwrap_or_default() },
            ScoreFact::Messages => Asked::Messages { at_least: rule.at_least.unwrap_or_default() },
            ScoreFact::AnsweredWithin => Asked::AnsweredWithin { minutes: rule.within_minutes.unwrap_or_default() },
            ScoreFact::PageViews => Asked::PageViews { at_least: rule.at_least.unwrap_or_default() },
        };
        Self { name: rule.name, asked, weight: rule.weight }
    }
}

fn rules(given: Option<Vec<ScoreRuleInput>>) -> Option<Vec<Rule>> {
    given.map(|all| all.into_iter().map(Into::into).collect())
}

/// New rules are to be written. What is left out is what the rules that are used say.
#[derive(Clone, InputObject)]
pub struct CreateScoreRuleSetInput {
    /// What is new in them, at most 500 characters.
    pub description: Option<String>,
    /// The rules, 1–100.
    pub rules: Option<Vec<ScoreRuleInput>>,
    /// From where on a lead is WARM, 1–100 and below `hotFrom`.
    pub warm_from: Option<i32>,
    /// From where on a lead is HOT, 1–100.
    pub hot_from: Option<i32>,
}

/// Rules that are a draft are to be changed. What is left out stays.
#[derive(Clone, InputObject)]
pub struct UpdateScoreRuleSetInput {
    /// The rules, `srs_…`.
    pub rule_set_id: ID,
    /// What is new in them, at most 500 characters.
    pub description: Option<String>,
    /// The rules, 1–100.
    pub rules: Option<Vec<ScoreRuleInput>>,
    /// From where on a lead is WARM, 1–100 and below `hotFrom`.
    pub warm_from: Option<i32>,
    /// From where on a lead is HOT, 1–100.
    pub hot_from: Option<i32>,
}

/// Rules are to be used.
#[derive(Clone, InputObject)]
pub struct ActivateScoreRuleSetInput {
    /// The rules, `srs_…`: a draft.
    pub rule_set_id: ID,
}

/// A lead is to be scored.
#[derive(Clone, InputObject)]
pub struct ScoreLeadInput {
    /// The lead, `led_…`.
    pub lead_id: ID,
}

payload! {
    /// What came of scoring a lead.
    ScoreLeadPayload {
        /// The lead with its score.
        lead: Lead as crm_leads::Lead
    }
    /// What came of writing new rules.
    CreateScoreRuleSetPayload {
        /// The rules.
        rule_set: ScoreRuleSet as crm_leads::ScoreRuleSet
    }
    /// What came of changing rules.
    UpdateScoreRuleSetPayload {
        /// The rules.
        rule_set: ScoreRuleSet as crm_leads::ScoreRuleSet
    }
    /// What came of putting rules to use.
    ActivateScoreRuleSetPayload {
        /// The rules.
        rule_set: ScoreRuleSet as crm_leads::ScoreRuleSet
    }
}

/// Leads are scored, and the rules kept that they are scored by.
#[derive(Default)]
pub struct ScoreMutation;

#[Object]
impl ScoreMutation {
    /// Scores a lead by the rules that are used.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn score_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ScoreLeadInput,
    ) -> Result<ScoreLeadPayload> {
        let cmd: LeadId = id("input.leadId", &input.lead_id)?;
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<LeadId>| async move {
            score_lead(&tx, &Ears(tx.conn()), &cx, *cmd).await.map(|(lead, _)| lead)
        };
        Ok(write(ctx, "lead.score", cmd, work).await?.into())
    }

    /// Writes new rules, as a draft that is used when it is activated.
    #[graphql(directive = requires::apply(Permission::ManageScoring))]
    async fn create_score_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateScoreRuleSetInput,
    ) -> Result<CreateScoreRuleSetPayload> {
        let cmd = RuleSetSettings {
            description: input.description,
            rules: rules(input.rules),
            warm_from: input.warm_from,
            hot_from: input.hot_from,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { create_score_rule_set(&tx, &cx, &cmd).await };
        Ok(write(ctx, "score_rule_set.create", cmd, work).await?.into())
    }

    /// Changes rules that are a draft.
    #[graphql(directive = requires::apply(Permission::ManageScoring))]
    async fn update_score_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateScoreRuleSetInput,
    ) -> Result<UpdateScoreRuleSetPayload> {
        let set: ScoreRuleSetId = id("input.ruleSetId", &input.rule_set_id)?;
        let cmd = RuleSetSettings {
            description: input.description,
            rules: rules(input.rules),
            warm_from: input.warm_from,
            hot_from: input.hot_from,
        };
        let work = move |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { update_score_rule_set(&tx, &cx, set, &cmd).await };
        Ok(write(ctx, "score_rule_set.update", cmd, work).await?.into())
    }

    /// Puts rules to use; those that were used until now are retired.
    #[graphql(directive = requires::apply(Permission::ManageScoring))]
    async fn activate_score_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ActivateScoreRuleSetInput,
    ) -> Result<ActivateScoreRuleSetPayload> {
        let cmd: ScoreRuleSetId = id("input.ruleSetId", &input.rule_set_id)?;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { activate_score_rule_set(&tx, &cx, *cmd).await };
        Ok(write(ctx, "score_rule_set.activate", cmd, work).await?.into())
    }
}
