//! What happened, in numbers: synchronised chats, metrics, exports.
//!
//! Nothing of this context is built yet but its permission, which can be granted already. It will have the shape of the others: `domain`, `ports`, `usecases`,
//! `queries`, `policy`, `store`, `adapters`.

use kernel::Permission;

/// Seeing numbers.
pub const VIEW_ANALYTICS: Permission =
    Permission { name: "VIEW_ANALYTICS", description: "See the numbers: response times, volumes, satisfaction." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[VIEW_ANALYTICS];
