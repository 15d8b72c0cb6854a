//! The lead that a task is about.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    id::{AiTaskId, LeadId, VisitorId},
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

/// So many merges in a row are followed.
const FOLLOWED: usize = 20;

/// What became of what somebody wrote: its lead, or the one that that went into; `None` where it is none yet.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn lead_of(s: &impl LeadBook, source: LeadSource, id: Uuid) -> Result<Option<Lead>> {
    s.lead_of_source(source, id).await
}

/// A lead that went into no other, whoever asks.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn lead_by_id(s: &impl LeadBook, id: LeadId) -> Result<Option<Lead>> {
    Ok(s.take_lead(id).await?.filter(|lead| lead.merged_into_id.is_none()))
}

/// A lead, or the one that it went into, whoever asks.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn lead_now(s: &impl LeadBook, id: LeadId) -> Result<Option<Lead>> {
    let mut found = s.take_lead(id).await?;
    for _ in 0..FOLLOWED {
        let Some(into) = found.as_ref().and_then(|lead| lead.merged_into_id) else { break };
        found = s.take_lead(into).await?;
    }
    Ok(found)
}

/// The lead that somebody is already: one that is not over, by their addresses or the visitors that they were on the website.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn open_lead_of(s: &impl LeadBook, emails: &[String], visitors: &[VisitorId]) -> Result<Option<Lead>> {
    let emails: Vec<_> = emails.iter().filter_map(|typed| kernel::text::email(typed)).collect();
    s.open_lead_of(&emails, visitors).await
}

/// What the company's rules say of a lead.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn scored_by_rules(s: &impl ScoreBook, hearing: &impl Hearing, cx: &Cx, lead: &Lead) -> Result<Scored> {
    let used = rules_in_use(s).await?;
    let scored = score(&used.rules, used.from, &Facts::of(lead, hearing.heard(cx, lead).await?));
    let rules = Some((used.id, used.number));
    Ok(Scored { value: scored.value, reasoning: reasoning(&scored), signals: scored.signals, rules })
}

/// Notes what became of what a task said, by when that was made: `decided` in a word, and whether that is what it said.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn note_ai_decision(
    s: &impl Tasks,
    cx: &Cx,
    (task, made_at): (AiTaskType, DateTime<Utc>),
    subject: Uuid,
    decided: &str,
    agreed: bool,
) -> Result<Option<AiTaskId>> {
    s.decide(task, subject, decided, agreed, (made_at, cx.now)).await
}
