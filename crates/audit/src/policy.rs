//! Who may read the audit trail. Nobody may write to it through the API.

use kernel::Permission;

/// Reading the audit trail.
pub const VIEW_AUDIT_LOG: Permission =
    Permission { name: "VIEW_AUDIT_LOG", description: "Read the audit trail of the whole tenant." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[VIEW_AUDIT_LOG];
