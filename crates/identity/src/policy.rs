//! Permissions of this context.

use kernel::Permission;

/// Seeing colleagues: names, addresses, roles, departments.
pub const VIEW_STAFF: Permission =
    Permission { name: "VIEW_STAFF", description: "See staff members, their roles and departments." };
/// Adding and deactivating colleagues.
pub const MANAGE_STAFF: Permission =
    Permission { name: "MANAGE_STAFF", description: "Add and deactivate staff members, and keep departments." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[VIEW_STAFF, MANAGE_STAFF];
