//! Who may see numbers, and what they are made of.

use kernel::{Cx, Permission, cx::UserKind};

/// Seeing numbers.
pub const VIEW_ANALYTICS: Permission =
    Permission { name: "VIEW_ANALYTICS", description: "See the numbers: response times, volumes, satisfaction." };
/// Seeing what B2Chat tells of.
pub const VIEW_B2CHAT: Permission = Permission {
    name: "VIEW_B2CHAT",
    description: "See chats, contacts, agents and departments that B2Chat tells of.",
};
/// Keeping the synchronisation.
pub const MANAGE_SYNC: Permission =
    Permission { name: "MANAGE_SYNC", description: "Connect B2Chat, run synchronisations and see how they went." };
/// Having chats analysed.
pub const ANALYSE_CHATS: Permission = Permission {
    name: "ANALYSE_CHATS",
    description: "Have chats analysed for how well they went, which may cost money.",
};
/// Taking data out.
pub const EXPORT_DATA: Permission =
    Permission { name: "EXPORT_DATA", description: "Export what one may see to files." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[VIEW_ANALYTICS, VIEW_B2CHAT, MANAGE_SYNC, ANALYSE_CHATS, EXPORT_DATA];

/// Whether the actor sees what B2Chat tells of: a client never does, whatever they hold.
pub fn sees_b2chat(cx: &Cx) -> bool {
    cx.can(VIEW_B2CHAT) && !cx.user().is_ok_and(|user| user.kind == UserKind::Client)
}
