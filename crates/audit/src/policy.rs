//! Who may read the audit trail and the log of errors, to neither of which anybody may write through the API; who answers people
//! what is held on them, and who decides how long rows are kept.

use kernel::Permission;

/// Reading the audit trail.
pub const VIEW_AUDIT_LOG: Permission =
    Permission { name: "VIEW_AUDIT_LOG", description: "Read the audit trail of the whole tenant." };

/// Seeing how long rows are kept.
pub const VIEW_RETENTION: Permission = Permission {
    name: "VIEW_RETENTION",
    description: "See how long rows are kept, what was archived and removed for that, and what is held.",
};

/// Deciding how long rows are kept.
pub const MANAGE_RETENTION: Permission = Permission {
    name: "MANAGE_RETENTION",
    description: "Decide how long rows are kept, archive and remove what is older, and place and release legal holds.",
};

/// Reading the log of errors.
pub const VIEW_ERROR_LOG: Permission = Permission {
    name: "VIEW_ERROR_LOG",
    description: "Read what went wrong and which operations were slow, and be told of what needs somebody.",
};

/// Resolving errors.
pub const MANAGE_ERROR_LOG: Permission =
    Permission { name: "MANAGE_ERROR_LOG", description: "Resolve and reopen groups of errors." };

/// Giving out what is held on a person, and erasing it.
pub const MANAGE_PERSONAL_DATA: Permission = Permission {
    name: "MANAGE_PERSONAL_DATA",
    description: "Find all that is held on a person, and give it out or have it erased.",
};

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] =
    &[VIEW_AUDIT_LOG, VIEW_RETENTION, MANAGE_RETENTION, VIEW_ERROR_LOG, MANAGE_ERROR_LOG, MANAGE_PERSONAL_DATA];
