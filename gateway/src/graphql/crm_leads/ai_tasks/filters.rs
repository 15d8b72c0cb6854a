//! The filter and the orders of tasks.

use async_graphql::{Enum, InputObject};
use crm_leads::{ai_tasks, entities::ai_task, records::AiTasks};
use sea_orm::EntityTrait;

use super::types::{AiFailure, AiProvider, AiTaskStatus, AiTaskType};
use crate::{
    comparator, filter,
    graphql::filters::{DateTimeComparator, OrderDirection, OrderInput},
};

comparator!(
    /// Comparisons with what a task is to do.
    AiTaskTypeComparator of AiTaskType as crm_leads::AiTaskType
);

comparator!(
    /// Comparisons with where a task stands.
    AiTaskStatusComparator of AiTaskStatus as crm_leads::AiTaskStatus
);

comparator!(
    /// Comparisons with who does a task.
    AiProviderComparator of AiProvider as crm_leads::AiProviderName
);

comparator!(
    /// Comparisons with why a task was not done.
    AiFailureComparator of AiFailure as crm_leads::AiFailure
);

filter! {
    /// Which tasks. All parts given must hold.
    AiTaskFilter of AiTasks {
        /// What they are to do.
        task_type: AiTaskTypeComparator,
        /// Where they stand.
        status: AiTaskStatusComparator,
        /// Who does them.
        provider: AiProviderComparator,
        /// Why they were not done.
        failure: AiFailureComparator,
        /// When they were queued.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<crm_leads::AiTaskType>(ai_tasks::BY_TYPE, level.task_type)?;
        leaves.value::<crm_leads::AiTaskStatus>(ai_tasks::BY_STATUS, level.status)?;
        leaves.value::<crm_leads::AiProviderName>(ai_tasks::BY_PROVIDER, level.provider)?;
        leaves.value::<crm_leads::AiFailure>(ai_tasks::BY_FAILURE, level.failure)?;
        leaves.time(ai_tasks::BY_CREATED_AT, level.created_at)?;
    }
}

/// What tasks can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum AiTaskOrderField {
    /// By when they were queued.
    CreatedAt,
}

/// An order of tasks.
#[derive(Debug, Clone, InputObject)]
pub struct AiTaskOrder {
    /// By what.
    pub field: AiTaskOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl OrderInput for AiTaskOrder {
    type Of = AiTasks;

    fn column(&self) -> (<AiTasks as EntityTrait>::Column, bool) {
        let column = match self.field {
            AiTaskOrderField::CreatedAt => ai_task::Column::CreatedAt,
        };
        (column, self.direction == OrderDirection::Desc)
    }
}
