//! Departments: a tree. Each knows its way down from the root, so that a subtree is a prefix.

use kernel::{
    Error, ProblemCode, Result,
    events::{Event, Resource},
    id::DepartmentId,
    record::Told,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::store::organisation::department::Column;
pub use crate::store::organisation::department::{Entity as Departments, Model as Department};

/// How many levels the tree may have.
pub const MAX_LEVELS: i32 = 16;

/// A place in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The department above.
    pub parent: Option<DepartmentId>,
    /// The way from the root down.
    pub path: String,
    /// How many are above.
    pub level: i32,
}

impl Place {
    /// The place of department `id` below `parent`, or of a root.
    pub fn below(parent: Option<&Department>, id: DepartmentId) -> Self {
        let above = parent.map_or("", |parent| parent.path.as_str());
        Self {
            parent: parent.map(|parent| parent.id),
            path: format!("{above}{}/", id.0.simple()),
            level: parent.map_or(0, |parent| parent.level + 1),
        }
    }

    /// Refuses a place at which a subtree of `levels` would reach deeper than the tree may.
    pub fn check_depth(&self, levels: i32) -> Result<()> {
        if self.level + levels <= MAX_LEVELS {
            return Ok(());
        }
        let message = format!("the tree of departments may have at most {MAX_LEVELS} levels");
        Err(Error::invalid("parentId", ProblemCode::NotAllowed, message))
    }
}

impl Department {
    /// Where it is.
    pub fn place(&self) -> Place {
        Place { parent: self.parent_id, path: self.path.clone(), level: self.level }
    }

    /// Whether `other` is this department or somewhere below it.
    pub fn holds(&self, other: &Self) -> bool {
        other.path.starts_with(&self.path)
    }

    /// The departments above it, from the root down.
    pub fn ancestor_ids(&self) -> Vec<DepartmentId> {
        let ids = self.path.split_terminator('/').filter_map(|hex| uuid::Uuid::try_parse(hex).ok()).map(DepartmentId);
        ids.filter(|id| *id != self.id).collect()
    }

    /// Refuses to put anything new into a department that is not in use.
    pub fn check_takes_children(&self) -> Result<()> {
        if self.is_active {
            return Ok(());
        }
        Err(Error::invalid("parentId", ProblemCode::NotAvailable, "this department is not active"))
    }
}

/// The event of a department that was made or changed is [`Saved`](kernel::record::Saved).
impl Told for Departments {
    const KIND: &'static str = "department.saved";
    const TOPIC: &'static str = "identity";
    const VALUES: &'static [Column] = &[Column::Name, Column::Description, Column::IsActive, Column::ParentId];
}

/// A department was moved with all below it.
#[derive(Serialize)]
pub struct DepartmentMoved {
    /// The department.
    pub department: DepartmentId,
    /// What it was part of.
    pub from: Option<DepartmentId>,
    /// What it is part of.
    pub to: Option<DepartmentId>,
}

impl Event for DepartmentMoved {
    const KIND: &'static str = "department.moved";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("Department", self.department)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "parentId": self.from })), Some(json!({ "parentId": self.to })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn department(number: u128, parent: Option<&Department>) -> Department {
        let id = DepartmentId(uuid::Uuid::from_u128(number));
        let Place { parent, path, level } = Place::below(parent, id);
        let at = chrono::DateTime::UNIX_EPOCH;
        Department {
            id,
            name: number.to_string(),
            name_folded: None,
            description: None,
            is_active: true,
            parent_id: parent,
            path,
            level,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn a_path_tells_who_is_above_and_who_is_below() {
        let root = department(1, None);
        let child = department(2, Some(&root));
        let grandchild = department(3, Some(&child));
        assert_eq!(grandchild.path.len(), 3 * 33);
        assert_eq!(grandchild.ancestor_ids(), [root.id, child.id]);
        assert_eq!((root.ancestor_ids(), root.level, grandchild.level), (Vec::new(), 0, 2));
        assert!(root.holds(&grandchild) && child.holds(&child) && !child.holds(&root));
        assert!(!child.holds(&department(2, None)), "another place is another path");
    }

    #[test]
    fn a_subtree_must_fit() {
        let mut deepest = department(1, None);
        for number in 2..=16 {
            deepest = department(number, Some(&deepest));
        }
        assert_eq!(deepest.level + 1, MAX_LEVELS);
        assert!(deepest.place().check_depth(1).is_ok());
        assert!(deepest.place().check_depth(2).is_err());
        assert!(Place::below(Some(&deepest), DepartmentId(uuid::Uuid::nil())).check_depth(1).is_err());
    }
}
