//! Somebody wants chats analysed: one, or those that they choose.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{B2chatAgentId, B2chatChatId, B2chatDepartmentId, EffectivenessBatchId, UserId},
    jobs::Enqueue,
    record::{self, Records},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    record::{Asker, MESSAGES, keep, material},
    run::RunEffectivenessBatch,
};
use crate::{
    adapters::effectiveness::builtin::by_rules,
    domain::effectiveness::events::BatchStarted,
    policy::ANALYSE_CHATS,
    ports::effectiveness::EffectivenessBook,
    store::{
        b2chat::chat::B2chatStatus,
        effectiveness::{
            analysis::{AnalystName, Model as EffectivenessAnalysis},
            batch::{BatchState, Entity as EffectivenessBatches, Model as EffectivenessBatch},
        },
    },
};

/// The most chats of a batch.
pub const CHATS: i32 = 5_000;
/// The highest budget, in tokens.
pub const BUDGET: i32 = 1_000_000_000;

/// Which chats. What counts as deleted is never among them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chosen {
    /// This one only.
    pub chat: Option<B2chatChatId>,
    /// Of this agent.
    pub agent: Option<B2chatAgentId>,
    /// Of this department and those below it.
    pub department: Option<B2chatDepartmentId>,
    /// That department's path.
    #[serde(skip)]
    pub department_path: Option<String>,
    /// That stand there.
    pub status: Option<B2chatStatus>,
    /// That began from then on.
    pub created_from: Option<DateTime<Utc>>,
    /// That began before then.
    pub created_to: Option<DateTime<Utc>>,
    /// Those too that were analysed lately.
    pub analysed_too: bool,
}

/// A chat is to be analysed.
#[derive(Debug, Clone)]
pub struct AnalyseChat {
    /// Which.
    pub chat: B2chatChatId,
    /// Even if it was analysed lately.
    pub again: bool,
    /// By whom.
    pub provider: AnalystName,
    /// How long a contact may wait for the first answer, in seconds.
    pub wanted: i64,
}

/// What comes of it: an analysis that is there, or a batch of one chat that makes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    /// The analysis.
    pub analysis: Option<EffectivenessAnalysis>,
    /// The batch.
    pub batch: Option<EffectivenessBatch>,
}

fn asker(cx: &Cx) -> Option<UserId> {
    cx.person().ok().map(|person| person.id)
}

/// Has a chat analysed: at once by rules, in the background by a provider that takes its time. One that was analysed in the last
/// 30 days is not analysed again unless that is wanted.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a chat in which nothing was written.
pub async fn analyse_chat<S>(s: &S, cx: &Cx, cmd: &AnalyseChat) -> Result<Asked>
where
    S: EffectivenessBook + Records<EffectivenessBatches> + Enqueue + Emit,
{
    cx.require(ANALYSE_CHATS)?;
    let found = s.read_chats(cx, &[cmd.chat], MESSAGES).await?.remove(&cmd.chat);
    let read = found.ok_or(Error::NotFound { what: "B2chatChat" })?;
    let material = material(cx, &read, cmd.wanted);
    if material.lines.is_empty() {
        return Err(Error::invalid("chatId", ProblemCode::NotAllowed, "has nothing written in it"));
    }
    if !cmd.again
        && let Some(analysis) = s.good_enough(cx, &[cmd.chat]).await?.remove(&cmd.chat)
    {
        return Ok(Asked { analysis: Some(analysis), batch: None });
    }
    if cmd.provider == AnalystName::Builtin {
        let asker = Asker { user: asker(cx), batch: None };
        let given = by_rules(&material);
        let of = (&read.0, &material);
        let analysis = keep(s, cx, of, (AnalystName::Builtin, &given), (asker, None)).await?;
        return Ok(Asked { analysis: Some(analysis), batch: None });
    }
    // Who asks once more while the provider is asked waits for the same, and it is paid for once.
    if !cmd.again
        && let Some(batch) = s.under_way(cmd.chat, cmd.provider).await?
    {
        return Ok(Asked { analysis: None, batch: Some(batch) });
    }
    let chosen = Chosen { chat: Some(cmd.chat), analysed_too: true, ..Chosen::default() };
    let batch = begin(s, cx, &chosen, (cmd.provider, None, 1)).await?;
    Ok(Asked { analysis: None, batch: Some(batch) })
}

/// Chats are to be analysed.
#[derive(Debug, Clone)]
pub struct AnalyseChats {
    /// Which.
    pub chosen: Chosen,
    /// By whom.
    pub provider: AnalystName,
    /// The most that may be spent, in tokens.
    pub budget: Option<i32>,
    /// At most so many, the newest.
    pub limit: i32,
}

/// Begins a batch: its chats are those that are there now.
///
/// # Errors
/// [`Error::NotFound`] for a department; [`Error::Invalid`] for sizes, and where no chat is as asked for.
pub async fn analyse_chats<S>(s: &S, cx: &Cx, cmd: &AnalyseChats) -> Result<EffectivenessBatch>
where
    S: EffectivenessBook + Records<EffectivenessBatches> + Enqueue + Emit,
{
    cx.require(ANALYSE_CHATS)?;
    let refused = |field: &str, why: String| Err(Error::invalid(field, ProblemCode::InvalidFormat, why));
    if !(1..=CHATS).contains(&cmd.limit) {
        return refused("limit", format!("must be from 1 to {CHATS}"));
    }
    if cmd.budget.is_some_and(|budget| !(1..=BUDGET).contains(&budget)) {
        return refused("budget", format!("must be from 1 to {BUDGET} tokens"));
    }
    let mut chosen = cmd.chosen.clone();
    if let (Some(from), Some(to)) = (chosen.created_from, chosen.created_to)
        && to <= from
    {
        return refused("filter.createdTo", "must be after createdFrom".into());
    }
    if let Some(department) = chosen.department {
        let path = s.path_of(cx, department).await?;
        chosen.department_path = Some(path.ok_or(Error::NotFound { what: "B2chatDepartment" })?);
    }
    let limit = u64::try_from(cmd.limit).unwrap_or_default();
    begin(s, cx, &chosen, (cmd.provider, cmd.budget.map(i64::from), limit)).await
}

async fn begin<S>(
    s: &S,
    cx: &Cx,
    chosen: &Chosen,
    (provider, budget_tokens, limit): (AnalystName, Option<i64>, u64),
) -> Result<EffectivenessBatch>
where
    S: EffectivenessBook + Records<EffectivenessBatches> + Enqueue + Emit,
{
    let id: EffectivenessBatchId = cx.new_id();
    let batch = EffectivenessBatch {
        id,
        state: BatchState::Running,
        provider,
        filter: json!(chosen),
        again: chosen.analysed_too,
        total_count: 0,
        done_count: 0,
        cached_count: 0,
        failed_count: 0,
        budget_tokens,
        spent_tokens: 0,
        reserved_tokens: 0,
        cost_micros: 0,
        waits_until: None,
        failure: None,
        detail: None,
        created_by_id: asker(cx),
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
        finished_at: None,
    };
    s.insert(&batch).await?;
    let chats = i32::try_from(s.choose(cx, id, chosen, limit).await?).unwrap_or(i32::MAX);
    if chats == 0 {
        let why = "leaves no chat: none is so, or all were analysed in the last 30 days";
        return Err(Error::invalid("filter", ProblemCode::NotAvailable, why));
    }
    let full = EffectivenessBatch { total_count: chats, ..batch.clone() };
    let full = record::change::<EffectivenessBatches, _>(s, cx, &batch, full).await?;
    s.enqueue(cx, &RunEffectivenessBatch { batch: id }).await?;
    s.emit(cx, &BatchStarted { batch: id, chats, provider, budget: budget_tokens });
    Ok(full)
}
