//! The lead that a task is about.

use kernel::{
    Cx, Result,
    id::{AiTaskId, LeadId},
};
use uuid::Uuid;

use crate::{
    domain::{
        ai_tasks::output::Scored,
        scores::{
            facts::Facts,
            score::{reasoning, score},
        },
    },
    ports::{
        ai_tasks::Tasks,
        leads::LeadBook,
        scores::{Hearing, ScoreBook},
    },
    store::{
        ai_tasks::task::AiTaskType,
        leads::lead::{LeadSource, Model as Lead},
    },
    usecases::scores::score_lead::rules_in_use,
};

/// What became of what somebody wrote: its lead, or the one that that went into; `None` where it is none yet.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn lead_of(s: &impl LeadBook, source: LeadSource, id: Uuid) -> Result<Option<Lead>> {
    s.lead_of_source(source, id).await
}

/// A lead, whoever asks.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn lead_by_id(s: &impl LeadBook, id: LeadId) -> Result<Option<Lead>> {
    s.take_lead(id).await
}

/// What the company's rules say of a lead.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn scored_by_rules(s: &impl ScoreBook, hearing: &impl Hearing, cx: &Cx, lead: &Lead) -> Result<Scored> {
    let used = rules_in_use(s).await?;
    let scored = score(&used.rules, used.from, &Facts::of(lead, hearing.heard(cx, lead).await?));
    Ok(Scored { value: scored.value, reasoning: reasoning(&scored), signals: scored.signals })
}

/// Notes what became of what a task said: `decided` in a word, and whether that is what it said.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn note_ai_decision(
    s: &impl Tasks,
    cx: &Cx,
    task: AiTaskType,
    subject: Uuid,
    decided: &str,
    agreed: bool,
) -> Result<Option<AiTaskId>> {
    s.decide(task, subject, decided, agreed, cx.now).await
}
