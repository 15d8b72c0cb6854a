//! The one place where scorings are written, and a lead's current score with them.

use kernel::{
    Cx, ProblemCode, Result,
    db::Emit,
    id::{LeadId, ScoreRuleSetId},
    record::{self, Records},
    text::Check,
};
use serde_json::json;

use crate::{
    domain::scores::{events::LeadScored, rules::WORD, score::Signal},
    policy::MANAGE_LEADS,
    ports::scores::ScoreBook,
    store::{
        leads::lead::{Entity as Leads, LeadScore, Model as Lead},
        scores::scoring::Model as LeadScoring,
    },
    usecases::leads::keep::actor,
};

/// The longest reasoning.
pub const REASONING: usize = 4_000;
/// The most signals of a scoring.
pub const SIGNALS: usize = 100;
/// The longest id of what is the evidence.
const EVIDENCE: usize = 60;

/// A scoring to be kept.
#[derive(Debug, Clone)]
pub struct RecordLeadScore {
    /// The lead.
    pub lead: LeadId,
    /// How likely they are to buy, 0 to 100.
    pub value: i32,
    /// What that means; as the rules that are used say, where it is left out.
    pub score: Option<LeadScore>,
    /// What speaks for it.
    pub signals: Vec<Signal>,
    /// Why, in words.
    pub reasoning: String,
    /// The rules that made it, and their number.
    pub rules: Option<(Option<ScoreRuleSetId>, i32)>,
    /// What made it: `rules`, or the name of a provider.
    pub provider: String,
}

impl RecordLeadScore {
    fn checked(&self) -> Result<(String, String)> {
        let mut check = Check::default();
        if !(0..=100).contains(&self.value) {
            check.problem("scoreValue", ProblemCode::InvalidFormat, "must be from 0 to 100");
        }
        if self.signals.len() > SIGNALS {
            check.problem("signals", ProblemCode::TooLong, format!("may hold at most {SIGNALS} signals"));
        }
        for (n, signal) in self.signals.iter().enumerate().take(SIGNALS) {
            check.line(&format!("signals.{n}.name"), &signal.name, WORD * 4);
            check.optional_line(&format!("signals.{n}.evidence"), signal.evidence.as_deref(), EVIDENCE);
        }
        let reasoning = check.optional_body("reasoning", Some(&self.reasoning), REASONING).unwrap_or_default();
        let provider = check.line("provider", &self.provider, WORD);
        check.done()?;
        Ok((reasoning, provider))
    }
}

/// Keeps a scoring, which is the lead's current one from now on. For whatever scores leads; a person has them scored by the rules.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] for a number outside of 0 to 100, and for a lead that went into another.
pub async fn record_lead_score<S: Records<Leads> + ScoreBook + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &RecordLeadScore,
) -> Result<(Lead, LeadScoring)> {
    cx.require(MANAGE_LEADS)?;
    let (reasoning, provider) = cmd.checked()?;
    let before = s.lock(cx, cmd.lead).await?;
    before.whole("leadId")?;
    let score = match cmd.score {
        Some(score) => score,
        None => LeadScore::of(cmd.value, super::score_lead::rules_in_use(s).await?.from),
    };
    let scoring = LeadScoring {
        id: cx.new_id(),
        lead_id: before.id,
        score,
        score_value: cmd.value,
        signals: json!(cmd.signals),
        reasoning,
        rule_set_id: cmd.rules.and_then(|(id, _)| id),
        rule_set_number: cmd.rules.map(|(_, number)| number),
        provider,
        scored_by_id: actor(cx),
        scored_at: cx.now,
    };
    s.add_scoring(&scoring).await?;
    let mut after =
        Lead { score: Some(score), score_value: Some(cmd.value), scored_at: Some(cx.now), ..before.clone() };
    after = record::change(s, cx, &before, after.consistent()).await?;
    s.emit(
        cx,
        &LeadScored {
            lead: after.id,
            scoring: scoring.id,
            from: before.score,
            to: score,
            value: cmd.value,
            provider: scoring.provider.clone(),
        },
    );
    Ok((after, scoring))
}
