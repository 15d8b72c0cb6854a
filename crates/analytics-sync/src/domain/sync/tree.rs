//! Departments as a tree: which is below which, and what follows from that.

use std::collections::{HashMap, HashSet};

use kernel::id::B2chatDepartmentId;

use crate::store::b2chat::department::Model as B2chatDepartment;

/// Sets path, level and leaf of all departments by their parents; a circle is cut, where it is found. Returns the codes of those
/// that were in one.
pub fn grow(all: &mut [B2chatDepartment]) -> Vec<String> {
    let mut parents: HashMap<B2chatDepartmentId, Option<B2chatDepartmentId>> =
        all.iter().map(|one| (one.id, one.parent_id)).collect();
    let mut cut = Vec::new();
    for one in all.iter_mut() {
        let mut met = HashSet::from([one.id]);
        let mut above = one.parent_id;
        while let Some(id) = above {
            if !met.insert(id) {
                cut.push(one.code.clone());
                one.parent_id = None;
                parents.insert(one.id, None);
                break;
            }
            above = parents.get(&id).copied().flatten();
        }
    }
    let with_children: HashSet<_> = all.iter().filter_map(|one| one.parent_id).collect();
    for one in all.iter_mut() {
        let mut path = vec![one.id];
        let mut above = one.parent_id;
        while let Some(id) = above {
            path.push(id);
            above = parents.get(&id).copied().flatten();
        }
        one.level = i32::try_from(path.len() - 1).unwrap_or(i32::MAX);
        one.path = path.iter().rev().map(|id| format!("{id}/")).collect();
        one.is_leaf = !with_children.contains(&one.id);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use kernel::id::TypedId;

    fn one(n: u128, parent: Option<u128>) -> B2chatDepartment {
        let id = |n| B2chatDepartmentId::from_uuid(uuid::Uuid::from_u128(n));
        B2chatDepartment {
            id: id(n),
            code: n.to_string(),
            code_derived: false,
            name: n.to_string(),
            name_order: n.to_string(),
            parent_id: parent.map(id),
            path: String::new(),
            level: 0,
            is_leaf: true,
            is_active: true,
            last_sync_at: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_tree_has_paths_and_no_circles() {
        let mut all = [one(1, None), one(2, Some(1)), one(3, Some(2))];
        assert!(grow(&mut all).is_empty());
        assert_eq!(
            all.iter().map(|one| (one.level, one.is_leaf)).collect::<Vec<_>>(),
            [(0, false), (1, false), (2, true)]
        );
        assert_eq!(all[2].path, format!("{}/{}/{}/", all[0].id, all[1].id, all[2].id));
        let mut round = [one(1, Some(2)), one(2, Some(1)), one(3, Some(3))];
        assert_eq!(grow(&mut round), ["1", "3"]);
        assert_eq!(round.iter().map(|one| one.level).collect::<Vec<_>>(), [0, 1, 0]);
    }
}
