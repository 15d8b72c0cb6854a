//! What the use cases of departments need beside the records.

use chrono::{DateTime, Utc};
use kernel::Result;

use crate::domain::organisation::department::{Department, Place};

/// The shape of the tree of departments.
pub trait DepartmentTree {
    /// Makes all who want to change the shape of the tree take turns until the transaction ends.
    async fn lock_tree(&self) -> Result<()>;
    /// How many levels the subtree of a department has, itself included.
    async fn levels(&self, department: &Department) -> Result<i32>;
    /// Moves a department with all below it.
    ///
    /// # Errors
    /// [`Error::Invalid`](kernel::Error::Invalid) where another department there has its name.
    async fn move_subtree(&self, department: &Department, to: &Place, at: DateTime<Utc>) -> Result<()>;
}
