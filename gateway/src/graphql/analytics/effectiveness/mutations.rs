//! Having chats analysed.

use std::sync::Arc;

use analytics_sync::{
    AnalyseChat, AnalyseChats, AnalysisAsked, AnalystName, ChosenChats, analyse_chat, analyse_chats,
    cancel_effectiveness_batch, resume_effectiveness_batch,
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use kernel::{Cx, Error, ProblemCode, Tx, id::EffectivenessBatchId};

use super::types::{EffectivenessAnalysis, EffectivenessBatch, EffectivenessProvider};
use crate::{
    graphql::{
        analytics::b2chat::chats::B2ChatStatus,
        directives::requires,
        errors::{Result, UserError},
        filters::Instant,
        identity::Permission,
        records::write,
        scalars::id,
        scope::{Scope, scope},
    },
    payload,
    wiring::effectiveness::wanted,
};

/// A chat is to be analysed.
#[derive(Clone, InputObject)]
pub struct AnalyseChatInput {
    /// The chat, `bch_…`.
    pub chat_id: ID,
    /// Whether to analyse it even if it was analysed in the last 30 days; false unless given.
    pub again: Option<bool>,
    /// Who is to do it; the installation's own provider unless given.
    pub provider: Option<EffectivenessProvider>,
}

/// Which chats. All parts given must hold. What counts as deleted is never among them.
#[derive(Clone, Default, InputObject)]
pub struct AnalyseChatsFilter {
    /// Of this agent, `bag_…`.
    pub agent_id: Option<ID>,
    /// Of this department, `bdp_…`, and those below it.
    pub department_id: Option<ID>,
    /// That stand there.
    pub status: Option<B2ChatStatus>,
    /// That began from then on.
    pub created_from: Option<Instant>,
    /// That began before then.
    pub created_to: Option<Instant>,
}

/// Chats are to be analysed.
#[derive(Clone, InputObject)]
pub struct AnalyseChatsInput {
    /// Which; all unless given.
    pub filter: Option<AnalyseChatsFilter>,
    /// Whether those too that were analysed in the last 30 days; false unless given.
    pub again: Option<bool>,
    /// The most that may be spent, in tokens, 1–1,000,000,000; no limit but the company's unless given. The built-in rules spend none.
    pub budget: Option<i32>,
    /// At most so many, the newest, 1–5,000; 500 unless given.
    pub limit: Option<i32>,
    /// Who is to do it; the installation's own provider unless given.
    pub provider: Option<EffectivenessProvider>,
}

/// A batch is to be stopped.
#[derive(Clone, InputObject)]
pub struct CancelEffectivenessBatchInput {
    /// The batch, `efb_…`.
    pub batch_id: ID,
}

/// A batch is to go on.
#[derive(Clone, InputObject)]
pub struct ResumeEffectivenessBatchInput {
    /// The batch, `efb_…`.
    pub batch_id: ID,
    /// The most that it may spend in all, in tokens; as before unless given.
    pub budget: Option<i32>,
}

/// What came of having a chat analysed.
#[derive(SimpleObject)]
pub struct AnalyseChatPayload {
    /// The analysis: one that is younger than 30 days, or a new one; null where a provider takes its time.
    pub analysis: Option<EffectivenessAnalysis>,
    /// The batch of one chat that makes the analysis; null where it is there already.
    pub batch: Option<EffectivenessBatch>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

payload! {
    /// What came of having chats analysed.
    AnalyseChatsPayload {
        /// The batch, which has begun.
        batch: EffectivenessBatch as analytics_sync::EffectivenessBatch
    }
    /// What came of stopping a batch.
    CancelEffectivenessBatchPayload {
        /// The batch.
        batch: EffectivenessBatch as analytics_sync::EffectivenessBatch
    }
    /// What came of having a batch go on.
    ResumeEffectivenessBatchPayload {
        /// The batch.
        batch: EffectivenessBatch as analytics_sync::EffectivenessBatch
    }
}

/// Who is to analyse, and whether the company has that one.
async fn analyst(scope: &Scope, cx: &Cx, wanted: Option<EffectivenessProvider>) -> kernel::Result<(AnalystName, bool)> {
    let ai = &scope.app.ai;
    let is_on = scope.app.settings.boolean(cx, identity::AI_ENABLED).await?;
    let has = |name: AnalystName| {
        ai.analysts.iter().any(|analyst| analyst.name() == name) && (is_on || name == AnalystName::Builtin)
    };
    Ok(match wanted.map(AnalystName::from) {
        Some(name) => (name, has(name)),
        // A company that wants no artificial intelligence has the rules.
        None if ai.usual == crm_leads::AiProviderName::Anthropic && has(AnalystName::Anthropic) => {
            (AnalystName::Anthropic, true)
        }
        None => (AnalystName::Builtin, true),
    })
}

/// The provider, where the company has it.
fn set_up((name, is_there): (AnalystName, bool)) -> kernel::Result<AnalystName> {
    let why = "is not set up in this installation, or the company has artificial intelligence switched off";
    if is_there { Ok(name) } else { Err(Error::invalid("provider", ProblemCode::NotAvailable, why)) }
}

/// Which chats are asked for.
fn chosen(filter: AnalyseChatsFilter, analysed_too: bool) -> kernel::Result<ChosenChats> {
    Ok(ChosenChats {
        agent: filter.agent_id.map(|it| id("input.filter.agentId", &it)).transpose()?,
        department: filter.department_id.map(|it| id("input.filter.departmentId", &it)).transpose()?,
        status: filter.status.map(Into::into),
        created_from: filter.created_from.map(|at| at.read("input.filter.createdFrom")).transpose()?,
        created_to: filter.created_to.map(|at| at.read("input.filter.createdTo")).transpose()?,
        analysed_too,
        ..ChosenChats::default()
    })
}

/// Having chats analysed.
#[derive(Default)]
pub struct EffectivenessMutation;

#[Object]
impl EffectivenessMutation {
    /// Has a chat analysed: at once by the built-in rules, in the background by a provider that takes its time. The newest analysis that
    /// is younger than 30 days is given instead, unless `again` is set.
    #[graphql(directive = requires::apply(Permission::AnalyseChats))]
    async fn analyse_chat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AnalyseChatInput,
    ) -> Result<AnalyseChatPayload> {
        let (scope, cx) = (scope(ctx), scope(ctx).cx());
        let chat = id("input.chatId", &input.chat_id)?;
        let cmd = (analyst(scope, &cx, input.provider).await?, wanted(&scope.app, &cx).await?);
        let again = input.again == Some(true);
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<((AnalystName, bool), i64)>| async move {
            let (found, wanted) = *cmd;
            cx.require(analytics_sync::ANALYSE_CHATS)?;
            let cmd = AnalyseChat { chat, again, provider: set_up(found)?, wanted };
            analyse_chat(&tx, &cx, &cmd).await
        };
        let (asked, errors) = write(ctx, "effectiveness_analysis.create", cmd, work).await?;
        let AnalysisAsked { analysis, batch } = asked.unwrap_or(AnalysisAsked { analysis: None, batch: None });
        Ok(AnalyseChatPayload { analysis: analysis.map(Into::into), batch: batch.map(Into::into), errors })
    }

    /// Has many chats analysed in the background: those that are there now, the newest first. The batch has the progress.
    #[graphql(directive = requires::apply(Permission::AnalyseChats))]
    async fn analyse_chats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AnalyseChatsInput,
    ) -> Result<AnalyseChatsPayload> {
        let (scope, cx) = (scope(ctx), scope(ctx).cx());
        let chosen = chosen(input.filter.unwrap_or_default(), input.again == Some(true))?;
        let cmd = (analyst(scope, &cx, input.provider).await?, chosen);
        let (budget, limit) = (input.budget, input.limit.unwrap_or(500));
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<((AnalystName, bool), ChosenChats)>| async move {
            let (found, chosen) = &*cmd;
            cx.require(analytics_sync::ANALYSE_CHATS)?;
            let cmd = AnalyseChats { chosen: chosen.clone(), provider: set_up(*found)?, budget, limit };
            analyse_chats(&tx, &cx, &cmd).await
        };
        Ok(write(ctx, "effectiveness_batch.start", cmd, work).await?.into())
    }

    /// Stops a batch; it can go on later.
    #[graphql(directive = requires::apply(Permission::AnalyseChats))]
    async fn cancel_effectiveness_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CancelEffectivenessBatchInput,
    ) -> Result<CancelEffectivenessBatchPayload> {
        let batch: EffectivenessBatchId = id("input.batchId", &input.batch_id)?;
        let work = |tx: Tx, cx: Arc<Cx>, batch: Arc<EffectivenessBatchId>| async move {
            cancel_effectiveness_batch(&tx, &cx, *batch).await
        };
        Ok(write(ctx, "effectiveness_batch.cancel", batch, work).await?.into())
    }

    /// Has a batch go on with the chats that are left: one that was stopped, is out of budget or could not go on.
    #[graphql(directive = requires::apply(Permission::AnalyseChats))]
    async fn resume_effectiveness_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResumeEffectivenessBatchInput,
    ) -> Result<ResumeEffectivenessBatchPayload> {
        let batch: EffectivenessBatchId = id("input.batchId", &input.batch_id)?;
        let budget = input.budget;
        let work = |tx: Tx, cx: Arc<Cx>, batch: Arc<EffectivenessBatchId>| async move {
            resume_effectiveness_batch(&tx, &cx, *batch, budget).await
        };
        Ok(write(ctx, "effectiveness_batch.resume", batch, work).await?.into())
    }
}
