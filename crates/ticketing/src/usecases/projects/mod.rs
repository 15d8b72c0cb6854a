//! Clients ask for projects, staff keep them. None is ever deleted: one that will not be is cancelled.

mod create_project;
mod set_project_status;
mod settings;
mod update_project;

pub use create_project::{CreateProject, create_project};
pub use set_project_status::set_project_status;
pub use settings::{BudgetGiven, ProjectSettings};
pub use update_project::update_project;
