//! The filters and the orders of analyses and batches.

use analytics_sync::{
    effectiveness_analyses, effectiveness_batches,
    records::{EffectivenessAnalyses, EffectivenessBatches},
};
use kernel::id::{B2chatAgentId, B2chatChatId, B2chatDepartmentId, EffectivenessBatchId};

use super::types::{EffectivenessBatchStatus, EffectivenessProvider};
use crate::{
    comparator, filter,
    graphql::filters::{DateTimeComparator, IdComparator, OrderDirection},
    order,
};

comparator!(
    /// Comparisons with who analyses chats.
    EffectivenessProviderComparator of EffectivenessProvider as analytics_sync::AnalystName
);

comparator!(
    /// Comparisons with how a batch stands.
    EffectivenessBatchStatusComparator of EffectivenessBatchStatus as analytics_sync::BatchState
);

filter! {
    /// Which analyses. All parts given must hold.
    EffectivenessAnalysisFilter of EffectivenessAnalyses {
        /// Of which chats.
        chat_id: IdComparator,
        /// Who had the chat.
        agent_id: IdComparator,
        /// Whose the chat was.
        department_id: IdComparator,
        /// Of which batch.
        batch_id: IdComparator,
        /// Who analysed.
        provider: EffectivenessProviderComparator,
        /// Whether the score is of the resolution alone.
        is_of_one_part: bool,
        /// With at least this score, 0–100.
        score_from: f64,
        /// With at most this score, 0–100.
        score_to: f64,
        /// When they were made.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.id::<B2chatChatId>(effectiveness_analyses::BY_CHAT, level.chat_id)?;
        leaves.id::<B2chatAgentId>(effectiveness_analyses::BY_AGENT, level.agent_id)?;
        leaves.id::<B2chatDepartmentId>(effectiveness_analyses::BY_DEPARTMENT, level.department_id)?;
        leaves.id::<EffectivenessBatchId>(effectiveness_analyses::BY_BATCH, level.batch_id)?;
        leaves.value::<analytics_sync::AnalystName>(effectiveness_analyses::BY_PROVIDER, level.provider)?;
        leaves.is_set(effectiveness_analyses::BY_SATISFACTION, level.is_of_one_part.map(|one| !one));
        leaves.also(effectiveness_analyses::scored(level.score_from, level.score_to));
        leaves.time(effectiveness_analyses::BY_CREATED_AT, level.created_at)?;
    }
}

order! {
    "analyses of chats": EffectivenessAnalysisOrder, EffectivenessAnalysisOrderField of EffectivenessAnalyses, descending {
        /// By when they were made.
        CreatedAt,
        /// By the score.
        EffectivenessScore,
    }
}

filter! {
    /// Which batches. All parts given must hold.
    EffectivenessBatchFilter of EffectivenessBatches {
        /// How they stand.
        status: EffectivenessBatchStatusComparator,
        /// Who analyses.
        provider: EffectivenessProviderComparator,
        /// When they were begun.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<analytics_sync::BatchState>(effectiveness_batches::BY_STATE, level.status)?;
        leaves.value::<analytics_sync::AnalystName>(effectiveness_batches::BY_PROVIDER, level.provider)?;
        leaves.time(effectiveness_batches::BY_CREATED_AT, level.created_at)?;
    }
}

order! {
    "batches of analyses": EffectivenessBatchOrder, EffectivenessBatchOrderField of EffectivenessBatches, descending {
        /// By when they were begun.
        CreatedAt,
    }
}
