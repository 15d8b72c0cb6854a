//! Whose work a person sees: one predicate for everything that somebody can have.
//!
//! Whatever has an assignee (a message now, chats and tickets later) is seen by permissions that are the same for all
//! of it: everything, that of one's own team or department, one's own, what nobody has yet. Each finder of such a thing
//! starts from [`Sees`]; lists, `node`, search, counts, loaders and subscriptions all go through the finders.

use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::{Cx, Permission, db::any_of, id::StaffId};

/// Seeing everybody's work.
pub const SEE_ALL: Permission =
    Permission { name: "SEE_ALL", description: "See everybody's work: whatever has an assignee, and what has none." };
/// Seeing the work of one's own teams and department.
pub const SEE_TEAM: Permission = Permission {
    name: "SEE_TEAM",
    description: "See the work that is assigned to colleagues of the own teams and department.",
};
/// Seeing one's own work.
pub const SEE_ASSIGNED: Permission =
    Permission { name: "SEE_ASSIGNED", description: "See the work that is assigned to oneself." };
/// Seeing what nobody has yet.
pub const SEE_UNASSIGNED: Permission =
    Permission { name: "SEE_UNASSIGNED", description: "See the work that nobody has yet." };

/// The permissions of visibility.
pub const PERMISSIONS: &[Permission] = &[SEE_ALL, SEE_TEAM, SEE_ASSIGNED, SEE_UNASSIGNED];

/// The work that an actor sees, by who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// All of it.
    All,
    /// Some of it, or none.
    Some {
        /// What nobody has.
        unassigned: bool,
        /// What these have.
        of: Vec<StaffId>,
    },
}

impl Sees {
    /// What the actor sees.
    pub fn of(cx: &Cx) -> Self {
        if cx.can(SEE_ALL) {
            return Self::All;
        }
        let mut of = Vec::new();
        if let Ok(user) = cx.user() {
            if cx.can(SEE_TEAM) {
                of.extend(user.team.iter().copied());
            }
            if cx.can(SEE_ASSIGNED) {
                of.extend(user.staff_id());
            }
        }
        Self::Some { unassigned: cx.can(SEE_UNASSIGNED), of }
    }

    /// Whether there is nothing at all to see.
    pub fn nothing(&self) -> bool {
        matches!(self, Self::Some { unassigned: false, of } if of.is_empty())
    }

    /// The rows that are seen, by the column of their assignee, which may be null.
    pub fn condition<C: ColumnTrait>(&self, backend: DbBackend, assignee: C) -> Condition {
        let Self::Some { unassigned, of } = self else { return Condition::all() };
        let mut any = Condition::any();
        if *unassigned {
            any = any.add(assignee.is_null());
        }
        if !of.is_empty() || !*unassigned {
            any = any.add(any_of(backend, assignee, of));
        }
        any
    }
}

/// By which permission the actor sees a thing with this assignee, the widest first; `None` where they do not.
/// [`Sees`] for one thing, with the reason.
pub fn rule(cx: &Cx, assignee: Option<StaffId>) -> Option<Permission> {
    let user = cx.user().ok();
    let holds = |rule: Permission| match (rule, assignee) {
        (SEE_ALL, _) | (SEE_UNASSIGNED, None) => true,
        (SEE_TEAM, Some(id)) => user.is_some_and(|user| user.team.contains(&id)),
        (SEE_ASSIGNED, Some(id)) => user.is_some_and(|user| user.staff_id() == Some(id)),
        _ => false,
    };
    PERMISSIONS.iter().copied().find(|&rule| cx.can(rule) && holds(rule))
}
