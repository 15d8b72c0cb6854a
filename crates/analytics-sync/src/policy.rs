//! Who may see numbers.

use kernel::Permission;

/// Seeing numbers.
pub const VIEW_ANALYTICS: Permission =
    Permission { name: "VIEW_ANALYTICS", description: "See the numbers: response times, volumes, satisfaction." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[VIEW_ANALYTICS];
