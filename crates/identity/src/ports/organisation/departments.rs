//! What the use cases of departments need.

use chrono::{DateTime, Utc};
use kernel::{Result, id::DepartmentId};

use crate::domain::organisation::department::{Department, Place};

/// The tree of departments.
pub trait Departments {
    /// A department, which nobody else changes or moves until the transaction ends.
    async fn department(&self, id: DepartmentId) -> Result<Option<Department>>;
    /// Makes all who want to change the shape of the tree take turns until the transaction ends.
    async fn lock_tree(&self) -> Result<()>;
    /// The names of the departments below one, or of the roots.
    async fn names_below(&self, parent: Option<DepartmentId>) -> Result<Vec<(DepartmentId, String)>>;
    /// How many levels the subtree of a department has, itself included.
    async fn levels(&self, department: &Department) -> Result<i32>;
    /// Adds a department; `false` where the name is taken.
    async fn add_department(&self, department: &Department) -> Result<bool>;
    /// Saves name, description and whether it is active; `false` where the name is taken.
    async fn save_department(&self, department: &Department) -> Result<bool>;
    /// Moves a department with all below it.
    async fn move_subtree(&self, department: &Department, to: &Place, at: DateTime<Utc>) -> Result<()>;
}
