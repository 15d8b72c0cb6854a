//! The way down to a department.

use kernel::id::B2chatDepartmentId;

use crate::store::b2chat::department::Model as B2chatDepartment;

impl B2chatDepartment {
    /// The departments above it, from the root down.
    pub fn ancestor_ids(&self) -> Vec<B2chatDepartmentId> {
        let ids = self.path.split_terminator('/').filter_map(|hex| uuid::Uuid::try_parse(hex).ok());
        ids.map(B2chatDepartmentId).filter(|id| *id != self.id).collect()
    }
}
