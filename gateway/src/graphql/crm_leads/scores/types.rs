//! Scorings and rules as those see them who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::{LeadId, ScoreRuleSetId, UserId};

use crate::{
    connection,
    graphql::{
        crm_leads::leads::types::{Lead, LeadScore, LeadSource, lead},
        errors::Result,
        identity::{IntoId, User, user},
        loaders::By,
        scope::scope,
    },
};

/// Something that speaks for a score, or against it.
#[derive(Debug, Clone, SimpleObject)]
pub struct ScoreSignal {
    /// What it is.
    pub name: String,
    /// How much it counts: less than 0 against.
    pub weight: i32,
    /// The id of the row that shows it, such as a message's; null where there is none.
    pub evidence_id: Option<ID>,
}

impl From<crm_leads::Signal> for ScoreSignal {
    fn from(signal: crm_leads::Signal) -> Self {
        Self { name: signal.name, weight: signal.weight, evidence_id: signal.evidence.map(ID) }
    }
}

/// One scoring of a lead. Every one is kept.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct LeadScoring {
    /// Its id, `lsc_…`.
    pub id: ID,
    /// How likely they are to buy.
    pub score: LeadScore,
    /// The same as a number, 0–100.
    pub score_value: i32,
    /// What counted.
    pub signals: Vec<ScoreSignal>,
    /// Why, in words.
    pub reasoning: String,
    /// The number of the rules that made it: 0 for those that are built in, null where no rules did.
    pub rule_set_number: Option<i32>,
    /// What made it: `rules`, or the name of a provider.
    pub provider: String,
    /// When.
    pub scored_at: DateTime<Utc>,
    #[graphql(skip)]
    lead_id: LeadId,
    #[graphql(skip)]
    rule_set_id: Option<ScoreRuleSetId>,
    #[graphql(skip)]
    scored_by_id: Option<UserId>,
}

impl From<crm_leads::LeadScoring> for LeadScoring {
    fn from(scoring: crm_leads::LeadScoring) -> Self {
        let signals: Vec<crm_leads::Signal> = serde_json::from_value(scoring.signals).unwrap_or_default();
        Self {
            id: scoring.id.into_id(),
            score: scoring.score.into(),
            score_value: scoring.score_value,
            signals: signals.into_iter().map(Into::into).collect(),
            reasoning: scoring.reasoning,
            rule_set_number: scoring.rule_set_number,
            provider: scoring.provider,
            scored_at: scoring.scored_at,
            lead_id: scoring.lead_id,
            rule_set_id: scoring.rule_set_id,
            scored_by_id: scoring.scored_by_id,
        }
    }
}

#[ComplexObject]
impl LeadScoring {
    /// The lead.
    async fn lead(&self, ctx: &Context<'_>) -> Result<Option<Lead>> {
        Box::pin(lead(ctx, Some(self.lead_id))).await
    }

    /// The rules that made it; null for those that are built in.
    async fn rule_set(&self, ctx: &Context<'_>) -> Result<Option<ScoreRuleSet>> {
        Box::pin(async move {
            let Some(id) = self.rule_set_id else { return Ok(None) };
            let found = scope(ctx).loaders.load_one(By::<crm_leads::records::ScoreRuleSets>(id)).await?;
            Ok(found.map(|set| set.as_ref().clone().into()))
        })
        .await
    }

    /// Who had it made; null where Frontdesk did, or without the permission to see them.
    async fn scored_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.scored_by_id)).await
    }
}

connection!(LeadScoringConnection, LeadScoringEdge, LeadScoring, crm_leads::LeadScoring, "scorings of a lead");

/// What a rule asks of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScoreFact {
    /// Whether it came from `source`.
    Source,
    /// Whether their address is of a domain of their own.
    OwnDomain,
    /// Whether it is of a domain where everybody gets an address.
    FreeDomain,
    /// Whether they gave a telephone number.
    HasPhone,
    /// Whether they named a company.
    HasCompany,
    /// Whether they wrote one of `words`.
    Words,
    /// Whether they wrote at least `atLeast` times.
    Messages,
    /// Whether they were first answered within `withinMinutes`.
    AnsweredWithin,
    /// Whether they looked at at least `atLeast` pages.
    PageViews,
}

/// A rule that leads are scored by.
#[derive(Debug, Clone, SimpleObject)]
pub struct ScoreRule {
    /// What it is called where it counts.
    pub name: String,
    /// What it asks.
    pub fact: ScoreFact,
    /// How much it counts where that is so: −100 to 100.
    pub weight: i32,
    /// Where from, of SOURCE.
    pub source: Option<LeadSource>,
    /// Which words, of WORDS; one that ends with `*` is the beginning of some.
    pub words: Option<Vec<String>>,
    /// How many, of MESSAGES and PAGE_VIEWS.
    pub at_least: Option<i32>,
    /// How many minutes, of ANSWERED_WITHIN.
    pub within_minutes: Option<i32>,
}

impl From<crm_leads::Rule> for ScoreRule {
    fn from(rule: crm_leads::Rule) -> Self {
        use crm_leads::Asked;
        let mut shown = Self {
            name: rule.name,
            fact: ScoreFact::HasPhone,
            weight: rule.weight,
            source: None,
            words: None,
            at_least: None,
            within_minutes: None,
        };
        shown.fact = match rule.asked {
            Asked::Source { source } => {
                shown.source = source.map(Into::into);
                ScoreFact::Source
            }
            Asked::OwnDomain => ScoreFact::OwnDomain,
            Asked::FreeDomain => ScoreFact::FreeDomain,
            Asked::HasPhone => ScoreFact::HasPhone,
            Asked::HasCompany => ScoreFact::HasCompany,
            Asked::Words { words } => {
                shown.words = Some(words);
                ScoreFact::Words
            }
            Asked::Messages { at_least } => {
                shown.at_least = Some(at_least);
                ScoreFact::Messages
            }
            Asked::AnsweredWithin { minutes } => {
                shown.within_minutes = Some(minutes);
                ScoreFact::AnsweredWithin
            }
            Asked::PageViews { at_least } => {
                shown.at_least = Some(at_least);
                ScoreFact::PageViews
            }
        };
        shown
    }
}

/// Whether rules are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::RuleSetState")]
pub enum ScoreRuleSetState {
    /// They are being written.
    Draft,
    /// They are used.
    Live,
    /// They were.
    Retired,
}

/// Rules that leads are scored by.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ScoreRuleSet {
    /// Its id, `srs_…`.
    pub id: ID,
    /// 1, 2, 3 …
    pub number: i32,
    /// What is new in it; empty for nothing.
    pub description: String,
    /// Whether it is used.
    pub state: ScoreRuleSetState,
    /// The rules.
    pub rules: Vec<ScoreRule>,
    /// From here on a lead is WARM.
    pub warm_from: i32,
    /// From here on it is HOT.
    pub hot_from: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it went live.
    pub activated_at: Option<DateTime<Utc>>,
    /// When another did instead.
    pub retired_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    created_by_id: Option<UserId>,
}

impl From<crm_leads::ScoreRuleSet> for ScoreRuleSet {
    fn from(set: crm_leads::ScoreRuleSet) -> Self {
        let rules: Vec<crm_leads::Rule> = serde_json::from_value(set.rules).unwrap_or_default();
        Self {
            id: set.id.into_id(),
            number: set.number,
            description: set.description,
            state: set.state.into(),
            rules: rules.into_iter().map(Into::into).collect(),
            warm_from: set.warm_from,
            hot_from: set.hot_from,
            created_at: set.created_at,
            updated_at: set.updated_at,
            activated_at: set.activated_at,
            retired_at: set.retired_at,
            created_by_id: set.created_by_id,
        }
    }
}

#[ComplexObject]
impl ScoreRuleSet {
    /// Who wrote it; null without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.created_by_id)).await
    }
}

connection!(ScoreRuleSetConnection, ScoreRuleSetEdge, ScoreRuleSet, crm_leads::ScoreRuleSet, "sets of rules");
