//! The filter and the orders of projects.

use async_graphql::{Enum, InputObject};
use kernel::id::ClientId;
use sea_orm::EntityTrait;
use ticketing::{entities::project, projects, records::Projects};

use super::types::{ProjectStatus, ProjectType};
use crate::{
    comparator, filter,
    graphql::filters::{DateComparator, DateTimeComparator, IdComparator, OrderDirection, OrderInput},
};

comparator!(
    /// Comparisons with a project's status.
    ProjectStatusComparator of ProjectStatus as ticketing::ProjectStatus
);

comparator!(
    /// Comparisons with a project's type.
    ProjectTypeComparator of ProjectType as ticketing::ProjectType
);

filter! {
    /// Which projects. All parts given must hold.
    ProjectFilter of Projects {
        /// Where they stand.
        status: ProjectStatusComparator,
        /// What they are to make.
        #[graphql(name = "type")]
        kind: ProjectTypeComparator,
        /// Whose they are.
        client_id: IdComparator,
        /// When they begin.
        start_date: DateComparator,
        /// When they are to be done.
        end_date: DateComparator,
        /// When they were made.
        created_at: DateTimeComparator,
        /// When they were last changed.
        updated_at: DateTimeComparator,
        /// Part of their title, description or requirements, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.value::<ticketing::ProjectStatus>(projects::BY_STATUS, level.status)?;
        leaves.value::<ticketing::ProjectType>(projects::BY_TYPE, level.kind)?;
        leaves.id::<ClientId>(projects::BY_CLIENT, level.client_id)?;
        leaves.day(projects::BY_START_DATE, level.start_date)?;
        leaves.day(projects::BY_END_DATE, level.end_date)?;
        leaves.time(projects::BY_CREATED_AT, level.created_at)?;
        leaves.time(projects::BY_UPDATED_AT, level.updated_at)?;
        leaves.text(projects::BY_TEXT, level.text);
    }
}

/// What projects can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProjectOrderField {
    /// By when they were last changed.
    UpdatedAt,
    /// By when they were made.
    CreatedAt,
    /// By title.
    Title,
    /// By when they begin; those without a start are the last to.
    StartDate,
}

/// An order of projects.
#[derive(Debug, Clone, InputObject)]
pub struct ProjectOrder {
    /// By what.
    pub field: ProjectOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl OrderInput for ProjectOrder {
    type Of = Projects;

    fn column(&self) -> (<Projects as EntityTrait>::Column, bool) {
        let column = match self.field {
            ProjectOrderField::UpdatedAt => project::Column::UpdatedAt,
            ProjectOrderField::CreatedAt => project::Column::CreatedAt,
            ProjectOrderField::Title => project::Column::Title,
            ProjectOrderField::StartDate => project::Column::StartsOn,
        };
        (column, self.direction == OrderDirection::Desc)
    }
}
